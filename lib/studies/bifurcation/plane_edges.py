"""Where the patterned region of the F–k plane ends at each feed rate, and how far that is from each curve.

The paper speaks of this plane: its cliffs form a cusp like the homogeneous bifurcations do. So both flanks
are located by bisection in k at many feed rates, and compared with the curves at the same feed rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from tqdm import tqdm

from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.simulate import Outcome
from lib.studies.bifurcation import homogeneous
from lib.studies.bifurcation.cliff_location import EDGES, Edge, Start, locate
from lib.studies.scheme import PAPER, Scheme

#: Width of the last bracket, in k.
PRECISION = 1e-4

#: Two places closer than this in k are called the same: less than half of what separates the Hopf curve
#: from the saddle-node at the truth's F.
SAME = 1e-3

#: The flanks: the ways out of the patterned region along k.
LOW, HIGH = EDGES[-2], EDGES[-1]


@dataclass(frozen=True)
class Flank:
    """One flank against one curve.

    Args:
        rows: feed rates at which both exist.
        share: share of them with a distance of at most `SAME` in k; None for no rows.
        largest, median: distance in k over the rows.
        until: the highest feed rate up to which all rows are so close; None if the lowest is not.
        until_largest: the largest distance up to there.
        spread: the largest difference between seeds on one row.
    """

    rows: int
    share: float | None
    largest: float | None
    median: float | None
    until: float | None
    until_largest: float | None
    spread: float | None


def plane_edges(
    plane: xr.Dataset, seeds: Sequence[int], *, size: int, steps: int, scheme: Scheme = PAPER
) -> xr.Dataset:
    """Both flanks of the patterned region at every feed rate of a coarse plane, for several seeds; kept.

    Args:
        plane: `patch`, outcomes over (F, k), from `experiments.reach`: where to look.
        seeds: of the initial states.
        size, steps: of the runs, which need not be those of the plane; steps of time 1.
        scheme: their time step and precision.

    Returns:
        Dataset over (F, seed): `low` and `high`, in k, NaN where the plane shows no such edge; over F the
        homogeneous curves "saddle-node", "Hopf", "Hopf, dt = 1" and "Turing".
    """
    jobs = [
        (i, edge, guess)
        for i, row in enumerate(plane.patch.values == Outcome.PATTERN)
        for edge, guess in guesses(row, plane.k.values)
    ]
    start = Start(size=size, steps=steps, scheme=scheme)
    calls = [
        arguments(edge, start._replace(seed=seed), guess, TRUTH._replace(F=float(plane.F[i])), PRECISION)
        for i, edge, guess in jobs
        for seed in seeds
    ]
    found = iter(tqdm(kept(locate, calls), total=len(calls), desc="edges of the plane", unit="edge"))
    places = np.full((2, plane.sizes["F"], len(seeds)), np.nan)
    for i, edge, _ in jobs:
        places[0 if edge.sign < 0 else 1, i] = [next(found).place for _ in seeds]
    return xr.Dataset(
        {"low": (("F", "seed"), places[0]), "high": (("F", "seed"), places[1])} | curves(plane.F.values),
        coords={"F": plane.F.values, "seed": list(seeds)},
    )


def guesses(patterned: np.ndarray, kills: np.ndarray) -> list[tuple[Edge, float]]:
    """The flanks that one row of a plane shows, and where about: not those at the plane's own border."""
    inside = np.flatnonzero(patterned)
    if not len(inside):
        return []
    first, last = int(inside[0]), int(inside[-1])
    found = [(LOW, float(kills[first - 1] + kills[first]) / 2)] if first else []
    if last < len(kills) - 1:
        found.append((HIGH, float(kills[last] + kills[last + 1]) / 2))
    return found


def curves(F: np.ndarray) -> dict[str, tuple[str, np.ndarray]]:
    """Kill rates of the homogeneous curves at each feed rate, for the truth's diffusion."""
    found = homogeneous.curves(F, float(TRUTH.Du), float(TRUTH.Dv))
    of_map = [homogeneous.hopf_k(float(f), 1.0) for f in F]
    found["Hopf, dt = 1"] = np.array([np.nan if k is None else k for k in of_map])
    return {name: ("F", kills) for name, kills in found.items()}


def flank(edges: xr.Dataset, side: str, curve: str) -> Flank:
    """How closely one flank ("low" or "high") follows one curve."""
    place = edges[side].mean("seed", skipna=False)
    apart = np.abs(place.values - edges[curve].values)
    known = np.isfinite(apart)
    distance, rates = apart[known], edges.F.values[known]
    if not distance.size:
        return Flank(0, None, None, None, None, None, None)
    near = distance <= SAME
    count = int(near.argmin()) if not near.all() else len(near)
    return Flank(
        rows=distance.size,
        share=float(near.mean()),
        largest=float(distance.max()),
        median=float(np.median(distance)),
        until=float(rates[count - 1]) if count else None,
        until_largest=float(distance[:count].max()) if count else None,
        spread=float((edges[side].max("seed") - edges[side].min("seed")).max()),
    )
