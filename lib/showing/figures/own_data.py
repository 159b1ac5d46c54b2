"""The figures of a report on someone's own images."""

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lib.model import Params, State
from lib.residual import Fit, Report
from lib.showing.figures.style import ACCENT, FIELD_MAP, SYMBOLS, panels

#: Colour map of signed remainders.
SIGNED = "RdBu_r"


def images(state: State, found: Fit, image: int = 0) -> Figure:
    """u and v, and below each what its equation leaves over.

    Args:
        state: the images as they were fitted, (batch, height, width).
        found: the fit.
        image: which one of the batch.
    """
    figure, axes = panels(2, 2, figsize=(7.4, 6.4))
    for column, name in enumerate("uv"):
        shown(axes[0, column], state[column][image].detach().numpy(), name, FIELD_MAP)
        shown(axes[1, column], found.residual[column][image].numpy(), f"left over in ∂{name}/∂t", SIGNED)
    return figure


def shown(axis: Axes, field: np.ndarray, title: str, colours: str) -> None:
    """One field with its scale; remainders are centred on zero."""
    low = high = None
    if colours == SIGNED:
        # The largest few cells (a frame's, say) would wash out the rest.
        largest = float(np.nanquantile(np.abs(field), 0.995)) if np.isfinite(field).any() else 1.0
        low, high = -largest, largest
    drawn = axis.imshow(field, cmap=colours, vmin=low, vmax=high)
    axis.set(title=title, xticks=[], yticks=[])
    axis.figure.colorbar(drawn, ax=axis, shrink=0.85)


def parameters(report: Report, truth: Params | None = None, image: int = 0) -> Figure:
    """The four parameters with their errors, as the images came and after the report's advice.

    Args:
        report: the report.
        truth: what they should be, where that is known.
        image: which image of the batch.
    """
    figure, axes = panels(1, 4, figsize=(9.0, 2.3))
    fits = {"as they came": report.given}
    if report.advice:
        fits["after the advice"] = report.final
    for i, axis in enumerate(axes):
        for row, found in enumerate(fits.values()):
            value, error = (
                float(torch.as_tensor(x[i])[image].detach()) for x in (found.params, found.errors)
            )
            axis.errorbar(value, -row, xerr=abs(error) if np.isfinite(error) else None, fmt="o", color=ACCENT)
        if truth is not None:
            axis.axvline(float(truth[i]), color="#d1603d", linewidth=1)
        axis.set(title=SYMBOLS[Params._fields[i]], ylim=(-len(fits) + 0.4, 0.6), yticks=[])
        axis.locator_params(axis="x", nbins=3)
    axes[0].set_yticks([-row for row in range(len(fits))], list(fits))
    return figure
