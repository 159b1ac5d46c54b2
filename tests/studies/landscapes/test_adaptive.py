"""A refined plane: its values are those of full runs, and its small cells lie where something changes."""

import numpy as np
import pytest
import xarray as xr

from lib.paper import FEED_PLANE
from lib.showing.figures import refined, style
from lib.studies.landscapes import adaptive, sweep
from lib.studies.landscapes.adaptive import leaves_of, regrid

SETTING = {"states": 1, "size": 32, "steps": 1200, "jobs": 1}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    return adaptive.refine(FEED_PLANE, coarse=3, levels=2, cache=tmp_path_factory.mktemp("cache"), **SETTING)


def test_the_leaves_tile_the_plane(plane: xr.Dataset):
    side = plane.attrs["side"]
    covered = np.zeros((side, side), int)
    for row, column, size in leaves_of(plane):
        covered[row : row + size, column : column + size] += 1
    assert side == 12
    assert (covered == 1).all()


def test_it_agrees_with_a_uniform_grid_at_every_common_point_bit_for_bit(plane: xr.Dataset, tmp_path):
    axes = {name: np.linspace(*limits, 13) for name, limits in FEED_PLANE.items()}
    uniform = sweep.sweep(axes, cache=tmp_path, **SETTING)
    there = uniform.isel(F=plane.row, k=plane.column)
    for name in ("spectral", "windowed", "outcome", "steps", "v"):
        np.testing.assert_array_equal(plane[name].values, there[name].values)
    assert plane.sizes["point"] < 13**2


def test_a_leaf_larger_than_the_smallest_has_one_outcome(plane: xr.Dataset):
    places = zip(plane.row.values.tolist(), plane.column.values.tolist(), strict=True)
    outcome = dict(zip(places, plane.outcome.values[:, 0].tolist(), strict=True))
    changing = {c for c in leaves_of(plane) if len({outcome[corner] for corner in c.corners()}) > 1}
    assert changing
    assert all(cell.size == 1 for cell in changing)
    assert any(cell.size > 1 for cell in leaves_of(plane))


@pytest.mark.parametrize("side", [12, 36])
def test_a_picture_of_it_shows_computed_values_only(plane: xr.Dataset, side: int):
    picture = regrid(plane, side)
    assert picture.spectral.shape == (side, side, 1)
    assert set(np.unique(picture.spectral)) <= set(np.unique(plane.spectral))
    assert picture.F[0] > FEED_PLANE["F"][0]
    assert picture.F[-1] < FEED_PLANE["F"][1]


def test_what_is_no_plane_is_refused():
    with pytest.raises(ValueError, match="A plane has two parameters"):
        adaptive.refine({"k": (0.05, 0.06)})


def test_every_pixel_of_the_woven_picture_is_a_cell_of_a_run(plane: xr.Dataset):
    picture = refined.woven(plane, 48)
    assert picture.shape == (48, 48)
    number, _ = adaptive.corner_of_pixel(plane, 48)
    for i, j in ((0, 0), (20, 33), (47, 40)):
        run = plane.isel(point=int(number[i, j]))
        assert float(picture[i, j]) == pytest.approx(float(run.v[i % 32, j % 32]), abs=5e-4)


def test_its_pictures_are_drawn(plane: xr.Dataset):
    style()
    twice = refined.seen_twice(plane, "spectral", refined.woven(plane, 48))
    assert [len(axis.images) for axis in twice.axes] == [1, 1]
    sizes = refined.cells(plane).axes[0].images[0].get_array()
    assert set(np.unique(sizes)) == {np.log2(s) for s in np.unique(plane.cell_size)}
