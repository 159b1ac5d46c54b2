"""How alike two losses' landscapes are, where a plateau lies, and how gradually pictures change."""

from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from scipy.spatial.distance import pdist, squareform
from scipy.stats import rankdata, spearmanr

from lib.losses import log_power, spectral
from lib.simulate import Outcome
from lib.studies.landscapes.flatness import Line, lines, patterned, patterned_share


class Agreement(NamedTuple):
    """How alike two losses are over the same points; None for what the plane does not have.

    Args:
        edges_apart: nine in ten lines cross the middle of both losses' ranges within so much of each other,
            in ranges of the axis; lines that the losses do not cross equally often count as 1.
        lines: lines compared.
        plateaus: the larger of the two losses' 5–95 % ranges off the pattern, in the loss's own range.
        rank_patterned: Spearman's rank correlation over patterned points.
        patterned: how many those are.
    """

    edges_apart: float | None
    lines: int
    plateaus: float | None
    rank_patterned: float | None
    patterned: int


def agreement(dataset: xr.Dataset, one: str, other: str) -> Agreement:
    """Compare the surfaces of two losses."""
    pairs = zip(lines(dataset, one), lines(dataset, other), strict=True)
    apart = [x for a, b in pairs if (x := crossings_apart(a, b)) is not None]
    a, b = (dataset[name].mean("state", skipna=False).values.ravel() for name in (one, other))
    share, known = patterned_share(dataset).values.ravel(), np.isfinite(a) & np.isfinite(b)
    on, off = (share >= 0.5) & known, (share == 0) & known
    spreads = [np.ptp(np.quantile(x[off], [0.05, 0.95])) / np.ptp(x[known]) for x in (a, b) if off.any()]
    return Agreement(
        edges_apart=float(np.quantile(apart, 0.9)) if apart else None,
        lines=len(apart),
        plateaus=max(map(float, spreads)) if spreads else None,
        rank_patterned=rank(a[on], b[on]),
        patterned=int(on.sum()),
    )


