"""Figures of initial states."""

from collections.abc import Sequence

import torch
import xarray as xr
from jaxtyping import Float
from matplotlib.figure import Figure

from lib.initial_states import initial_state
from lib.model import State
from lib.showing.figures.landscapes import fields
from lib.showing.figures.style import ACCENT, FIELD_MAP, INK, WIDEST, panels


def initial(state: State) -> Figure:
    """The first state of a batch: u, v, v's noise, and how that noise is distributed."""
    figure, axes = panels(1, 4, figsize=(WIDEST, 2.9))
    pictures = (
        (state.u[0], "$u$", 0.0, 1.1),
        (state.v[0], "$v$", 0.0, 0.3),
        (state.v[0], "$v$, its noise", 0.0, 0.06),
    )
    for axis, (field, title, low, high) in zip(axes[:3], pictures, strict=True):
        picture = axis.imshow(field, cmap=FIELD_MAP, vmin=low, vmax=high)
        axis.set(title=title, xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        figure.colorbar(picture, ax=axis, shrink=0.75, aspect=18)
    axes[3].hist(outside(state).numpy(), bins=60, color=ACCENT, log=True)
    axes[3].axvline(0, color=INK, lw=0.6)
    axes[3].set(title="$v$ outside the patch", xlabel="$v$", ylabel="cells")
    return figure


def outside(state: State) -> Float[torch.Tensor, " cells"]:
    """v of every cell outside the patch, over all states."""
    size = state.v.shape[-1]
    # Where an initial state without noise is empty.
    bare = initial_state(1, size=size, noise=0.0).v[0] == 0
    return state.v[:, bare].flatten()


def kinds(runs: xr.Dataset, times: Sequence[int]) -> Figure:
    """v of the first run of every kind of initial state (rows) at several times (columns)."""
    v = runs.v.isel(state=0).sel(time=list(times))
    return fields(v.values, [str(kind) for kind in v.kind.values], [f"t = {t:,}" for t in times])
