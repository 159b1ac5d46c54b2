"""Gradient fields and the adjoint backwards in time, against independent ways to compute them."""

import numpy as np
import pytest
import torch
import xarray as xr

from lib import losses
from lib.backends import cpu
from lib.initial_states import initial_state
from lib.model import Params, State, step
from lib.paper import TRUTH
from lib.simulate import Outcome, simulate
from lib.studies.gradients import agreement, by_region, gradient_field, right_way, size
from lib.studies.gradients.adjoint_norms import EVERY, adjoint_plane, adjoint_profile, extreme
from lib.studies.gradients.reference_adjoint import adjoint_norms, norm, pulled_back
from lib.studies.gradients.summary import directions


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))


def random_state(seed: int) -> State:
    draws = torch.rand(2, 2, 8, 12, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return State(draws[0], draws[1])


def test_one_adjoint_step_is_the_transposed_jacobian():
    state, adjoint = random_state(1), random_state(2)
    u, v = (field.clone().requires_grad_() for field in state)
    after = step(TRUTH, State(u, v))
    expected = torch.autograd.grad([after.u, after.v], [u, v], grad_outputs=list(adjoint))
    found = pulled_back(TRUTH, state, adjoint)
    torch.testing.assert_close(found.u, expected[0])
    torch.testing.assert_close(found.v, expected[1])


@pytest.mark.parametrize("steps", [7, 200, 401])
def test_the_adjoint_at_the_start_is_the_gradient_by_the_initial_state(steps):
    state = initial_state(2, size=16, patch=6, seed=3, dtype=torch.float64)
    u, v = (field.clone().requires_grad_() for field in state)
    end = simulate(TRUTH, State(u, v), steps, backend="eager")
    weight = random_state(4).v[:, :1, :1]
    expected = norm(State(*torch.autograd.grad((end.v * weight).sum(), [u, v])))
    back, norms = adjoint_norms(TRUTH, state, steps, torch.zeros_like(u), weight.expand_as(v).contiguous())
    assert back.tolist() == list(range(steps + 1))
    torch.testing.assert_close(norms[-1], expected)


def test_the_compiled_adjoint_agrees_with_the_readable_one():
    state = initial_state(1, size=32, seed=5, dtype=torch.float64)
    grad = torch.randn(1, 32, 32, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    zero = torch.zeros_like(grad)
    tensors = Params(*(torch.tensor([p], dtype=torch.float64) for p in TRUTH))
    times, compiled = cpu.adjoint_norms(tensors, state, torch.tensor([200]), 1.0, zero, grad, 20)
    back, readable = adjoint_norms(TRUTH, state, 200, zero, grad, every=20)
    assert (200 - times.numpy()).tolist() == back[::-1].tolist()
    torch.testing.assert_close(compiled[0], readable[:, 0].flip(0), rtol=1e-9, atol=0)


def test_in_an_empty_dish_the_adjoint_of_v_decays_by_feed_and_kill():
    empty = State(torch.ones(1, 8, 8, dtype=torch.float64), torch.zeros(1, 8, 8, dtype=torch.float64))
    even = torch.ones(1, 8, 8, dtype=torch.float64)
    _, norms = adjoint_norms(TRUTH, empty, 50, torch.zeros_like(even), even)
    rate = 1 - TRUTH.F - TRUTH.k
    np.testing.assert_allclose(norms[:, 0] / norms[0, 0], rate ** np.arange(51), rtol=1e-12)


FIELD = {"size": 32, "steps": 120, "states": 2, "jobs": 1}


def test_the_field_holds_the_gradient_of_each_initial_state_alone():
    field = gradient_field({"k": np.array([0.06])}, **FIELD)
    target = simulate(TRUTH, initial_state(2, size=32), 120).v
    for number in range(2):
        k = torch.tensor(0.06, requires_grad=True)
        state = State(*(x[number : number + 1] for x in initial_state(2, size=32)))
        run = simulate(TRUTH._replace(k=k), state, 120, backend="eager")
        losses.spectral(run.v, target[number : number + 1]).backward()
        assert float(field.gradient.sel(parameter="k")[0, number]) == pytest.approx(float(k.grad), rel=0.03)


def test_shared_targets_make_the_truth_a_loss_of_zero():
    field = gradient_field({"k": np.array([TRUTH.k])}, **FIELD)
    assert (field.loss == 0).all()
    assert (field.windowed == 0).all()
    assert (field.gradient == 0).all()


def test_long_after_extinction_the_gradient_is_exactly_zero_and_counted_as_such():
    field = gradient_field({"k": np.array([0.095])}, **{**FIELD, "steps": 4000})
    assert (field.outcome == Outcome.TRIVIAL).all()
    assert (field.gradient == 0).all()
    cosine = right_way(field, ("k",))
    assert cosine.isnull().all()
    found = by_region(field, cosine)[Outcome.TRIVIAL]
    assert (found.points, found.median, found.zero) == (2, 0.0, 1.0)
    assert found.right is None, "a share of no direction is no number"


def test_right_way_is_the_cosine_between_descent_and_the_truth():
    coordinates = {"F": [TRUTH.F + 0.01], "k": [TRUTH.k], "state": [0], "parameter": ["Du", "Dv", "F", "k"]}
    gradient = np.array([5.0, -7.0, 3.0, 4.0]).reshape(1, 1, 1, 4)
    field = xr.Dataset({"gradient": (("F", "k", "state", "parameter"), gradient)}, coords=coordinates)
    assert float(right_way(field, ("F", "k")).squeeze()) == pytest.approx(0.6)
    assert float(size(field.gradient).squeeze()) == pytest.approx(np.sqrt(25 + 49 + 9 + 16))


def test_agreement_is_full_for_equal_gradients_and_low_for_opposite_ones():
    same = agreement(np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0001]]))
    assert same["cosine"] == pytest.approx(1)
    assert same["signal_to_noise"] > 1e4
    opposite = agreement(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    assert opposite["cosine"] == pytest.approx(-1)
    assert opposite["size"] == pytest.approx(0)


def test_profiles_start_at_one_and_end_with_their_run():
    profile = adjoint_profile({"truth": (TRUTH, None), "stopped": (TRUTH, 5e-3)}, size=32, steps=400)
    assert profile.sizes == {"place": 2, "back": 400 // EVERY + 1}
    np.testing.assert_array_equal(profile.isel(back=0), 1)
    assert profile[0].notnull().all()
    assert 0 < int(profile[1].notnull().sum()) < profile.sizes["back"]


def test_the_plane_holds_what_the_profiles_say():
    """Growth and decay over the plane are the extremes of the profile from the same initial state."""
    axes = {"F": np.array([TRUTH.F]), "k": np.array([0.06, TRUTH.k])}
    plane = adjoint_plane(axes, seeds=[0, 1], size=32, steps=400, jobs=1)
    assert plane.sizes == {"F": 1, "k": 2, "seed": 2}
    profile = adjoint_profile({"here": (TRUTH._replace(k=0.06), None)}, seed=1, size=32, steps=400, jobs=1)[0]
    here = plane.isel(F=0, k=0, seed=1)
    assert float(here.largest) == pytest.approx(np.log10(float(profile.max())))
    assert float(here.start) == pytest.approx(np.log10(float(profile[-1])))
    assert not bool(here.silent)


def test_where_v_has_died_the_loss_has_no_adjoint_and_says_so():
    axes = {"F": np.array([0.03]), "k": np.array([0.095])}
    plane = adjoint_plane(axes, seeds=[0], size=32, steps=4000, jobs=1)
    assert bool(plane.silent.all())
    assert bool(plane.largest.isnull().all())


def test_an_adjoint_that_vanishes_is_infinitely_many_decades_down():
    largest, start, silent = extreme(np.array([1.0, 100.0, 0.0, np.nan]))
    assert (largest, start, silent) == (2, -np.inf, False)


def test_a_remnant_on_the_plateau_is_counted_with_the_uniform_points():
    """Of three points that still vary when they stop, one has the loss of a uniform field."""
    coordinates = {"F": [0.03], "k": [0.05, 0.055, 0.06, 0.07], "parameter": ["Du", "Dv", "F", "k"]}
    gradient = np.ones((1, 4, 1, 4)) * np.array([1.0, 2.0, 3.0, 4.0])[None, :, None, None]
    outcomes = [Outcome.UNIFORM, Outcome.PATTERN, Outcome.PATTERN, Outcome.PATTERN]
    field = xr.Dataset(
        {
            "gradient": (("F", "k", "state", "parameter"), gradient),
            "loss": (("F", "k", "state"), np.array([230.0, 225.0, 5.0, 8.0]).reshape(1, 4, 1)),
            "outcome": (("F", "k", "state"), np.array(outcomes).reshape(1, 4, 1)),
        },
        coords=coordinates,
    )
    found = directions(field, field, half=130.0)
    assert (found.uniform.points, found.pattern.points, found.trivial.points) == (2, 2, 0)
    assert (found.uniform.length, found.pattern.length) == (3.0, 7.0)
    assert (found.pattern.low, found.pattern.right) == (0, 0)
    assert found.pattern.high == pytest.approx(0.66, abs=0.01), "two points say little"
