"""The plots of Section 6: bowls, fits against what spoils them, networks from the inside."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lib.model import Params
from lib.paper import TRUTH
from lib.showing.figures.style import ACCENT, INK, LOSS_MAP, SYMBOLS, WIDEST, panels, truth_star
from lib.simulate import Outcome
from lib.studies.pinn.training import Training
from lib.studies.pinn.weight_landscape import FLAT, Spectrum

#: One colour for each parameter, the same in all plots of this section.
COLOURS = dict(zip(Params._fields, (ACCENT, "#d1603d", "#5b5f97", "#c9a227"), strict=True))


def bowl_and_wall(bowl: xr.Dataset, spectral: xr.Dataset) -> Figure:
    """The two losses over one plane as surfaces, beside each other.

    Args:
        bowl: with `residual`.
        spectral: with `spectral`, from `landscape.sweep`.
    """
    figure = Figure(figsize=(WIDEST, 4.2))
    values = {
        "residual loss": bowl.residual,
        "spectral loss": spectral.spectral.mean("state", skipna=False),
    }
    for i, (title, surface) in enumerate(values.items()):
        axis = figure.add_subplot(1, 2, i + 1, projection="3d", elev=28, azim=-120)
        down, across = surface.dims
        x, y = np.meshgrid(surface[across], surface[down])
        axis.plot_surface(
            x, y, surface.values, cmap=LOSS_MAP, rstride=1, cstride=1, lw=0.15, edgecolor="#ffffff40"
        )
        axis.set(xlabel=SYMBOLS[str(across)], ylabel=SYMBOLS[str(down)], title=title)
        axis.tick_params(labelsize=9)
        axis.locator_params(nbins=5)
        for side in (axis.xaxis, axis.yaxis, axis.zaxis):
            side.set_pane_color((0.5, 0.5, 0.5, 0.06))  # at home on light and on dark paper
        axis.set_box_aspect(None, zoom=0.82)
    return figure


def all_planes(
    bowls: Mapping[tuple[str, str], xr.Dataset], spectral: Mapping[tuple[str, str], xr.Dataset]
) -> Figure:
    """All six planes, each with the spectral loss on the left and the residual loss on the right."""
    figure, axes = panels(3, 4, figsize=(WIDEST, 8))
    for i, pair in enumerate(bowls):
        left, right = axes[i // 2, 2 * (i % 2)], axes[i // 2, 2 * (i % 2) + 1]
        shade(left, spectral[pair].spectral.mean("state", skipna=False), "spectral")
        shade(right, bowls[pair].residual, "residual")
    return figure


def shade(axis: Axes, values: xr.DataArray, title: str) -> None:
    """One plane as a heat map with the truth on it; grey where there is no number."""
    down, across = (str(d) for d in values.dims)
    axis.set_facecolor("#c9c9c9")
    axis.pcolormesh(values[across], values[down], values, cmap=LOSS_MAP, shading="nearest", rasterized=True)
    if title == "residual":
        axis.contour(values[across], values[down], values, levels=7, colors="white", linewidths=0.6)
    truth_star(axis, getattr(TRUTH, across), getattr(TRUTH, down), size=11)
    axis.set(xlabel=SYMBOLS[across], ylabel=SYMBOLS[down], title=title)
    axis.tick_params(labelsize=9)
    axis.locator_params(nbins=4)


def steadiness(dataset: xr.Dataset) -> Figure:
    """Error of the fit against the age of the snapshot, from one frame and from two."""
    figure, axes = panels(1, 2, figsize=(9, 3.6), sharey=True)
    for axis, name, title in zip(axes, ("one", "two"), ("one frame, held steady", "two frames"), strict=True):
        errors = abs(dataset[name])
        for parameter, colour in COLOURS.items():
            lines = errors.sel(parameter=parameter)
            axis.loglog(dataset.time, lines, color=colour, lw=0.5, alpha=0.5)
            axis.loglog(
                dataset.time, lines.median("state"), color=colour, marker=".", label=SYMBOLS[parameter]
            )
        axis.axhline(0.01, color=INK, lw=0.7, ls=":")
        axis.set(xlabel="age of the snapshot in steps", title=title)
    axes[0].set_ylabel("relative error")
    axes[0].legend(ncols=2)
    return figure


def by_initial_state(fitted: np.ndarray, spectral: xr.Dataset) -> Figure:
    """k from every initial state by the residual, and from every pair of states by the spectral loss.

    Args:
        fitted: k of the closed-form fits, one for each state.
        spectral: from `accuracy.spectral_minima`.
    """
    figure, axis = panels(figsize=(7, 2.2))
    floor, minima = 1e-10, spectral.minimum.values[np.isfinite(spectral.minimum.values)]
    for height, values, colour in ((1, fitted, ACCENT), (0, minima, "#d1603d")):
        offsets = np.linspace(-0.15, 0.15, len(values)) if len(values) > 1 else np.zeros(1)
        axis.semilogx(
            np.maximum(np.abs(values - TRUTH.k), floor), height + offsets, "o", color=colour, alpha=0.7
        )
    axis.set(
        yticks=[0, 1],
        yticklabels=["spectral minimum", "residual fit"],
        ylim=(-0.6, 1.6),
        xlabel="distance from the true $k$",
    )
    return figure


def partial(windows: xr.Dataset, subsampled: xr.Dataset, resolution: xr.Dataset) -> Figure:
    """The fit on windows, on random cells, and on coarser images."""
    figure, axes = panels(1, 3, figsize=(WIDEST, 3.5), sharey=True)
    for parameter, colour in COLOURS.items():
        axes[0].loglog(windows.side, np.abs(windows.error.sel(parameter=parameter)), ".-", color=colour)
        axes[0].loglog(
            windows.side, windows.standard_error.sel(parameter=parameter), "--", lw=0.8, color=colour
        )
        middle = np.abs(subsampled.error.sel(parameter=parameter)).median("seed")
        axes[1].semilogy(100 * subsampled.share, middle, ".-", color=colour, label=SYMBOLS[parameter])
    worst = np.abs(resolution.error).max("parameter").median("state")
    for way, marker in zip(resolution.way.values, "os^", strict=True):
        axes[2].semilogy(resolution.factor, worst.sel(way=way), f"{marker}-", label=str(way))
    axes[0].set(xlabel="side of the window in cells", ylabel="relative error", title="a window")
    axes[1].set(xlabel="cells seen, %", title="random cells")
    axes[2].set(
        xlabel="model cells for one pixel's side",
        title="fewer pixels (largest error)",
        xticks=resolution.factor,
    )
    axes[1].legend(ncols=2)
    axes[2].legend()
    return figure


def noise(dataset: xr.Dataset) -> Figure:
    """Median error of every cure against the noise, one panel for each parameter."""
    figure, axes = panels(1, 4, figsize=(WIDEST, 3.6), sharey=True)
    for axis, parameter in zip(axes, Params._fields, strict=True):
        errors = np.abs(dataset.error.sel(parameter=parameter)).median("seed")
        for method in dataset.cure.values:
            axis.loglog(dataset.noise, errors.sel(cure=method), marker=".", label=str(method))
        axis.axhline(0.01, color=INK, lw=0.7, ls=":")
        axis.set(xlabel="noise σ", title=SYMBOLS[parameter])
    axes[0].set_ylabel("median relative error")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def stages(training: Training, bowls: xr.Dataset, columns: int = 6) -> Figure:
    """What the network shows at several stages, and the residual's F–k bowl over that output."""
    record = training.record
    chosen = np.unique(np.linspace(0, record.sizes["stage"] - 1, columns).round().astype(int))
    figure, axes = panels(2, len(chosen), figsize=(min(1.9 * len(chosen), WIDEST), 4.2), squeeze=False)
    F, k = np.linspace(0.0, 0.07, 41), np.linspace(0.0, 0.13, 41)
    losses = {i: np.log10(bowl_of(bowls.isel(stage=i), F, k)) for i in chosen}
    lowest, highest = (float(f([f(x) for x in losses.values()])) for f in (np.min, np.max))
    levels = np.linspace(lowest, highest, 14)  # the same in every panel, as the colours are
    for column, i in enumerate(chosen):
        axes[0, column].imshow(record.v[i], cmap="magma", vmin=0, vmax=0.4)
        axes[0, column].set(xticks=[], yticks=[], title=f"step {int(record.stage[i])}")
        axis = axes[1, column]
        shading: Any = {"cmap": LOSS_MAP, "shading": "nearest", "rasterized": True}
        picture = axis.pcolormesh(k, F, losses[i], vmin=lowest, vmax=highest, **shading)
        axis.contour(k, F, losses[i], levels=levels, colors="white", linewidths=0.5, linestyles="-")
        truth_star(axis, TRUTH.k, TRUTH.F, size=10)
        axis.plot(bowls.minimum[i, 3], bowls.minimum[i, 2], "o", ms=5, mfc="#d1603d", mec="white")
        axis.set(
            xlim=(k[0], k[-1]),
            ylim=(F[0], F[-1]),
            xlabel="$k$",
            title=f"cond. {float(bowls.condition[i]):.0f}",
        )
        axis.tick_params(labelsize=9)
    axes[1, 0].set_ylabel("$F$")
    figure.colorbar(picture, ax=axes[1], label="log₁₀ loss")
    return figure


