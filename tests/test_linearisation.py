"""The linearisation of a step: what is no square pattern is refused, and what is shared stays as it is."""

import numpy as np
import pytest

from lib import TRUTH, initial_state
from lib.linearisation import jacobian, laplacian_matrix, pack, rate_by, rates, side, tile, unpack

Y = pack(initial_state(1, size=6, patch=2))


@pytest.mark.parametrize("length", [0, 1, 7, 2 * 3 * 4, 2 * 36 + 2])
@pytest.mark.parametrize("call", [
    side, unpack, lambda y: rates(TRUTH, y), lambda y: jacobian(TRUTH, y), lambda y: rate_by("F", y),
    lambda y: tile(y, 2),
])  # fmt: skip
def test_a_vector_of_no_square_fields_is_refused(call, length):
    with pytest.raises(ValueError, match="as `pack` makes them"):
        call(np.ones(length))


def test_a_parameter_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no parameter 'x': choose one of Du, Dv, F, k"):
        rate_by("x", Y)


@pytest.mark.parametrize("size", [1, 2])
def test_lattices_whose_cells_are_their_own_second_neighbours_are_refused(size):
    with pytest.raises(ValueError, match="at least 3"):
        laplacian_matrix(size)
    with pytest.raises(ValueError, match="at least 3"):
        jacobian(TRUTH, np.ones(2 * size * size))


def test_parameters_are_read_by_their_names():
    shuffled = {name: getattr(TRUTH, name) for name in ("k", "F", "Dv", "Du")}
    assert abs(jacobian(shuffled, Y) - jacobian(TRUTH, Y)).max() == 0
    assert np.array_equal(rates(shuffled, Y), rates(TRUTH, Y))
    with pytest.raises(ValueError, match="The parameters name"):
        jacobian({"Du": 1.0}, Y)


def test_nobody_can_change_the_laplacian_of_the_others():
    before = laplacian_matrix(6).toarray()
    for part in ("data", "indices", "indptr"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(laplacian_matrix(6), part)[:] = 0
    matrix = jacobian(TRUTH, Y)
    matrix.data[:] = 0  # one's own
    assert np.array_equal(laplacian_matrix(6).toarray(), before)
