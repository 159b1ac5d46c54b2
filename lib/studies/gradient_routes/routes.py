"""One loss, its gradient by three routes: implicit, unrolled from the steady state, and from the patch."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib import losses
from lib.coordinates import random_starts, to_params
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.simulate import Outcome, simulate
from lib.studies.gradient_routes.implicit import Loss, implicit, unrolled

LOSSES = ("spectral", "pixels")


#: Modes slower than this per step are taken to stand still.
STILL = 1e-6

#: A state whose last step changed no cell by more than this counts as being at rest.
REST = 1e-6

#: Where settled patterns are found: near the truth.
NEAR = np.array([[0.155, 0.075, 0.034, 0.0605], [0.170, 0.082, 0.042, 0.0648]])


class Rest(NamedTuple):
    """A run from the patch that was given time to come to rest.

    Args:
        u, v: its end, float64, (1, size, size).
        outcome: how it ended.
        drift: largest change of its last step.
    """

    u: np.ndarray
    v: np.ndarray
    outcome: int
    drift: float

    @property
    def state(self) -> State:
        """The end as tensors."""
        return State(torch.as_tensor(self.u), torch.as_tensor(self.v))

    @property
    def still(self) -> bool:
        """Whether it is a pattern at rest."""
        return self.outcome == Outcome.PATTERN and self.drift < REST


def random_sets(near: int, far: int, seed: int = 0) -> tuple[list[Params], list[Params]]:
    """Random sets near the truth, and others from all over the searched box."""
    draw = np.random.default_rng(seed)
    close = [Params(*map(float, draw.uniform(*NEAR))) for _ in range(near)]
    return close, [
        Params(*map(float, to_params(torch.tensor(unconstrained))))
        for unconstrained in random_starts(far, seed)
    ]


def come_to_rest(sets: Sequence[Params], *, size: int, settle: int, seed: int = 0) -> list[Rest]:
    """Runs from the patch at every set, in float64, side by side; kept.

    Args:
        sets: parameters.
        size: cells along each side.
        settle: steps.
        seed: of the patch's noise.
    """
    calls = [arguments(tuple(float(p) for p in each), size, settle, seed) for each in sets]
    return list(tqdm(kept(rest, calls, threads=1), total=len(calls), desc="coming to rest", unit="set"))


@single_thread()
def rest(point: tuple[float, ...], size: int, settle: int, seed: int) -> Rest:
    """The work of `come_to_rest` at one set."""
    patch = initial_state(1, size=size, seed=seed, dtype=torch.float64)
    run = simulate(Params(*point), patch, settle, threads=1)
    return Rest(run.u.numpy(), run.v.numpy(), int(run.outcome), float(run.change))


def routes(
    sets: Sequence[Params], ends: Sequence[Rest], horizons: Sequence[int], *, size: int, steps: int,
    settle: int, seed: int = 0, jobs: int = -1,
) -> xr.Dataset:  # fmt: skip
    """Gradients by all routes at every parameter set, in float64.

    Args:
        sets: parameters.
        ends: their runs, from `come_to_rest`.
        horizons: steps unrolled from the steady state, two or more; the longest for the pixel loss only.
        size: cells along each side.
        steps: steps unrolled from the patch, for the spectral loss only.
        settle: steps of the truth's run, whose end is the target.
        seed: of the patch's noise.
        jobs: processes.

    Returns:
        Dataset over (loss, set): `implicit`, `patch` and, with a dimension `horizon`, `unrolled`, each with
        a last dimension `parameter`, NaN where a route was left out; `value`, the losses at the steady state;
        `outcome` and `drift`, the largest change of its last step.
    """
    setting = (tuple(horizons), size, steps, settle, seed)
    calls = [arguments(tuple(p), end, *setting) for p, end in zip(sets, ends, strict=True)]
    found = kept(one_set, calls, jobs, threads=1)  # in float64, which no GPU takes
    rows = list(tqdm(found, total=len(sets), desc="routes", unit="set"))
    whole = {name: np.stack([row[name] for row in rows], axis=-1) for name in rows[0]}
    dims = {
        "implicit": ("loss", "parameter", "set"), "patch": ("loss", "parameter", "set"),
        "unrolled": ("loss", "horizon", "parameter", "set"), "value": ("loss", "set"),
        "outcome": ("set",), "drift": ("set",), "params": ("parameter", "set"),
    }  # fmt: skip
    coords = {"loss": list(LOSSES), "horizon": list(horizons), "parameter": list(Params._fields)}
    return xr.Dataset({name: (dims[name], values) for name, values in whole.items()}, coords=coords)


def one_set(
    point: tuple[float, ...],
    end: Rest,
    horizons: tuple[int, ...],
    size: int,
    steps: int,
    settle: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """All routes at one set."""
    params, patch = Params(*point), initial_state(1, size=size, seed=seed, dtype=torch.float64)
    truth = kept_result(rest, tuple(float(p) for p in TRUTH), size, settle, seed)
    spectral, pixels = loss_functions(torch.as_tensor(truth.v))
    left_out = np.full(len(Params._fields), np.nan)
    with single_thread():
        ways = [implicit(params, end.state, loss, still=STILL) for loss in (spectral, pixels)]
        short = [unrolled(params, end.state, T, spectral).slope for T in horizons[:-1]]
        long = [unrolled(params, end.state, T, pixels).slope for T in horizons]
        from_patch = unrolled(params, patch, steps, spectral).slope
    return {
        "implicit": np.stack([way.slope for way in ways]),
        "value": np.array([way.loss for way in ways]),
        "unrolled": np.array([[*short, left_out], long]),
        "patch": np.stack([from_patch, left_out]),
        "outcome": np.array(end.outcome),
        "drift": np.array(end.drift),
        "params": np.array(point),
    }


def loss_functions(target: torch.Tensor) -> list[Loss]:
    """The losses of `LOSSES`, against one target."""

    def spectral(state: State) -> torch.Tensor:
        return losses.spectral(state.v, target)

    def pixels(state: State) -> torch.Tensor:
        return (state.v - target).square().mean()

    return [spectral, pixels]


def cosine(one: xr.DataArray, other: xr.DataArray) -> xr.DataArray:
    """Cosine of the angle between two gradients, in units of the truth; NaN where one vanishes."""
    scale = xr.DataArray(np.array(TRUTH), coords={"parameter": list(Params._fields)})
    a, b = one * scale, other * scale
    lengths = size_of(one) * size_of(other)
    return (a * b).sum("parameter", skipna=False) / lengths.where(lengths > 0)


def size_of(gradient: xr.DataArray) -> xr.DataArray:
    """Length of a gradient in units of the truth: loss per relative change of the parameters."""
    scale = xr.DataArray(np.array(TRUTH), coords={"parameter": list(Params._fields)})
    return ((gradient * scale) ** 2).sum("parameter", skipna=False) ** 0.5


def at_rest(found: xr.Dataset) -> np.ndarray:
    """Which sets ended in a pattern that has come to rest, (sets,)."""
    return (found.outcome == Outcome.PATTERN).values & (found.drift < REST).values


def compared(found: xr.Dataset) -> np.ndarray:
    """Which sets stand for patterns at rest near the truth, (sets,): one found elsewhere is none of them."""
    return found.near.values & at_rest(found)


def dead(found: xr.Dataset) -> np.ndarray:
    """Which sets ended trivial or uniform, (sets,)."""
    return np.isin(found.outcome.values, [Outcome.TRIVIAL, Outcome.UNIFORM])


def alike(one: xr.DataArray, other: xr.DataArray) -> xr.DataArray:
    """Where two gradients are much the same: a cosine above 0.9, sizes within a factor of two."""
    ratio = size_of(one) / size_of(other)
    return (cosine(one, other) > 0.9) & (ratio > 0.5) & (ratio < 2)


def loudest(found: xr.Dataset) -> float | None:
    """Largest gradient of the spectral loss over the loss: implicit, unrolled from rest, and from the patch.

    None for no sets.
    """
    if not found.sizes["set"]:
        return None
    one = found.sel(loss="spectral")
    return max(float((size_of(one[name]) / one.value).max()) for name in ("implicit", "unrolled", "patch"))