def bowl_of(bowl: xr.Dataset, F: np.ndarray, k: np.ndarray) -> np.ndarray:
    """The residual loss on a grid, diffusion coefficients at the minimum."""
    p = np.zeros((len(F), len(k), 4))
    p[..., 2] = F[:, None] - float(bowl.minimum[2])
    p[..., 3] = k - float(bowl.minimum[3])
    return float(bowl.lowest) + 0.5 * np.einsum("fkp,pq,fkq->fk", p, bowl.hessian.values, p)


def along_training(training: Training, bowls: xr.Dataset) -> Figure:
    """Losses, parameters beside the bowl's minimum, and the gradient's three parts (equation 8)."""
    record = training.record
    figure, axes = panels(1, 3, figsize=(WIDEST, 3.6))
    step = record.stage.values + 1
    axes[0].loglog(step, record.data, ".-", label="data loss")
    axes[0].loglog(step, record.residual, ".-", label="weighted residual loss")
    axes[0].set(xlabel="step + 1", title="losses")
    for i, (parameter, colour) in enumerate(COLOURS.items()):
        axes[1].semilogx(step, record.params[:, i] / TRUTH[i], color=colour, label=SYMBOLS[parameter])
        axes[1].semilogx(step, bowls.minimum[:, i] / TRUTH[i], "o", ms=3, color=colour)
    axes[1].axhline(1, color=INK, lw=0.7, ls=":")
    axes[1].set(xlabel="step + 1", ylim=(-0.5, 2.5), title="parameters over the truth's")
    names = {
        "data_gradient": r"$\partial L_{data}/\partial\theta$",
        "residual_gradient": r"$\partial L_{res}/\partial\theta$",
        "params_gradient": r"$\partial L_{res}/\partial p$",
    }
    for name, label in names.items():
        axes[2].loglog(step, record[name], ".-", label=label)
    axes[2].set(xlabel="step + 1", title="norms of the gradient's parts")
    for axis in axes:
        axis.legend(fontsize=9)
    return figure


