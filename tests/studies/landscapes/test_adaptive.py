"""A refined plane: its values are those of full runs, and most of them lie along its cliffs."""

import numpy as np
import pytest
import xarray as xr
from scipy.ndimage import binary_dilation, binary_erosion

from lib import Outcome, grid
from lib.paper import FEED_PLANE, TRUTH
from lib.showing.figures import refined, style, surfaces
from lib.showing.figures.landscapes import triangulated
from lib.studies.landscapes import adaptive, sweep
from lib.studies.landscapes.between_runs import between_runs
from lib.studies.landscapes.coarse import coarse_grid
from lib.studies.landscapes.nearest import lattice, nearest_on_lattice, nearest_run, regrid

SETTING = {"states": 1, "size": 32, "steps": 1200, "jobs": 1}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    cache = tmp_path_factory.mktemp("cache")
    return adaptive.refine(FEED_PLANE, coarse=3, levels=3, apart=1, cache=cache, **SETTING)


@pytest.fixture(scope="module")
def uniform(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    axes = grid.axes_over(FEED_PLANE, [25, 25])
    return sweep.sweep(axes, cache=tmp_path_factory.mktemp("cache"), **SETTING)


def test_it_agrees_with_a_uniform_grid_at_every_common_point_bit_for_bit(plane, uniform):
    there = uniform.isel(F=plane.row, k=plane.column)
    for name in ("spectral", "windowed", "outcome", "steps", "v"):
        np.testing.assert_array_equal(plane[name].values, there[name].values)
    assert plane.sizes["point"] < 25**2 / 2


def test_the_truth_is_one_of_its_runs_with_the_loss_zero(plane):
    here = (plane.F.values == TRUTH.F) & (plane.k.values == TRUTH.k)
    assert float(plane.spectral.values[here].item()) == 0


def test_its_coarse_grid_is_a_sweep_of_the_same_points(plane, uniform):
    even = coarse_grid(plane)
    assert even.outcome.dims == ("F", "k", "state")
    assert {0.03, TRUTH.F, 0.07} <= set(even.F.values)
    there = uniform.sel(F=even.F, k=even.k)
    for name in ("spectral", "outcome", "v"):
        np.testing.assert_array_equal(even[name].values, there[name].values)
    corners = coarse_grid(plane, 2)
    np.testing.assert_array_equal(corners.spectral.values, uniform.spectral.values[::24, ::24])
    with pytest.raises(ValueError, match="has no 3 evenly spaced lines"):
        coarse_grid(plane, 3)


def test_on_the_lattice_every_run_stands_for_its_own_place(plane):
    number = nearest_on_lattice(plane)
    assert number.shape == (25, 25)
    np.testing.assert_array_equal(
        number[plane.row.values, plane.column.values], np.arange(plane.sizes["point"])
    )
    assert lattice(plane)["k"][plane.column.values].tolist() == plane.k.values.tolist()


def test_between_runs_heights_are_linear_and_at_runs_they_are_the_runs(plane):
    surface = between_runs(plane)
    np.testing.assert_allclose(
        surface.spectral.values[plane.row, plane.column], plane.spectral.values, atol=1e-4
    )
    assert float(surface.spectral.min()) >= float(plane.spectral.min()) - 1e-4
    assert float(surface.spectral.max()) <= float(plane.spectral.max()) + 1e-4


def test_its_surface_is_spanned_by_all_runs_at_their_own_heights(plane):
    x, y, z, triangles = triangulated(plane, "spectral", "F", "k")
    np.testing.assert_array_equal(np.stack([x, y, z]), [plane.k, plane.F, plane.spectral[:, 0]])
    assert set(triangles.ravel()) == set(range(plane.sizes["point"]))
    style()
    assert len(surfaces(plane, ["spectral"], views=[(30, -60)]).axes) == 1


def test_no_point_is_run_twice(plane):
    places = list(zip(plane.row.values.tolist(), plane.column.values.tolist(), strict=True))
    assert len(set(places)) == len(places)


def test_its_picture_has_the_cliffs_where_the_uniform_grid_has_them(plane, uniform):
    # At pixels right beside the points of the uniform grid.
    drawn = regrid(plane, 24 * 8).outcome.values[::8, ::8, 0] == Outcome.PATTERN
    true = uniform.outcome.values[..., 0] == Outcome.PATTERN
    assert 0.1 < true.mean() < 0.9
    near = binary_dilation(true, np.ones((3, 3))) & ~binary_erosion(true, np.ones((3, 3)), border_value=1)
    near = near[:-1, :-1]
    wrong = drawn != true[:-1, :-1]
    assert wrong.mean() < 0.05
    assert (wrong & ~near).mean() < 0.01


def test_where_nothing_changes_it_is_sparse_and_two_runs_stand_on_the_sides_of_a_cliff(plane):
    ends = dict(
        zip(zip(plane.row.values.tolist(), plane.column.values.tolist(), strict=True),
            plane.outcome.values[:, 0].tolist(), strict=True)
    )  # fmt: skip
    beside = {(r, c) for r, c in ends for p in ((r, c + 1), (r + 1, c), (r, c - 1), (r - 1, c))
              if ends.get(p, ends[r, c]) != ends[r, c]}  # fmt: skip
    assert len(beside) > len(ends) / 3


@pytest.mark.parametrize("side", [12, 36])
def test_a_picture_of_it_shows_computed_values_only(plane, side: int):
    picture = regrid(plane, side)
    assert picture.spectral.shape == (side, side, 1)
    assert set(np.unique(picture.spectral)) <= set(np.unique(plane.spectral))
    assert picture.F[0] > FEED_PLANE["F"][0]
    assert picture.F[-1] < FEED_PLANE["F"][1]


@pytest.mark.parametrize("wrong", [{"ranges": {"k": (0.05, 0.06)}}, {"coarse": 0}, {"apart": 0}])
def test_what_is_no_plane_is_refused(wrong: dict):
    with pytest.raises(ValueError, match="A plane has two parameters"):
        adaptive.refine(**{"ranges": FEED_PLANE, **wrong})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ranges": [("F", (0.03, 0.04))]}, "A dict"), ({"around": {"F": 0.03}}, "parameters"),
        ({"loss": "vgg"}, "no loss 'vgg'"), ({"loss": ("spectral", "windowed")}, "name the one"),
        ({"loss": "gram"}, "name it among"), ({"losses": ("windowed",)}, "name it among"),
        ({"on_grid": ("vgg",)}, "no loss 'vgg'"), ({"coarse": "2"}, "whole number"),
        ({"levels": 1.5}, "whole number"),
        ({"tolerance": "much"}, "real number"),
    ],
)  # fmt: skip
def test_wrong_settings_of_a_plane_are_answered_before_anything_is_computed(wrong, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        adaptive.refine(**{"ranges": FEED_PLANE, "cache": tmp_path, **SETTING, **wrong})
    assert not list(tmp_path.rglob("*.result"))


def test_a_point_around_with_names_and_a_costly_loss_by_its_name_are_taken(tmp_path):
    setting = {"coarse": 1, "levels": 0, "apart": 1, "cache": tmp_path, **SETTING, "steps": 20}
    found = adaptive.refine(
        FEED_PLANE, around=TRUTH._asdict(), on_grid="windowed", losses="spectral", **setting
    )
    assert "windowed" in found


def test_every_pixel_of_the_woven_picture_is_a_cell_of_a_run(plane):
    picture = refined.woven(plane, 48)
    assert picture.shape == (48, 48)
    number = nearest_run(plane, 48)
    for i, j in ((0, 0), (20, 33), (47, 40)):
        run = plane.isel(point=int(number[i, j]))
        assert float(picture[i, j]) == pytest.approx(float(run.v[i % 32, j % 32]), abs=5e-4)


def test_its_pictures_are_drawn(plane):
    style()
    twice = refined.seen_twice(plane, "spectral", refined.woven(plane, 48))
    assert [len(axis.images) for axis in twice.axes] == [1, 1]
    dots = refined.runs(plane).axes[0].collections[0].get_offsets()
    assert len(dots) == plane.sizes["point"]
