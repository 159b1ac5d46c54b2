"""Figures of what a loss cannot see below, and of the height of its plateau."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lib.losses import LOG_FLOOR
from lib.paper import TRUTH
from lib.showing.figures.landscapes import outcome_handles, outcome_strip
from lib.showing.figures.style import ACCENT, INK, SYMBOLS, WIDEST, panels
from lib.studies.patterns.noise_floor import RANDOM_FLOOR

#: Losses from other initial states, and the band of the floor.
OTHER, BAND = "#d1603d", "#c9a227"


def floors(cuts: Mapping[str, xr.Dataset], band: tuple[float, float], without: float | None = None) -> Figure:
    """The first state's cut against the same and other initial states, over the band of the noise floor.

    Args:
        cuts: a landscape's cut for each parameter, with `spectral` (state) and `independent` (target), which
            is of the first state's runs.
        band: lower and upper edge of the losses between runs of the truth.
        without: the upper edge without the state that is most unlike the others; None to leave it out.
    """
    figure, axes = panels(2, 2, figsize=(9, 6.4), sharey=True)
    for axis, (name, cut) in zip(axes.flat, cuts.items(), strict=True):
        x, others = cut[name].values, cut.independent
        axis.axhspan(*band, color=BAND, alpha=0.35, lw=0, label="between runs of the truth (5–95 %)")
        axis.fill_between(x, others.min("target"), others.max("target"), color=OTHER, alpha=0.25, lw=0)
        axis.plot(x, others.median("target"), color=OTHER, lw=1.4, label="other initial states")
        if without is not None:
            axis.axhline(without, color=BAND, lw=1.2, ls="--", label="95 % without one state")
        shared = cut.spectral.isel(state=0)
        # The zero at the truth has no place on a logarithmic axis: the line leaves the picture there.
        axis.plot(x, shared.clip(min=1e-3), color=ACCENT, lw=1.4, label="the same initial state")
        # Twice, for a single row would have no height.
        outcome_strip(axis, x, cut.outcome.isel(state=[0, 0]).assign_coords(state=[0, 1]))
        axis.axvline(getattr(TRUTH, name), color=INK, lw=0.8, ls=":")
        axis.set(xlabel=SYMBOLS[name], xlim=(x[0], x[-1]), yscale="log", ylim=(0.3, 600))
    for axis in axes[:, 0]:
        axis.set_ylabel("spectral loss")
    lines = axes.flat[0].get_legend_handles_labels()[0]
    ends = outcome_handles(*(cut.isel(state=[0]) for cut in cuts.values()))
    figure.legend(handles=[*lines, *ends], loc="outside lower center", ncols=4, fontsize=9)
    return figure


def ageing(aged: xr.Dataset, ages: xr.Dataset) -> Figure:
    """How the truth's runs go on changing: per step, against the same run later, and against each other.

    Args:
        aged: with `change` over (time, state).
        ages: `later` over (interval, state), `between` over (time, pair), and `windowed` likewise.
    """
    figure, axes = panels(1, 3, figsize=(WIDEST, 3.4), sharex=True)
    time = aged.time.values
    axes[0].loglog(time, aged.change, color=ACCENT, lw=0.6, alpha=0.5)
    axes[0].loglog(time, aged.change.median("state"), color=ACCENT, lw=1.8, marker=".")
    axes[0].axhline(5e-5, color=INK, lw=0.8, ls="--")
    axes[0].annotate("“converged” in training", (time[0], 4.5e-5), fontsize=9, va="top")
    axes[0].set(title="change in one step", xlabel="age in steps", ylabel=r"max($|\Delta u|, |\Delta v|$)")
    axes[1].loglog(ages.begin, ages.later, color=ACCENT, lw=0.6, alpha=0.5)
    axes[1].loglog(ages.begin, ages.later.median("state"), color=ACCENT, lw=1.8, marker=".")
    axes[1].set(title="a run against itself, twice as old", xlabel="age in steps", ylabel="spectral loss")
    for name, colour in (("between", ACCENT), ("windowed", OTHER)):
        low, middle, high = ages[name].quantile([0.05, 0.5, 0.95], "pair").values
        axes[2].fill_between(time, low, high, color=colour, alpha=0.2, lw=0)
        label = {"between": "spectral", "windowed": "windowed spectral"}[name]
        axes[2].loglog(time, middle, color=colour, marker=".", label=label)
    axes[2].axhline(RANDOM_FLOOR, color=INK, lw=0.8, ls="--")
    axes[2].annotate(r"$\pi^2/3$", (time[-1], RANDOM_FLOOR), fontsize=9, va="top", ha="right")
    axes[2].set(title="two runs of the truth", xlabel="age in steps", ylabel="loss")
    axes[2].legend(fontsize=9, loc="upper left")
    return figure


def plateau(heights: xr.DataArray, cut: xr.Dataset, axis_name: str, measured: xr.DataArray) -> Figure:
    """The plateau's height against ε and the target's age, and one cut under several ε.

    Args:
        heights: in closed form, over (time, state, epsilon).
        cut: `floors` over (epsilon, axis_name), the losses of a cut under each ε.
        axis_name: the cut's parameter.
        measured: losses of simulated ends without pattern over (end, epsilon), against the last target.
    """
    figure, axes = panels(1, 3, figsize=(WIDEST, 3.5))
    heights_by_floor(axes[0], heights, measured)
    usual = heights.sel(epsilon=LOG_FLOOR, method="nearest")
    axes[1].semilogx(usual.time, usual, color=ACCENT, lw=0.6, alpha=0.6)
    axes[1].semilogx(usual.time, usual.median("state"), color=ACCENT, lw=1.8, marker=".")
    axes[1].set(
        title=r"the target's age ($\varepsilon = 10^{-8}$)",
        xlabel="age in steps",
        ylabel="height",
        ylim=(0, None),
    )
    shown = cut.floors.isel(epsilon=slice(None, None, -(-cut.sizes["epsilon"] // 6)))
    for number, line in enumerate(shown):
        colour = mpl.colormaps["viridis"](0.9 * number / max(1, len(shown) - 1))
        axes[2].plot(cut[axis_name], line, color=colour, lw=1.3, label=power_of_ten(float(line.epsilon)))
    axes[2].axvline(getattr(TRUTH, axis_name), color=INK, lw=0.8, ls=":")
    axes[2].set(title="one cut", xlabel=SYMBOLS[axis_name], ylabel="spectral loss")
    axes[2].xaxis.set_major_locator(MaxNLocator(4))
    axes[2].legend(title=r"$\varepsilon$", fontsize=9, loc="upper center")
    return figure


def heights_by_floor(axis: Axes, heights: xr.DataArray, measured: xr.DataArray) -> None:
    """Closed form as lines, one for each age; simulated ends as marks."""
    for number, age in enumerate(heights.time.values):
        colour = mpl.colormaps["cividis"](0.95 * number / max(1, heights.sizes["time"] - 1))
        values = heights.sel(time=age).mean("state")
        axis.loglog(heights.epsilon, values, color=colour, lw=1.3, label=f"{int(age):,}")
    for end, marker in zip(measured.end.values, "ox", strict=False):
        axis.loglog(
            measured.epsilon, measured.sel(end=end), marker, color=OTHER, ms=4, mfc="none", label=str(end)
        )
    axis.set(title=r"the log floor $\varepsilon$", xlabel=r"$\varepsilon$", ylabel="height of the plateau")
    axis.legend(fontsize=9, title="age in steps", title_fontsize=9)


def power_of_ten(value: float) -> str:
    """A power of ten as mathematics."""
    return rf"$10^{{{np.log10(value):.0f}}}$"


def pictures_by_age(images: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> Figure:
    """Fields beside their log power spectra: which wave numbers stay above the log floor.

    Args:
        images: fields, (rows, columns, height, width).
        rows, columns: labels.
    """
    figure, axes = panels(
        len(rows),
        2 * len(columns),
        figsize=(min(4.4 * len(columns), WIDEST), 2.3 * len(rows) + 0.3),
        squeeze=False,
    )
    for line, label, row in zip(images, rows, axes, strict=True):
        row[0].set_ylabel(label)
        for place, (field, name) in enumerate(zip(line, columns, strict=True)):
            left, right = row[2 * place : 2 * place + 2]
            left.imshow(field, cmap="magma", vmin=0, vmax=0.4)
            shift = np.fft.fftshift(np.abs(np.fft.fft2(field.astype(float) - field.mean(dtype=float))) ** 2)
            picture = right.imshow(np.log10(shift + LOG_FLOOR), cmap="viridis", vmin=-8, vmax=6)
            left.set_title(name, fontsize=9)
            right.set_title("its spectrum", fontsize=9)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.colorbar(picture, ax=axes, shrink=0.7, aspect=30, label=r"$\log_{10}(P + \varepsilon)$")
    return figure
