"""Whatever is handed to a public function: a right answer or a sentence, never a hang or a silent NaN.

What is handed over is in tests/strange.py; fits and models have files of their own.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib import TRUTH, Outcome, Params, State, initial_state, losses, simulate
from lib.coordinates import to_params, to_unconstrained
from lib.grid import axes_over, grid_points
from lib.history import history
from tests.strange import answer, anything, arrays, budget, numbers


@budget
@given(anything, anything, anything)
def test_a_simulation_of_anything(params: Any, state: Any, steps: Any) -> None:
    run = answer(simulate, params, state, steps if not isinstance(steps, int) or steps < 50 else 50)
    if run is not None:
        check_run(run)


@budget
@given(
    st.lists(numbers, min_size=4, max_size=4), arrays(), arrays(), st.one_of(st.integers(1, 30), anything),
    st.one_of(st.none(), numbers), numbers, st.one_of(st.none(), st.integers(1, 3), numbers),
)  # fmt: skip
def test_a_simulation_of_nearly_right_input(
    four: list, u: Any, v: Any, steps: Any, tol: Any, dt: Any, threads: Any
) -> None:
    if isinstance(steps, (int, np.integer)) and steps > 50:
        steps = 50
    run = answer(simulate, Params(*four), State(u, v), steps, tol=tol, dt=dt, threads=threads)
    if run is not None:
        check_run(run)


@budget
@given(
    st.floats(0.001, 0.25), st.floats(0.001, 0.25), st.floats(0, 10), st.floats(0, 10),
    st.integers(1, 300), st.floats(-1e6, 1e6),
)  # fmt: skip
def test_a_simulation_that_may_run_ends_finite_or_says_that_it_diverged(
    Du: float, Dv: float, F: float, k: float, steps: int, scale: float
) -> None:
    start = initial_state(1, size=16, patch=4)
    run = answer(simulate, Params(Du, Dv, F, k), State(start.u, start.v * scale), steps)
    if run is not None:
        check_run(run)


def check_run(run: Any) -> None:
    """Finite fields, or an outcome that says why not and NaN throughout."""
    lost = run.outcome == Outcome.DIVERGED
    assert bool(run.u[~lost].isfinite().all() & run.v[~lost].isfinite().all())
    assert bool(run.v[lost].isnan().all() & run.u[lost].isnan().all())
    assert bool(run.change[~lost].isfinite().all() & run.change[lost].isnan().all())


@pytest.mark.parametrize("loss", [losses.spectral, losses.windowed_spectral, losses.gram])
def test_a_loss_of_anything(loss: Callable) -> None:
    @budget
    @given(st.one_of(arrays(), anything), st.one_of(arrays(), anything), anything)
    def check(v: Any, target: Any, option: Any) -> None:
        for extra in ({}, {"reduction": option}, *([] if loss is losses.gram else [{"floor": option}])):
            value = answer(loss, v, target, **extra)
            if value is not None:
                check_loss(value, v, target)

    check()


def check_loss(value: torch.Tensor, v: Any, target: Any) -> None:
    """Not negative; NaN only where a field is not finite."""
    fields = [torch.as_tensor(np.asarray(x).astype("float64")) for x in (v, target)]
    assert not bool((value < 0).any())
    assert not all(bool(x.isfinite().all()) for x in fields) or bool(value.isfinite().all())


@budget
@given(anything, anything)
def test_a_windowed_loss_with_any_window(window: Any, v: Any) -> None:
    start = initial_state(1, size=16, patch=4).v
    value = answer(losses.windowed_spectral, start, start, window=window)
    assert value is None or float(value) == 0
    answer(losses.windowed_spectral, v, start, window=window)


@budget
@given(st.one_of(st.integers(1, 3), anything), st.one_of(st.integers(1, 40), anything), *[anything] * 3)
def test_an_initial_state_of_anything(batch: Any, size: Any, seed: Any, patch: Any, noise: Any) -> None:
    # Whole numbers above these are states that nobody's memory holds, which the system itself refuses.
    if any(isinstance(x, (int, np.integer)) and x > 1000 for x in (batch, size)):
        return
    for extra in ({"seed": seed}, {"patch": patch}, {"noise": noise}):
        state = answer(initial_state, batch, size=size, **extra)
        if state is not None:
            assert state.u.shape == state.v.shape == (int(batch), int(size), int(size))
            assert bool(state.u.isfinite().all() & state.v.isfinite().all())


@budget
@given(st.lists(numbers, min_size=4, max_size=4))
def test_raw_numbers_of_any_parameters_lead_back_to_them(four: list) -> None:
    unconstrained = answer(to_unconstrained, Params(*four))
    if unconstrained is not None:
        assert bool(unconstrained.isfinite().all())
        for there, back in zip(four, to_params(unconstrained.double()), strict=True):
            assert math.isclose(float(there), float(back), rel_tol=1e-4, abs_tol=1e-7)


@budget
@given(anything, anything)
def test_axes_and_grids_of_anything(ranges: Any, points: Any) -> None:
    axes = answer(axes_over, ranges, points)
    for given_axes in (axes, ranges):
        if isinstance(given_axes, dict):
            rows = answer(grid_points, given_axes, TRUTH)
            assert rows is None or (np.isfinite(rows).all() and rows.shape[1] == 4)


@budget
@given(anything)
def test_a_history_at_any_times(times: Any) -> None:
    if isinstance(times, list):
        times = [x if not isinstance(x, (int, np.integer)) or x < 50 else 50 for x in times]
    found = answer(history, TRUTH, initial_state(1, size=16, patch=4), times)
    assert found is None or bool(np.isfinite(found.v.values).all())
