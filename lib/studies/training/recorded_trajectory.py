"""How near re-runs of Appendix D's second leg come to a recorded point."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from lib.coordinates import to_raw
from lib.model import Params


class Approach(NamedTuple):
    """The nearest that any of several runs comes to a point, in raw numbers.

    Args:
        left: distance there, as a share of the distance between start and point.
        at: iteration of the nearest approach.
        loss: loss there.
        params: parameters there.
        covered: part of the way from start to point that the runs' last rows have covered, on average.
        cosine: between the way from the first to the last row and the way to the point, on average.
    """

    left: float
    at: int
    loss: float
    params: Params
    covered: float
    cosine: float


def approach(legs: xr.Dataset, start: Params, goal: Params) -> Approach:
    """Compare runs that begin at `start` with a recorded goal.

    Args:
        legs: traces with dimensions (run, iteration).
        start, goal: recorded parameters.
    """
    begin, end = to_raw(start).double().numpy(), to_raw(goal).double().numpy()
    way = end - begin
    raw = legs.raw.values.astype(float)
    distance = np.linalg.norm(raw - end, axis=-1)
    run, at = np.unravel_index(np.nanargmin(distance), distance.shape)
    last = np.array([one[np.isfinite(one).all(axis=-1)][-1] for one in legs.next_raw.values.astype(float)])
    moved = last - raw[:, 0]
    lengths = np.linalg.norm(moved, axis=-1)
    ahead = moved @ way
    cosine = np.where(lengths > 0, ahead / np.maximum(lengths, 1e-30) / np.linalg.norm(way), 0.0)
    here = legs.isel(run=int(run), iteration=int(at))
    return Approach(
        left=float(distance[run, at] / np.linalg.norm(way)),
        at=int(at),
        loss=float(here.loss),
        params=Params(*(float(p) for p in here.params.values)),
        covered=float((ahead / (way @ way)).mean()),
        cosine=float(cosine.mean()),
    )


def file_name(title: str) -> str:
    """A title as part of a file's name."""
    return title.replace(",", "").replace(" ", "_")
