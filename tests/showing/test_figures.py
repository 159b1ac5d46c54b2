"""Figures say what they must: diverged points have a colour of their own, random filters their name."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_rgba

from lib import Outcome
from lib.showing import figures

pytestmark = pytest.mark.usefixtures("book_style")


@pytest.fixture
def plane() -> xr.Dataset:
    loss = np.array([[[250.0], [10.0]], [[np.nan], [20.0]]])
    outcome = [[[Outcome.TRIVIAL], [Outcome.PATTERN]], [[Outcome.DIVERGED], [Outcome.FLICKERING]]]
    dims = ("F", "k", "state")
    return xr.Dataset(
        {"spectral": (dims, loss), "gram": (dims, loss), "outcome": (dims, outcome)},
        coords={"F": [0.03, 0.04], "k": [0.06, 0.07]},
        attrs={"features": "random filters"},
    )


def legend_of(figure) -> set[str]:
    legends = [*figure.legends, *(axis.get_legend() for axis in figure.axes)]
    return {text.get_text() for legend in legends if legend for text in legend.get_texts()}


def test_diverged_and_flickering_points_are_painted_over_and_named(plane):
    figure = figures.plane(plane, "spectral")
    assert {"diverged", "flickering"} <= legend_of(figure)
    meshes = figure.axes[0].collections
    painted = {tuple(mesh.cmap(0)) for mesh in meshes[1:]}
    assert to_rgba(figures.OUTCOME_COLOURS[Outcome.DIVERGED]) in painted
    shown = [np.ma.masked_invalid(mesh.get_array()).reshape(2, 2) for mesh in meshes]
    assert shown[0].mask[1, 0], "the diverged point has no loss to show"
    assert not shown[2].mask[1, 0], "and is covered by its own colour"


def test_every_gram_figure_names_its_filters(plane):
    flat = figures.plane(plane, "gram")
    assert any("random filters" in axis.get_ylabel() for axis in flat.axes)
    solid = figures.surfaces(plane, ["gram"], views=[(30, -60)])
    assert "random filters" in solid.axes[0].get_title()


def test_cuts_show_the_truth_and_every_outcome(plane):
    along = plane.isel(F=0)
    along = along.drop_vars("F")
    figure = figures.cuts({name: along.rename(k=name) if name != "k" else along for name in figures.SYMBOLS})
    assert len([text for axis in figure.axes for text in axis.texts if text.get_text() == "truth"]) == 4
    assert {"trivial", "pattern"} <= legend_of(figure)


def test_a_matrix_is_laid_out_like_the_plane():
    v = np.arange(4, dtype=float).reshape(2, 2, 1, 1) * np.ones((2, 2, 4, 4))
    pictures = xr.Dataset(
        {"v": (("F", "k", "row", "column"), v)}, coords={"F": [0.03, 0.04], "k": [0.06, 0.07]}
    )
    figure = figures.matrix(pictures)
    shown = [float(axis.images[0].get_array().mean()) for axis in figure.axes[:4]]
    assert shown == [2, 3, 0, 1], "the larger F is drawn above"
