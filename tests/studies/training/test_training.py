"""Training runs: what they write, and that nothing about them is lost when they are killed."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

from lib.coordinates import to_params, to_unconstrained
from lib.initial_states import initial_state
from lib.paper import PAPER_START, TRUTH
from lib.simulate import Outcome, simulate
from lib.studies.training import Plan, recipe_pool, train, train_plans
from lib.studies.training.acceptance import Refusal, Safeguards
from lib.studies.training.iteration import Batch, Recipe, draw, evaluate, rates, step
from lib.studies.training.trace import COLUMNS, Ending, Signal

SMALL = Recipe(size=32, steps=600, tol=1e-3, batch=3, pool=4, pool_tol=1e-3)


@pytest.fixture
def pool(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path / "cache"))
    return recipe_pool(SMALL)


def same(one: xr.Dataset, other: xr.Dataset) -> None:
    """Every column but the time taken is equal bit for bit."""
    xr.testing.assert_identical(one.drop_vars("seconds"), other.drop_vars("seconds"))


def test_a_run_in_two_parts_equals_a_run_in_one(pool, tmp_path):
    whole = train(PAPER_START, iterations=6, recipe=SMALL, pool=pool, progress=False)
    path = tmp_path / "run.nc"
    train(PAPER_START, iterations=2, recipe=SMALL, pool=pool, path=path, progress=False)
    same(train(PAPER_START, iterations=6, recipe=SMALL, pool=pool, path=path, progress=False), whole)


KILLED = """
import sys
from pathlib import Path
import lib.studies.training as training
from lib.studies.training.iteration import Recipe
from lib.paper import PAPER_START

