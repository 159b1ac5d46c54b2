"""What the page on other routes says, in numbers: one dataclass a question, None for what is missing."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.gradient_routes import measurements
from lib.studies.gradient_routes.descent_paths import Way, walk


@dataclass(frozen=True)
class Surrogates:
    """The faithful surrogate, and the smoother ones.

    Args:
        side, rank: held-out points on the right side of the cliff, and rank correlation there, faithful.
        outside, inside: descents that arrive at the truth from outside and from among patterns, faithful.
        outsiders, insiders: how many begin outside and among patterns.
        highest, simulated: highest loss in the plane, of the faithful one and of the runs it is fitted to.
        smooth_outside: from outside, smoothest; `smooth_led` those that arrive at its lowest point in the
            plane, which is `smooth_off` by so much; `smooth_edge` tells whether it lies on the plane's edge.
        led, off: from outside, the most that one of the smoother surrogates leads to its own minimum, which
            is off by so much; None where all have their lowest point on the plane's edge.
        samples, tests, descents: how many.
    """

    side: float | None
    rank: float
    outside: float | None
    inside: float | None
    outsiders: int
    insiders: int
    highest: float
    simulated: float
    smooth_outside: float | None
    smooth_led: float | None
    smooth_off: float
    smooth_edge: bool
    led: float | None
    off: float | None
    samples: int
    tests: int
    descents: int


def surrogates(found: measurements.Surrogates) -> Surrogates:
    """From `measurements.surrogates`."""
    faithful, smooth = found.judged["faithful"], found.judged["very smooth"]
    # On the plane's edge a descent is held, and has found no minimum.
    led, off = max(
        (
            (one.led, one.off)
            for name, one in found.judged.items()
            if name != "faithful" and not one.edge and one.led is not None
        ),
        default=(None, None),
    )
    return Surrogates(
        side=faithful.side,
        rank=faithful.rank,
        outside=faithful.outside,
        inside=faithful.inside,
        outsiders=faithful.outsiders,
        insiders=found.descents - faithful.outsiders,
        highest=float(faithful.plane.max()),
        simulated=float(found.samples.loss.isel(candidate=0, target=0).max()),
        smooth_outside=smooth.outside,
        smooth_led=smooth.led,
        smooth_off=smooth.off,
        smooth_edge=smooth.edge,
        led=led,
        off=off,
        samples=found.samples.sizes["point"],
        tests=found.tests.sizes["point"],
        descents=found.descents,
    )


@dataclass(frozen=True)
class Ways:
    """Ways through the patterns.

    Args:
        lines, monotone: straight lines, and those that fall to the floor from ten standard errors above it
            without a significant rise, through patterns all along.
        steps, bumps, rises: steps before the floor, those that rise at all, and significantly.
        falling, rising: lines on which every step to the truth falls, and share of all their steps that rise.
        single, single_falling, single_rising: the same of the lines of one pair of different initial states
            each, and how many there are.
        left: mean share of the way that is left when the floor is reached.
        points, through: patterned points of the plane above the floor, and share of them that lead down.
        floor, floor_error, highest, highest_error: averaged loss at the truth, and at the lines' starts
            (median), with standard errors over initial states.
        plateau: the highest loss in the plane.
        states: initial states.
    """

    lines: int
    monotone: int
    steps: int
    bumps: int
    rises: int
    falling: int
    rising: float
    single: int
    single_falling: int
    single_rising: float
    left: float
    points: int
    through: float | None
    floor: float
    floor_error: float
    highest: float
    highest_error: float
    plateau: float
    states: int


def walks(found: measurements.Ways) -> dict[str, Way]:
    """What a walk along each line finds."""
    pairs = zip(measurements.BEGINS, found.loss, found.unsure, strict=True)
    return {name: walk(loss, unsure, *found.floor) for name, loss, unsure in pairs}


def ways(found: measurements.Ways, samples: xr.Dataset) -> Ways:
    """From `measurements.ways`, and the samples of its plane."""
    each = list(walks(found).values())
    above = (found.share >= 0.5) & (found.plane.values > found.top)
    good = [
        way.rises == 0 and way.drop > 10 and bool(alive) for way, alive in zip(each, found.alive, strict=True)
    ]
    rises, single = np.diff(found.loss) > 0, single_rises(found.lines.loss.values, len(found.loss))
    return Ways(
        lines=len(each),
        monotone=sum(good),
        steps=sum(way.steps for way in each),
        bumps=sum(way.bumps for way in each),
        rises=sum(way.rises for way in each),
        falling=int((~rises.any(axis=-1)).sum()),
        rising=float(rises.mean()),
        single=len(single),
        single_falling=int((~single.any(axis=-1)).sum()),
        single_rising=float(single.mean()),
        left=float(np.mean([way.arrival for way in each])),
        points=int(above.sum()),
        through=float(found.arrives[above].mean()) if above.any() else None,
        floor=found.floor[0],
        floor_error=found.floor[1],
        highest=float(np.median(found.loss[:, 0])),
        highest_error=float(np.median(found.error[:, 0])),
        plateau=float(samples.loss.max()),
        states=found.states,
    )


def single_rises(loss: np.ndarray, lines: int) -> np.ndarray:
    """Which steps rise on the lines of single pairs of different initial states, (lines · pairs, steps).

    Args:
        loss: of every candidate against every target, (lines · points, states, states).
        lines: how many.
    """
    pairs = loss[:, ~np.eye(loss.shape[1], dtype=bool)]
    by_line = pairs.reshape(lines, -1, pairs.shape[1]).swapaxes(1, 2)
    rises: np.ndarray = np.diff(by_line, axis=2) > 0
    return rises.reshape(-1, rises.shape[2])
