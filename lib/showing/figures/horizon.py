"""The plots of the horizon: landscapes and searches as the number of steps grows."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path

from lib.paper import TRUTH
from lib.publishing.wording import counted
from lib.showing.figures.dark import AS_IT_IS
from lib.showing.figures.pits import alone, pit
from lib.showing.figures.style import ACCENT, INK, LOSS_MAP, SYMBOLS, WIDEST, panels, truth_star
from lib.studies.horizon.landscapes import funnel
from lib.studies.horizon.recovery import WITHIN, rate

#: One colour for each way of searching, and its name.
SEARCHES = {"squares": (ACCENT, "least squares"), "descent": ("#d1603d", "plain gradient descent")}
#: The highest level line that closes within a map, and places without a loss.
CLOSED, NO_LOSS = "#ffb000", "#c9c9c9"
NAMES = {"pixels": "pixels of u and v", "v": "pixels of v", "spectral": "log power spectrum of v"}


#: Errors below this are drawn at it.
FLOOR = 1e-13


def named(found: xr.Dataset) -> str:
    """What a search compared, in words."""
    return f"{NAMES[found.attrs['measure']]}, from the {found.attrs['origin']}"


def family(plane: xr.Dataset, searches: Sequence[xr.Dataset], shown: Sequence[int]) -> Figure:
    """The whole story in one picture: landscapes from bowl to cliff, and who still finds the truth.

    Args:
        plane: from `horizon.panorama` over two parameters.
        searches: from `horizon.recover`, one for each method.
        shown: horizons drawn as maps.
    """
    last = int(plane.horizon[-1])
    chosen = [(plane.sel(origin="data", measure="pixels", horizon=T), title_of(T)) for T in shown]
    papers = plane.sel(origin="patch", measure="spectral", horizon=last)
    chosen.append((papers, f"the paper's: patch,\nspectra, $T$ = {last:,}"))
    columns = (len(chosen) + 2) // 2  # two rows of maps, with room for their legend
    figure, axes = panels(3, columns, figsize=(WIDEST, 9.4), height_ratios=(1, 1, 1.35))
    maps, spare = axes[:2].flat[: len(chosen)], axes[:2].flat[len(chosen) :]
    for axis, (member, title) in zip(maps, chosen, strict=True):
        map_of(axis, member.loss, title)
        if axis not in axes[:2, 0]:
            axis.set(ylabel="", yticklabels=[])
        if axis in axes[0]:
            axis.set_xlabel("")
    for axis in spare:
        axis.set_axis_off()
    spare[0].legend(handles=map_handles([member.loss for member, _ in chosen]), loc="center", fontsize=9)
    grid = axes[2, 0].get_gridspec()
    for axis in axes[2]:
        axis.remove()
    found_against_horizon(figure.add_subplot(grid[2, :]), searches, last)
    return figure


def found_against_horizon(axis: Axes, searches: Sequence[xr.Dataset], last: int) -> None:
    """Share of starts from which each search finds the truth; below, the horizons at which it was not run."""
    handles: list[Artist] = []
    for row, found in enumerate(searches):
        colour, name = SEARCHES[found.attrs["method"]]
        share, few = 100 * rate(found), found.tried < found.sizes["start"]
        handles += axis.semilogx(
            found.horizon,
            share,
            "o-",
            color=colour,
            label=name,
            lw=2,
            clip_on=False,
            markevery=list(~few.values),
        )
        if bool(few.any()):
            axis.semilogx(
                found.horizon[few], share[few], "o", color=colour, mfc="w", clip_on=False, gid=AS_IT_IS
            )
        until = float(found.horizon.max())
        if until < last:
            axis.broken_barh(
                [(until, last - until)], (-12 - 7 * row, 5), facecolor="none", edgecolor=colour, hatch="////"
            )
            handles.append(Patch(facecolor="none", edgecolor=colour, hatch="////", label=f"{name}: not run"))
    axis.set(
        xlim=(0.8, 1.3 * last),
        ylim=(-22, 108),
        yticks=range(0, 101, 20),
        xlabel="horizon $T$ in steps",
        ylabel="starts that find the truth, %",
    )
    axis.axvspan(0.8, 1.25, color=ACCENT, alpha=0.12, lw=0)
    axis.axvspan(0.8 * last, 1.3 * last, color=INK, alpha=0.12, lw=0)
    axis.annotate("the residual loss", (1.3, 50), rotation=90, va="center", fontsize=9)
    axis.annotate("the longest run", (0.78 * last, 50), rotation=90, va="center", ha="right", fontsize=9)
    fewest = min(int(found.tried.min()) for found in searches)
    if any(bool((found.tried < found.sizes["start"]).any()) for found in searches):
        words = f"the first {counted(fewest, 'start')} only"
        handles.append(Line2D([], [], ls="", marker="o", mfc="w", mec=INK, label=words, gid=AS_IT_IS))
    axis.legend(handles=handles, loc="center", bbox_to_anchor=(0.7, 0.6))


def title_of(horizon: int) -> str:
    """A panel's title."""
    return "the residual:\n$T$ = 1" if horizon == 1 else f"$T$ = {horizon:,}"


