"""Numbers that say what a landscape looks like: how flat, how steep, how alike two of them are."""

from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from scipy.stats import spearmanr

from lib.losses import spectral
from lib.simulate import Outcome

#: A step between neighbours is called flat below this share of the landscape's whole range.
FLAT = 0.01


class Relief(NamedTuple):
    """The shape of one landscape.

    Args:
        flat_off: share of neighbouring pairs, none of whose runs ended in a pattern, whose loss
            differs by less than 1 % of the range.
        flat_on: the same where all of them did.
        drop: median share of the range that falls between the two neighbours of a cliff.
        cliffs: number of neighbouring pairs with a cliff between them.
    """

    flat_off: float
    flat_on: float
    drop: float
    cliffs: int


def relief(*datasets: xr.Dataset, loss: str = "spectral") -> Relief:
    """Flatness on both sides of the cliffs, and their height, over all neighbouring pairs of points.

    Several landscapes are pooled, each measured by its own range: a cut may end right behind its cliff.
    """
    shares, sides = (np.concatenate(parts) for parts in zip(*(pairs(d, loss) for d in datasets), strict=True))
    return Relief(
        flat_off=mean_or_nan(shares[sides == 0] < FLAT),
        flat_on=mean_or_nan(shares[sides == 2] < FLAT),
        drop=float(np.median(shares[sides == 1])) if (sides == 1).any() else float("nan"),
        cliffs=int((sides == 1).sum()),
    )


def pairs(dataset: xr.Dataset, loss: str) -> tuple[np.ndarray, np.ndarray]:
    """Of every neighbouring pair with a loss: its step as a share of the range, and its side.

    Sides are 2 and 0 where all runs of both points ended in a pattern, or none; 1 across a cliff; −1 else.
    """
    # The loss of a flickering run belongs to the time step, not to the landscape.
    resolved = (dataset.outcome != Outcome.FLICKERING).all("state")
    values = dataset[loss].mean("state").where(resolved).values
    share = patterned_share(dataset).values
    majority, all_of_them, none = share >= 0.5, share == 1, share == 0
    steps, sides = [], []
    for axis in range(values.ndim):
        step, members = neighbours(values, majority, axis)
        # A point where initial states disagree stands on the cliff itself, on neither side.
        clear = neighbours(values, all_of_them | none, axis)[1] == 2
        steps.append(step)
        sides.append(np.where(clear | (members == 1), members, -1))
    step, side = np.concatenate(steps), np.concatenate(sides)
    known = np.isfinite(step)
    return step[known] / (np.nanmax(values) - np.nanmin(values)), side[known]


def neighbours(values: np.ndarray, alive: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """|difference| of neighbouring values along an axis, and how many of the two are patterned (0, 1, 2)."""
    steps = np.abs(np.diff(values, axis=axis))
    first, second = np.delete(alive, -1, axis), np.delete(alive, 0, axis)
    return steps.ravel(), (first.astype(int) + second.astype(int)).ravel()


def patterned(dataset: xr.Dataset) -> xr.DataArray:
    """Points where at least half of the runs ended in a pattern."""
    return patterned_share(dataset) >= 0.5


def patterned_share(dataset: xr.Dataset) -> xr.DataArray:
    """Share of the initial states whose run ended in a pattern, at each point."""
    return (dataset.outcome == Outcome.PATTERN).mean("state")


def mean_or_nan(mask: np.ndarray) -> float:
    """Share of true entries; NaN for none at all."""
    return float(mask.mean()) if mask.size else float("nan")


class Agreement(NamedTuple):
    """How alike two losses are over the same points.

    Args:
        same_side: share of points that both put above, or both below, the middle of their range.
        rank_patterned: Spearman's rank correlation over patterned points.
        rank_other: the same over the others; NaN where a loss is constant there.
    """

    same_side: float
    rank_patterned: float
    rank_other: float


def agreement(dataset: xr.Dataset, one: str, other: str) -> Agreement:
    """Compare the surfaces of two losses."""
    a, b = (dataset[name].mean("state").values.ravel() for name in (one, other))
    alive, known = patterned(dataset).values.ravel(), np.isfinite(a) & np.isfinite(b)
    high_a, high_b = (x > (np.nanmax(x) + np.nanmin(x)) / 2 for x in (a, b))
    ranks = [spearmanr(a[side & known], b[side & known]).statistic for side in (alive, ~alive)]
    return Agreement(float((high_a == high_b)[known].mean()), float(ranks[0]), float(ranks[1]))


class Placement(NamedTuple):
    """Where a loss's plateau lies and how rough it is among patterns.

    Args:
        highest: largest value anywhere.
        plateau: median outside the patterned region, as a share of the largest value.
        roughness: median |difference| between patterned neighbours, as a share of the median
            patterned value.
        ridges: share of patterned points higher than the plateau.
    """

    highest: float
    plateau: float
    roughness: float
    ridges: float


def placement(dataset: xr.Dataset, loss: str) -> Placement:
    """Height of the plateau and roughness of the patterned side of a landscape."""
    values = dataset[loss].mean("state").values
    alive = patterned(dataset).values
    steps = [neighbours(values, alive, axis) for axis in range(values.ndim)]
    inside = np.concatenate([difference[sides == 2] for difference, sides in steps])
    plateau, highest = np.nanmedian(values[~alive]), np.nanmax(values)
    return Placement(
        float(highest),
        float(plateau / highest),
        float(np.nanmedian(inside) / np.nanmedian(values[alive])),
        float(np.nanmean(values[alive] > plateau)),
    )


def neighbour_distances(dataset: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Spectral distance between the pictures of neighbouring points of a plane.

    Returns:
        Distances between patterned neighbours, and across the edge of the patterned region.
    """
    alive = (dataset.outcome.isel(state=0) == Outcome.PATTERN).values
    pictures = torch.as_tensor(dataset.v.values)
    found: dict[int, list[np.ndarray]] = {0: [], 1: [], 2: []}
    for axis in (0, 1):
        size = alive.shape[axis]
        first, second = (pictures.narrow(axis, start, size - 1).flatten(0, 1) for start in (0, 1))
        distances = spectral(first, second, reduction="none").numpy()
        _, sides = neighbours(alive.astype(float), alive, axis)
        for side in found:
            found[side].append(distances[sides == side])
    return np.concatenate(found[2]), np.concatenate(found[1])


def cliffs(dataset: xr.Dataset, axis: str) -> list[float]:
    """Where a one-parameter cut crosses the border of the patterned region.

    A point counts as patterned if at least half of its runs ended so. The cliff is put midway
    between the two neighbours; its uncertainty is half their distance.

    Returns:
        Parameter values, in order.
    """
    patterned = (dataset.outcome == Outcome.PATTERN).mean("state") >= 0.5
    crossing = np.flatnonzero(np.diff(patterned.astype(int)))
    values = dataset[axis].values
    return [float(values[i] + values[i + 1]) / 2 for i in crossing]
