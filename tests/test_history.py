"""Fields at chosen times are those of one uninterrupted run."""

import numpy as np
import pytest

from lib import TRUTH, State, initial_state, simulate
from lib.history import drift, history

START = initial_state(2, size=32, patch=8)


def test_a_history_passes_through_the_fields_of_single_runs():
    found = history(TRUTH, START, [0, 50, 200])
    np.testing.assert_array_equal(found.v.sel(time=0), START.v)
    np.testing.assert_array_equal(found.v.sel(time=200), simulate(TRUTH, START, 200).v)


def test_a_run_that_diverges_is_nan_from_then_on_and_the_others_go_on():
    broken = State(START.u.clone(), START.v.clone())
    broken.u[0] *= 50
    broken.v[0] *= 50
    found = history(TRUTH, broken, [0, 100, 200])
    assert np.isnan(found.v.sel(time=[100, 200], batch=0)).all()
    np.testing.assert_array_equal(found.v.sel(time=200, batch=1), simulate(TRUTH, START, 200).v[1])


def test_drift_is_the_largest_difference_of_either_field():
    one = history(TRUTH, START, [0, 10])
    other = one.copy(deep=True)
    other.u[1, 0, 3, 4] += 0.5
    np.testing.assert_allclose(drift(one, other), [0, 0.5], atol=1e-6)


@pytest.mark.parametrize("times", [[], [3, 2], [-1, 2], [2, 2]])
def test_times_must_increase(times):
    with pytest.raises(ValueError, match="increasing"):
        history(TRUTH, START, times)


def test_times_may_come_one_by_one():
    assert history(TRUTH, START, (t for t in (0, 5))).time.values.tolist() == [0, 5]