def rank(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's rank correlation; None for fewer than three points, or where one of them is constant."""
    if len(one) < 3 or not np.ptp(one) or not np.ptp(other):
        return None
    return float(spearmanr(one, other).statistic)


def crossings_apart(one: Line, other: Line) -> float | None:
    """The largest distance between the places where two losses cross the middle of their range on a line.

    None where neither does; 1 where they do not cross it equally often.
    """
    first, second = (crossings(line) for line in (one, other))
    if len(first) != len(second):
        return 1.0
    return float(np.abs(first - second).max()) if len(first) else None


def crossings(line: Line) -> Float[np.ndarray, " crossings"]:
    """Where a line crosses the middle of the range, by straight lines between the points that have a loss."""
    known = np.isfinite(line.y)
    x, y = line.x[known], line.y[known] - 0.5
    at = np.flatnonzero((y[:-1] > 0) != (y[1:] > 0))
    return x[at] + (x[at + 1] - x[at]) * y[at] / (y[at] - y[at + 1])


class Placement(NamedTuple):
    """Where a loss's plateau lies and how rough it is among patterns; None for what the plane does not have.

    Args:
        highest: largest value anywhere.
        plateau: median outside the patterned region, above the lowest value, as a share of the range.
        roughness: median |difference| between patterned neighbours, as a share of the range.
        cliffs: share of patterned neighbours that differ by more than a fifth of the range.
        ridges: share of patterned points higher than the plateau.
        patterned: the median patterned value.
    """

    highest: float
    plateau: float | None
    roughness: float | None
    cliffs: float | None
    ridges: float | None
    patterned: float | None


#: A difference of neighbours above this share of the range is a cliff of its own.
CLIFF = 0.2


def placement(dataset: xr.Dataset, loss: str) -> Placement:
    """Height of the plateau and roughness of the patterned side of a landscape."""
    values = dataset[loss].mean("state", skipna=False).values
    known = np.isfinite(values)
    alive, range_of = patterned(dataset).values, float(np.ptp(values[known]))
    steps = [neighbours(values, alive, axis) for axis in range(values.ndim)]
    inside = np.concatenate([difference[sides == 2] for difference, sides in steps])
    inside = inside[np.isfinite(inside)] / range_of
    on, off = values[alive & known], values[~alive & known]
    plateau = float(np.median(off)) if off.size else None
    return Placement(
        highest=float(values[known].max()),
        plateau=None if plateau is None else (plateau - float(values[known].min())) / range_of,
        roughness=float(np.median(inside)) if inside.size else None,
        cliffs=float((inside > CLIFF).mean()) if inside.size else None,
        ridges=float((on > plateau).mean()) if on.size and plateau is not None else None,
        patterned=float(np.median(on)) if on.size else None,
    )


class Gradual(NamedTuple):
    """Whether pictures change gradually with the parameters: Mantel's test; None where there are too few.

    Args:
        correlation: Spearman's, over all pairs of patterned points, of their distance in the plane (in
            ranges of the axes) and the spectral distance of their pictures.
        p: share of permuted pictures with a correlation at least as high.
        points: patterned points.
        inside, across: typical distance of patterned neighbours, and across the edge.
    """

    correlation: float | None
    p: float | None
    points: int
    inside: float | None
    across: float | None


def gradual(dataset: xr.Dataset, *, permutations: int = 999, seed: int = 0) -> Gradual:
    """Mantel's test on the pictures of a plane's first initial state."""
    alive = (dataset.outcome.isel(state=0) == Outcome.PATTERN).values
    inside, across = (x for x in neighbour_distances(dataset))
    medians = [float(np.median(x)) if x.size else None for x in (inside, across)]
    if alive.sum() < 4:
        return Gradual(None, None, int(alive.sum()), *medians)
    axes = [dataset[axis].values for axis in dataset.outcome.dims if axis != "state"]
    scaled = [(x - x[0]) / (x[-1] - x[0]) for x in axes]
    points = np.stack(np.meshgrid(*scaled, indexing="ij"), axis=-1)[alive]
    pictures = log_power(torch.as_tensor(dataset.v.values[alive])).flatten(1)
    apart, unlike = pdist(points), pdist(pictures.numpy(), "sqeuclidean") / pictures.shape[1]
    return Gradual(*mantel(apart, unlike, permutations, seed), int(alive.sum()), *medians)


def mantel(
    one: Float[np.ndarray, " pairs"], other: Float[np.ndarray, " pairs"], permutations: int, seed: int
) -> tuple[float, float]:
    """Spearman's correlation of two condensed distance matrices, and its p under permuted points."""
    ranks = [squareform(rankdata(x)) for x in (one, other)]
    upper = np.triu_indices(len(ranks[0]), 1)
    fixed = ranks[0][upper] - ranks[0][upper].mean()
    draw, found = np.random.default_rng(seed), []
    for number in range(permutations + 1):
        order = draw.permutation(len(ranks[1])) if number else np.arange(len(ranks[1]))
        moved = ranks[1][np.ix_(order, order)][upper]
        found.append(float(fixed @ (moved - moved.mean())))
    scale = np.linalg.norm(fixed) * np.linalg.norm(ranks[1][upper] - ranks[1][upper].mean())
    # The measured order is one of the permutations, so p is never zero.
    return found[0] / float(scale), float(np.mean(np.array(found) >= found[0]))


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


def neighbours(values: np.ndarray, alive: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """|difference| of neighbouring values along an axis, and how many of the two are patterned (0, 1, 2)."""
    steps = np.abs(np.diff(values, axis=axis))
    first, second = np.delete(alive, -1, axis), np.delete(alive, 0, axis)
    return steps.ravel(), (first.astype(int) + second.astype(int)).ravel()
