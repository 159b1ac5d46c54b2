"""How flat a landscape is on both sides of its cliffs, and how high those are."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float

from lib.simulate import Outcome

#: Ground is called flat where its slope is below this: the loss, in its own range, per range of the axis.
#: Along a whole axis of such a slope the loss changes by a tenth of its range; a straight ramp has slope 1.
FLAT = 0.1

#: Width of the window in which a slope is read, in ranges of the axis. A fixed one, so that the number does
#: not depend on how closely the axis is sampled; where one spacing is wider, it is that spacing.
WINDOW = 1 / 13


class Relief(NamedTuple):
    """The shape of one landscape; None for what it does not have.

    Args:
        flat_off: share of the ground, none of whose runs ended in a pattern, with a slope below `FLAT`.
        flat_on: the same where all of them did.
        drop: median share of the range that falls within a window across a cliff.
        cliffs: number of cliffs: borders of the patterned region on the lines along each axis, where both
            sides are `resolved`.
        left_out: number of its other borders: there a run diverges or begins to flicker.
    """

    flat_off: float | None
    flat_on: float | None
    drop: float | None
    cliffs: int
    left_out: int


class Line(NamedTuple):
    """One line of a landscape along one axis.

    Args:
        x: places in ranges of the axis, 0 … 1, (points,).
        y: loss in its own range, NaN where there is none, (points,).
        alive: whether at least half of the runs ended in a pattern, (points,).
        clear: whether all of the initial states agree in that, (points,).
    """

    x: np.ndarray
    y: np.ndarray
    alive: np.ndarray
    clear: np.ndarray


def relief(*datasets: xr.Dataset, loss: str = "spectral") -> Relief:
    """Flatness on both sides of the cliffs, and their height, over all lines along all axes.

    Several landscapes are pooled, each measured by its own range: a cut may end right behind its cliff.
    """
    every = [line for dataset in datasets for line in lines(dataset, loss)]
    off, on = (np.concatenate([slopes(line, side) for line in every]) for side in (False, True))
    drops = np.concatenate([cliff_drops(line) for line in every])
    return Relief(
        flat_off=flat_share(off),
        flat_on=flat_share(on),
        drop=float(np.median(drops)) if drops.size else None,
        cliffs=drops.size,
        left_out=sum(int(np.abs(np.diff(line.alive.astype(int))).sum()) for line in every) - drops.size,
    )


def lines(dataset: xr.Dataset, loss: str) -> list[Line]:
    """All lines of a landscape along each of its axes."""
    values = dataset[loss].mean("state", skipna=False).where(resolved(dataset))
    values = (values - values.min()) / (values.max() - values.min())
    share = patterned_share(dataset)
    found = []
    for axis in values.dims:
        place = dataset[axis].values.astype(float)
        x = (place - place[0]) / (place[-1] - place[0])
        table = [z.transpose(..., axis).values.reshape(-1, len(x)) for z in (values, share)]
        found += [Line(x, y, part >= 0.5, (part == 0) | (part == 1)) for y, part in zip(*table, strict=True)]
    return found


def slopes(line: Line, alive: bool) -> Float[np.ndarray, "pieces 2"]:
    """|slope| and length of every spacing of a line whose ends lie clearly on one side.

    The slope is read in a window about the spacing's middle, cut off where the side ends: points where
    initial states disagree stand on the cliff itself, on neither side.
    """
    here = (line.alive == alive) & line.clear & np.isfinite(line.y)
    pieces = []
    for first, last in stretches(here):
        x, y = line.x[first : last + 1], line.y[first : last + 1]
        for low, high in zip(x[:-1], x[1:], strict=True):
            half = max(WINDOW, high - low) / 2
            ends = np.clip([(low + high) / 2 - half, (low + high) / 2 + half], x[0], x[-1])
            pieces.append(
                (abs(float(np.diff(np.interp(ends, x, y))[0])) / float(np.diff(ends)[0]), high - low)
            )
    return np.array(pieces).reshape(-1, 2)


def stretches(mask: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of every run of at least two True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def cliff_drops(line: Line) -> Float[np.ndarray, " cliffs"]:
    """At every border of the patterned region: the share of the range that a window there spans."""
    known = np.isfinite(line.y)
    x, y = line.x[known], line.y[known]
    found = []
    for i in np.flatnonzero(np.diff(line.alive.astype(int))):
        if known[i] and known[i + 1]:
            half = max(WINDOW, line.x[i + 1] - line.x[i]) / 2
            middle = (line.x[i] + line.x[i + 1]) / 2
            near = (x >= middle - half) & (x <= middle + half)
            ends = np.interp([middle - half, middle + half], x, y)
            seen = np.concatenate([ends, y[near]])
            found.append(float(seen.max() - seen.min()))
    return np.array(found)


def flat_share(pieces: Float[np.ndarray, "pieces 2"]) -> float | None:
    """Share of the ground whose slope is below `FLAT`; None for no ground."""
    slope, length = pieces.T
    return float(length[slope < FLAT].sum() / length.sum()) if length.size else None


def resolved(dataset: xr.Dataset) -> xr.DataArray:
    """Points at which no run diverged or flickers: the loss of one belongs to the time step."""
    return ~dataset.outcome.isin((Outcome.DIVERGED, Outcome.FLICKERING)).any("state")


def patterned(dataset: xr.Dataset) -> xr.DataArray:
    """Points where at least half of the runs ended in a pattern."""
    return patterned_share(dataset) >= 0.5


def patterned_share(dataset: xr.Dataset) -> xr.DataArray:
    """Share of the initial states whose run ended in a pattern, at each point."""
    return (dataset.outcome == Outcome.PATTERN).mean("state")


def cliffs(dataset: xr.Dataset, axis: str) -> list[float]:
    """Where a one-parameter cut crosses the border of the patterned region: midway between its two sides.

    Returns:
        Parameter values, in order; their uncertainty is half the distance of the sides.
    """
    return [(low + high) / 2 for low, high in sides_of_cliffs(dataset, axis)]


def sides_of_cliffs(dataset: xr.Dataset, axis: str) -> list[tuple[float, float]]:
    """The two neighbours between which each border of the patterned region lies.

    A point counts as patterned if at least half of its runs ended so.
    """
    crossing = np.flatnonzero(np.diff(patterned(dataset).values.astype(int)))
    values = dataset[axis].values
    return [(float(values[i]), float(values[i + 1])) for i in crossing]
