"""What the quick book promises: cliffs to 1/192 of planes and 1e-4 of cuts, on page and in browser."""

import base64
import json

import numpy as np
import pytest
import xarray as xr

from lib import Outcome
from lib.paper import DIFFUSION_PLANE, FEED_PLANE
from lib.showing.figures import refined
from lib.showing.widgets.refined_planes import refined_plane
from lib.studies.landscapes.adaptive import refine
from lib.studies.landscapes.coarse import coarse_grid
from lib.studies.landscapes.nearest import regrid
from lib.studies.landscapes.sizes import SIZES, sizes

QUICK = sizes("quick")
LOSSES = ("spectral", "windowed")


@pytest.fixture(scope="module", params=["feed", "diffusion"])
def plane(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    """The quick book's planes over small and short runs."""
    ranges, (coarse, levels) = {
        "feed": (FEED_PLANE, QUICK.plane_feed), "diffusion": (DIFFUSION_PLANE, QUICK.plane_diffusion)
    }[request.param]  # fmt: skip
    setting = {"size": 32, "steps": 800, "states": QUICK.plane_states, "jobs": 1}
    setting |= {"losses": ("spectral",), "on_grid": ("windowed",)}
    cache = tmp_path_factory.mktemp("cache")
    return refine(ranges, coarse=coarse, levels=levels, cache=cache, title=request.param, **setting)


def cliff(ends: np.ndarray, axis: int) -> np.ndarray:
    """Where neighbouring runs along an axis ended differently."""
    return np.diff(ends.astype(int), axis=axis) != 0


def test_the_planes_are_at_least_96_points_across_with_edges_at_192(plane: xr.Dataset) -> None:
    assert plane.attrs["side"] >= 192
    assert plane.attrs["lines"] >= 97
    picture = regrid(plane.drop_vars("v"))
    assert picture.outcome.shape[:2] == (384, 384)
    assert refined.woven(plane).shape == (768, 768)
    ends = {
        (int(row), int(column)): int(outcome)
        for row, column, outcome in zip(plane.row, plane.column, plane.outcome[:, 0], strict=True)
    }
    # Along the lines of the coarse grid every change of outcome lies between two runs side by side.
    wide = int(plane.attrs["side"]) // (QUICK.plane_feed if "F" in plane.coords else QUICK.plane_diffusion)[0]
    found = 0
    for row in range(0, int(plane.attrs["side"]) + 1, wide):
        columns = sorted(column for r, column in ends if r == row)
        for a, b in zip(columns, columns[1:], strict=False):
            if ends[row, a] != ends[row, b]:
                assert b - a == 1
                found += 1
    assert found > 0


def test_the_browser_draws_the_same_edges_and_a_page_stays_small(plane: xr.Dataset) -> None:
    packed = refined_plane(plane)
    count = len(packed["runs"]["across"])
    number = np.frombuffer(packed["runs"]["number"], "<u2").reshape(193, 193)
    assert number.max() < count == plane.sizes["point"]
    codes = np.frombuffer(packed["outcomes"][0]["codes"], np.uint8)[number]
    assert codes[plane.row, plane.column].tolist() == plane.outcome[:, 0].values.tolist()
    assert cliff(codes, 0).any()
    assert cliff(codes, 1).any()
    # Two planes, the walker's copies of them, and the scripts have to share 3 MB.
    size = len(json.dumps(packed, default=lambda raw: base64.b64encode(raw).decode()))
    assert size < 1_100_000


def test_a_loss_of_the_coarse_grid_is_shown_from_there_and_nowhere_made_up(plane: xr.Dataset) -> None:
    even = coarse_grid(plane)
    assert np.isfinite(even.windowed.values[even.outcome.values != Outcome.DIVERGED]).all()
    assert np.isnan(plane.windowed.values[plane.grid.values != 1]).all()
    known, other = (next(x for x in refined_plane(plane)["layers"] if x["loss"] == n) for n in LOSSES)
    assert "at" not in known
    assert [len(values) for values in other["at"].values()] == list(even.windowed.shape[1::-1])
    np.testing.assert_array_equal(
        np.frombuffer(other["values"], "<f4"), even.windowed.values[..., 0].ravel().astype("<f4")
    )


def test_cuts_know_a_cliff_to_a_ten_thousandth_of_the_axis() -> None:
    for profile in (QUICK, SIZES["paper"]):
        assert 1 / (profile.cut_gaps * 2**profile.cut_levels) <= 1e-4


@pytest.mark.parametrize("profile", SIZES)
def test_the_matrix_lies_on_the_coarse_grid(profile: str) -> None:
    assert SIZES[profile].plane_feed[0] % (SIZES[profile].matrix_points - 1) == 0
