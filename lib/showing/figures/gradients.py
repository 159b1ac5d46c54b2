"""The plots of gradients in Section 3: over a plane, along a short cut, and backwards in time."""

import numpy as np
import xarray as xr
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lib.paper import TRUTH
from lib.showing.figures.style import ACCENT, INK, LOSS_LABELS, LOSS_MAP, SYMBOLS, WIDEST, panels, truth_star
from lib.showing.figures.training import WRONG


def tangents(cut: xr.Dataset, axis_name: str) -> Figure:
    """A very short cut of the landscape, each point with the slope that its exact gradient says it has.

    Args:
        cut: from `gradients.gradient_field` over one parameter.
        axis_name: that parameter.
    """
    figure, axis = panels(figsize=(8, 3.4))
    x = cut[axis_name].values
    loss = cut.loss.isel(state=0).values
    slope = cut.gradient.isel(state=0).sel(parameter=axis_name).values
    reach = (x[1] - x[0]) * 0.32
    height = 2.5 * (np.nanmax(loss) - np.nanmin(loss) + 1e-12)
    for at, value, tangent in zip(x, loss, slope, strict=True):
        half = min(reach, height / 2 / abs(tangent)) if tangent else reach
        axis.plot(
            [at - half, at + half], [value - half * tangent, value + half * tangent], color=WRONG, lw=1.4
        )
    axis.plot(x, loss, color=ACCENT, marker="o", ms=4, lw=1)
    power = int(np.floor(np.log10(np.abs(x - x.mean()).max())))
    away = f"{SYMBOLS[axis_name]} − {x.mean():.4g}, in units of $10^{{{power}}}$"
    axis.set(xlabel=away, ylabel=LOSS_LABELS[cut.attrs["loss"]])
    ticks = x[:: max(1, len(x) // 4)]
    axis.set_xticks(
        ticks, [f"{said}".replace("-", "−") for said in np.round((ticks - x.mean()) / 10.0**power, 2)]
    )
    handles = [
        Line2D([], [], color=ACCENT, marker="o", ms=4, lw=1, label="loss"),
        Line2D([], [], color=WRONG, lw=1.4, label="exact gradient at the point"),
    ]
    axis.legend(handles=handles, ncols=2)
    return figure


def gradient_arrows(field: xr.Dataset, cosine: xr.DataArray) -> Figure:
    """Loss over a plane with the way down at every point: colour says whether it leads to the truth.

    Arrows have one length; the magnitude stands beside them as a map of its own.

    Args:
        field: from `gradients.gradient_field` over two parameters.
        cosine: from `gradients.right_way`.
    """
    down, across = field.loss.dims[:2]
    figure, (left, right) = panels(1, 2, figsize=(WIDEST, 4.4), sharey=True, sharex=True)
    mean = field.isel(state=0)
    # Pale throughout: the arrows stand on it, on light paper and on dark.
    pale = LinearSegmentedColormap.from_list("pale", ["#ffffff", "#b4b8be"])
    picture = left.pcolormesh(field[across], field[down], mean.loss, cmap=pale, shading="nearest")
    figure.colorbar(picture, ax=left, label=LOSS_LABELS[field.attrs["loss"]])
    way = -mean.gradient.sel(parameter=[across, down]).astype(float)
    length = (way**2).sum("parameter", skipna=False) ** 0.5
    unit = (way / length.where(length > 0)).values
    x, y = np.meshgrid(field[across], field[down])
    right_way = cosine.isel(state=0).transpose(down, across).values
    scale = {"angles": "xy", "pivot": "mid", "scale": 26, "width": 0.0042, "headwidth": 4}
    for mask, colour in ((right_way > 0, ACCENT), (right_way <= 0, WRONG)):
        left.quiver(x[mask], y[mask], unit[..., 0][mask], unit[..., 1][mask], color=colour, **scale)
    silent = ~np.isfinite(unit[..., 0])
    left.plot(x[silent], y[silent], ".", ms=2.5, color="#5b5f97")
    strength = np.log10(length.where(length > 0))
    # Where the dynamics are chaotic the gradient has twenty digits; the scale leaves those points out.
    low, high = np.nanquantile(strength, [0.02, 0.96]) if strength.notnull().any() else (0.0, 1.0)
    colours = {"cmap": LOSS_MAP, "vmin": low, "vmax": high}
    shown = right.pcolormesh(field[across], field[down], strength, shading="nearest", **colours)
    right.set_facecolor("#e9e6df")
    figure.colorbar(shown, ax=right, label=r"$\log_{10}$ |gradient|", extend="both")
    for axis in (left, right):
        truth_star(axis, getattr(TRUTH, str(across)), getattr(TRUTH, str(down)), size=13)
        axis.set(xlabel=SYMBOLS[str(across)])
        axis.locator_params(axis="x", nbins=5)
    left.set_ylabel(SYMBOLS[str(down)])
    # Below the panels: inside it would hide a row of arrows.
    figure.legend(
        handles=[Patch(color=ACCENT, label="towards the truth"), Patch(color=WRONG, label="away from it")],
        loc="outside lower center", ncols=2,
    )  # fmt: skip
    return figure


def adjoint_backwards(norms: xr.DataArray) -> Figure:
    """Norm of the adjoint against steps back from the end, relative to that at the end.

    Args:
        norms: over (place, back).
    """
    figure, axis = panels(figsize=(8, 3.8))
    for place, values in zip(norms.place.values, norms.values, strict=True):
        axis.semilogy(norms.back, np.maximum(values, 1e-30), label=str(place), lw=1.6)
    axis.axhline(1, color=INK, lw=0.6, ls=":")
    axis.set(xlabel="steps back from the end", ylabel="norm of the adjoint, relative", ylim=(1e-12, None))
    axis.set_xscale("symlog", linthresh=100)
    axis.set_xlim(0, float(norms.back[-1]) * 1.05)
    axis.legend()
    return figure
