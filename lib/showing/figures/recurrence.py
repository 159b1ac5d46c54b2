"""The plots of other systems: a picture, a plane, a bowl and a horizon of each."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lib.showing.figures.style import ACCENT, FIELD_MAP, INK, LOSS_MAP, OUTCOME_COLOURS, WIDEST, panels
from lib.simulate import Outcome
from lib.studies.recurrence.cases import CASES
from lib.studies.recurrence.planes import End
from lib.studies.recurrence.summary import found_at

#: Colour and name of each end.
ENDS = {
    End.HOMOGENEOUS: (OUTCOME_COLOURS[Outcome.UNIFORM], "same everywhere"),
    End.SPOTS: (ACCENT, "spots"),
    End.STRIPES: ("#7a9e7e", "stripes"),
    End.HOLES: ("#c9a227", "holes"),
    End.MOVING: (OUTCOME_COLOURS[Outcome.FLICKERING], "moving"),
    End.DIVERGED: (OUTCOME_COLOURS[Outcome.DIVERGED], "diverged"),
}
#: Factor between the places of two systems at one horizon.
SPREAD = 1.25
#: Parameters as they are written.
WRITTEN = {
    "Du": "$D_u$", "Dv": "$D_v$", "F": "$F$", "k": "$k$", "a": "$a$", "b": "$b$", "A": "$A$", "B": "$B$",
    "rho": r"$\rho$", "mu": r"$\mu$", "kappa": r"$\kappa$",
}  # fmt: skip


def planes(found: Mapping[str, xr.Dataset]) -> Figure:
    """A column for each system: the truth's picture, the loss over the plane, and how runs end there."""
    figure, axes = panels(3, len(found), figsize=(WIDEST, 6.2), squeeze=False)
    colours = ListedColormap([ENDS[end][0] for end in End])
    norm = BoundaryNorm(np.arange(len(End) + 1) - 0.5, len(End))
    for column, (name, plane) in enumerate(found.items()):
        case = CASES[name]
        axes[0, column].imshow(plane.picture.values, cmap=FIELD_MAP)
        axes[0, column].set(title=name, xticks=[], yticks=[])
        x, y = plane["first"].values, plane["second"].values
        axes[1, column].pcolormesh(x, y, plane.loss.values, cmap=LOSS_MAP, rasterized=True)
        axes[2, column].pcolormesh(x, y, plane.end.values, cmap=colours, norm=norm, rasterized=True)
        for axis in axes[1:, column]:
            truth = [case.model.parameters[p] for p in case.plane]
            axis.plot(*truth, marker="*", color="white", markeredgecolor=INK, markersize=11, clip_on=False)
            axis.set(xlabel=WRITTEN[case.plane[0]], ylabel=WRITTEN[case.plane[1]])
            axis.locator_params(nbins=3)
            axis.set_facecolor(OUTCOME_COLOURS[Outcome.DIVERGED])
    met = {int(e) for plane in found.values() for e in np.unique(plane.end.values)}
    handles = [Patch(facecolor=colour, label=label) for end, (colour, label) in ENDS.items() if end in met]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def bowls(found: Mapping[str, xr.Dataset], others: Mapping[str, tuple[str, ...]]) -> Figure:
    """Residual loss along every parameter, as a share of each cut's largest value.

    Args:
        found: from `recurrence.cuts`, by system.
        others: the parameters that do not enter linearly, by system; drawn dashed.
    """
    figure, axes = panels(1, len(found), figsize=(WIDEST, 3.0), squeeze=False, sharey=True)
    for axis, (name, cut) in zip(axes[0], found.items(), strict=True):
        for parameter in cut.parameter.values:
            values = cut.loss.sel(parameter=parameter).values
            dashed = parameter in others[name]
            axis.plot(
                cut.place, values / values.max(), label=WRITTEN[str(parameter)], ls="--" if dashed else "-"
            )
        axis.set(title=name, xlabel="place in its range", xticks=[0, 0.5, 1])
        axis.legend(
            handlelength=1.2, loc="upper center", bbox_to_anchor=(0.5, -0.27), ncols=3, columnspacing=0.8
        )
    axes[0, 0].set_ylabel("residual loss / largest")
    return figure


def horizons(found: Mapping[str, xr.Dataset]) -> Figure:
    """Left: share of the starts that find the truth. Right: the error of every start, for each system."""
    figure, axes = panels(1, 2, figsize=(WIDEST, 3.6))
    for i, (name, search) in enumerate(found.items()):
        marker = "osD^v"[i % 5]
        axes[0].plot(search.horizon, found_at(search), marker=marker, label=name, clip_on=False)
        aside = SPREAD ** (i - (len(found) - 1) / 2)  # systems stand side by side at each horizon
        places = np.repeat(aside * search.horizon.values[:, None], search.sizes["start"], axis=1)
        axes[1].plot(places.ravel(), search.error.values.ravel(), marker, color=f"C{i}", alpha=0.6, ms=4)
    axes[1].axhline(0.01, color=INK, lw=0.8, ls=":")
    axes[0].set(
        xscale="log", xlabel="horizon $T$ (steps)", ylabel="starts that find the truth", ylim=(-0.03, 1.03)
    )
    axes[1].set(xscale="log", yscale="log", xlabel="horizon $T$ (steps)", ylabel="largest relative error")
    figure.legend(loc="outside lower center", ncols=len(found))
    return figure
