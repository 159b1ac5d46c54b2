"""The adjoint's norm backwards in time at several places, ready to be drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from tqdm import tqdm

from lib import losses
from lib.backends import cpu, cuda, offload
from lib.grid import grid_points
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import simulate
from lib.studies.gradients.gradient_field import shared_target

#: Steps between two norms: half of those between two states that the engine keeps, so that it never has to
#: find its way from one state to a place across the next.
EVERY = 24


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


def adjoint_plane(
    axes: Mapping[str, np.ndarray],
    *,
    seeds: Sequence[int],
    size: int = 128,
    steps: int = 40_000,
    tol: float | None = None,
    jobs: int = -1,
) -> xr.Dataset:
    """How far the adjoint grows and shrinks on its way back, over a plane and several initial states.

    Args:
        axes: two parameter names with their values; the others are the truth's.
        seeds: of the initial states.
        size, steps, tol: grid, steps of a run at most, and the tolerance that stops it.
        jobs: processes; −1 for one per core.

    Returns:
        Dataset over the axes and `seed`: `largest` norm of all and norm at the `start` of the run, both
        relative to the end and in decades (−inf where exactly zero is left); `silent`, where the loss has no
        gradient at all, and the other two are NaN.
    """
    points = grid_points(axes, TRUTH)
    calls = [arguments(tuple(point), tol, seed, size, steps) for point in points.tolist() for seed in seeds]
    rows = tqdm(kept(one_profile, calls, jobs), total=len(calls), desc="adjoints, plane", unit="run")
    extremes = np.array([extreme(row) for row in rows])
    shape = (*(len(values) for values in axes.values()), len(seeds))
    names = ("largest", "start", "silent")
    variables = {
        name: ((*axes, "seed"), column.reshape(shape)) for name, column in zip(names, extremes.T, strict=True)
    }
    field = xr.Dataset(variables, coords={**axes, "seed": list(seeds)})
    return field.assign(silent=field.silent.astype(bool))


def extreme(row: Float[np.ndarray, " back"]) -> tuple[float, float, bool]:
    """Largest norm and norm at the start in decades, and whether there is none at all."""
    known = row[~np.isnan(row)]
    if not len(known):
        return np.nan, np.nan, True
    with np.errstate(divide="ignore"):
        return float(np.log10(known.max())), float(np.log10(known[-1])), False


def one_profile(
    place: tuple[float, float, float, float], tol: float | None, seed: int, size: int, steps: int
) -> Float[np.ndarray, " back"]:
    """The norms of one place, from the end backwards, filled up with NaN.

    They are recorded at whole multiples of EVERY, so the run ends at one.
    """
    params = Params(*(torch.tensor([p]) for p in place))
    state = initial_state(1, size=size, seed=seed)
    engine = cuda if offload.takes(state) else cpu
    with single_thread():
        target = shared_target(1, seed + 1, size, steps)
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