def network_planes(planes: Mapping[str, Sequence[xr.Dataset]]) -> Figure:
    """Total loss on the first random plane and on the worst one, one row for each network."""
    figure, axes = panels(len(planes), 2, figsize=(8.5, 2.9 * len(planes)), squeeze=False)
    for row, (label, found) in zip(axes, planes.items(), strict=True):
        for axis, dataset, name in zip(
            row, (found[0], found[-1]), ("random", "extreme curvatures"), strict=True
        ):
            values = np.log10(dataset["total"])
            picture = axis.contourf(dataset.beta, dataset.alpha, values, levels=16, cmap=LOSS_MAP)
            axis.contour(dataset.beta, dataset.alpha, values, levels=16, colors="white", linewidths=0.3)
            truth_star(axis, 0, 0, size=10)
            axis.set_title(f"{label}: {name}", fontsize=9)
            axis.figure.colorbar(picture, ax=axis, label="log₁₀")
    return figure


def spectra(found: Mapping[str, Spectrum]) -> Figure:
    """Share of Hessian eigenvalues by size, one colour for each sign; dotted: where rounding begins."""
    columns = min(3, len(found))
    rows = -(-len(found) // columns)
    figure, axes = panels(rows, columns, figsize=(WIDEST, 2.9 * rows), sharey=True, squeeze=False)
    for spare in axes.flat[len(found) :]:
        spare.set_visible(False)
    for axis, (label, spectrum) in zip(axes.flat, found.items(), strict=False):
        top = spectrum.top
        scaled = spectrum.nodes / top
        bins = np.linspace(0, 7, 29)
        for sign, colour, name in ((1, ACCENT, "positive"), (-1, "#d1603d", "negative")):
            chosen = sign * scaled > 0
            if not chosen.any():
                continue
            decades = -np.log10(np.clip(np.abs(scaled[chosen]), 1e-7, 1))
            axis.hist(
                decades,
                bins=bins.tolist(),
                weights=spectrum.weights[chosen],
                color=colour,
                alpha=0.7,
                label=name,
            )
        axis.axvline(-np.log10(FLAT), color=INK, lw=0.7, ls=":")
        axis.set(xlabel="decades below the largest", title=label, yscale="log", ylim=(1e-6, 2))
    for axis in axes[:, 0]:
        axis.set_ylabel("share of directions")
    # A panel names the signs it has; the one with both, if there is one, names them for all.
    most = max(axes.flat[: len(found)], key=lambda axis: len(axis.get_legend_handles_labels()[1]))
    most.legend()
    return figure


def recoveries(dataset: xr.Dataset) -> Figure:
    """Largest of the four relative errors of every recovery: a dot for each seed."""
    figure, axis = panels(figsize=(8.5, 4.4))
    worst = np.abs(dataset.error).max("parameter", skipna=False)
    methods = [str(m) for m in dataset.method.values]
    for j, (method, marker) in enumerate(zip(methods, "osD^v", strict=True)):
        for i in range(dataset.sizes["case"]):
            values = worst.isel(case=i, method=j).values
            height = np.full(len(values), -i + 0.3 - 0.15 * j)
            label = method if i == 0 else None
            axis.semilogx(values, height, marker, color=f"C{j}", alpha=0.75, ms=5, label=label)
    axis.set(yticks=-np.arange(dataset.sizes["case"]), xlabel="largest relative error of the four parameters")
    axis.set_yticklabels([str(c) for c in dataset.case.values])
    axis.axvline(0.01, color=INK, lw=0.7, ls=":")
    figure.legend(loc="outside lower center", ncols=3)
    return figure


#: The ways of descending, in the order of their panels: title and colour.
WAYS = {
    "residual": ("residual, with a network", ACCENT),
    "spectral": ("spectral loss, with a network", "#d1603d"),
    "spectral, bare": ("spectral loss, without one", "#5b5f97"),
}


def descents(dataset: xr.Dataset, distance: xr.DataArray) -> Figure:
    """Distance from the truth along each descent over that at its start, one panel for each way."""
    figure, axes = panels(1, len(WAYS), figsize=(WIDEST, 3.4), sharey=True, squeeze=False)
    share = distance / distance.isel(round=0)
    steps = np.arange(dataset.sizes["round"])
    for axis, (kind, (title, colour)) in zip(axes[0], WAYS.items(), strict=True):
        for line, outcome in zip(share.sel(kind=kind).values, dataset.outcome.values, strict=True):
            style = "-" if outcome == Outcome.PATTERN else "--"
            axis.plot(steps, line, style, color=colour, lw=0.8, alpha=0.5)
        axis.plot(steps, share.sel(kind=kind).mean("start"), color=colour, lw=2.5)
        axis.axhline(1, color=INK, lw=0.7, ls=":")
        axis.set(xlabel="step of the parameters", title=title)
    axes[0, 0].set_ylabel("distance from the truth / at the start")
    return figure
