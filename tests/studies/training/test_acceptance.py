"""The acceptance test: watching in pieces changes nothing, and every part of it works alone."""

import pytest
import torch

from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.simulate import Outcome, simulate
from lib.studies.training.acceptance import Refusal, Safeguards, attempt, possible, refusals

STATE = initial_state(3, size=32, seed=2)


@pytest.mark.parametrize("tol", [1e-3, 3e-5])
def test_watching_on_the_way_changes_no_bit(tol):
    trial, run = attempt(TRUTH, STATE, 1500, tol), simulate(TRUTH, STATE, 1500, tol=tol)
    for name in ("u", "v", "steps", "change", "outcome"):
        assert torch.equal(getattr(trial.run, name), getattr(run, name)), name
    assert torch.equal(trial.converged, run.change < tol)


def test_settling_goes_on_from_where_the_tolerance_was_met():
    trial, run = attempt(TRUTH, STATE, 600, 1e-3, settle=100), simulate(TRUTH, STATE, 600, tol=1e-3)
    further = simulate(TRUTH, run.state, 100)
    assert torch.equal(trial.run.v, further.v)
    assert torch.equal(trial.run.steps, run.steps + 100)
    assert bool(trial.converged.all())


def test_the_range_of_v_is_that_of_the_steps_looked_at():
    trial = attempt(TRUTH, STATE, 200, 1e-12, look=1)
    lowest, highest = STATE.v.amin(), STATE.v.amax()
    state = STATE
    for _ in range(200):
        state = simulate(TRUTH, state, 1).state
        lowest, highest = torch.minimum(lowest, state.v.amin()), torch.maximum(highest, state.v.amax())
    assert trial.lowest.min() == lowest
    assert trial.highest.max() == highest


def test_a_run_that_stops_too_early_is_refused_only_by_the_test_for_convergence():
    trial = attempt(TRUTH, STATE, 10, 1e-9)
    assert refusals(trial) == Refusal.NOT_CONVERGED
    assert not refusals(trial, Safeguards(converged=False))


def test_a_run_that_left_the_range_is_refused_only_by_the_test_of_the_range():
    high = STATE._replace(v=STATE.v * 5)
    trial = attempt(TRUTH, high, 2000, 1.0)
    assert refusals(trial) == Refusal.OUT_OF_RANGE
    assert not refusals(trial, Safeguards(bounds=False))


def test_a_diverged_run_is_not_finite_and_has_not_converged():
    wild = STATE._replace(v=STATE.v + 30)
    trial = attempt(TRUTH, wild, 500, 1e-6)
    assert (trial.run.outcome == Outcome.DIVERGED).all()
    assert Refusal.NOT_FINITE in refusals(trial)
    assert Refusal.NOT_FINITE not in refusals(trial, Safeguards(finite=False))


@pytest.mark.parametrize("change", [{"Du": 0.3}, {"Dv": -0.1}, {"k": -0.01}, {"F": float("nan")}])
def test_where_no_run_can_start_a_step_is_always_refused(change):
    params = TRUTH._replace(**change)
    assert not possible(params)
    nothing_on = Safeguards(finite=False, bounds=False, converged=False)
    assert refusals(attempt(params, STATE, 10, 1e-3), nothing_on) == Refusal.IMPOSSIBLE


def test_the_truth_is_possible():
    assert possible(Params(*TRUTH))
