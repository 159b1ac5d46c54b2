"""Fields, cuts, planes and surfaces: the plots of Sections 2 and 4."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy.spatial import Delaunay

from lib.model import Params
from lib.paper import TRUTH
from lib.showing.figures.style import (
    ACCENT,
    FIELD_MAP,
    INK,
    LOSS_LABELS,
    LOSS_MAP,
    OUTCOME_COLOURS,
    SYMBOLS,
    WIDEST,
    panels,
    truth_star,
)
from lib.simulate import Outcome


def fields(images: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, top: float = 0.4) -> Figure:
    """A table of fields.

    Args:
        images: (rows, columns, height, width).
        rows, columns: their labels.
        top: concentration at the bright end of the scale; 0 is the dark end.
    """
    tile = min(1.25, (WIDEST - 1.2) / len(columns))
    figure, axes = panels(
        len(rows), len(columns), figsize=(tile * len(columns) + 1, tile * len(rows) + 0.4), squeeze=False
    )
    figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    for axis, image in zip(axes.flat, images.reshape(-1, *images.shape[2:]), strict=True):
        picture = axis.imshow(image, cmap=FIELD_MAP, vmin=0, vmax=top)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    for axis, label in zip(axes[0], columns, strict=True):
        axis.set_title(label, fontsize=9)
    for axis, label in zip(axes[:, 0], rows, strict=True):
        axis.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=9)
    figure.colorbar(picture, ax=axes, shrink=0.5, aspect=30, label="$v$", extend="max")
    return figure


def cuts(datasets: Mapping[str, xr.Dataset], loss: str = "spectral") -> Figure:
    """Loss along each parameter: every initial state thin, their mean bold, outcomes as a strip below."""
    figure, axes = panels(2, 2, figsize=(9, 6.2), sharey=True)
    for axis, (name, dataset) in zip(axes.flat, datasets.items(), strict=True):
        x = dataset[name].values
        axis.plot(x, dataset[loss], color=ACCENT, lw=0.6, alpha=0.45)
        axis.plot(x, dataset[loss].mean("state", skipna=False), color=ACCENT, lw=1.8, marker=".", ms=4)
        outcome_strip(axis, x, dataset.outcome)
        truth = getattr(TRUTH, name)
        axis.axvline(truth, color=INK, lw=0.8, ls=":")
        axis.annotate(
            "truth", (truth, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=9
        )
        axis.set(xlabel=SYMBOLS[name], xlim=(x[0], x[-1]))
    for axis in axes[:, 0]:
        axis.set_ylabel(labelled(loss, next(iter(datasets.values()))))
    figure.legend(handles=outcome_handles(*datasets.values()), loc="outside lower center", ncols=5)
    return figure


def plane(dataset: xr.Dataset, loss: str, star: Params | None = TRUTH) -> Figure:
    """Mean loss over a plane as a heat map; diverged points in their own colour, never as a number.

    Args:
        dataset: from `landscape.sweep` over two parameters; the first is drawn upwards.
        loss: a loss in it.
        star: what is marked as the truth; None where nobody knows it.
    """
    figure, axis = panels(figsize=(6.4, 4.8))
    down, across = dataset[loss].dims[:2]
    values = dataset[loss].mean("state", skipna=False)
    picture = axis.pcolormesh(
        dataset[across], dataset[down], values, cmap=LOSS_MAP, shading="nearest", rasterized=True
    )
    untrusted = paint_untrusted(axis, dataset)
    if untrusted:
        figure.legend(handles=untrusted, loc="outside lower center", ncols=2)
    if star is not None:
        at = (float(getattr(star, str(across))), float(getattr(star, str(down))))
        truth_star(axis, *at, size=13, label="truth")
    axis.set(xlabel=SYMBOLS[str(across)], ylabel=SYMBOLS[str(down)])
    figure.colorbar(picture, ax=axis, label=labelled(loss, dataset))
    return figure


def outcomes(datasets: Sequence[xr.Dataset]) -> Figure:
    """How the runs of the first initial state ended, over one plane or several."""
    figure, axes = panels(1, len(datasets), figsize=(min(4.6 * len(datasets), WIDEST), 4.2), squeeze=False)
    for axis, dataset in zip(axes[0], datasets, strict=True):
        down, across = dataset.outcome.dims[:2]
        ends = dataset.outcome.isel(state=0)
        axis.pcolormesh(
            dataset[across], dataset[down], ends, shading="nearest", rasterized=True, **outcome_colours()
        )
        truth_star(axis, getattr(TRUTH, str(across)), getattr(TRUTH, str(down)), size=13)
        axis.set(xlabel=SYMBOLS[str(across)], ylabel=SYMBOLS[str(down)])
    figure.legend(handles=outcome_handles(*datasets), loc="outside lower center", ncols=5)
    return figure


def matrix(dataset: xr.Dataset, *, top: float = 0.4) -> Figure:
    """Final v at every point of a coarse plane, laid out like the plane: the first parameter upwards."""
    down, across = dataset.v.dims[:2]
    upwards = dataset.isel({down: slice(None, None, -1)})
    rows = [f"{SYMBOLS[str(down)]} = {x:.4g}" for x in upwards[down].values]
    columns = [f"{SYMBOLS[str(across)]} = {x:.4g}" for x in upwards[across].values]
    return fields(upwards.v.values, rows, columns, top=top)


def edges(centres: np.ndarray) -> tuple[float, float]:
    """Outer edges of evenly spaced cells, from their centres."""
    half = (centres[-1] - centres[0]) / (len(centres) - 1) / 2
    return float(centres[0] - half), float(centres[-1] + half)


def surfaces(
    dataset: xr.Dataset,
    losses: Sequence[str],
    *,
    views: Sequence[tuple[float, float]],
    columns: int | None = None,
) -> Figure:
    """3-D surfaces of the mean loss, one for each loss, or one loss from several angles.

    Flat triangles span the runs, so that nothing is drawn higher or lower than what was computed, and a cliff
    is as steep as the two runs on its sides stand close.

    Args:
        dataset: over two parameters, from `landscape.sweep` or `adaptive.refine`.
        losses: names of losses in it; as many as views.
        views: (elevation, azimuth) of each panel, in degrees.
        columns: panels in a row; all of them by default.
    """
    width = columns or len(losses)
    shape = (-(-len(losses) // width), width)
    side = min(4.2, WIDEST / shape[1])
    size = (side * shape[1], side * shape[0])
    figure, axes = panels(*shape, figsize=size, subplot_kw={"projection": "3d"}, squeeze=False)
    down, across = str(dataset.attrs.get("axes", " ".join(map(str, dataset[losses[0]].dims[:2])))).split()
    for axis, loss, view in zip(axes.flat, losses, views, strict=True):
        axis.view_init(*view)
        x, y, z, triangles = triangulated(dataset, loss, down, across)
        axis.plot_trisurf(x, y, z, triangles=triangles, cmap=LOSS_MAP, lw=0.1, edgecolor="#ffffff30")
        axis.set(xlabel=SYMBOLS[across], ylabel=SYMBOLS[down], title=labelled(loss, dataset))
        axis.tick_params(labelsize=9)
        axis.locator_params(nbins=5)
        for pane in (axis.xaxis, axis.yaxis, axis.zaxis):
            pane.set_pane_color((0.5, 0.5, 0.5, 0.06))  # at home on light and on dark paper
        axis.set_box_aspect(None, zoom=0.85)
    return figure


def triangulated(
    dataset: xr.Dataset, loss: str, down: str, across: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The runs that have a loss: x, y, height, and the triangles that they span, (triangles, 3)."""
    values = dataset[loss].mean("state", skipna=False)
    x, y, z = (each.values.ravel() for each in xr.broadcast(dataset[across], dataset[down], values))
    known = np.isfinite(z)
    x, y, z = x[known], y[known], z[known]
    shares = [(each - each.min()) / np.ptp(each) for each in (x, y)]
    return x, y, z, Delaunay(np.stack(shares, axis=1)).simplices


