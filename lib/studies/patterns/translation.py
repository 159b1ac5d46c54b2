"""A periodic dish has no edge: move the initial state, and the result moves with it (Appendix A)."""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr

from lib.history import history
from lib.losses import spectral, windowed_spectral
from lib.model import Params, State


def shifted(params: Params, state: State, by: tuple[int, int], times: Sequence[int]) -> xr.Dataset:
    """One state and its moved twin, run side by side.

    Args:
        params: four numbers.
        state: one state, (1, height, width).
        by: rows and columns to move the twin by, across the edges.
        times: numbers of steps, increasing.

    Returns:
        Dataset with v over (run, time, row, column): as it is, and moved.
    """
    pair = State(*(torch.cat([field, field.roll(by, dims=(-2, -1))]) for field in state))
    v = history(params, pair, times).v.transpose("batch", "time", ...).rename(batch="run")
    return v.to_dataset().assign_coords(run=["as it is", "moved"]).assign_attrs(rows=by[0], columns=by[1])


def moved_back(two: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The last v of both runs, the twin's moved back."""
    first, second = (two.v.isel(time=-1, run=i).values for i in (0, 1))
    return first, np.roll(second, (-two.attrs["rows"], -two.attrs["columns"]), axis=(0, 1))


def compare(two: xr.Dataset) -> dict[str, float]:
    """How far the ends differ after moving back, and what each loss makes of them where they are.

    Returns:
        `apart`, the largest difference in any cell; `spectral` and `windowed`, the losses between both ends.
    """
    first, back = moved_back(two)
    here, there = (torch.as_tensor(x)[None] for x in two.v.isel(time=-1).values)
    return {
        "apart": float(np.abs(first - back).max()),
        "spectral": float(spectral(here, there)),
        "windowed": float(windowed_spectral(here, there)),
    }
