"""The plots of Section 3 and Appendix D: what training runs do."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lib.paper import SAMPLED_NAMES
from lib.showing.figures.style import (
    ACCENT,
    FIELD_MAP,
    INK,
    LOSS_LABELS,
    OUTCOME_COLOURS,
    SYMBOLS,
    WIDEST,
    panels,
    truth_star,
)
from lib.simulate import UNIFORM_SPREAD
from lib.studies.training.regions import NAMES, Region, region
from lib.studies.training.trace_statistics import PAPER_BAND

#: For what misleads, beside the accent for what does not.
WRONG = "#d1603d"

#: One colour for each region: those of the outcomes, and one for the corner where nothing diffuses.
REGION_COLOURS = {Region(outcome): colour for outcome, colour in OUTCOME_COLOURS.items()} | {
    Region.FROZEN: "#8d6a9f"
}

#: The lines of the sampled sets: those with the target's pattern, with another one, and with none.
SET_LINES: dict[str, dict[str, Any]] = {
    "target": {"lw": 2, "color": ACCENT},
    "other": {"lw": 1.2, "color": WRONG},
    "none": {"lw": 1.2, "color": "#8a8f98", "ls": "--"},
}

#: One colour for each way a try can end, from taken to refused for several reasons.
REASON_COLOURS = ["#0f7173", "#c8102e", "#8d6a9f", "#c9a227", "#d1603d", "#5b5f97"]


def loss_traces(
    traces: Mapping[str, xr.Dataset], bands: Mapping[str, tuple[float, float]], halves: Mapping[str, float]
) -> Figure:
    """Every run's loss, one panel for each loss, with all losses as a histogram at the side.

    Args:
        traces: by the loss's name; each with dimensions (run, iteration).
        bands: where batches of random targets put a uniform field's loss, by the same names.
        halves: half of the plateau's height, by the same names.
    """
    figure, axes = panels(
        len(traces), 2, figsize=(9, 2.7 * len(traces)), width_ratios=(6, 1), sharey="row", squeeze=False
    )
    for (name, trace), (left, right) in zip(traces.items(), axes, strict=True):
        where = region(trace, halves[name]).values
        for run, values in enumerate(trace.loss.values):
            left.plot(values, color=INK, lw=0.5, alpha=0.35)
            for one in Region:
                here = np.flatnonzero(where[run] == one)
                left.plot(here, values[here], "o", ms=3, color=REGION_COLOURS[one], mec=INK, mew=0.25)
        left.axhspan(*bands[name], color=ACCENT, alpha=0.18, lw=0)
        if name == "spectral":
            for edge in PAPER_BAND:
                left.axhline(edge, color=INK, lw=0.7, ls=":")
        known = trace.loss.values[np.isfinite(trace.loss.values)]
        right.hist(known, bins=np.linspace(0, 1.1 * known.max(), 60), orientation="horizontal", color=INK)
        right.set_xscale("log")
        right.set_xlabel("iterations")
        left.set(ylabel=LOSS_LABELS[name], ylim=(0, None))
    axes[-1, 0].set_xlabel("iteration")
    handles = region_keys(region(trace, halves[name]) for name, trace in traces.items())
    figure.legend(handles=[*handles, Patch(color=ACCENT, alpha=0.18, label="uniform field, random targets")],
                  loc="outside lower center", ncols=5)  # fmt: skip
    return figure


def sampled_sets(images: np.ndarray, table: xr.Dataset) -> Figure:
    """The seven sets: patterns on top, and both losses joined by a line for each set.

    Args:
        images: final v, (7, height, width).
        table: `spectral` and `windowed` over `set`.
    """
    figure = Figure(figsize=(9, 5.6))
    upper, lower = figure.subfigures(2, 1, height_ratios=(1, 2.4), squeeze=False).flat
    for number, axis in enumerate(upper.subplots(1, 7), start=1):
        axis.imshow(images[number - 1], cmap=FIELD_MAP, vmin=0, vmax=0.4)
        axis.set(xticks=[], yticks=[])
        axis.set_title(fill(f"{number}: {SAMPLED_NAMES[number - 1]}", 14), fontsize=9)
    axis = lower.subplots()
    ends = np.stack([table.spectral.values, table.windowed.values])
    for number, pair in enumerate(ends.T, start=1):
        kind = "target" if number in (3, 4) else "none" if empty(images[number - 1]) else "other"
        axis.plot([0, 1], pair, marker="o", ms=5, **SET_LINES[kind])
    for side, align, x in ((0, "right", -0.03), (1, "left", 1.03)):
        for at, text in spread_labels(ends[side]):
            axis.annotate(text, (x, at), ha=align, va="center", fontsize=9)
    axis.set(xlim=(-0.55, 1.55), xticks=[0, 1], ylabel="loss", ylim=(-12, None))
    axis.set_xticklabels([LOSS_LABELS["spectral"], LOSS_LABELS["windowed"]])
    axis.legend(
        handles=[
            Line2D([], [], marker="o", ms=5, label=label, **SET_LINES[kind])
            for kind, label in (
                ("target", "the target's pattern"),
                ("other", "another pattern"),
                ("none", "no pattern"),
            )
        ],
        loc="center left",
    )
    return figure


def empty(image: np.ndarray) -> bool:
    """Whether a picture has no pattern: it is the same everywhere."""
    return bool(np.ptp(image) < UNIFORM_SPREAD)


def spread_labels(values: np.ndarray, distance: float = 9.0) -> list[tuple[float, str]]:
    """Labels "set: loss" at heights that keep a distance, so that they can be read."""
    order = np.argsort(values)
    heights: list[float] = []
    for number in order:
        heights.append(max(values[number], heights[-1] + distance) if heights else values[number])
    return [
        (height, f"{number + 1}: {values[number]:.1f}") for height, number in zip(heights, order, strict=True)
    ]


def regions(shares: Mapping[str, Mapping[str, float]], sizes: Mapping[str, np.ndarray]) -> Figure:
    """Where runs spend their time, and how large the gradient is there.

    Args:
        shares: for each group of runs, the share of simulations by region.
        sizes: lengths of the gradient in unconstrained parameters, by region.
    """
    figure, (left, right) = panels(1, 2, figsize=(9, 3.2), width_ratios=(1.2, 1))
    for row, share in enumerate(shares.values()):
        start = 0.0
        for one, name in NAMES.items():
            left.barh(row, share[name], left=start, color=REGION_COLOURS[one])
            start += share[name]
    left.set(yticks=range(len(shares)), yticklabels=list(shares), xlabel="share of simulations", xlim=(0, 1))
    left.invert_yaxis()
    draw = np.random.default_rng(0)
    for row, (name, values) in enumerate(sizes.items()):
        shown = np.maximum(values, 1e-9)
        colour = REGION_COLOURS[Region[name.upper()]]
        right.plot(
            shown, row + draw.uniform(-0.3, 0.3, len(shown)), ".", ms=4, color=colour, mec=INK, mew=0.2
        )
        right.plot([np.nanmedian(shown)] * 2, [row - 0.38, row + 0.38], color=INK, lw=1.5)
    right.set(
        yticks=range(len(sizes)),
        yticklabels=list(sizes),
        xscale="log",
        xlabel="length of the gradient (unconstrained)",
    )
    right.invert_yaxis()
    handles = [Patch(color=REGION_COLOURS[one], label=name) for one, name in NAMES.items()
               if any(share[name] for share in shares.values())]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=5)
    return figure


def refusal_bars(counts: Mapping[str, xr.DataArray]) -> Figure:
    """What became of the tries, as stacked shares for each group and region.

    Args:
        counts: for each group of runs, counts over (region, reason) from `visits.refusal_counts`.
    """
    rows = [
        (f"{group}, {str(name)} ({int(row.sum())} tries)", row)
        for group, table in counts.items()
        for name, row in zip(table.region.values, table, strict=True)
        if int(row.sum())
    ]
    figure, axis = panels(figsize=(9, 0.42 * len(rows) + 1.2))
    reasons = [str(r) for r in rows[0][1].reason.values]
    for at, (_, row) in enumerate(rows):
        start = 0.0
        for colour, value in zip(REASON_COLOURS, row.values / float(row.sum()), strict=True):
            axis.barh(at, value, left=start, color=colour)
            start += value
    axis.set(
        yticks=range(len(rows)), yticklabels=[name for name, _ in rows], xlabel="share of tries", xlim=(0, 1)
    )
    axis.invert_yaxis()
    used = [i for i in range(len(reasons)) if any(int(row[i]) for _, row in rows)]
    handles = [Patch(color=REASON_COLOURS[i], label=reasons[i]) for i in used]
    figure.legend(handles=handles, loc="outside lower center", ncols=6)
    return figure


def acceptance_bars(audit: xr.Dataset) -> Figure:
    """How often a batch passes "all converged" at several places, with 95 % intervals.

    Args:
        audit: over `place`: `share`, `low`, `high`.
    """
    figure, axis = panels(figsize=(7.5, 0.38 * audit.sizes["place"] + 0.9))
    at = np.arange(audit.sizes["place"])
    error = np.stack([audit.share - audit.low, audit.high - audit.share])
    axis.barh(at, audit.share, color=ACCENT, height=0.6)
    axis.errorbar(audit.share, at, xerr=np.maximum(error, 0), fmt="none", ecolor=INK, capsize=3, lw=1)
    axis.set(
        yticks=at,
        yticklabels=audit.place.values,
        xlim=(0, 1.02),
        xlabel="share of batches of 8 that are accepted",
    )
    axis.invert_yaxis()
    return figure


def silence(runs: Mapping[str, xr.Dataset]) -> Figure:
    """Gradient and kill rate along single runs; iterations with a gradient of exactly zero at the bottom.

    Args:
        runs: by name; the first run of each trace is drawn.
    """
    figure, (left, right) = panels(1, 2, figsize=(9, 3.1))
    for colour, (name, trace) in zip((ACCENT, WRONG), runs.items(), strict=False):
        one = trace.isel(run=0)
        length = ((one.gradient.astype(float) ** 2).sum("parameter", skipna=False) ** 0.5).values
        dead = length == 0
        number = np.arange(len(length))
        left.semilogy(number[~dead], length[~dead], color=colour, marker=".", ms=4, lw=0.9, label=name)
        left.semilogy(number[dead], np.full(dead.sum(), 1e-4), "x", ms=4, color=colour)
        right.plot(number, one.params.sel(parameter="k"), color=colour, marker=".", ms=4, lw=0.9)
    left.set(xlabel="iteration", ylabel="length of the gradient (× exactly zero)")
    right.set(xlabel="iteration", ylabel=SYMBOLS["k"])
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def paths(traces: Mapping[str, xr.Dataset], landmarks: Mapping[str, Sequence[float]], half: float) -> Figure:
    """Runs as paths in the F-k and the Du-Dv plane, each iteration coloured by how its runs ended.

    Args:
        traces: groups of runs by name; drawn together.
        landmarks: parameters (Du, Dv, F, k) to mark, by name.
        half: of the plateau's height.
    """
    figure, axes = panels(1, 2, figsize=(WIDEST, 4.4))
    for axis, (across, down) in zip(axes, (("k", "F"), ("Du", "Dv")), strict=True):
        for trace in traces.values():
            where = region(trace, half).values
            x, y = (trace.params.sel(parameter=name).values for name in (across, down))
            for run in range(trace.sizes["run"]):
                axis.plot(x[run], y[run], color=INK, lw=0.5, alpha=0.5)
            for one in Region:
                here = where == one
                axis.plot(x[here], y[here], ".", ms=4, color=REGION_COLOURS[one], mec=INK, mew=0.15)
        index = {"Du": 0, "Dv": 1, "F": 2, "k": 3}
        for name, params in landmarks.items():
            point = params[index[across]], params[index[down]]
            truth_star(axis, *point, size=12)
            # The last recorded point is very near the one before: its name goes below.
            offset, side = ((-4, -14), "right") if name == "set 3" else ((6, 5), "left")
            axis.annotate(name, point, xytext=offset, textcoords="offset points", ha=side, fontsize=9)
        axis.set(xlabel=SYMBOLS[across], ylabel=SYMBOLS[down])
    handles = region_keys(region(trace, half) for trace in traces.values())
    figure.legend(handles=handles, loc="outside lower center", ncols=5)
    return figure


def second_segment(runs: Mapping[str, xr.Dataset], recorded: Sequence[float]) -> Figure:
    """Loss and parameters of re-runs from the restart values, beside where the record says they end.

    Args:
        runs: traces by name, each with dimensions (run, iteration).
        recorded: the four parameters of the record's last point.
    """
    figure, grid = panels(2, 3, figsize=(WIDEST, 5.2), sharex=True)
    axes, spare = grid.flat[:5], grid[1, 2]
    for colour, (name, trace) in zip(
        plt.rcParams["axes.prop_cycle"].by_key()["color"], runs.items(), strict=False
    ):
        axes[0].plot(trace.loss.T, color=colour, lw=0.9, alpha=0.8)
        axes[0].plot([], [], color=colour, label=name)
        for axis, parameter in zip(axes[1:], trace.parameter.values, strict=True):
            axis.plot(trace.params.sel(parameter=parameter).T, color=colour, lw=0.9, alpha=0.8)
    for axis, name, value in zip(axes[1:], ("Du", "Dv", "F", "k"), recorded, strict=True):
        axis.axhline(value, color=INK, ls=":", lw=1)
        axis.set(title=SYMBOLS[name])
    for axis in (grid[0, 2], *grid[1, :2]):
        axis.set_xlabel("iteration")
    axes[0].set(title="loss")
    grid[0, 2].tick_params(labelbottom=True)  # nothing stands below it
    spare.set_axis_off()
    spare.legend(*axes[0].get_legend_handles_labels(), loc="center")
    return figure


def region_keys(where: Iterable[xr.DataArray]) -> list[Line2D]:
    """A legend's entries for the regions that occur."""
    seen = sorted({int(one) for each in where for one in np.unique(each) if one >= 0})
    return [dot_key(REGION_COLOURS[Region(one)], NAMES[Region(one)]) for one in seen]


def dot_key(colour: str, label: str) -> Line2D:
    """A legend's entry for dots: unlike a patch, it changes colour with them on a dark page."""
    return Line2D([], [], ls="", marker="o", ms=6, color=colour, mec=INK, mew=0.25, label=label)
