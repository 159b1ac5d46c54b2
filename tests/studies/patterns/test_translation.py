"""No edge: a moved initial state gives the moved result, to the last bit."""

import pytest

from lib import TRUTH, initial_state
from lib.studies.patterns.translation import compare, moved_back, shifted


@pytest.mark.parametrize("by", [(16, 16), (0, 1), (5, 0)])
def test_the_result_moves_with_the_state(by):
    two = shifted(TRUTH, initial_state(1, size=32, patch=8), by, [300])
    first, back = moved_back(two)
    assert (first == back).all()
    found = compare(two)
    assert found["apart"] == 0
    assert found["spectral"] < 1e-3
    assert (found["windowed"] > 0.01) == any(by), "windows stand still while the pattern moves"
