"""Why each cliff is where it is: a rule, applied to measurements.

The first of these that applies names the cause of a cliff at c, s being the range of c over the seeds
and δ = 1 % of the truth's value, but at least 5 s:

1. *time step*: with dt = 1/2, all else alike, the cliff lies more than δ further out, or there is none.
2. *basin of the patch*: a settled pattern carried along at dt = 1 still lives more than δ beyond c.
3. *homogeneous bifurcation*: a saddle-node, Hopf or Turing point on the same line is within δ of c.
4. *end of the pattern*: the carried pattern ends within δ of c.
5. *unexplained*.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lib.linearisation import Vector
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.studies.bifurcation import homogeneous
from lib.studies.bifurcation.cliff_location import Edge
from lib.studies.bifurcation.continuation import Branch, follow
from lib.studies.bifurcation.stability import Instability, instability

#: Two places closer than this share of the truth's value are called the same.
CLOSE = 0.01


class Evidence(NamedTuple):
    """What is known about one cliff.

    Args:
        places: the cliff for each seed, dt = 1.
        half_step: the same with dt = 1/2, first seed; NaN where the pattern lived on to the limit.
        carried: how far the carried pattern lives, in the direction of the edge.
        curves: named homogeneous bifurcations on the line, NaN where the line does not meet one.
    """

    places: tuple[float, ...]
    half_step: float
    carried: float
    curves: Mapping[str, float]


def cause(edge: Edge, evidence: Evidence) -> str:
    """The cause of a cliff, by the rule above."""
    place, between = float(np.mean(evidence.places)), float(np.ptp(evidence.places))
    near = max(CLOSE * float(getattr(TRUTH, edge.name)), 5 * between)
    if np.isnan(evidence.half_step) or (evidence.half_step - place) * edge.sign > near:
        return "time step"
    if (evidence.carried - place) * edge.sign > near:
        return "basin of the patch"
    distances = {name: abs(x - place) for name, x in evidence.curves.items() if np.isfinite(x)}
    nearest = min(distances, key=lambda name: distances[name], default="")
    if nearest and distances[nearest] < near:
        return f"homogeneous bifurcation ({nearest})"
    return "end of the pattern" if abs(evidence.carried - place) < near else "unexplained"


def curves_on_line(name: str) -> dict[str, list[float]]:
    """Every homogeneous bifurcation met when one parameter leaves the truth and the others stay.

    Along Du, Dv and F there is none but the stability limit of the time step: at the truth's k > 1/16 no
    homogeneous state exists besides the trivial one, and that one attracts.
    """
    Du, Dv, F, k = (float(p) for p in TRUTH)
    found: dict[str, list[float]] = {"saddle-node": [], "Hopf": [], "Hopf, dt = 1": [], "Turing": []}
    if name == "k":
        born = float(homogeneous.saddle_node_k(F))
        candidates = (
            born,
            homogeneous.hopf_k(F),
            homogeneous.hopf_k(F, 1.0),
            homogeneous.turing_k(Du, Dv, F),
        )
        for curve, x in zip(found, candidates, strict=True):
            found[curve] += [] if x is None else [x]
    elif name == "F":
        found["saddle-node"] += homogeneous.saddle_node_F(k)
        hopf = homogeneous.hopf_F(k)
        found["Hopf"] += [] if hopf is None else [hopf]
    elif len(homogeneous.states(F, k)) == 3:
        raise ValueError(
            f"More homogeneous states exist at the truth's F and k, whose curves along {name} depend on "
            "diffusion: this function knows truths above k = 1/16 only."
        )
    return found


class Outline(NamedTuple):
    """One patterned branch and where its patterns cease to attract."""

    branch: Branch
    instability: Instability


def outlines(
    directions: list[tuple[str, int]], y: Vector, *, steps: int = 30
) -> dict[tuple[str, int], Outline]:
    """The branches through one steady pattern in several directions, side by side in processes; kept.

    Args:
        directions: (parameter, sign).
        y: a steady pattern at the truth.
        steps: points of each branch, at most.
    """
    calls = [arguments(name, sign, y, steps) for name, sign in directions]
    return dict(zip(directions, kept(outline, calls, threads=1), strict=True))


@single_thread()
def outline(name: str, sign: int, y: Vector, steps: int) -> Outline:
    """The work of `outlines`."""
    low, high = {"F": (0.022, 0.1)}.get(name, (0.02, 0.25))
    branch = follow(name, y, sign, steps=steps, beyond=2, within=(low, high))
    return Outline(branch, instability(branch))
