"""The plots of rivals and remedies: success against cost, and pictures of what each method recovered."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from lib.publishing.wording import counted, said
from lib.showing.figures.dark import AS_IT_IS
from lib.showing.figures.style import FIELD_MAP, INK, WIDEST, panels

#: One line style for each family; a colour for each method within it.
LINES = {"baseline": ":", "paper": "-", "remedy": "-", "equations": "--", "rival": "-."}

#: Powers of ten from the limit of success at which the colours of the table are too dark for dark letters.
DEEP = 1.4


def success_against_cost(
    shares: xr.DataArray, titles: Mapping[str, str], names: Mapping[str, tuple[str, str]], limit: float,
    within: float,
) -> Figure:  # fmt: skip
    """Share of problems solved by each moment, a panel for each data scheme.

    A marker stands where a method has reached all that it reaches. Methods that solve nothing in a panel
    share one line there, which says how many they are.

    Args:
        shares: over (approach, scheme, spent), from `scores.success_against_cost`.
        titles: scheme → its title.
        names: method → its title and family.
        limit: forward equivalents at `spent` = 1.
        within: what counts as solved, relative.
    """
    schemes = list(shares.scheme.values)
    columns = min(3, len(schemes))
    rows = -(-len(schemes) // columns)
    figure, axes = panels(
        rows, columns, figsize=(WIDEST, 1.9 + 2.5 * rows), sharex=True, sharey=True, squeeze=False
    )
    best = shares.max(("scheme", "spent"))
    looks = dict(zip((str(m) for m in shares.approach.values[best.values > 0]), distinct(), strict=False))
    # Costs of zero belong on the axis too: a closed form is nearly free, not absent.
    cost = np.maximum(shares.spent.values, 1e-3) * limit
    for axis, scheme in zip(axes.flat, schemes, strict=False):
        lines = 100 * shares.sel(scheme=scheme).dropna("approach", how="all")
        nothing = [str(m) for m in lines.approach.values if not (lines.sel(approach=m) > 0).any()]
        for method, (colour, marker) in looks.items():
            if method in lines.approach.values and method not in nothing:
                title, family = names[method]
                line = lines.sel(approach=method).values
                at = [int(np.argmax(line >= line.max()))]
                axis.semilogx(
                    cost, line, LINES[family], color=colour, marker=marker, markevery=at, label=title
                )
        if nothing:
            axis.semilogx(cost, np.zeros(len(cost)), color=INK, lw=1)
            of = f"0 % by {len(nothing)} of {counted(lines.sizes['approach'], 'method')}"
            behind = {"facecolor": axis.get_facecolor(), "linewidth": 0, "alpha": 0.8, "pad": 1}
            axis.annotate(
                of, (cost[-1], 0), (-2, 6), textcoords="offset points", ha="right", fontsize=9, bbox=behind
            )
        axis.set(title=fill(f"{scheme}: {titles[str(scheme)]}", 26), ylim=(-4, 106))
    for axis in axes.flat[len(schemes) :]:
        axis.axis("off")
    for axis in axes[-1]:
        axis.set_xlabel("forward equivalents")
    for axis in axes[:, 0]:
        axis.set_ylabel(f"within {100 * within:.0f} %, % of problems")
    known: dict[str, Any] = {}
    for axis in axes.flat:
        handles, labels = axis.get_legend_handles_labels()
        known |= dict(zip(labels, handles, strict=True))
    if known:
        figure.legend(handles=list(known.values()), loc="outside lower center", ncols=3, fontsize=9)
    return figure


def distinct() -> Iterator[tuple[Any, str]]:
    """Colours and markers, no pair of them twice."""
    colours = mpl.colormaps["tab10"].colors  # type: ignore[attr-defined]
    for turn in count():
        for number, colour in enumerate(colours):
            yield colour, "osD^v<>Ph*"[(number + turn) % 10]


def error_map(errors: xr.DataArray, names: Mapping[str, tuple[str, str]], within: float) -> Figure:
    """Median error of every method on every data scheme as a coloured table; grey: does not apply.

    Args:
        errors: over (approach, scheme), from `scores.median_error`.
        names: method → its title and family.
        within: what counts as solved; the colours change sides there.
    """
    figure, axis = panels(figsize=(8.5, 0.9 + 0.36 * errors.sizes["approach"]))
    values = np.log10(np.clip(errors.values / within, 1e-3, 1e2))
    across, down = (np.arange(errors.sizes[name]) for name in ("scheme", "approach"))
    axis.set_facecolor("#c9c9c9")
    edges = (np.arange(len(across) + 1), np.arange(len(down) + 1))
    axis.pcolormesh(*edges, values, cmap="RdYlBu_r", vmin=-2, vmax=2)
    for (row, column), error in np.ndenumerate(errors.values):
        text = "–" if np.isnan(error) else "none" if np.isinf(error) else f"{said(100 * error)} %"
        # Letters on a coloured cell go with its colour, which is data and stays on dark paper.
        ink = "white" if abs(values[row, column]) > DEEP else INK
        axis.text(
            column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=9, color=ink,
            gid=None if np.isnan(error) else AS_IT_IS,
        )  # fmt: skip
    axis.set_yticks(down + 0.5, [names[str(m)][0] for m in errors.approach.values], fontsize=9)
    axis.set_xticks(across + 0.5, errors.scheme.values)
    axis.invert_yaxis()
    return figure


def recovered(pictures: Sequence[tuple[str, np.ndarray]], columns: int = 6) -> Figure:
    """Fields of v beside each other, each with its title; the first is the target.

    Args:
        pictures: (title, field of (height, width)); NaN throughout where a run diverged.
    """
    rows = -(-len(pictures) // columns)
    figure, axes = panels(rows, columns, figsize=(WIDEST, 1.9 * rows), squeeze=False)
    top = float(np.nanmax(pictures[0][1]))
    for axis in axes.flat:
        axis.axis("off")
    for axis, (title, field) in zip(axes.flat, pictures, strict=False):
        axis.imshow(field, cmap=FIELD_MAP, vmin=0, vmax=top)
        axis.set_title(fill(title, 20), fontsize=9)
    return figure
