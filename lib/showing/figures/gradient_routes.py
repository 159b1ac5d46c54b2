"""The plots of inherited landscapes: gradients by several routes, surrogates, ways down."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lib.paper import TRUTH
from lib.showing.figures.style import ACCENT, INK, LOSS_MAP, SYMBOLS, WIDEST, panels, truth_star
from lib.studies.gradient_routes.routes import compared, cosine, size_of

WRONG = "#d1603d"
TITLES = {"spectral": "spectral loss", "pixels": "pixels of v"}


def routes(found: xr.Dataset, steps: int) -> Figure:
    """Direction and size of unrolled gradients against the implicit one, at patterns at rest near the truth.

    Args:
        found: from `measurements.by_routes`.
        steps: of the full run from the patch, at which its diamonds stand.
    """
    alive = found.isel(set=np.flatnonzero(compared(found)))
    figure, axes = panels(2, 2, figsize=(WIDEST, 5.8), sharex=True, sharey="row")
    for column, loss in zip(axes.T, found.loss.values, strict=True):
        one = alive.sel(loss=loss)
        unrolled = size_of(one.unrolled) / size_of(one.implicit), cosine(one.unrolled, one.implicit)
        patch = size_of(one.patch) / size_of(one.implicit), cosine(one.patch, one.implicit)
        # Before anything is drawn: without a pattern at rest there may be nothing to scale by.
        column[0].set(xscale="log", yscale="log")
        for axis, lines, points in zip(column, unrolled, patch, strict=True):
            axis.plot(found.horizon, lines, color=ACCENT, lw=0.8, alpha=0.6)
            if np.isfinite(points).any():  # the loss of pixels is not followed through the full run
                axis.plot(np.full(len(points), steps), points, "D", color=WRONG, mfc="none")
        column[0].axhline(1, color=INK, lw=0.7, ls=":")
        column[0].set(title=TITLES[str(loss)])
        column[1].set(xlabel="steps unrolled", ylim=(-1.05, 1.05))
    axes[0, 0].set_ylabel("size / implicit")
    axes[1, 0].set_ylabel("cosine with implicit")
    rest = Line2D([], [], color=ACCENT, label="from the steady state")
    whole = Line2D([], [], ls="", marker="D", color=WRONG, mfc="none", label="full run from the patch")
    figure.legend(handles=[rest, whole], loc="outside lower center", ncols=2)
    return figure


def surrogates(planes: Mapping[str, xr.DataArray]) -> Figure:
    """Losses over the F-k plane, one map for each: the true one and the surrogates'."""
    figure, axes = panels(1, len(planes), figsize=(min(3.1 * len(planes), WIDEST), 3.3), sharey=True)
    top = max(float(plane.max()) for plane in planes.values())
    for axis, (title, plane) in zip(axes, planes.items(), strict=True):
        down, across = (str(d) for d in plane.dims)
        picture = axis.pcolormesh(
            plane[across],
            plane[down],
            plane,
            cmap=LOSS_MAP,
            shading="nearest",
            vmin=0,
            vmax=top,
            rasterized=True,
        )
        truth_star(axis, TRUTH.k, TRUTH.F, size=11)
        axis.set(xlabel=SYMBOLS[across], title=title)
        axis.locator_params(nbins=4)
    axes[0].set_ylabel(SYMBOLS["F"])
    figure.colorbar(picture, ax=axes, label="spectral loss")
    return figure


def lines(walks: Mapping[str, tuple[np.ndarray, np.ndarray]], floor: float, band: float) -> Figure:
    """Averaged loss along straight lines to the truth, with two standard errors and the noise floor.

    Args:
        walks: label → (loss, standard error) along the line.
        floor, band: mean and standard error of the averaged loss at the truth.
    """
    figure, axis = panels(figsize=(8, 4))
    for label, (loss, error) in walks.items():
        share = np.linspace(0, 100, len(loss))
        (line,) = axis.plot(share, loss, "o-", ms=4, label=label)
        axis.fill_between(share, loss - 2 * error, loss + 2 * error, color=line.get_color(), alpha=0.15, lw=0)
    axis.axhspan(
        max(floor - 2 * band, 1e-2), floor + 2 * band, color=INK, alpha=0.15, lw=0, label="noise floor"
    )
    axis.set(xlabel="way to the truth, %", ylabel="spectral loss, averaged", yscale="log")
    axis.yaxis.set_major_formatter("{x:g}")
    axis.yaxis.set_minor_formatter("{x:g}")
    figure.legend(loc="outside right center")
    return figure


def ways_down(loss: xr.DataArray, alive: np.ndarray, arrives: np.ndarray) -> Figure:
    """The averaged loss over the patterned side, with the points that lead down to the floor."""
    figure, axis = panels(figsize=(6.2, 4.4))
    down, across = (str(d) for d in loss.dims)
    axis.set_facecolor("#d9d4c7")
    picture = axis.pcolormesh(
        loss[across], loss[down], np.where(alive, np.log10(loss), np.nan), cmap=LOSS_MAP, shading="nearest"
    )
    figure.colorbar(picture, ax=axis, label=r"$\log_{10}$ averaged loss")
    x, y = np.meshgrid(loss[across], loss[down])
    axis.plot(x[arrives], y[arrives], "o", ms=5, mfc="white", mec=INK, label="leads down to the floor")
    stuck = alive & ~arrives
    axis.plot(x[stuck], y[stuck], "x", ms=6, color=WRONG, label="leads elsewhere")
    truth_star(axis, TRUTH.k, TRUTH.F, size=13)
    axis.set(xlabel=SYMBOLS[across], ylabel=SYMBOLS[down])
    figure.legend(loc="outside lower center", ncols=2)
    return figure
