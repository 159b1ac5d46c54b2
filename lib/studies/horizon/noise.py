"""Noisy data at several horizons: one step amplifies noise, some dozen wash it away."""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib import draws
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.studies.horizon.least_squares import solve
from lib.studies.horizon.losses import problem, settled
from lib.studies.horizon.recovery import starts_of


def noisy(
    levels: Sequence[float], horizons: Sequence[int], *, draws: int, budget: int, size: int, settle: int,
    seed: int = 0, jobs: int = -1,
) -> xr.Dataset:  # fmt: skip
    """Least squares from the paper's start, with noise on the data: on every run's start and goal.

    Args:
        levels: standard deviations of the noise on u and v.
        horizons: numbers of steps.
        draws: noise draws at each level.
        budget: trial points of each search.
        size, settle, seed: as in `family.problem`; the seed draws the noise too.
        jobs: processes.

    Returns:
        Dataset `error`, relative, over (noise, horizon, draw, parameter).
    """
    settled(size, settle, seed)
    keys = [(level, tuple(horizons), draw) for level in levels for draw in range(draws)]
    calls = (arguments(*key, budget, size, settle, seed) for key in keys)
    found = kept(errors_at, calls, jobs, threads=1)  # in float64, which no GPU takes
    rows = list(tqdm(found, total=len(keys), desc="noisy data", unit="draw"))
    values = np.stack(rows).reshape(len(levels), draws, len(horizons), 4)
    coords = {"noise": list(levels), "horizon": list(horizons), "parameter": list(Params._fields)}
    dims = ("noise", "draw", "horizon", "parameter")
    return xr.Dataset({"error": (dims, values)}, coords=coords)


def errors_at(
    level: float, horizons: tuple[int, ...], draw: int, budget: int, size: int, settle: int, seed: int,
) -> np.ndarray:  # fmt: skip
    """Relative errors at every horizon for one draw, (horizons, 4)."""
    start = Params(*map(float, starts_of(None, 1, 1, seed)[0, 0]))
    generator = draws.generator(1000 * seed + draw)
    data = settled(size, settle, seed)
    seen = State(*(x + level * torch.randn(x.shape, generator=generator, dtype=x.dtype) for x in data))
    rows = []
    for T in horizons:
        given = problem("data", T, size=size, settle=settle, seed=seed)._replace(start=seen, goal=seen)
        rows.append(solve(start, given, budget).params / np.array(TRUTH) - 1)
    return np.stack(rows)
