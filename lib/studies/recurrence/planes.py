"""Where runs from one patch end over a plane of two parameters, and what the spectral loss makes of them."""

from collections.abc import Iterator
from enum import IntEnum

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float, Int
from torch import Tensor

from lib import losses
from lib.folders import Folder
from lib.models import Run, simulate
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.studies.recurrence.cases import CASES, Case, start

#: Parameter sets whose runs share one call.
CHUNK = 13
#: A picture whose spread is below this share of the truth's has no pattern.
FLAT = 0.01
#: A run still moves where it changes, in a unit of time, by more than this share of the truth's spread.
MOVING = 0.1
#: Skewness of a picture beyond which it shows spots; below its negative, holes.
SKEWED = 0.5


class End(IntEnum):
    """How a run ended."""

    HOMOGENEOUS = 0
    """The same everywhere, and still."""
    SPOTS = 1
    """High places on low ground."""
    STRIPES = 2
    """High and low places alike."""
    HOLES = 3
    """Low places on high ground."""
    MOVING = 4
    """Still moving fast: oscillations."""
    DIVERGED = 5
    """Left the finite numbers: the explicit step was too long for this reaction."""


def plane(
    name: str, *, size: int, steps: int, points: int, seed: int = 0, cache: Folder = None
) -> xr.Dataset:
    """Loss and end over a plane through the truth.

    Args:
        name: of the case.
        size, steps: cells along a side, and steps of each run.
        points: along each side of the plane.
        seed: of the initial state.
        cache: where results are kept.

    Returns:
        Dataset over (second, first), the two parameters in the order of `Case.plane`: `loss`, the spectral
        loss against the truth's run from the same start, NaN where the run diverged, and `end`; with
        `picture`, that of the truth.
    """
    case = CASES[name]
    axes = [np.linspace(*case.model.ranges[p], points) for p in case.plane]
    grid = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2)
    pieces = [grid[i : i + CHUNK] for i in range(0, len(grid), CHUNK)]
    rows = list(kept(piece, (arguments(name, p, size, steps, seed) for p in pieces), cache=cache))
    found = np.concatenate([row[0] for row in rows], axis=1).reshape(2, points, points)
    coords = {"second": axes[1], "first": axes[0]}
    variables = {
        "loss": (("second", "first"), found[0]),
        "end": (("second", "first"), found[1].astype(np.int8)),
        "picture": (("row", "column"), rows[0][1]),
    }
    return xr.Dataset(variables, coords=coords, attrs={"system": name, "plane": list(case.plane)})


def piece(name: str, points: np.ndarray, size: int, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(loss, end) of a few points, (2, points), and the truth's picture."""
    case = CASES[name]
    with single_thread():
        tried = {p: torch.as_tensor(points[:, i], dtype=torch.float32) for i, p in enumerate(case.plane)}
        truth = {p: torch.tensor([case.model.parameters[p]]) for p in case.plane}
        params = {p: torch.cat([truth[p], tried[p]]) for p in case.plane}
        begin = start(case, size, seed).repeat(len(points) + 1, 1, 1, 1)
        run = simulate(case.model, params, begin, steps, grid=case.grid, threads=1)
        shown = run.fields[:, case.model.fields.index(case.shown)]
        loss = losses.spectral(shown[1:], shown[:1], reduction="none")
        ends = classified(case, run)
    return np.stack([loss.double().numpy(), ends[1:].numpy()]), shown[0].numpy()


def classified(case: Case, run: Run) -> Int[Tensor, " batch"]:
    """The `End` of each run, the first one being the truth's, which sets the scale."""
    shown = run.fields[:, case.model.fields.index(case.shown)].double()
    spread = shown.std(dim=(1, 2))
    ends = torch.where(skewness(shown) > SKEWED, End.SPOTS, End.STRIPES)
    ends = torch.where(skewness(shown) < -SKEWED, End.HOLES, ends)
    ends = torch.where(spread < FLAT * spread[0], End.HOMOGENEOUS, ends)
    ends = torch.where(run.change / case.grid.dt > MOVING * spread[0], End.MOVING, ends)
    return torch.where(run.diverged, End.DIVERGED, ends)


def skewness(x: Float[Tensor, "batch height width"]) -> Float[Tensor, " batch"]:
    """Third moment of each picture in units of its spread."""
    away = x - x.mean(dim=(1, 2), keepdim=True)
    return away.pow(3).mean(dim=(1, 2)) / away.square().mean(dim=(1, 2)).clamp(min=1e-30) ** 1.5


def neighbours(values: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Both sides of all steps from a point of a plane to the next one, along each axis."""
    yield values[1:, :], values[:-1, :]
    yield values[:, 1:], values[:, :-1]
