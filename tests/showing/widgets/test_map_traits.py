"""The Python half of explorer, descent and sliders: what they hand to the page, and what they refuse."""

import io

import numpy as np
import pytest
import traitlets
import xarray as xr
from PIL import Image

from lib import TRUTH, Outcome
from lib.showing.widgets import Descend, Explorer, Frames, planes, sliders
from lib.showing.widgets.explorer import Curve, recorded_path, training_paths
from lib.showing.widgets.frames import axis, line_panel, map_panel, series
from lib.simulate import Outcome as Ending
from lib.studies.landscapes.derived_maps import Bowl

F, K = np.array([0.03, TRUTH.F, 0.05]), np.array([0.055, 0.06, TRUTH.k, 0.067])
BOWL = Bowl(np.eye(2), np.array([TRUTH.k, TRUTH.F]), 0.0)


@pytest.fixture
def swept() -> xr.Dataset:
    """A plane as a sweep leaves it, with one run that diverged."""
    loss = np.arange(24.0).reshape(3, 4, 2)
    outcome = np.full((3, 4, 2), Outcome.PATTERN)
    loss[2, 3], outcome[2, 3, 1] = np.nan, Outcome.DIVERGED
    v = np.linspace(0, 0.5, 3 * 4 * 32 * 32).reshape(3, 4, 32, 32)
    dims = ("F", "k", "state")
    variables = {"spectral": (dims, loss), "outcome": (dims, outcome), "v": (("F", "k", "row", "column"), v)}
    attrs = {"steps": 400, "around_Du": 0.16, "around_Dv": 0.08}
    return xr.Dataset(variables, coords={"F": F, "k": K}, attrs=attrs)


@pytest.fixture
def plane(swept: xr.Dataset) -> dict:
    """The same, packed with a residual."""
    return planes.plane(swept, more={"residual": swept.spectral.mean("state") ** 2}, bowl=BOWL)


def test_a_plane_carries_means_and_endings(plane: dict, swept: xr.Dataset) -> None:
    layer = plane["layers"][0]
    values = np.frombuffer(layer["values"], "<f4").reshape(3, 4)
    np.testing.assert_allclose(values, swept.spectral.mean("state", skipna=False))
    assert (layer["low"], layer["high"]) == (np.nanmin(values), np.nanmax(values))
    codes = np.frombuffer(plane["outcomes"][0]["codes"], np.uint8).reshape(3, 4)
    assert codes[2, 3] == Ending.DIVERGED
    assert (codes.ravel()[:-1] == Ending.PATTERN).all()
    assert plane["fixed"] == TRUTH._asdict()
    assert plane["truth"] == [TRUTH.k, TRUTH.F]


def test_the_pictures_are_the_fields_made_smaller(plane: dict, swept: xr.Dataset) -> None:
    sheet = plane["sheet"]
    grey = np.asarray(Image.open(io.BytesIO(sheet["bytes"])), dtype=float) * sheet["top"] / 255
    side = sheet["side"]
    assert grey.shape == (3 * side, 4 * side)
    tile = grey[side : 2 * side, 2 * side : 3 * side]
    assert tile.mean() == pytest.approx(float(swept.v[1, 2].mean()), abs=0.01)


@pytest.mark.parametrize("points", [12, 900, 4096, 20_000])
def test_pictures_stay_within_their_budget(points: int) -> None:
    side = planes.tile_side(points, 128)
    assert side % 8 == 0
    assert 16 <= side <= 64
    assert side == 16 or points * side**2 <= planes.PICTURE_BUDGET


def test_shorter_runs_share_the_full_ones_colours(swept: xr.Dataset) -> None:
    early = xr.Dataset({"spectral": swept.spectral * 10, "outcome": swept.outcome}).expand_dims(time=[50])
    layers = planes.plane(swept, early=early)["layers"]
    assert [layer["time"] for layer in layers] == [400, 50]
    assert layers[0]["high"] == layers[1]["high"] == 205


def test_the_explorer_takes_and_gives_its_state(plane: dict) -> None:
    explorer = Explorer([plane])
    assert (explorer.plane, explorer.loss, explorer.time) == ("F-k", "spectral", 400)
    explorer.set_state({"selected": [0.16, 0.08, 0.035, 0.065], "loss": "residual", "path": "recorded"})
    assert explorer.selected == list(TRUTH)
    assert explorer.get_state()["loss"] == "residual"
    with pytest.raises(traitlets.TraitError, match="four parameters"):
        explorer.selected = [0.1, 0.2]


