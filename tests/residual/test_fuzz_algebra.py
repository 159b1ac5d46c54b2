"""The pieces of a fit with whatever is handed over: right numbers or a sentence, never a hang."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib import State
from lib.residual import (
    block_sums,
    clustered_covariance,
    linear_system,
    minimiser,
    quadratic,
    sandwich,
)
from lib.residual.equations import one_frame
from lib.residual.identifiability import Identifiability
from lib.residual.snapshot import snapshot
from tests.strange import answer, anything, arrays, budget, numbers


def some_fields(seed: int = 0, size: int = 9) -> State:
    """Two images that mean nothing, (1, size, size)."""
    make = torch.Generator().manual_seed(seed)
    return State(*torch.rand(2, 1, size, size, dtype=torch.float64, generator=make))


@budget
@given(st.one_of(arrays(), anything), st.one_of(arrays(), anything), anything, anything)
def test_a_linear_system_of_anything(u: Any, v: Any, rate: Any, state: Any) -> None:
    for arguments in (
        (State(u, v),), (state,), (some_fields(), rate), (some_fields(), (u, v)),
    ):  # fmt: skip
        found = answer(linear_system, *arguments)
        if found is not None:
            A, y = found
            assert A.shape[:3] == (len(y), 2, 4)
            assert A.shape[3:] == y.shape[2:]


@budget
@given(arrays(), arrays(), st.one_of(st.integers(-2, 40), numbers, anything))
def test_a_paraboloid_and_its_scatter_of_any_images(u: Any, v: Any, block: Any) -> None:
    snap = answer(snapshot, u, v)
    for given_snap in (snap, snapshot(*some_fields())):
        if given_snap is None:
            continue
        system, bowl = one_frame(given_snap), quadratic(given_snap)
        tame = all(bool((x.abs() < 1e6).all()) for x in given_snap.state)
        assert not tame or all(bool(x.isfinite().all()) for x in bowl)
        p = torch.zeros(len(bowl.slope), 4, dtype=torch.float64)
        found = answer(clustered_covariance, system, p, bowl.hessian, block)
        assert found is None or found.shape == bowl.hessian.shape


@budget
@given(
    st.integers(1, 12), st.integers(1, 12), st.one_of(st.integers(-3, 40), numbers, anything), st.booleans()
)
def test_sums_over_any_blocks_hold_every_cell_once(height: int, width: int, block: Any, seen: bool) -> None:
    scores, cells = torch.ones(4, height, width), torch.full((height, width), seen)
    sums = answer(block_sums, scores, cells, block)
    assert sums is None or float(sums.sum()) == 4 * int(cells.sum())


@pytest.mark.parametrize("block", [0, -1, 2.5, float("nan"), "16", None])
def test_a_block_that_is_none_is_a_sentence(block: Any) -> None:
    """-1 was halved for ever."""
    with pytest.raises(ValueError, match=r"block is .*\."):
        block_sums(torch.ones(4, 3, 3), torch.ones(3, 3, dtype=torch.bool), block)


entries = st.one_of(st.floats(-3, 3), st.sampled_from([0.0, 1e30, float("nan"), float("inf")]))
matrices = st.lists(entries, min_size=16, max_size=16).map(lambda x: torch.tensor(x).double().reshape(4, 4))


def verdict_of(rank: int) -> Identifiability:
    """That the first so many parameters are determined."""
    known = (rank > 0, rank > 1, rank > 2, rank > 3)
    return Identifiability(rank, torch.ones(4).double(), torch.eye(4).double(), known, "So it is.")


@budget
@given(matrices, st.integers(0, 9), st.integers(0, 50), st.lists(st.booleans(), min_size=4, max_size=4))
def test_a_sandwich_of_any_hessian_is_a_matrix_or_nan(
    hessian: torch.Tensor, blocks: int, cells: int, unknown: list[bool]
) -> None:
    sums = torch.ones(blocks, 4, dtype=torch.float64)
    found = sandwich(sums, hessian, cells, torch.tensor(unknown))
    assert found.shape == (4, 4)
    assert bool(found[torch.tensor(unknown)].isnan().all())


@budget
@given(matrices, st.integers(0, 4))
def test_a_minimiser_of_any_hessian_is_four_numbers(hessian: torch.Tensor, rank: int) -> None:
    snap = snapshot(*some_fields())
    bowl = quadratic(snap)._replace(hessian=hessian[None])
    verdict = verdict_of(rank)
    found = minimiser(bowl, (verdict,))
    assert found.shape == (1, 4)
    assert bool(found[0, rank:].isnan().all())


def test_without_an_inverse_there_are_no_numbers() -> None:
    flat = torch.zeros(1, 4, 4, dtype=torch.float64)
    bowl = quadratic(snapshot(*some_fields()))._replace(hessian=flat)
    verdict = verdict_of(4)
    assert bool(minimiser(bowl, (verdict,)).isnan().all())
    assert bool(sandwich(torch.ones(9, 4).double(), flat[0], 9, torch.zeros(4).bool()).isnan().all())
