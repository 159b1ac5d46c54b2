"""More maps of a plane agree with what they abbreviate."""

from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

from lib import TRUTH, Outcome, Params, State, grid, losses, paper, residual
from lib.features import at_hand
from lib.studies.landscapes import derived_maps, sweep
from lib.studies.patterns import intermediate_times
from lib.studies.pinn.recovery import steady_states
from lib.studies.residual_fit.confidence import noisy_ellipses

SETTING = {"states": 1, "size": 32, "steps": 400}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def plane(store: Path) -> xr.Dataset:
    axes = grid.axes_over(paper.FEED_PLANE, (5, 6))
    return sweep.sweep(axes, cache=store, jobs=1, **SETTING)


@pytest.fixture(scope="module")
def steady() -> State:
    return steady_states(1, 32, 2000, 0)


def test_the_residuals_map_is_the_residual_loss_point_by_point(plane: xr.Dataset, steady: State) -> None:
    exact = State(*(field.double() for field in steady))
    values = [float(residual.loss(Params(*map(float, p)), exact)) for p in derived_maps.points_of(plane)]
    # Near the minimum the paraboloid's terms cancel: compared on the scale of the whole map.
    found = derived_maps.residual_map(plane, steady).values.ravel()
    np.testing.assert_allclose(found, values, rtol=1e-9, atol=1e-12 * max(values))


def test_the_bowls_formula_gives_the_map(plane: xr.Dataset, steady: State) -> None:
    bowl = derived_maps.residual_bowl(plane, steady)
    k, F = np.meshgrid(plane.k, plane.F)
    d = np.stack([k, F], axis=-1) - bowl.minimum
    values = bowl.lowest + np.einsum("...i,ij,...j->...", d, bowl.hessian, d) / 2
    expected = derived_maps.residual_map(plane, steady).values
    np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-12 * expected.max())
    assert bowl.lowest <= values.min()


def test_the_gram_map_is_the_gram_loss_and_its_gaps_take_the_nearest_value(
    plane: xr.Dataset, store: Path
) -> None:
    found = derived_maps.gram_map(plane, every=2, jobs=1, cache=store)
    v = torch.as_tensor(plane.v.values)
    goal = torch.as_tensor(derived_maps.picture_at_truth(plane))[None]
    with torch.no_grad():
        expected = losses.gram(v[2, 4][None], goal, features=at_hand())
    assert float(found[2, 4]) == pytest.approx(float(expected), rel=1e-4)
    assert float(found[3, 5]) == float(found[2, 4]) == float(found[3, 4])


def test_at_the_usual_floor_the_floor_map_is_the_sweep(plane: xr.Dataset) -> None:
    maps = derived_maps.floor_maps(plane, (1e-12, losses.LOG_FLOOR))
    swept = plane.spectral.isel(state=0)
    np.testing.assert_allclose(maps.isel(floor=1), swept, rtol=1e-5, atol=1e-6)
    assert float(maps.isel(floor=0).max()) > float(swept.max())


def test_a_run_that_diverged_has_no_loss_on_any_map(plane: xr.Dataset, store: Path) -> None:
    broken = plane.copy(deep=True)
    broken.outcome[0, 1] = Outcome.DIVERGED
    broken.v[0, 1] = np.nan
    assert np.isnan(derived_maps.floor_maps(broken, (1e-8,))[0, 0, 1])
    assert np.isnan(derived_maps.gram_map(broken, every=3, jobs=1, cache=store)[0, 1])


def test_a_plane_beside_the_truth_has_no_picture_to_compare_with(plane: xr.Dataset) -> None:
    with pytest.raises(ValueError, match="truth is not among the plane's values of F"):
        derived_maps.picture_at_truth(plane.isel(F=slice(2, None)))


def test_times_end_with_the_full_run(plane: xr.Dataset, store: Path) -> None:
    axes = derived_maps.axes_of(plane)
    early = intermediate_times.sweep_in_time(
        axes, (50, 100), states=1, size=32, pictures=False, jobs=1, cache=store
    )
    maps = derived_maps.in_time(early, plane)
    assert maps.dims == ("time", "F", "k")
    assert list(maps.time) == [50, 100, 400]
    np.testing.assert_array_equal(maps.isel(time=-1), plane.spectral.isel(state=0))


def test_walls_are_dated_on_the_side_where_they_stand() -> None:
    k, F = np.array([0.055, 0.06, TRUTH.k, 0.067, 0.068]), np.array([TRUTH.F, 0.05])
    cuts = [[4, 2, 0, 1.5, 3], [4, 3, 0, 10, 10], [10, 1, 0, 10, 10]]
    values = np.stack([np.array(cuts, dtype=float)] * 2, axis=1)
    maps = xr.DataArray(values, coords={"time": [1, 2, 3], "F": F, "k": k}, dims=("time", "F", "k"))
    assert derived_maps.walls(maps) == derived_maps.Walls(below=3, above=2)
    assert derived_maps.walls(maps[:1]) == derived_maps.Walls(below=None, above=None)


def test_noise_moves_the_plain_fit_farther_than_its_region_reaches(steady: State) -> None:
    found = noisy_ellipses(steady, (0.0, 1e-2), seeds=2)
    middle = found.region.mean("point").sel(pair="Du-Dv", coordinate="up")
    np.testing.assert_allclose(middle, found.plain.sel(parameter="Du"), rtol=1e-2)
    moved = abs(found.plain.sel(parameter="Du", noise=1e-2) - TRUTH.Du)
    edges = found.region.sel(pair="Du-Dv", coordinate="up", noise=1e-2)
    assert (moved > edges.max("point") - edges.min("point")).all()
    assert abs(found.cured.sel(noise=1e-2, parameter="Du") - TRUTH.Du).max() < moved.min()
