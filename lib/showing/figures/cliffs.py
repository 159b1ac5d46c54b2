"""What each cliff is: the figures of Section 5.1."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lib.paper import TRUTH
from lib.showing.figures.landscapes import outcome_colours, outcome_handles
from lib.showing.figures.style import (
    ACCENT,
    FIELD_MAP,
    INK,
    OUTCOME_COLOURS,
    SYMBOLS,
    WIDEST,
    panels,
    truth_star,
)
from lib.simulate import Outcome
from lib.studies.bifurcation import homogeneous
from lib.studies.bifurcation.cliff_causes import Outline
from lib.studies.bifurcation.flashes import LOOKS_UNIFORM

WARM, VIOLET, GOLD = "#d1603d", "#5b5f97", "#c9a227"

#: A fold is an open square: a branch often stops attracting right at it, and both marks are to be seen.
FOLD: dict[str, Any] = {"color": WARM, "marker": "s", "ls": "", "ms": 11, "mfc": "none", "mew": 1.6}


def reach(plane: xr.Dataset, edges: xr.Dataset | None = None) -> Figure:
    """A plane twice over: where the patch makes a pattern, and where a carried pattern lives.

    Args:
        plane: `patch` and `carried`, outcomes over two parameters, the first drawn upwards.
        edges: of the F–k plane, from `plane_edges`: drawn with the homogeneous curves.
    """
    figure, axis = panels(figsize=(7.2, 5.2))
    down, across = plane.patch.dims
    patch, carried = (plane[x].values == Outcome.PATTERN for x in ("patch", "carried"))
    kind = np.where(patch & carried, 1, np.where(carried, 2, np.where(patch, 3, 0)))
    colours = ["#efece4", ACCENT, "#8fc3bf", GOLD]
    axis.pcolormesh(
        plane[across], plane[down], kind, cmap=ListedColormap(colours), vmin=-0.5, vmax=3.5,
        shading="nearest", rasterized=True,
    )  # fmt: skip
    names = ("neither", "from the patch, and carried", "carried only", "from the patch only")
    handles: list[Patch | Line2D] = [
        Patch(color=c, label=n)
        for i, (c, n) in enumerate(zip(colours, names, strict=True))
        if (kind == i).any()
    ]
    if edges is not None:
        handles += homogeneous_curves(axis, plane[down].values)
        for flank in (edges.low, edges.high):
            (points,) = axis.plot(flank.mean("seed"), edges.F, "o", ms=4, color=INK, label="edge, bisected")
        handles.append(points)
    truth_star(axis, getattr(TRUTH, str(across)), getattr(TRUTH, str(down)), size=14)
    axis.set(
        xlabel=SYMBOLS[str(across)], ylabel=SYMBOLS[str(down)],
        xlim=(plane[across].min(), plane[across].max()), ylim=(plane[down].min(), plane[down].max()),
    )  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def homogeneous_curves(axis: Axes, rates: np.ndarray) -> list[Line2D]:
    """The three curves of the homogeneous states over the feed rate; returns their legend entries."""
    F = np.linspace(max(rates.min(), 1e-3), rates.max(), 90)
    styles = {"saddle-node": (WARM, "-"), "Hopf": (VIOLET, "--"), "Turing": ("#b0307c", ":")}
    handles = []
    for name, k in homogeneous.curves(F, float(TRUTH.Du), float(TRUTH.Dv)).items():
        colour, dashes = styles[name]
        handles += axis.plot(k, F, color=colour, ls=dashes, lw=1.6, label=name)
    return handles


def diagrams(
    cliffs: xr.Dataset, lines: Mapping[tuple[str, int], tuple[xr.Dataset, xr.Dataset]],
    outlines: Mapping[tuple[str, int], Outline], curves: Mapping[str, Mapping[str, list[float]]],
) -> Figure:  # fmt: skip
    """One bifurcation diagram for each parameter: mean v, branch, cliffs and curves."""
    figure, axes = panels(2, 2, figsize=(WIDEST, 7.2))
    ways = [float(way["mean"].max()) for pair in lines.values() for way in pair]
    highest = max([*ways, *(float(outline.branch.mean_v.max()) for outline in outlines.values())], default=1)
    for axis, name in zip(axes.flat, SYMBOLS, strict=True):
        for (moved, _), (out, back) in lines.items():
            if moved == name:
                axis.plot(out.value, out["mean"], ".-", color=ACCENT, ms=4, lw=1)
                axis.plot(back.value, back["mean"], ".", color=GOLD, ms=4, mfc="none")
        for (moved, _), outline in outlines.items():
            if moved == name:
                draw_branch(axis, outline)
        draw_cliffs(axis, cliffs, name)
        for k, place in enumerate(x for xs in curves[name].values() for x in xs):
            # A dash and one dot more for each of them: dotted lines are the truth's.
            axis.axvline(place, color=VIOLET, lw=1.1, ls=(0, (6, 2) + (1, 2) * (k + 1)))
        axis.axvline(getattr(TRUTH, name), color=INK, lw=0.8, ls=":")
        axis.set(xlabel=SYMBOLS[name], ylabel="mean of $v$", ylim=(0, 1.05 * highest))
    figure.legend(handles=diagram_handles(), loc="outside lower center", ncols=3)
    return figure


def draw_branch(axis: Axes, outline: Outline) -> None:
    """The branch found by continuation, its fold and where it loses stability."""
    branch = outline.branch
    mean = branch.mean_v
    axis.plot(branch.values, mean, color=WARM, lw=1)
    if np.isfinite(branch.fold):
        axis.plot(branch.fold, mean[np.abs(branch.values - branch.fold).argmin()], **FOLD)
    value = outline.instability.value
    if np.isfinite(value):
        axis.plot(value, mean[np.abs(branch.values - value).argmin()], "X", color=INK, ms=6)


def draw_cliffs(axis: Axes, cliffs: xr.Dataset, name: str) -> None:
    """A band for each cliff along one parameter, as wide as its range over the seeds."""
    for label, places in zip(cliffs.edge.values, cliffs.place.values, strict=True):
        known = places[np.isfinite(places)]
        if name in str(label).replace(":", "").split() and known.size:
            axis.axvspan(known.min(), known.max(), color="#c8102e", alpha=0.9, lw=1.5)


def diagram_handles() -> list[Line2D]:
    """Legend of the bifurcation diagrams."""
    entries = (
        ("settled pattern, carried outwards", {"color": ACCENT, "marker": "."}),
        ("… and back", {"color": GOLD, "marker": ".", "ls": ""}),
        ("steady branch (Newton)", {"color": WARM}),
        ("its fold", FOLD),
        ("it stops attracting", {"color": INK, "marker": "X", "ls": ""}),
        ("cliff from the patch", {"color": "#c8102e", "lw": 2}),
        ("homogeneous bifurcation", {"color": VIOLET, "ls": "-."}),
        ("truth", {"color": INK, "lw": 0.8, "ls": ":"}),
    )
    return [Line2D([], [], label=label, **style) for label, style in entries]


def stiffness(found: xr.Dataset, flicker: np.ndarray) -> Figure:
    """Stiffness of the pattern along Du, the rule of thumb, and where cells begin to flicker.

    Args:
        found: `eigenvalue` and `bound` over Du.
        flicker: where bisection found the flicker to begin, (seeds,); NaN where it did not.
    """
    figure, axis = panels(figsize=(6.4, 3.8))
    axis.plot(
        found.Du, found.eigenvalue, "o-", color=ACCENT, label="stiffest mode of the pattern, $|\\lambda|$"
    )
    axis.plot(found.Du, found.bound, "s--", color=WARM, label="rule of thumb, $8 D_u + F + \\max v^2$")
    axis.axhline(2, color=INK, lw=0.8)
    if np.isfinite(flicker).any():
        amber = OUTCOME_COLOURS[Outcome.FLICKERING]
        low, high = np.nanmin(flicker), np.nanmax(flicker)
        axis.axvspan(low, high, color=amber, lw=2, label="flicker begins (bisection)")
    axis.axvline((2 - TRUTH.F) / 8, color=INK, ls=":", label="$(2 - F)/8$: the trivial state flips")
    axis.set(xlabel="$D_u$", ylabel="per unit time")
    axis.legend()
    return figure


def patches(by_side: xr.Dataset, by_strength: xr.Dataset, end: float) -> Figure:
    """The high-k cliff against size and strength of the patch; where the carried pattern ends, for scale."""
    figure, (left, right) = panels(1, 2, figsize=(9, 3.8), sharey=True)
    left.plot(by_side.side, by_side.place, "o-", color=ACCENT)
    left.set(xlabel="side of the patch, cells", ylabel="cliff in $k$")
    right.plot(np.arange(by_strength.sizes["patch"]), by_strength.place, "o", color=ACCENT)
    numbers = np.arange(by_strength.sizes["patch"])
    right.set_xticks(numbers, by_strength.patch.values, rotation=35, ha="right", fontsize=9)
    for axis in (left, right):
        axis.axhline(TRUTH.k, color=INK, lw=0.8, ls=":")
        axis.axhline(end, color=WARM, lw=1.2)
    left.annotate(
        "a carried pattern ends here", (0.98, end), xycoords=("axes fraction", "data"), ha="right", va="top",
        fontsize=9, color=WARM,
    )  # fmt: skip
    left.annotate(
        "the truth's $k$", (0.98, TRUTH.k), xycoords=("axes fraction", "data"), ha="right", va="top",
        fontsize=9, color=INK,
    )  # fmt: skip
    return figure


def cycles(runs: Mapping[float, xr.Dataset]) -> Figure:
    """Mean and spread of v over time, and a strip of pictures, for a few kill rates."""
    columns = 8
    figure, axes = panels(
        2 * len(runs), columns, figsize=(WIDEST, 3.4 * len(runs)), height_ratios=[1.1, 1] * len(runs)
    )
    for row, (k, run) in enumerate(runs.items()):
        for axis in axes[2 * row]:
            axis.remove()
        wide = figure.add_subplot(axes[2 * row, 0].get_gridspec()[2 * row, :])
        wide.plot(run.time, run["mean"], color=ACCENT, lw=0.7, label="mean of $v$")
        wide.plot(run.time, run.spread, color=WARM, lw=0.7, label="spread of $v$")
        wide.axhline(LOOKS_UNIFORM, color=INK, lw=0.7, ls=":", label="looks uniform below")
        wide.set(title=f"$k$ = {k:.4f}", xlabel="step", ylim=(0, 0.3))
        chosen = np.linspace(0, run.sizes["shown"] - 1, columns + 2).astype(int)[2:]
        for axis, i in zip(axes[2 * row + 1], chosen, strict=True):
            axis.imshow(run.v[i], cmap=FIELD_MAP, vmin=0, vmax=0.4)
            axis.set(xticks=[], yticks=[], title=f"{int(run.shown[i]):,}")
            axis.spines[:].set_visible(False)
        if row == 0:
            wide.legend(ncols=3, loc="upper right")
    return figure


def survey(found: xr.Dataset) -> Figure:
    """Outcomes with dt = 1 and dt = 1/2 against Du and what the rule of thumb asks."""
    figure, axes = panels(1, 2, figsize=(9, 3.6), sharey=True, sharex=True)
    top = found.top.sel(dt=0.5)
    rule = 8 * found.Du + found.F + top**2
    for axis, dt in zip(axes, (1.0, 0.5), strict=True):
        axis.scatter(found.Du, rule, c=found.outcome.sel(dt=dt), s=18, **outcome_colours())
        axis.axhline(2, color=INK, lw=0.8)
        axis.set(title=f"dt = {dt:g}", xlabel="$D_u$")
    axes[0].set_ylabel("$8 D_u + F + \\max v^2$")
    figure.legend(handles=outcome_handles(found), loc="outside lower center", ncols=5)
    return figure