def map_of(axis: Axes, values: xr.DataArray, title: str) -> None:
    """One member's loss over a plane as a share of its own largest value, with level lines and the truth."""
    down, across = (str(d) for d in values.dims)
    share = values / float(values.max())
    axis.set_facecolor(NO_LOSS)
    axis.pcolormesh(
        values[across], values[down], share, cmap=LOSS_MAP, shading="nearest", vmin=0, vmax=1, rasterized=True
    )
    axis.contour(
        values[across], values[down], share, levels=np.linspace(0.1, 0.9, 9), colors="w", linewidths=0.5
    )
    truth = (float(getattr(TRUTH, across)), float(getattr(TRUTH, down)))
    if (found := around_truth(values)) is not None:
        level, inside = found
        only = alone(share.values, inside, level)
        lines = axis.contour(
            values[across], values[down], only, levels=[level], colors=[CLOSED], linewidths=1.6
        )
        only_around(lines, truth)
    truth_star(axis, getattr(TRUTH, across), getattr(TRUTH, down), size=10)
    axis.set(xlabel=SYMBOLS[across], ylabel=SYMBOLS[down])
    axis.set_title(title, fontsize=9)
    axis.tick_params(labelsize=9)
    axis.locator_params(nbins=4)


def around_truth(loss: xr.DataArray) -> tuple[float, np.ndarray] | None:
    """The pit that holds the truth, on a map of shares of the largest value, up to where it opens."""
    down, across = (str(d) for d in loss.dims)
    place = (int(np.abs(loss[d].values - getattr(TRUTH, d)).argmin()) for d in (down, across))
    return pit((loss / float(loss.max())).values, *place)


def only_around(lines: QuadContourSet, star: tuple[float, float]) -> None:
    """Leave, of the lines at one level, those that close around a place: the others are of other pits."""
    (path,) = lines.get_paths()
    pieces = [np.asarray(piece) for piece in path.to_polygons(closed_only=False)]
    closed = [Path(piece) for piece in pieces if (piece[0] == piece[-1]).all()]
    lines.set_paths([Path.make_compound_path(*(p for p in closed if p.contains_point(star)))])


def map_handles(losses: Sequence[xr.DataArray]) -> list[Artist]:
    """The maps' legend: what stands on them, of all that occurs."""
    handles: list[Artist] = [
        Line2D([], [], ls="", marker="*", ms=10, mfc="white", mec=INK, label="truth", gid=AS_IT_IS),
        Line2D([], [], color="#8f8f8f", lw=0.8, label="every tenth"),
    ]
    if any(around_truth(loss) is not None for loss in losses):
        handles.append(Line2D([], [], color=CLOSED, lw=1.6, label="last line that closes around it"))
    if any(bool(loss.isnull().any()) for loss in losses):
        handles.append(Patch(color=NO_LOSS, label="diverged: no loss"))
    return handles


def cuts(datasets: Mapping[str, xr.Dataset], measure: str = "pixels") -> Figure:
    """The loss along each parameter at every horizon, from the data and from the patch.

    Args:
        datasets: parameter → `horizon.panorama` over it.
        measure: what is compared.
    """
    origins = next(iter(datasets.values())).origin.values
    figure, axes = panels(
        len(origins), len(datasets), figsize=(WIDEST, 5), sharey=True, sharex="col", squeeze=False
    )
    horizons = next(iter(datasets.values())).horizon.values
    colours = mpl.colormaps["viridis"](np.linspace(0, 0.93, len(horizons)))
    for column, (name, dataset) in zip(axes.T, datasets.items(), strict=True):
        for axis, origin in zip(column, origins, strict=True):
            for T, colour in zip(horizons, colours, strict=True):
                values = dataset.loss.sel(origin=origin, measure=measure, horizon=T)
                axis.plot(dataset[name], values / float(values.max()), color=colour, lw=1.5, label=f"{T:,}")
            axis.axvline(getattr(TRUTH, name), color=INK, lw=0.8, ls=":")
        column[-1].set_xlabel(SYMBOLS[name])
    for axis, origin in zip(axes[:, 0], origins, strict=True):
        axis.set_ylabel(f"from the {origin}\nloss / largest")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, title="horizon $T$", loc="outside right center")
    return figure


