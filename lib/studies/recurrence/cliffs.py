"""Cliffs and plateaus of a plane, and what changes at a cliff."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from lib.studies.recurrence.planes import End, neighbours

#: A step between neighbours is a cliff where the loss jumps by this share of the plane's range.
CLIFF = 0.25
#: A point lies on the plateau where no neighbour's loss differs by more than this share of the range …
LEVEL = 0.03
#: … and its own is in the upper part of it.
HIGH = 0.5

#: What a change of the end is called.
CAUSES = ("decays to the same everywhere", "changes its class", "starts to move", "diverges")


@dataclass(frozen=True)
class Ground:
    """One plane's cliffs and plateau.

    Args:
        points: of the plane.
        plateau: share of the points that lie on the plateau.
        cliffs: steps between neighbours that are cliffs.
        caused: share of them at which the end of the run changes; None without a cliff.
        usual: share of all steps between neighbours at which the end changes.
        causes: what changes there → number of cliffs.
        level: share of the points with level neighbours, high or low, that have no pattern.
        level_height: median place of these in the range, from 0 to 1; None without one.
    """

    points: int
    plateau: float
    cliffs: int
    caused: float | None
    usual: float
    causes: dict[str, int] = field(default_factory=dict)
    level: float = 0.0
    level_height: float | None = None


def ground(plane: xr.Dataset) -> Ground:
    """Cliffs and plateau of a plane.

    A run that diverged has no loss. Its neighbours are held against the top of the range, and it is no ground
    itself: where runs leave the finite numbers side by side there is no plateau.
    """
    loss, end = plane.loss.values, plane.end.values
    low, high = float(np.nanmin(loss)), float(np.nanmax(loss))
    height = (np.nan_to_num(loss, nan=high) - low) / max(high - low, 1e-30)
    level, steep, changed, causes = end != End.DIVERGED, [], [], Counter[str]()
    for (a, b), (p, q) in zip(neighbours(height), neighbours(end), strict=True):
        cliff = np.abs(a - b) > CLIFF
        steep.append(cliff.ravel())
        changed.append((p != q).ravel())
        causes.update(cause(int(i), int(j)) for i, j in zip(p[cliff], q[cliff], strict=True) if i != j)
    for axis in (0, 1):
        rough = np.abs(np.diff(height, axis=axis)) > LEVEL
        level &= ~np.pad(rough, [(1, 0) if i == axis else (0, 0) for i in (0, 1)])
        level &= ~np.pad(rough, [(0, 1) if i == axis else (0, 0) for i in (0, 1)])
    bare = level & (end == End.HOMOGENEOUS)
    cliffs, change = np.concatenate(steep), np.concatenate(changed)
    number = int(cliffs.sum())
    return Ground(
        loss.size,
        float((level & (height > HIGH)).mean()),
        number,
        float(change[cliffs].mean()) if number else None,
        float(change.mean()),
        dict(causes),
        float(bare.mean()),
        float(np.median(height[bare])) if bare.any() else None,
    )


def cause(one: int, other: int) -> str:
    """What changes between two different ends, the gravest first."""
    both = {one, other}
    for end, name in ((End.DIVERGED, 3), (End.MOVING, 2), (End.HOMOGENEOUS, 0)):
        if end in both:
            return CAUSES[name]
    return CAUSES[1]
