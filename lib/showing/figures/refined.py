"""A refined plane in pictures: what its parameters draw and what the loss sees, as sharp as sampled."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lib.paper import TRUTH
from lib.showing.figures.landscapes import edges, labelled, outcome_colours, outcome_handles, paint_untrusted
from lib.showing.figures.style import FIELD_MAP, LOSS_MAP, SYMBOLS, WIDEST, panels, truth_star
from lib.studies.landscapes.nearest import middles, nearest_run, regrid


def woven(plane: xr.Dataset, side: int = 768) -> xr.DataArray:
    """Every pixel shows one cell of the final v of the run it belongs to.

    The pixel at (i, j) takes row i and column j of that run's field, which is periodic. Runs side by side
    began alike, so their patterns meet at the borders between them nearly as they would in one field.

    Args:
        plane: from `adaptive.refine`.
        side: pixels along each side.

    Returns:
        v over the two parameters, (side, side), to three decimals.
    """
    number = nearest_run(plane, side)
    height, width = plane.v.shape[-2:]
    rows, columns = np.arange(side)[:, None] % height, np.arange(side)[None] % width
    down, across = str(plane.attrs["axes"]).split()
    coords = {name: middles(plane, name, side) for name in (down, across)}
    return xr.DataArray(plane.v.values[number, rows, columns].round(3), coords, (down, across), name="v")


def seen_twice(plane: xr.Dataset, loss: str, picture: xr.DataArray) -> Figure:
    """A plane twice: as the pictures its parameters draw, and as the loss sees them.

    Args:
        plane: from `adaptive.refine`.
        loss: a loss in it.
        picture: from `woven`.
    """
    figure, (left, right) = panels(1, 2, figsize=(WIDEST, 5.2), sharey=True)
    down, across = (str(name) for name in picture.dims)
    extent = (*edges(picture[across].values), *edges(picture[down].values))
    left.imshow(picture[::-1], cmap=FIELD_MAP, vmin=0, vmax=0.4, extent=extent, aspect="auto")
    left.set(title="what the parameters draw", ylabel=SYMBOLS[down])
    shown = regrid(plane.drop_vars("v"))
    values = shown[loss].mean("state", skipna=False)
    right.imshow(values[::-1], cmap=LOSS_MAP, extent=extent, aspect="auto", interpolation="nearest")
    paint_untrusted(right, shown)
    right.set(title=f"what the {labelled(loss, plane)} sees")
    for axis in (left, right):
        mark_truth(axis, down, across)
    return figure


def runs(plane: xr.Dataset) -> Figure:
    """Where the plane was sampled: a dot for each run, in the colour of how it ended."""
    down, across = str(plane.attrs["axes"]).split()
    figure, axis = panels(figsize=(6.4, 4.8))
    axis.scatter(plane[across], plane[down], c=plane.outcome.isel(state=0), s=5, lw=0, **outcome_colours())
    mark_truth(axis, down, across)
    axis.set(ylabel=SYMBOLS[down])
    figure.legend(handles=outcome_handles(plane), loc="outside lower center", ncols=5)
    return figure


def mark_truth(axis: Axes, down: str, across: str) -> None:
    """The star at the truth, and the name of the axis across."""
    truth_star(axis, getattr(TRUTH, across), getattr(TRUTH, down), size=14)
    axis.set(xlabel=SYMBOLS[across])
