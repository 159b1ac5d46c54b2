"""Is there a way down inside the patterned side? Straight lines, and the steepest way over a grid."""

from typing import NamedTuple

import numpy as np


class Way(NamedTuple):
    """What a walk along a line finds.

    Args:
        rises: steps on which the averaged loss rises by more than two standard errors, before the floor.
        bumps: steps on which it rises at all.
        steps: steps before the floor.
        drop: how far the start lies above the floor, in standard errors of the floor.
        arrival: share of the line that is left when the floor is reached; 0 if it is only at the truth.
    """

    rises: int
    bumps: int
    steps: int
    drop: float
    arrival: float


def walk(loss: np.ndarray, unsure: np.ndarray, floor: float, band: float) -> Way:
    """Read one line.

    Args:
        loss: averaged over initial states, from the start to the truth, (points,).
        unsure: standard errors of its rises from each point to the next, (points − 1,).
        floor, band: mean and standard error of the averaged loss at the truth: below floor + 2 band there is
            nothing to read.
    """
    inside = np.flatnonzero(loss <= floor + 2 * band)
    first = int(inside[0]) if len(inside) else len(loss) - 1
    rise = np.diff(loss)[:first]
    drop = float((loss[0] - floor) / band) if band > 0 else np.inf  # a floor of one loss has no error
    return Way(
        int((rise > 2 * unsure[:first]).sum()),
        int((rise > 0).sum()),
        first,
        drop,
        1 - first / (len(loss) - 1),
    )


def downhill(loss: np.ndarray, alive: np.ndarray, low: float) -> np.ndarray:
    """Which points of a grid reach the floor by always stepping to the lowest of eight patterned neighbours.

    Args:
        loss: averaged loss over the grid.
        alive: where patterns are.
        low: the floor's upper end.

    Returns:
        A mask of the grid's shape.
    """
    walled = np.where(alive, loss, np.inf)
    arrives = alive & (loss <= low)
    # From low to high: a point's lowest neighbour has been decided before it.
    for flat in np.argsort(walled, axis=None):
        i, j = np.unravel_index(flat, walled.shape)
        if not alive[i, j] or arrives[i, j]:
            continue
        rows, columns = slice(max(i - 1, 0), i + 2), slice(max(j - 1, 0), j + 2)
        lowest = np.unravel_index(walled[rows, columns].argmin(), walled[rows, columns].shape)
        a, b = rows.start + lowest[0], columns.start + lowest[1]
        arrives[i, j] = (a, b) != (i, j) and arrives[a, b]
    return arrives
