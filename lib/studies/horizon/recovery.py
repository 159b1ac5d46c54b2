"""Who finds the truth, from how far, at which horizon: the same starts for every member of the family."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib.coordinates import random_starts, to_params, to_unconstrained
from lib.folders import Folder
from lib.model import Params
from lib.paper import PAPER_START, TRUTH
from lib.running.kept import arguments, kept
from lib.studies.horizon.gradient_descent import descend
from lib.studies.horizon.least_squares import solve
from lib.studies.horizon.losses import problem, settled

#: All four parameters this close, relative to the truth, count as found.
WITHIN = 0.01

#: Starts of one job: small pieces keep all cores busy to the end. A descent steps its starts side by side.
PIECES = {"descent": 12, "squares": 6}


def starts(count: int, seed: int = 0) -> list[list[float]]:
    """Unconstrained coordinates of so many starts: the paper's, then random ones over the searched box."""
    return [list(PAPER_START), *random_starts(count - 1, seed)]


def recover(
    horizons: Sequence[int],
    *,
    method: str,
    origin: str = "data",
    measure: str = "pixels",
    count: int,
    budget: int,
    size: int,
    settle: int,
    seed: int = 0,
    begin: np.ndarray | None = None,
    few: Mapping[int, int] | None = None,
    jobs: int = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """Search from every start at every horizon.

    Args:
        horizons: numbers of steps.
        method: "descent" or "squares".
        origin, measure, size, settle, seed: as in `family.problem`; the seed draws the starts too.
        count: starts, the paper's among them.
        budget: trial steps for each.
        begin: parameters to start from instead, (horizons, count, 4).
        few: horizon → how many of the first starts are tried there, where a search takes long.
        jobs: processes.
        cache: where results are kept as they finish; the usual folder by default.

    Returns:
        Dataset over (horizon, start): `params` with a last dimension `parameter`, `error` (the largest
        of the four relative errors), `loss` and `evaluations` (gradients or Jacobians), missing where a start
        was not tried; and over horizon, `tried`: how many were.

    Raises:
        ValueError: for an unknown method.
    """
    if method not in SEARCHES:
        raise ValueError(f"There is no search {method!r}: choose one of {', '.join(SEARCHES)}.")
    settled(size, settle, seed)
    places = starts_of(begin, len(horizons), count, seed)
    setting = (origin, measure, budget, size, settle, seed)
    step = PIECES[method]
    tried = np.array([min(count, (few or {}).get(int(T), count)) for T in horizons])
    # The longest first, so that no core waits at the end.
    pieces = [
        (i, slice(a, min(a + step, tried[i])))
        for i in np.argsort(horizons)[::-1]
        for a in range(0, tried[i], step)
    ]
    calls = (arguments(places[i, piece], int(horizons[i]), *setting) for i, piece in pieces)
    # In float64, which no GPU takes.
    found = kept(SEARCHES[method], calls, jobs, threads=1, cache=cache)
    title = f"{method} from {origin}, {measure}"
    table = np.full((len(horizons), count, 6), np.nan)
    for place, rows in zip(pieces, tqdm(found, total=len(pieces), desc=title, unit="job"), strict=True):
        table[place] = rows
    return labelled(table, horizons, method, origin, measure, budget, tried)


def starts_of(begin: np.ndarray | None, horizons: int, count: int, seed: int) -> np.ndarray:
    """Parameters to start from, (horizons, count, 4)."""
    if begin is not None:
        return begin
    params = torch.stack([torch.as_tensor(p) for p in to_params(torch.tensor(starts(count, seed)))], dim=1)
    return np.broadcast_to(params.numpy().astype(float), (horizons, count, 4)).copy()


def by_descent(
    places: np.ndarray, horizon: int, origin: str, measure: str, budget: int, size: int, settle: int,
    seed: int,
) -> np.ndarray:  # fmt: skip
    """Parameters, loss and gradients used, (starts, 6), by plain descent."""
    given = problem(origin, horizon, measure, size=size, settle=settle, seed=seed)
    found = descend(to_unconstrained(places), given, budget)
    columns = [found.params, found.loss[:, None], found.gradients[:, None]]
    return torch.cat(columns, dim=1).numpy()


def by_squares(
    places: np.ndarray, horizon: int, origin: str, measure: str, budget: int, size: int, settle: int,
    seed: int,
) -> np.ndarray:  # fmt: skip
    """Parameters, loss and Jacobians used, (starts, 6), by least squares."""
    given = problem(origin, horizon, measure, size=size, settle=settle, seed=seed)
    found = [solve(Params(*map(float, place)), given, budget) for place in places]
    return np.array([[*one.params, one.loss, one.evaluations] for one in found])


#: The searches by name.
SEARCHES: dict[str, Any] = {"descent": by_descent, "squares": by_squares}


def labelled(
    table: np.ndarray, horizons: Sequence[int], method: str, origin: str, measure: str, budget: int,
    tried: np.ndarray | None = None,
) -> xr.Dataset:  # fmt: skip
    """The table with names on every axis, largest relative errors, and how many starts were tried (all)."""
    params = table[..., :4]
    if tried is None:
        tried = np.full(len(horizons), table.shape[1])
    dims = ("horizon", "start")
    variables = {
        "params": ((*dims, "parameter"), params),
        "error": (dims, np.abs(params / np.array(TRUTH) - 1).max(axis=-1)),
        "loss": (dims, table[..., 4]),
        "evaluations": (dims, table[..., 5]),
        "tried": ("horizon", tried),
    }
    attributes = {"method": method, "origin": origin, "measure": measure, "budget": budget}
    coords = {"horizon": list(horizons), "parameter": list(Params._fields)}
    return xr.Dataset(variables, coords=coords, attrs=attributes)


def first(found: xr.Dataset, count: int) -> xr.Dataset:
    """The first so many starts of a search, with how many of these were tried at each horizon."""
    return found.isel(start=slice(count)).assign(tried=np.minimum(found.tried, count))


def rate(found: xr.Dataset) -> xr.DataArray:
    """Share of the starts tried that ended with all parameters `WITHIN` of the truth, at each horizon.

    Raises:
        ValueError: if starts that were tried are not among these.
    """
    if bool((found.tried > found.sizes["start"]).any()):
        raise ValueError(
            f"{int(found.tried.max())} starts were tried and {found.sizes['start']} are left, so a share of "
            "them would be too small: take the first ones by `first`, which counts them anew."
        )
    return (found.error < WITHIN).sum("start") / found.tried


def breaking_point(found: xr.Dataset) -> float:
    """The horizon at which half of the starts still find the truth, interpolated in log T.

    NaN if more than half do at every horizon, or fewer at all of them.
    """
    share, log = rate(found).values, np.log(found.horizon.values.astype(float))
    below = np.flatnonzero(share < 0.5)
    if not len(below) or below[0] == 0:
        return float("nan")
    i = int(below[0])
    weight = (share[i - 1] - 0.5) / (share[i - 1] - share[i])
    return float(np.exp(log[i - 1] + weight * (log[i] - log[i - 1])))
