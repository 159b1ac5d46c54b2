"""What the training figures show is what the numbers say."""

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from matplotlib.quiver import Quiver

from lib.showing.figures import ACCENT
from lib.showing.figures.gradients import gradient_arrows, tangents
from lib.showing.figures.training import WRONG, acceptance_bars, spread_labels

mpl.use("agg")


def plane(gradient: np.ndarray) -> xr.Dataset:
    """A field over F and k with the given gradient (F, k, state, parameter)."""
    shape = gradient.shape[:3]
    variables = {
        "gradient": (("F", "k", "state", "parameter"), gradient),
        "loss": (("F", "k", "state"), np.ones(shape)),
    }
    coordinates = {
        "F": [0.03, 0.04],
        "k": [0.05, 0.06, 0.07],
        "state": [0],
        "parameter": ["Du", "Dv", "F", "k"],
    }
    return xr.Dataset(variables, coords=coordinates, attrs={"loss": "spectral"})


def test_arrows_are_coloured_by_where_they_lead_and_silence_has_none():
    gradient = np.ones((2, 3, 1, 4))
    gradient[0, 0] = 0
    cosine = np.full((2, 3, 1), 0.5)
    cosine[1, 2], cosine[0, 0] = -0.5, np.nan
    field = plane(gradient)
    figure = gradient_arrows(field, field.loss.copy(data=cosine))
    arrows = [part for part in figure.axes[0].get_children() if isinstance(part, Quiver)]
    counts = {to_hex(part.get_facecolor()[0]): part.N for part in arrows}
    assert counts == {ACCENT: 4, WRONG: 1}


def test_tangents_have_the_slope_of_the_gradient():
    k = np.linspace(0.06, 0.061, 3)
    gradient = np.zeros((3, 1, 4))
    gradient[:, 0, 3] = [100.0, -200.0, 0.0]
    variables = {"loss": (("k", "state"), np.array([[1.0], [2.0], [1.5]])),
                 "gradient": (("k", "state", "parameter"), gradient)}  # fmt: skip
    cut = xr.Dataset(
        variables, coords={"k": k, "parameter": ["Du", "Dv", "F", "k"]}, attrs={"loss": "spectral"}
    )
    lines = tangents(cut, "k").axes[0].get_lines()[:3]
    slopes = [np.diff(line.get_ydata())[0] / np.diff(line.get_xdata())[0] for line in lines]
    np.testing.assert_allclose(slopes, [100, -200, 0], atol=1e-9)


def test_labels_keep_their_distance_and_their_order():
    found = spread_labels(np.array([10.0, 11.0, 50.0, 10.5]), distance=5)
    heights = [height for height, _ in found]
    assert np.diff(heights).min() >= 5
    assert [text for _, text in found] == ["1: 10.0", "4: 10.5", "2: 11.0", "3: 50.0"]


def test_bars_show_the_shares():
    audit = xr.Dataset(
        {"share": ("place", [0.2, 1.0]), "low": ("place", [0.1, 0.9]), "high": ("place", [0.4, 1.0])},
        coords={"place": ["here", "there"]},
    )
    axis = acceptance_bars(audit).axes[0]
    assert [bar.get_width() for bar in axis.patches] == pytest.approx([0.2, 1.0])
