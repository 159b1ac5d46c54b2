"""The adjoint's norm backwards in time at several places, ready to be drawn."""

from collections.abc import Mapping

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from tqdm import tqdm

from lib import losses
from lib.backends import cpu, cuda, offload
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import simulate

#: Steps between two norms.
EVERY = 20


def adjoint_profile(
    places: Mapping[str, tuple[Params, float | None]],
    *,
    seed: int = 0,
    size: int = 128,
    steps: int = 40_000,
    jobs: int = -1,
) -> xr.DataArray:
    """Norm of the adjoint of the spectral loss on its way back through a run, relative to the end.

    The target is the truth's run from another initial state, so that the loss has a gradient everywhere
    where a pattern or a remnant of one is left. Places are computed side by side and kept.

    Args:
        places: parameters by name, each with a tolerance at which its run stops, or None for all steps.
        seed, size, steps: initial state, grid, steps of a run at most.
        jobs: processes; −1 for one per core.

    Returns:
        Norms over (place, back), `back` counting steps from the end; NaN before a run's start, and
        where the loss has no gradient at all.
    """
    calls = [arguments(tuple(map(float, params)), tol, seed, size, steps) for params, tol in places.values()]
    rows = list(tqdm(kept(one_profile, calls, jobs), total=len(calls), desc="adjoints", unit="place"))
    back = np.arange(0, steps + 1, EVERY)
    return xr.DataArray(rows, dims=("place", "back"), coords={"place": list(places), "back": back})


def one_profile(
    place: tuple[float, float, float, float], tol: float | None, seed: int, size: int, steps: int
) -> Float[np.ndarray, " back"]:
    """The norms of one place, from the end backwards, filled up with NaN.

    They are recorded at whole multiples of EVERY, so the run ends at one.
    """
    params = Params(*(torch.tensor([p]) for p in place))
    state, other = (initial_state(1, size=size, seed=s) for s in (seed, seed + 1))
    engine = cuda if offload.takes(state) else cpu
    with single_thread():
        target = simulate(TRUTH, other, steps).v
        taken = int(simulate(params, state, steps, tol=tol).steps[0]) if tol else steps
        taken = max(EVERY, taken // EVERY * EVERY)
        end = simulate(params, state, taken).v.requires_grad_()
        (grad_v,) = torch.autograd.grad(losses.spectral(end, target), end)
        _, norms = engine.adjoint_norms(
            params, state, torch.tensor([taken]), 1.0, torch.zeros_like(grad_v), grad_v, EVERY
        )
    backwards = norms[0].flip(0).numpy()
    row = np.full(steps // EVERY + 1, np.nan)
    if backwards[0] > 0:
        row[: len(backwards)] = backwards / backwards[0]
    return row
