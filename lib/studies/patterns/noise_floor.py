"""What a loss cannot see below, and what sets the height it falls from.

Two runs of the same parameters never score 0 unless they share their initial state to the last bit. For
the spectral loss that floor has a value of its own: the power of a random picture at one wave number is
exponentially distributed about its mean, log P then has variance π²/6, and two independent pictures with one
and the same expected spectrum differ by π²/3 in the mean square.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float

from lib.folders import Folder
from lib.history import stages
from lib.initial_states import initial_state
from lib.losses import LOG_FLOOR, descriptor, distance, spectral
from lib.model import Params, step
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread

Fields = Float[np.ndarray, "fields height width"]

#: The mean spectral loss between two independent random pictures with the same expected spectrum.
RANDOM_FLOOR = math.pi**2 / 3

#: States simulated by one process at a time.
CHUNK = 2


def truth_over_time(
    times: Sequence[int],
    *,
    states: int,
    seed: int,
    size: int,
    jobs: int = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """The truth's runs, looked at as they grow older.

    Args:
        times: numbers of steps, increasing.
        states: initial states.
        seed: of the initial states.
        size: cells along each side.
        jobs: processes; numbers do not depend on it.
        cache: where results are kept; the usual folder by default.

    Returns:
        Dataset with v over (time, state, row, column) and `change`, max(|Δu|, |Δv|) of one further
        step, over (time, state).
    """
    firsts = range(0, states, CHUNK)
    calls = [arguments(first, min(CHUNK, states - first), tuple(times), seed, size) for first in firsts]
    v, change = (np.concatenate(x, axis=1) for x in zip(*kept(aged, calls, jobs, cache=cache), strict=True))
    return xr.Dataset(
        {"v": (("time", "state", "row", "column"), v), "change": (("time", "state"), change)},
        coords={"time": list(times), "state": np.arange(states)},
        attrs={"seed": seed, "size": size},
    )


def aged(first: int, count: int, times: Sequence[int], seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """v (time, state, row, column) and the change of one further step (time, state) of a few states."""
    state = initial_state(first + count, size=size, seed=seed)
    fields, changes = [], []
    for now in stages(TRUTH, type(state)(*(x[first:] for x in state)), times, threads=1):
        after = step(TRUTH, now)
        larger = torch.maximum((after.u - now.u).abs(), (after.v - now.v).abs())
        fields.append(now.v.numpy())
        changes.append(larger.amax(dim=(1, 2)).numpy())
    return np.stack(fields), np.stack(changes)


def pairwise(v: Fields, loss: str = "spectral") -> Float[np.ndarray, " pairs"]:
    """The loss between every two of several fields."""
    with single_thread():
        described = descriptor(loss)(torch.as_tensor(v))
        return np.array([float(distance(a, b)) for a, b in combinations(described[:, None], 2)])


def against(
    v: Fields, targets: Float[np.ndarray, "targets height width"], loss: str = "spectral"
) -> Float[np.ndarray, "fields targets"]:
    """The loss of every field against every target; NaN where a field is not finite."""
    with single_thread():
        goals = descriptor(loss)(torch.as_tensor(targets))
        # One field at a time: all the pairs at once would not fit into a small memory.
        rows = [distance(descriptor(loss)(x[None]), goals, "none").numpy() for x in torch.as_tensor(v)]
    return np.stack(rows)


def band(losses: np.ndarray) -> tuple[float, float]:
    """The 5 % and 95 % quantiles of the losses between runs of the same parameters."""
    low, high = np.quantile(losses, [0.05, 0.95])
    return float(low), float(high)


def between_times(
    aged: xr.Dataset, one: int, other: int, loss: str = "spectral"
) -> Float[np.ndarray, " states"]:
    """The loss between each run at one time and the same run at another."""
    earlier, later = (torch.as_tensor(aged.v.sel(time=t).values) for t in (one, other))
    with single_thread():
        return distance(descriptor(loss)(earlier), descriptor(loss)(later), "none").numpy()


def plateau_height(target: Fields, floor: float = LOG_FLOOR) -> Float[np.ndarray, " fields"]:
    """The spectral loss of any uniform field against a target, in closed form, in double precision.

    A uniform field has |X|² = 0 at every wave number, so the loss is the mean of (log(P + ε) − log ε)²,
    P = |fft2(target − mean)|²: a number of the target and of ε alone.

    Args:
        target: fields of v.
        floor: ε in log(P + ε).
    """
    centred = target.astype(float) - target.mean(axis=(1, 2), keepdims=True, dtype=float)
    power = np.abs(np.fft.fft2(centred)) ** 2
    return (np.log1p(power / floor) ** 2).mean(axis=(1, 2))


def heights(aged: xr.Dataset, floors: Sequence[float]) -> xr.DataArray:
    """`plateau_height` over (time, state, epsilon)."""
    found = [[plateau_height(now.values, floor) for floor in floors] for now in aged.v]
    coords = {"time": aged.time, "state": aged.state, "epsilon": list(floors)}
    return xr.DataArray(np.moveaxis(np.array(found), 1, 2), dims=("time", "state", "epsilon"), coords=coords)


def cut_over_floors(
    v: Fields, target: Float[np.ndarray, "height width"], floors: Sequence[float]
) -> Float[np.ndarray, "epsilon fields"]:
    """The spectral loss of every field of a cut against one target, under several log floors."""
    with single_thread():
        fields, goal = torch.as_tensor(v).double(), torch.as_tensor(target)[None].double()
        return np.stack([spectral(fields, goal, floor=f, reduction="none").numpy() for f in floors])


def formula_error(target: Fields, uniform: float, floors: Sequence[float]) -> float:
    """Largest relative difference between the loss of a uniform field and the closed form, over ε."""
    goals = torch.as_tensor(target).double()
    even = torch.full_like(goals, uniform)
    errors = [
        np.abs(spectral(even, goals, floor=f, reduction="none").numpy() / plateau_height(target, f) - 1).max()
        for f in floors
    ]
    return float(max(errors))


def trivial_and_uniform_ends(params: Sequence[Params], *, seed: int, size: int, steps: int) -> Fields:
    """Final v of the first initial state at each of a few sets, as it is simulated: float32."""
    columns = (torch.tensor(column) for column in zip(*params, strict=True))
    state = initial_state(1, size=size, seed=seed)
    crowd = type(state)(*(x.repeat(len(params), 1, 1) for x in state))
    return next(stages(Params(*columns), crowd, [steps])).v.numpy()
