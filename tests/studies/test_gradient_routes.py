"""Implicit gradients, surrogates, and ways down."""

import numpy as np
import pytest
import torch
import xarray as xr

from lib import losses
from lib.initial_states import initial_state
from lib.model import Params, State, residual
from lib.paper import TRUTH
from lib.simulate import simulate
from lib.studies import gradient_routes
from lib.studies.gradient_routes import summary, surrogate, surrogate_quality
from lib.studies.gradient_routes.implicit import by_parameters
from lib.studies.gradient_routes.jackknife import jackknife_error
from lib.studies.gradient_routes.route_summary import fading
from lib.studies.gradient_routes.routes import (
    at_rest,
    come_to_rest,
    compared,
    cosine,
    dead,
    loudest,
    routes,
    size_of,
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """One cache for this file, not the book's."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path_factory.getbasetemp() / "gradient_routes"))


def test_the_parameters_columns_are_their_derivatives():
    draws = torch.rand(2, 1, 4, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))

    def rates(p: torch.Tensor) -> torch.Tensor:
        return torch.stack([*residual(Params(*p.split(1)), State(*draws))]).flatten()

    exact = torch.autograd.functional.jacobian(rates, torch.tensor(TRUTH, dtype=torch.float64))
    np.testing.assert_allclose(by_parameters(State(*draws)), exact.T, atol=1e-15)


def test_implicit_and_unrolled_gradients_meet_at_a_homogeneous_state_that_nothing_drifts_from():
    # v the same everywhere: every disturbance dies out within some hundred steps.
    params = Params(0.16, 0.08, 0.05, 0.05)
    flat = State(*(torch.full((1, 8, 8), x, dtype=torch.float64) for x in (0.3, 0.35)))
    dish = simulate(params, flat, 20_000).state

    def level(state: State) -> torch.Tensor:
        return (state.v - 0.1).square().mean()

    implicit = gradient_routes.implicit(params, dish, level)
    unrolled = gradient_routes.unrolled(params, dish, 5000, level)
    assert abs(implicit.slope[2]) > 1e-3
    np.testing.assert_allclose(unrolled.slope, implicit.slope, rtol=1e-6, atol=1e-9)


def test_translations_all_but_stand_still_at_a_pattern():
    params = TRUTH._replace(k=0.0645)
    pattern = simulate(params, initial_state(1, size=64, dtype=torch.float64), 60_000).state
    rates = np.abs(gradient_routes.slowest(params, pattern))
    assert rates[1] < 0.1 * rates[2]


def test_modes_that_stand_still_can_be_left_out():
    params = TRUTH._replace(k=0.0645)
    pattern = simulate(params, initial_state(1, size=64, dtype=torch.float64), 60_000).state
    slide = (pattern.v.roll(1, 2) - pattern.v.roll(-1, 2)).detach()

    def place(state: State) -> torch.Tensor:
        return (slide * state.v).sum()

    exact, damped = (
        np.abs(gradient_routes.implicit(params, pattern, place, still=s).slope) for s in (0, 1e-3)
    )
    assert damped.max() < 0.1 * exact.max()


def test_a_trivial_state_gives_no_gradient_by_any_route():
    empty = State(torch.ones(1, 8, 8, dtype=torch.float64), torch.zeros(1, 8, 8, dtype=torch.float64))

    def loss(state: State) -> torch.Tensor:
        return (state.v - 0.1).square().mean()

    assert not gradient_routes.implicit(TRUTH, empty, loss).slope.any()
    assert not gradient_routes.unrolled(TRUTH, empty, 50, loss).slope.any()


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> xr.Dataset:
    """A pattern at rest, and a set where v dies, by all routes."""
    sets = [TRUTH._replace(k=0.064), Params(0.16, 0.08, 0.035, 0.09)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAYSCOTT_CACHE", str(tmp_path_factory.mktemp("routes")))
        ends = come_to_rest(sets, size=32, settle=60_000)
        return routes(sets, ends, (10, 1000, 30_000), size=32, steps=300, settle=60_000, jobs=1)


def test_the_longer_one_unrolls_from_rest_the_nearer_is_the_implicit_gradient(found):
    assert at_rest(found).tolist() == [True, False]
    one = found.isel(set=0).sel(loss="pixels")
    apart = size_of(one.unrolled - one.implicit) / size_of(one.implicit)
    assert (apart.diff("horizon") < 0).all()
    assert float(apart[-1]) < 0.05 < float(apart[0])
    assert float(cosine(one.unrolled, one.implicit)[-1]) > 0.999


def test_a_route_left_out_is_no_number(found):
    spectral, pixels = found.sel(loss="spectral"), found.sel(loss="pixels")
    assert np.isnan(spectral.unrolled.isel(horizon=-1)).all()
    assert np.isnan(size_of(pixels.patch)).all()
    assert np.isfinite(spectral.patch).all()


def test_where_v_has_died_no_route_has_a_slope(found):
    assert dead(found).tolist() == [False, True]
    assert loudest(found.isel(set=[1])) < 1e-6
    assert loudest(found.isel(set=[0])) > 1e-3
    assert loudest(found.isel(set=[])) is None


def test_a_pattern_from_elsewhere_is_not_compared_with_those_near_the_truth(found):
    both = found.isel(set=[0, 0, 1]).assign(near=("set", [True, False, True]))
    assert compared(both).tolist() == [True, False, False]


def test_a_mode_that_grows_does_not_fade():
    assert fading(-1 / 4000) == pytest.approx(4000)
    assert fading(1e-5) is None


def test_the_edge_of_the_plane_is_told():
    assert surrogate_quality.on_edge(np.array([0.0, 0.4]))
    assert not surrogate_quality.on_edge(np.array([0.01, 0.4]))


def test_rises_of_single_pairs_are_those_of_their_own_lines():
    """Two lines of three points, three states; only the pair (0, 1) rises, and only on the second line."""
    loss = np.tile(np.array([3.0, 2.0, 1.0]), 2)[:, None, None] * np.ones((6, 3, 3))
    loss[5, 0, 1] = 9.0
    rises = summary.single_rises(loss, 2)
    assert rises.shape == (12, 2)
    assert rises[6:].sum() == rises[6, 1] == 1
    assert not rises[:6].any()


def test_descents_arrive_within_a_hundredth_of_the_truth_and_not_beyond():
    share = surrogate_quality.CONVERGED * np.array(TRUTH[2:]) / surrogate_quality.SPAN
    ends = surrogate_quality.AT_TRUTH + np.array([0.99, 1.01, 0.0])[:, None] * share
    assert surrogate_quality.converged(ends, surrogate_quality.AT_TRUTH).tolist() == [True, False, True]


def test_spectra_hold_the_papers_loss_on_their_diagonal():
    points = np.array([TRUTH, TRUTH._replace(k=0.05)])
    found = gradient_routes.spectra(points, states=2, size=32, steps=300, keep=True, jobs=1)
    patch = initial_state(2, size=32)
    pair = [simulate(p, patch, 300).v for p in (TRUTH._replace(k=0.05), TRUTH)]
    np.testing.assert_allclose(gradient_routes.shared(found)[1], losses.spectral(*pair), rtol=1e-4)
    assert float(gradient_routes.shared(found)[0]) == 0
    with pytest.raises(ValueError, match="3 of them"):
        gradient_routes.averaged(found)


def test_the_error_over_states_is_that_of_new_states_where_pairs_share_them():
    """The loss of a pair is the distance of two draws, symmetric as it is at the truth."""
    draw = np.random.default_rng(0)
    heights = draw.exponential(size=(4000, 5))
    pairs = (heights[:, :, None] - heights[:, None, :]) ** 2
    found = xr.Dataset({"loss": (("point", "candidate", "target"), pairs)})
    mean, error = gradient_routes.averaged(found)
    spread = mean.std()
    assert 0.9 * spread < np.sqrt((error**2).mean()) < 1.3 * spread
    candidates = np.where(np.eye(5, dtype=bool), np.nan, pairs)
    naive = np.nanmean(candidates, axis=2).std(axis=1, ddof=1) / np.sqrt(5)
    assert np.sqrt((naive**2).mean()) < 0.8 * spread


def test_a_mean_of_independent_states_has_the_textbooks_standard_error():
    x = np.random.default_rng(0).normal(size=7)
    without = np.array([np.delete(x, i).mean() for i in range(7)])
    assert jackknife_error(without[:, None])[0] == pytest.approx(x.std(ddof=1) / np.sqrt(7))


def test_a_surrogate_of_a_bowl_is_a_bowl_and_descent_finds_its_bottom():
    x = np.stack(np.meshgrid(*[np.linspace(0, 1, 9)] * 2, indexing="ij"), axis=-1).reshape(-1, 2)
    spectra = np.column_stack([x, np.zeros((81, 3))])
    model = surrogate.fit_surrogate(x, spectra, np.array([0.4, 0.6, 0, 0, 0]), 0.0)
    expected = ((x - [0.4, 0.6]) ** 2).sum(axis=1) / 5
    np.testing.assert_allclose(model.loss(x), expected, atol=1e-8)
    ends = surrogate.descend(model, np.array([[0.1, 0.1], [0.9, 0.2]]))
    np.testing.assert_allclose(ends, [[0.4, 0.6]] * 2, atol=1e-2)


def test_held_out_points_lie_in_the_plane():
    points = surrogate_quality.held_out(20, seed=1)
    assert np.unique(points[:, 0]).tolist() == [TRUTH.Du]
    inside = (points[:, 2:] - surrogate_quality.LOW) / surrogate_quality.SPAN
    assert ((inside >= 0) & (inside <= 1)).all()


def test_a_walk_counts_rises_above_the_floor_only():
    unsure = np.full(5, 0.1)
    way = gradient_routes.walk(np.array([30.0, 20.0, 25.0, 6.0, 5.0, 5.5]), unsure, floor=5.0, band=0.6)
    assert (way.rises, way.bumps, way.steps) == (1, 1, 3)
    assert way.drop == pytest.approx(25 / 0.6)
    assert way.arrival == pytest.approx(0.4)


def test_downhill_leads_around_a_hill_but_not_out_of_a_pit():
    #   1  2  9      the floor is at the left; 3 in the corner is a pit behind the 9s
    #   9  9  9
    loss = np.array([[1.0, 2, 9, 3], [9, 9, 9, 9]])
    alive = np.ones_like(loss, dtype=bool)
    arrives = gradient_routes.downhill(loss, alive, low=1.5)
    assert arrives[0].tolist() == [True, True, True, False]
    alive[0, 1] = False
    assert not gradient_routes.downhill(loss, alive, low=1.5)[0, 1]


def test_lines_end_at_the_truth():
    line = gradient_routes.along([TRUTH._replace(k=0.058), TRUTH._replace(F=0.05)], 5)
    assert line.shape == (10, 4)
    np.testing.assert_allclose(line[[4, 9]], [TRUTH, TRUTH])