def precision(steps: np.ndarray, differences: Mapping[str, np.ndarray]) -> Figure:
    """How far two ways of computing the same run drift apart, against the number of steps."""
    figure, axis = panels(figsize=(6.4, 3.6))
    for label, values in differences.items():
        axis.loglog(steps, values, marker=".", label=label)
    axis.set(xlabel="steps", ylabel="largest difference of $u$ and $v$")
    axis.legend()
    return figure


def paint_untrusted(axis: Axes, dataset: xr.Dataset) -> list[Patch]:
    """Cover points where any run diverged or flickered with that outcome's colour; returns legend entries."""
    down, across = dataset.outcome.dims[:2]
    handles = []
    for outcome in (Outcome.FLICKERING, Outcome.DIVERGED):
        here = (dataset.outcome == outcome).any("state").values
        if here.any():
            paint = ListedColormap([OUTCOME_COLOURS[outcome]])
            shown = np.where(here, 1.0, np.nan)
            axis.pcolormesh(
                dataset[across], dataset[down], shown, cmap=paint, shading="nearest", rasterized=True
            )
            handles.append(Patch(color=OUTCOME_COLOURS[outcome], label=outcome.name.lower()))
    return handles


def labelled(loss: str, dataset: xr.Dataset) -> str:
    """The loss's name, with the kind of filters wherever features are involved."""
    kind = f" ({dataset.attrs['features']})" if loss == "gram" else ""
    return LOSS_LABELS[loss] + kind


def outcome_strip(axis: Axes, x: np.ndarray, outcome: xr.DataArray) -> None:
    """A narrow band under a cut: how the runs of each point ended, one row for each initial state."""
    strip = axis.inset_axes((0, -0.045, 1, 0.03))
    strip.pcolormesh(x, outcome.state, outcome.T, shading="nearest", **outcome_colours())
    strip.set_axis_off()
    strip.set_xlim(x[0], x[-1])
    axis.tick_params(axis="x", pad=9)


def outcome_colours() -> dict[str, Any]:
    """Colour map and norm that give every outcome its own colour."""
    colours = ListedColormap([OUTCOME_COLOURS[o] for o in Outcome])
    return {"cmap": colours, "norm": BoundaryNorm(np.arange(len(Outcome) + 1) - 0.5, len(Outcome))}


def outcome_handles(*datasets: xr.Dataset) -> list[Patch]:
    """Legend entries for the outcomes that occur."""
    seen = sorted({int(o) for dataset in datasets for o in np.unique(dataset.outcome)})
    return [Patch(color=OUTCOME_COLOURS[Outcome(o)], label=Outcome(o).name.lower()) for o in seen]