training.WRITE_EVERY = 0
recipe = Recipe(size=32, steps=600, tol=1e-3, batch=3, pool=4, pool_tol=1e-3)
training.train(PAPER_START, iterations=10_000, recipe=recipe, path=Path(sys.argv[1]), progress=False)
"""


def test_a_killed_run_goes_on_and_ends_bit_identical(pool, tmp_path):
    path = tmp_path / "run.nc"
    process = subprocess.Popen([sys.executable, "-c", KILLED, path], cwd=Path(__file__).parents[3])
    deadline = time.monotonic() + 120
    while not path.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = xr.load_dataset(path).sizes["iteration"]
    goal = done + 2
    resumed = train(PAPER_START, iterations=goal, recipe=SMALL, pool=pool, path=path, progress=False)
    same(resumed, train(PAPER_START, iterations=goal, recipe=SMALL, pool=pool, progress=False))


def test_a_file_of_another_run_is_not_continued(pool, tmp_path):
    path = tmp_path / "run.nc"
    train(PAPER_START, iterations=1, recipe=SMALL, pool=pool, path=path, progress=False)
    with pytest.raises(ValueError, match="another training run"):
        train(PAPER_START, iterations=2, recipe=SMALL, pool=pool, path=path, seed=1, progress=False)


def test_a_file_of_a_run_on_other_targets_is_not_continued(pool, tmp_path):
    path = tmp_path / "run.nc"
    train(PAPER_START, iterations=1, recipe=SMALL, pool=pool, path=path, progress=False)
    with pytest.raises(ValueError, match="another training run"):
        train(PAPER_START, iterations=2, recipe=SMALL, pool=pool[::-1].copy(), path=path, progress=False)


def test_runs_side_by_side_equal_runs_alone(pool, tmp_path):
    starts = [PAPER_START, to_unconstrained(TRUTH).tolist()]
    plan = Plan(starts, iterations=2, recipe=SMALL)
    both = train_plans({"both": plan}, jobs=2, folder=tmp_path)["both"]
    assert both.sizes == {"run": 2, "iteration": 2, "sample": 3, "parameter": 4, "attempt": 8}
    for run, start in enumerate(starts):
        alone = train(start, iterations=2, recipe=SMALL, seed=run, pool=pool, progress=False)
        for name in (n for n in COLUMNS if n != "seconds"):
            np.testing.assert_array_equal(both[name].isel(run=run), alone[name])


def test_every_iteration_starts_from_the_base_rate_and_shrinks_before_it_grows():
    expected = [1e-2, 1e-3, 1e-4, 1e-5, 1e-2, 1.2e-2, 1.44e-2, 1.728e-2]
    np.testing.assert_allclose(rates(Recipe(rate=1e-2)), expected)
    assert rates(Recipe(rate=1e-2, safeguards=Safeguards(retries=False))) == [1e-2]


def test_a_step_is_torchs_gradient_descent_with_weight_decay():
    unconstrained, gradient = torch.tensor([-2.0, -1.5, 0.3, 0.7]), torch.tensor([0.1, -3.0, 20.0, 0.0])
    theirs = unconstrained.clone().requires_grad_()
    theirs.grad = gradient.clone()
    torch.optim.SGD([theirs], lr=1.2e-2, momentum=0.0, weight_decay=5e-4).step()
    torch.testing.assert_close(step(unconstrained, gradient, 1.2e-2, Recipe()), theirs.detach())


def test_the_gradient_is_that_of_the_mean_loss(pool):
    unconstrained, batch = torch.tensor(PAPER_START), draw(0, SMALL, 0, pool)
    found = evaluate(unconstrained, batch, replace(SMALL, tol=1e-9, steps=40))
    for i in range(4):
        shift = torch.zeros(4)
        shift[i] = 1e-3
        ahead, behind = (
            evaluate(unconstrained + sign * shift, batch, replace(SMALL, tol=1e-9, steps=40)).losses.mean()
            for sign in (1, -1)
        )
        assert found.gradient[i] == pytest.approx(float(ahead - behind) / 2e-3, rel=2e-2, abs=0.1)


def test_settling_steps_are_part_of_the_run_and_of_its_gradient(pool):
    unconstrained, batch = torch.tensor(PAPER_START), draw(0, SMALL, 0, pool)
    found = evaluate(unconstrained, batch, replace(SMALL, steps=30, tol=1e-9, settle=20))
    whole = evaluate(unconstrained, batch, replace(SMALL, steps=50, tol=1e-9))
    torch.testing.assert_close(found.gradient, whole.gradient, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found.run.v, whole.run.v)


def test_extinction_is_reported_as_such_and_not_as_convergence(pool):
    """Long after v has died out the gradient is exactly zero."""
    dead = to_unconstrained(TRUTH._replace(F=0.01, k=0.09)).tolist()
    trace = train(dead, iterations=2, recipe=replace(SMALL, settle=3000), pool=pool, progress=False)
    assert (trace.outcome == Outcome.TRIVIAL).all()
    assert (trace.gradient == 0).all()
    assert (trace.signal == Signal.DEAD).all()


def test_without_retries_a_refused_step_is_taken(pool):
    never = replace(SMALL, steps=2, tol=1e-9)
    strict = train(PAPER_START, iterations=2, recipe=never, pool=pool, progress=False)
    assert strict.attrs["ending"] == Ending.ABORTED
    assert strict.sizes["iteration"] == 1
    assert (strict.refusal.values & Refusal.NOT_CONVERGED).all()
    loose = replace(never, safeguards=Safeguards(retries=False))
    taken = train(PAPER_START, iterations=2, recipe=loose, pool=pool, progress=False)
    assert taken.sizes["iteration"] == 2
    assert (taken.next_unconstrained.values[0] != taken.unconstrained.values[0]).any()


def test_without_the_ranges_a_step_can_lead_where_no_run_can_start(pool):
    free = replace(SMALL, rate=100.0, safeguards=Safeguards(ranges=False, retries=False))
    trace = train([0.16, 0.08, 0.035, 0.065], iterations=3, recipe=free, pool=pool, progress=False)
    assert trace.attrs["ending"] == Ending.LOST
    assert trace.sizes["iteration"] == 1


def test_raw_numbers_and_parameters_are_inverse():
    np.testing.assert_allclose([float(p) for p in to_params(to_unconstrained(TRUTH))], TRUTH, rtol=1e-6)
    with pytest.raises(ValueError, match="No unconstrained numbers"):
        to_unconstrained(TRUTH._replace(F=0.2))


def test_batches_follow_from_seed_and_number_alone(pool):
    one, again, other = (draw(n, SMALL, 0, pool) for n in (3, 3, 4))
    assert isinstance(one, Batch)
    assert torch.equal(one.state.v, again.state.v)
    assert torch.equal(one.target, again.target)
    assert not torch.equal(one.state.v, other.state.v)


def test_targets_are_settled_patterns_of_the_truth(pool):
    state = initial_state(1, size=SMALL.size, seed=1_000_000)
    run = simulate(TRUTH, state, SMALL.steps, tol=SMALL.pool_tol)
    np.testing.assert_array_equal(pool[0], run.v[0])
