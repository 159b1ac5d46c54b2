"""Least squares from the data: who finds the truth when runs of T steps are compared with the picture."""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr
from scipy.optimize import least_squares

from lib.folders import Folder
from lib.models import simulate
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.studies.recurrence.cases import CASES
from lib.studies.recurrence.data import settled_picture

#: All parameters this close, relative to the truth, count as found.
WITHIN = 0.01
#: What a diverged run counts as at every cell, in units of the field's spread.
FAR = 30.0
#: Step of the central differences, as a share of a parameter's range.
STEP = 1e-6


def recover(
    name: str, horizons: Sequence[int], *, size: int, settle: int, starts: int, trials: int, seed: int = 0,
    cache: Folder = None,
) -> xr.Dataset:  # fmt: skip
    """Search from random starts over the ranges at every horizon.

    Args:
        name: of the case.
        horizons: numbers of steps.
        size, settle: of the data, as for `settled`.
        starts: how many; the same at every horizon.
        trials: trial points of each search.
        seed: of the data and of the starts.
        cache: where results are kept.

    Returns:
        Dataset `error` over (horizon, start): the largest relative error of all parameters at the end.
    """
    picture = settled_picture(name, size, settle, seed, cache)
    draws = np.random.default_rng(seed).random((starts, len(CASES[name].model.names)))
    calls = [(T, place) for T in horizons for place in draws]
    found = kept(
        search, (arguments(name, picture, T, place, trials) for T, place in calls), threads=1, cache=cache
    )
    errors = np.array(list(found)).reshape(len(horizons), starts)
    coords = {"horizon": list(horizons), "start": range(starts)}
    return xr.Dataset({"error": (("horizon", "start"), errors)}, coords=coords, attrs={"system": name})


def search(name: str, picture: torch.Tensor, horizon: int, place: np.ndarray, trials: int) -> float:
    """One search with SciPy's trust region; parameters in units of their ranges."""
    model, grid = CASES[name].model, CASES[name].grid
    low, high = np.array([model.ranges[n] for n in model.names]).T
    truth = np.array(list(model.parameters.values()))
    spread = picture.std(dim=(1, 2), keepdim=True)

    def differences(places: np.ndarray) -> np.ndarray:
        values = torch.as_tensor(low + (high - low) * places)
        params = {n: values[:, i] for i, n in enumerate(model.names)}
        begin = picture.expand(len(places), *picture.shape)
        end = simulate(model, params, begin, horizon, grid=grid, threads=1).fields
        apart = ((end - picture) / spread).flatten(1) / np.sqrt(picture.numel())
        return apart.nan_to_num(FAR, FAR, -FAR).clamp(-FAR, FAR).numpy()

    def slopes(at: np.ndarray) -> np.ndarray:
        steps = STEP * np.eye(len(at))
        up, down = np.minimum(at + steps, 1.0), np.maximum(at - steps, 0.0)
        both = differences(np.concatenate([up, down]))
        return ((both[: len(at)] - both[len(at) :]) / (up - down).diagonal()[:, None]).T

    with single_thread():
        found = least_squares(
            lambda at: differences(at[None])[0], 0.02 + 0.96 * place, jac=slopes, bounds=(0, 1),
            max_nfev=trials, xtol=1e-10, ftol=1e-12, gtol=1e-15,
        )  # fmt: skip
    return float(np.abs((low + (high - low) * found.x) / truth - 1).max())
