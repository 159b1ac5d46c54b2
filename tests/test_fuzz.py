"""Whatever is handed to a public function: a right answer or a sentence, never a hang or a silent NaN.

A fixed, small number of examples here; `make fuzz` tries thousands.
"""

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib import TRUTH, Outcome, Params, State, initial_state, losses, simulate
from lib.coordinates import to_params, to_unconstrained
from lib.grid import axes_over, grid_points
from lib.history import history

EXAMPLES = int(os.environ.get("FUZZ", "25"))
budget = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 100, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

#: A sentence: it begins with a capital, a name or a number, and ends with a full stop.
LONGEST = 600

WORDS = ("", "x", "mean", "none", "auto", "cpu", "eager", "1", "nan", "v")
numbers = st.one_of(
    st.floats(), st.integers(-5, 100), st.sampled_from([0.0, -0.0, 1e-300, 1e30, 2**31, 2**63, 2**64]),
    st.builds(np.float32, st.floats(width=32)), st.builds(np.int64, st.integers(-3, 50)),
    st.builds(torch.tensor, st.floats()),
)  # fmt: skip
shapes = st.lists(st.integers(0, 9), max_size=4).map(tuple)
kinds = st.sampled_from(
    ["float32", "float64", "float16", ">f4", "int64", "uint8", "bool", "complex64", "object", "U1"]
)


@st.composite
def arrays(draw: Callable) -> Any:
    """An array or tensor of any shape and kind, of one number, noise, or with a hole in it."""
    shape, kind = draw(st.one_of(shapes, st.just((2, 8, 8)), st.just((1, 16, 16)))), draw(kinds)
    values = np.asarray(np.random.default_rng(draw(st.integers(0, 3))).random(shape))
    match draw(st.sampled_from(["noise", "flat", "hole", "huge", "negative"])):
        case "flat":
            values = np.full(shape, 0.5)
        case "hole" if values.size:
            values.flat[0] = draw(st.sampled_from([math.nan, math.inf, -math.inf]))
        case "huge":
            values = np.asarray(values * 1e30)
        case "negative":
            values = np.asarray(-values)
    with np.errstate(all="ignore"):
        made = values.astype(kind)
    if draw(st.booleans()):
        made = made[..., ::-1] if made.ndim else made
    if kind not in (">f4", "object", "U1") and draw(st.booleans()):
        return torch.from_numpy(np.ascontiguousarray(made))
    return made


anything = st.one_of(
    arrays(), numbers, st.none(), st.booleans(), st.sampled_from(WORDS), st.binary(max_size=3),
    st.lists(numbers, max_size=5), st.builds(object),
    st.dictionaries(st.sampled_from(["F", "k", "Du", "Dv", "u", "v"]), numbers),
)  # fmt: skip


def answer(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a function answers; None where it refuses with a sentence.

    Raises:
        AssertionError: for an error from the depths.
    """
    try:
        return function(*args, **kwargs)
    except (ValueError, NotImplementedError) as error:
        said = str(error)
        assert 20 < len(said) < LONGEST, said
        assert said.rstrip()[-1] in ".?!…", said
        assert said[0].isupper() or said[0].isalnum(), said
        return None


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
    """Not negative; NaN only where a field is not finite, or its powers leave the floating-point numbers."""
    fields = [torch.as_tensor(np.asarray(x).astype("float64")) for x in (v, target)]
    tame = all(bool((x.isfinite() & (x.abs() < 1e6)).all()) for x in fields)
    assert not bool((value < 0).any())
    assert not tame or bool(value.isfinite().all())


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
