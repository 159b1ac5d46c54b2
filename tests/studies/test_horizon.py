"""The family of losses between the residual's bowl and the paper's cliff."""

import numpy as np
import pytest
import torch

from lib import losses, residual
from lib.coordinates import to_params, to_unconstrained
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.simulate import simulate
from lib.studies import horizon
from lib.studies.horizon import gradient_descent, least_squares
from lib.studies.horizon.landscapes import funnel
from lib.studies.horizon.recovery import labelled, starts_of
from lib.studies.horizon.sizes import SIZES
from lib.studies.horizon.summary import controls, search

SMALL = {"size": 32, "settle": 4000}
PAPER = Params(0.127, 0.127, 0.05, 0.05)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """One cache for this file, not the book's."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path_factory.getbasetemp() / "horizon"))


def test_one_step_from_the_data_is_the_residual_loss():
    assert horizon.residual_gap(count=8, **SMALL) < 1e-12


def test_at_full_length_from_the_patch_with_spectra_it_is_the_papers_loss():
    given = horizon.problem("patch", 300, "spectral", **SMALL)
    candidate = Params(0.15, 0.075, 0.04, 0.06)
    patch = initial_state(1, size=32, dtype=torch.float64)
    runs = [simulate(p, patch, 300).v for p in (candidate, TRUTH)]
    torch.testing.assert_close(horizon.mismatch(candidate, given)[0], losses.spectral(*runs))


@pytest.mark.parametrize("origin", horizon.ORIGINS)
@pytest.mark.parametrize("measure", horizon.MEASURES)
def test_every_member_vanishes_at_the_truth(origin, measure):
    given = horizon.problem(origin, 20, measure, **SMALL)
    at_truth, elsewhere = (float(horizon.mismatch(p, given)) for p in (TRUTH, PAPER))
    # From the data the truth stands still only as far as they have settled.
    assert at_truth <= (0 if origin == "patch" else 1e-3 * elsewhere)


def test_exact_gradients_match_differences_at_short_and_long_horizons():
    assert all(gap < 1e-6 for gap in horizon.gradient_gap((1, 10, 300), **SMALL).values())


def test_sensitivities_match_tangents_through_every_step():
    given = horizon.problem("data", 40, **SMALL)
    p = torch.tensor(PAPER, dtype=torch.float64)

    def state(x: torch.Tensor) -> torch.Tensor:
        run = simulate(Params(*x.split(1)), given.start, 40, backend="eager")
        return torch.stack([run.u, run.v], dim=1).flatten()

    exact = torch.autograd.functional.jvp(state, p, torch.tensor([1.0, 0, 0, 0], dtype=torch.float64))[1]
    found = torch.from_numpy(least_squares.sensitivities(p.numpy(), given))[:, 0]
    torch.testing.assert_close(found, exact, rtol=1e-6, atol=1e-6 * float(exact.abs().max()))


def test_both_searches_find_the_truth_from_the_papers_start_at_a_short_horizon():
    given = horizon.problem("data", 5, size=32, settle=20_000)
    by_squares = least_squares.solve(PAPER, given, 40)
    by_descent = gradient_descent.descend(to_unconstrained(np.array([PAPER])), given, 400)
    assert np.abs(by_squares.params / np.array(TRUTH) - 1).max() < 1e-4
    assert np.abs(by_descent.params[0].numpy() / np.array(TRUTH) - 1).max() < horizon.WITHIN


def test_descent_never_climbs_and_stops_where_there_is_no_slope():
    given = horizon.problem("data", 400, **SMALL)
    empty = Params(0.10, 0.03, 0.02, 0.0999)
    found = gradient_descent.descend(to_unconstrained(np.array([PAPER, empty])), given, 12)
    assert bool((found.losses.diff(dim=0) <= 0).all())
    assert float(found.gradients[0]) > float(found.gradients[1])


def test_steps_that_cannot_be_run_count_as_infinitely_high():
    given = horizon.problem("data", 1, **SMALL)
    places = to_unconstrained(np.array([PAPER, PAPER._replace(Du=0.3)]))
    values = gradient_descent.value(places, given, torch.tensor([True, True]))
    assert bool(values[0].isfinite())
    assert bool(values[1].isinf())


def test_every_horizon_has_the_same_starts_and_they_are_inside_the_searched_box():
    places = starts_of(None, 2, 5, seed=3)
    np.testing.assert_array_equal(places[0], places[1])
    back = torch.stack([*to_params(to_unconstrained(places[0]))], dim=1)
    np.testing.assert_allclose(back.numpy(), places[0], rtol=1e-12)
    assert len(np.unique(places[0], axis=0)) == 5


def test_panorama_agrees_with_the_problems_at_every_horizon(tmp_path):
    axes = {"k": np.array([0.055, TRUTH.k, 0.07])}
    found = horizon.panorama(axes, (1, 30), jobs=1, **SMALL)
    for origin in horizon.ORIGINS:
        for T in (1, 30):
            given = horizon.problem(origin, T, **SMALL)
            expected = [float(horizon.mismatch(TRUTH._replace(k=k), given)) for k in (0.055, 0.07)]
            one = found.loss.sel(origin=origin, horizon=T, measure="pixels").values[[0, 2]]
            np.testing.assert_allclose(one, expected, rtol=1e-3)


def test_landscapes_go_on_from_one_horizon_to_the_next_and_lose_nothing(tmp_path):
    axes = {"k": np.array([0.055, TRUTH.k, 0.07])}
    on_the_way = horizon.panorama(axes, (10, 25), jobs=1, cache=tmp_path, **SMALL)
    at_once = horizon.panorama(axes, (25,), jobs=1, cache=tmp_path, **SMALL)
    np.testing.assert_array_equal(on_the_way.loss.sel(horizon=25), at_once.loss.sel(horizon=25))
    assert bool((on_the_way.loss.sel(horizon=10) != on_the_way.loss.sel(horizon=25)).any())


def test_a_parabola_is_all_funnel_and_a_plateau_is_none():
    k = np.array([0.063, 0.064, TRUTH.k, 0.066, 0.067])
    found = horizon.panorama({"k": k}, (1,), jobs=1, origins=("data",), **SMALL)
    assert float(funnel(found).sel(measure="pixels").squeeze()) == 1
    assert float(funnel(found * 0).sel(measure="pixels").squeeze()) == 0


def test_the_breaking_point_lies_where_half_of_the_starts_are_left():
    table = np.tile(np.array([*TRUTH, 0, 1.0]), (3, 4, 1))
    table[1, :1, 0] *= 2
    table[2, :3, 0] *= 2
    found = labelled(table, (10, 100, 1000), "squares", "data", "pixels", 1)
    assert horizon.rate(found).values.tolist() == [1, 0.75, 0.25]
    assert horizon.breaking_point(found) == pytest.approx(10**2.5)
    assert np.isnan(horizon.breaking_point(found.isel(horizon=[0, 1])))


def test_curvature_at_one_step_is_the_residuals():
    found = horizon.curvature((1, 20), **SMALL)
    data = horizon.settled(32, 4000)
    hessian = residual.fit(*data).quadratic.hessian[0].numpy() * np.outer(TRUTH, TRUTH)
    np.testing.assert_allclose(found.eigenvalue[0], np.linalg.eigvalsh(hessian), rtol=1e-5)
    assert float(found.width[1]) < float(found.width[0])
    assert found.attrs["height"] == horizon.emptied(32, 4000, 0)
    top = found.eigenvalue[:, -1] * found.width**2 / 2  # the paraboloid there has the loss of an empty dish
    np.testing.assert_allclose(top, horizon.emptied(32, 4000, 0))


def test_noise_is_washed_away_by_a_few_steps():
    found = horizon.noisy((1e-2,), (1, 10), draws=1, budget=30, size=32, settle=20_000, jobs=1)
    worst = np.abs(found.error).max("parameter").values.ravel()
    assert worst[1] < worst[0] / 4


def test_recovery_is_the_same_in_one_process_and_in_two(tmp_path):
    """Each with a cache of its own, so that the second has to compute too."""
    setting = {"method": "squares", "count": 2, "budget": 6, **SMALL}
    one, two = (horizon.recover((1, 5), jobs=n, cache=tmp_path / str(n), **setting) for n in (1, 2))
    assert set(one.error.dims) == {"horizon", "start"}
    assert bool((one.error.sel(horizon=1) < 1e-3).all())
    np.testing.assert_array_equal(one.params, two.params)
    assert len(list((tmp_path / "2").rglob("*.result"))) == 2


def test_where_few_starts_are_tried_the_share_is_of_those_and_they_end_as_among_all(tmp_path):
    setting = {"method": "squares", "count": 3, "budget": 10, "jobs": 1, "cache": tmp_path, **SMALL}
    every = horizon.recover((1, 5), **setting)
    found = horizon.recover((1, 5), few={5: 2}, **setting)
    assert found.tried.values.tolist() == [3, 2]
    assert found.error.notnull().sum("start").values.tolist() == [3, 2]
    np.testing.assert_array_equal(found.params[1, :2], every.params[1, :2])
    hits = (every.error[1, :2] < 0.01).sum()
    assert float(horizon.rate(found)[1]) == float(hits) / 2
    assert search(found).tried_last == 2
    alone = horizon.first(found, 1)
    assert alone.tried.values.tolist() == [1, 1]
    assert horizon.rate(alone).values.tolist() == (every.error[:, 0] < 0.01).values.astype(float).tolist()
    with pytest.raises(ValueError, match="a share of them would be too small"):
        horizon.rate(found.isel(start=[0]))
    with pytest.raises(ValueError, match="tried different numbers of starts"):
        controls(horizon.first(every, 2), [found], short=1)


@pytest.mark.parametrize("profile", SIZES)
def test_searches_that_are_compared_were_made_at_the_same_horizons(profile):
    """A search at the nearest horizon is another search."""
    chosen = SIZES[profile]
    few = dict(chosen.horizon_few)
    handed = {T for T in chosen.horizon_descents if T > 10 and T not in few}
    assert {*handed, *chosen.horizon_others, *few} <= {*chosen.horizon_squares}
    assert chosen.horizon_short in chosen.horizon_others


def test_unknown_searches_and_problems_are_refused():
    with pytest.raises(ValueError, match="no search 'guess'"):
        horizon.recover((1,), method="guess", count=1, budget=1, **SMALL)
    with pytest.raises(ValueError, match="no horizon problem"):
        horizon.problem("nowhere", 1, **SMALL)


def test_a_trail_is_the_search_stopped_early_and_ends_where_the_search_ends():
    options = {"size": 32, "settle": 2000, "jobs": 1}
    found = horizon.trails((5,), method="squares", count=2, budget=10, **options)
    whole = horizon.recover((5,), method="squares", count=2, budget=10, **options)
    assert found.budget.values.tolist() == [1, 3, 9, 10]
    np.testing.assert_array_equal(found.params.sel(budget=10), whole.params)
    # Each look stands lower than the one before: the search accepts nothing that climbs.
    assert (found.loss.diff("budget") <= 0).all()