def test_curves_have_gaps_and_a_plane(plane: dict) -> None:
    explorer = Explorer([plane], curves=[Curve("c", "F-k", [(0.06, 0.03), (np.nan, 0.04), (0.061, 0.05)])])
    assert explorer.curves[0]["points"] == [[0.06, 0.03], None, [0.061, 0.05]]
    with pytest.raises(ValueError, match=r"over the plane 'Du-F', which is not there: choose one of F-k"):
        Explorer([plane], curves=[Curve("c", "Du-F", [(0, 0)])])
    with pytest.raises(ValueError, match="needs a plane"):
        Explorer([])


def test_training_runs_become_paths_as_far_as_they_went() -> None:
    loss = np.array([[250.0, 12.0, np.nan], [np.nan] * 3])
    traces = xr.Dataset(
        {
            "loss": (("run", "iteration"), loss),
            "params": (("run", "iteration", "parameter"), np.full((2, 3, 4), 0.05)),
            "outcome": (("run", "iteration", "sample"), np.full((2, 3, 8), Outcome.PATTERN)),
        }
    )
    (path,) = training_paths(traces, ["one", "two"])
    assert path["label"] == "one"
    assert path["losses"] == [250.0, 12.0]
    assert path["outcomes"] == [Outcome.PATTERN] * 2
    assert len(recorded_path()["params"]) == len(recorded_path()["iterations"])


def test_a_descent_needs_a_bowl_and_carries_no_pictures(plane: dict, swept: xr.Dataset) -> None:
    descent = Descend([plane])
    assert descent.planes[0]["sheet"] is None
    assert descent.planes[0]["bowl"]["minimum"] == [TRUTH.k, TRUTH.F]
    descent.set_state({"start": [0.06, 0.04], "rate": 0.5})
    assert (descent.start, descent.rate) == ([0.06, 0.04], 0.5)
    with pytest.raises(ValueError, match="no bowl"):
        Descend([planes.plane(swept)])
    with pytest.raises(traitlets.TraitError):
        descent.rate = -1


def test_frames_must_match_their_names() -> None:
    maps = xr.DataArray(np.arange(24.0).reshape(2, 3, 4), coords={"F": F, "k": K}, dims=("time", "F", "k"))
    lines = [[series([0, np.nan, 1], [0, 1, 1])], [series([0, np.inf], [0, 1], kind="dots")]]
    panels = [
        map_panel("m", maps, own_range=True),
        line_panel("l", lines, x=axis("x", 0, 1), y=axis("y", 0, 1)),
    ]
    frames = Frames(panels, label="time", names=["a", "b"])
    assert frames.panels[0]["spans"] == [(0, 11), (12, 23)]
    assert frames.panels[1]["frames"][0][0]["points"] == [[0, 0], None, [1, 1]]
    assert frames.panels[1]["frames"][1][0]["points"] == [[0, 0]]
    with pytest.raises(ValueError, match="3 names"):
        Frames(panels, label="time", names=["a", "b", "c"])
    with pytest.raises(traitlets.TraitError, match="no frame 2"):
        frames.frame = 2
    with pytest.raises(ValueError, match="cannot run from 0 to 1 on a logarithm"):
        axis("x", 0, 1, log=True)


def test_an_ellipse_holds_what_is_inside_it() -> None:
    angle = np.linspace(0, 2 * np.pi, 121)
    boundary = np.stack([3 + 2 * np.cos(angle), np.sin(angle)], axis=1)
    assert sliders.holds(boundary, np.array([4.5, 0.3]))
    assert not sliders.holds(boundary, np.array([0.5, 0.0]))
    assert not sliders.holds(boundary, np.array([4.9, 0.9]))


def test_numbers_are_written_for_people() -> None:
    assert sliders.power_of_ten(1e-8) == "10⁻⁸"
    assert sliders.power_of_ten(3e-3) == "0.003"
    assert (sliders.percent(0.153), sliders.percent(0.00195)) == ("15%", "0.19%")