def errors(searches: Sequence[xr.Dataset]) -> Figure:
    """Largest relative error of the four parameters at the end of every search, a dot for each start."""
    figure, axes = panels(1, len(searches), figsize=(WIDEST, 3.8), sharey=True, squeeze=False)
    for axis, found in zip(axes[0], searches, strict=True):
        colour, name = SEARCHES[found.attrs["method"]]
        spread = np.exp(np.linspace(-0.12, 0.12, found.sizes["start"]))
        values, whole = np.maximum(found.error, FLOOR), found.tried == found.sizes["start"]
        middle = values.median("start")
        axis.loglog(found.horizon.values[:, None] * spread, values, ".", color=colour, alpha=0.5, ms=5)
        axis.loglog(
            found.horizon, values.isel(start=0), "D", mfc="none", mec=INK, ms=6, label="the paper's start"
        )
        axis.loglog(found.horizon[whole], middle[whole], color=colour, lw=1.5, label="median of all starts")
        if not bool(whole.all()):
            label = f"median of the first {int(found.tried.min())}"
            axis.loglog(found.horizon[~whole], middle[~whole], "_", color=colour, ms=14, mew=2, label=label)
        axis.axhline(WITHIN, color=INK, lw=0.8, ls=":")
        axis.set(xlabel="horizon $T$ in steps", title=name)
        axis.legend(loc="lower right")
    axes[0, 0].set_ylabel("largest relative error")
    return figure


def controls(searches: Sequence[xr.Dataset]) -> Figure:
    """Recovery by least squares against the horizon: other initial states, other things compared."""
    figure, axis = panels(figsize=(7.4, 3.8))
    styles = {"data": "-", "patch": "--"}
    colours = dict(zip(NAMES, (ACCENT, "#c9a227", "#5b5f97"), strict=True))
    for found in searches:
        origin, measure = found.attrs["origin"], found.attrs["measure"]
        axis.semilogx(
            found.horizon, 100 * rate(found), styles[origin], marker="o", color=colours[measure], lw=1.8,
            label=named(found),
        )  # fmt: skip
    axis.set(xlabel="horizon $T$ in steps", ylabel="starts that find the truth, %", ylim=(-4, 104))
    figure.legend(loc="outside right center", fontsize=9)
    return figure


def closing(curvature: xr.Dataset, datasets: Mapping[str, xr.Dataset]) -> Figure:
    """Why it closes: the paraboloid's width and condition, and the share of each cut that leads down.

    Args:
        curvature: from `horizon.curvature`.
        datasets: parameter → `horizon.panorama` over it.
    """
    figure, axes = panels(1, 3, figsize=(WIDEST, 3.5))
    axes[0].loglog(curvature.horizon, 100 * curvature.width, "o-", color=ACCENT)
    axes[0].set(title="half width of the paraboloid", ylabel="% of the parameters")
    axes[1].loglog(curvature.horizon, curvature.condition, "o-", color=ACCENT, label="relative to the truth")
    axes[1].loglog(
        curvature.horizon,
        curvature.descent_condition,
        "o--",
        color="#d1603d",
        label="in unconstrained coordinates",
    )
    axes[1].set(title="condition number at the truth")
    axes[1].legend()
    colours = (ACCENT, "#d1603d", "#5b5f97", "#c9a227")
    for (name, dataset), colour in zip(datasets.items(), colours, strict=True):
        share = funnel(dataset).sel(origin="data", measure="pixels")
        axes[2].semilogx(share.horizon, 100 * share, "o-", color=colour, label=SYMBOLS[name])
    axes[2].set(title="points of the cut that lead down to the truth", ylabel="%", ylim=(-4, 104))
    axes[2].legend()
    for axis in axes:
        axis.set_xlabel("horizon $T$ in steps")
    return figure


def noise(dataset: xr.Dataset) -> Figure:
    """Largest relative error against the horizon, one colour for each level of noise on the data."""
    figure, axis = panels(figsize=(7, 3.6))
    worst = np.abs(dataset.error).max("parameter")
    for level, colour in zip(dataset.noise.values, mpl.colormaps["viridis"]([0.1, 0.5, 0.8]), strict=False):
        lines = worst.sel(noise=level)
        axis.loglog(dataset.horizon, lines.transpose("horizon", "draw"), color=colour, lw=0.5, alpha=0.6)
        axis.loglog(dataset.horizon, lines.median("draw"), "o-", color=colour, label=f"noise {level:g}")
    axis.axhline(WITHIN, color=INK, lw=0.8, ls=":")
    axis.set(xlabel="horizon $T$ in steps", ylabel="largest relative error")
    axis.legend()
    return figure
