"""Figures of landscapes and patterns at intermediate times."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from lib.paper import TRUTH
from lib.showing.figures.style import INK, OUTCOME_COLOURS, SYMBOLS, WIDEST, panels, truth_star
from lib.simulate import Outcome
from lib.studies.patterns.intermediate_times import unpatterned_end


def in_time(cuts: Mapping[str, xr.Dataset], cliffs: Mapping[str, Sequence[float]]) -> Figure:
    """Each cut at every time: from shared initial states above, from the other ones below.

    Args:
        cuts: a few words → `intermediate.sweep_in_time` over one parameter.
        cliffs: where the cut's final cliffs are.
    """
    figure, axes = panels(
        2, len(cuts), figsize=(min(4.8 * len(cuts), WIDEST), 6.4), sharey=True, sharex="col", squeeze=False
    )
    for column, (title, cut) in zip(axes.T, cuts.items(), strict=True):
        name = str(cut.spectral.dims[1])
        column[0].set_title(title)
        column[0].xaxis.set_major_locator(MaxNLocator(4))
        for axis, loss in zip(column, ("spectral", "independent"), strict=True):
            for number, time in enumerate(cut.time.values):
                colour = mpl.colormaps["plasma"](0.9 * number / max(1, cut.sizes["time"] - 1))
                values = cut[loss].sel(time=time).mean("state").clip(min=1e-3)
                axis.semilogy(cut[name], values, color=colour, lw=1.3, label=f"{time:,}")
            for place in cliffs[title]:
                axis.axvline(place, color=INK, lw=0.7, ls="--")
            axis.axvline(getattr(TRUTH, name), color=INK, lw=0.8, ls=":")
            axis.set(ylim=(0.2, 500), xlim=(cut[name].values[0], cut[name].values[-1]))
        column[-1].set_xlabel(SYMBOLS[name])
    for axis, words in zip(axes[:, 0], ("shared initial states", "other initial states"), strict=True):
        axis.set_ylabel(f"spectral loss, {words}")
    handles = axes[0, 0].get_legend_handles_labels()[0]
    figure.legend(handles=handles, title="steps", loc="outside right center")
    return figure


def growing_alike(groups: Mapping[str, xr.DataArray], losses: Mapping[str, xr.DataArray]) -> Figure:
    """How unlike pictures are as they age: each group's median with its quartiles.

    Args:
        groups: a few words → unlikeness over (time, pair).
        losses: the same groups → spectral loss over (time, pair).
    """
    figure, axes = panels(1, 2, figsize=(WIDEST, 3.6))
    pairs = ((groups, "unlikeness of the spectra"), (losses, "spectral loss"))
    for axis, (found, label) in zip(axes, pairs, strict=True):
        for number, name in enumerate(groups):
            if name not in found:
                continue
            values = found[name]
            low, middle, high = values.quantile([0.25, 0.5, 0.75], "pair").values
            (line,) = axis.semilogx(values.time, middle, marker=".", label=name, color=f"C{number}")
            axis.fill_between(values.time, low, high, color=line.get_color(), alpha=0.18, lw=0)
        axis.set(xlabel="steps", ylabel=label, ylim=(0, None))
    axes[0].legend(fontsize=9)
    return figure


def middles(planes: Mapping[str, xr.Dataset], full: float) -> Figure:
    """Largest texture on the way of every run that ended without a pattern; patterned ends in their colour.

    Args:
        planes: a few words → `intermediate.sweep_in_time` over F and k.
        full: texture of the truth's final pattern.
    """
    figure, axes = panels(
        1, len(planes), figsize=(min(4.6 * len(planes) + 0.8, WIDEST), 4.0), squeeze=False, sharey=True
    )
    for axis, (name, plane) in zip(axes[0], planes.items(), strict=True):
        picture = middle_map(axis, plane, full)
        axis.set(title=name, xlabel=SYMBOLS["k"])
    axes[0, 0].set_ylabel(SYMBOLS["F"])
    figure.colorbar(picture, ax=axes, label="largest texture on the way / the truth's", shrink=0.85)
    handles = [Patch(color=OUTCOME_COLOURS[Outcome.PATTERN], label="ends in a pattern")]
    figure.legend(handles=handles, loc="outside lower center")
    return figure


def middle_map(axis: Axes, plane: xr.Dataset, full: float) -> mpl.collections.QuadMesh:
    """One plane's map."""
    ended = unpatterned_end(plane).isel(state=0)
    largest = plane.texture.isel(state=0).sel(time=slice(250, None)).max("time") / full
    axis.set_facecolor(OUTCOME_COLOURS[Outcome.PATTERN])
    values = largest.where(ended).transpose("F", "k")
    picture = axis.pcolormesh(plane.k, plane.F, values, shading="nearest", cmap="magma", vmin=0, vmax=1)
    truth_star(axis, TRUTH.k, TRUTH.F, size=13)
    return picture
