"""The adjoint's norm backwards in time at several places, ready to be drawn."""

from collections.abc import Mapping

import numpy as np
import torch
import xarray as xr

from lib import losses
from lib.backends import cpu
from lib.initial import initial_state
from lib.landscape import single_thread
from lib.model import TRUTH, Params, State
from lib.simulate import simulate

#: Steps between two norms.
EVERY = 20


def adjoint_profile(
    places: Mapping[str, tuple[Params, float | None]], *, seed: int = 0, size: int = 128, steps: int = 40_000
) -> xr.DataArray:
    """Norm of the adjoint of the spectral loss on its way back through a run, relative to the end.

    The target is the truth's run from another initial state, so that the loss has a gradient everywhere
    where a pattern or a remnant of one is left.

    Args:
        places: parameters by name, each with a tolerance at which its run stops, or None for all steps.
        seed, size, steps: initial state, grid, steps of a run at most.

    Returns:
        Norms over (place, back), `back` counting steps from the end; NaN before a run's start, and
        where the loss has no gradient at all.
    """
    state = initial_state(1, size=size, seed=seed)
    back = np.arange(0, steps + 1, EVERY)
    rows = []
    with single_thread():
        target = simulate(TRUTH, initial_state(1, size=size, seed=seed + 1), steps).v
        for params, tol in places.values():
            # The norm is recorded at whole multiples of EVERY, so the run ends at one.
            taken = int(simulate(params, state, steps, tol=tol).steps[0]) if tol else steps
            taken = max(EVERY, taken // EVERY * EVERY)
            rows.append(one_profile(params, state, taken, target, len(back)))
    return xr.DataArray(rows, dims=("place", "back"), coords={"place": list(places), "back": back})


def one_profile(params: Params, state: State, taken: int, target: torch.Tensor, length: int) -> np.ndarray:
    """The norms of one place, from the end backwards, filled up with NaN."""
    tensors = Params(*(torch.tensor([float(p)]) for p in params))
    end = simulate(tensors, state, taken).v.requires_grad_()
    (grad_v,) = torch.autograd.grad(losses.spectral(end, target), end)
    _, norms = cpu.adjoint_norms(
        tensors, state, torch.tensor([taken]), 1.0, torch.zeros_like(grad_v), grad_v, EVERY
    )
    backwards = norms[0].flip(0).numpy()
    row = np.full(length, np.nan)
    if backwards[0] > 0:
        row[: len(backwards)] = backwards / backwards[0]
    return row
