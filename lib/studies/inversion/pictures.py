"""What the recovered parameters look like: the pattern they make on an initial state nobody has seen."""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr

from lib import losses
from lib.coordinates import LARGEST_DIFFUSION
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.running.kept import kept_result
from lib.simulate import simulate
from lib.studies.inversion.budget import TOGETHER

#: Seed of the fresh initial states: used by no data and by no method.
FRESH = 987_654


def grown(points: Sequence[Sequence[float]], size: int, steps: int, states: int = 1) -> np.ndarray:
    """v at the end of runs from fresh initial states, (points, states, size, size).

    NaN throughout where a run diverged or cannot be made.
    """
    return kept_result(ends, np.array(points, dtype=float), size, steps, states)


def ends(points: np.ndarray, size: int, steps: int, states: int) -> np.ndarray:
    """`grown`, computed."""
    fresh = initial_state(states, size=size, seed=FRESH)
    pictures = np.full((len(points), states, size, size), np.nan, dtype=np.float32)
    runnable = np.isfinite(points) & (points > 0)
    runnable[:, :2] &= points[:, :2] <= LARGEST_DIFFUSION
    able = np.flatnonzero(runnable.all(axis=1))
    for first in range(0, len(able), TOGETHER):
        part = able[first : first + TOGETHER]
        params = Params(*torch.as_tensor(points[part]).float().repeat_interleave(states, 0).unbind(1))
        run = simulate(params, State(*(x.repeat(len(part), 1, 1) for x in fresh)), steps)
        pictures[part] = run.v.numpy().reshape(len(part), states, size, size)
    return pictures


def mismatch(found: xr.Dataset, scheme: str, *, size: int, steps: int) -> xr.DataArray:
    """Spectral loss between truth and answer on fresh initial states, in units of the noise floor.

    The floor is the loss between two runs of the truth from different initial states: at 1 nobody could
    tell the answer's patterns from the truth's by this loss.

    Returns:
        Over (approach, target, seed); NaN where there is no answer or it cannot be run.
    """
    part = found.sel(scheme=scheme)
    values = np.full(part.ending.shape, np.nan)
    for column, target in enumerate(part.target.values):
        truth = part.truth.sel(target=target).values
        answers = part.params.sel(target=target).values.reshape(-1, 4)
        pictures = torch.from_numpy(grown([truth, *answers], size, steps, states=2))
        floor = losses.spectral(pictures[0, :1], pictures[0, 1:])
        gaps = [float(losses.spectral(x[1:], pictures[0, :1]) / floor) for x in pictures[1:]]
        values[:, column] = np.array(gaps).reshape(len(part.approach), -1)
    coords = {name: part[name] for name in ("approach", "target", "seed")}
    return xr.DataArray(values, dims=("approach", "target", "seed"), coords=coords)
