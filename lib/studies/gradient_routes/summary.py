"""What the page on other routes says, in numbers: one dataclass a question, None for what is missing."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.gradient_routes import measurements
from lib.studies.gradient_routes.descent_paths import Way, walk
from lib.studies.gradient_routes.implicit import slowest
from lib.studies.gradient_routes.routes import alike, at_rest, cosine, dead, loudest, size_of

#: Patterns at rest without which nothing is said about them.
ENOUGH = 30


@dataclass(frozen=True)
class Routes:
    """Gradients by several routes at patterns at rest, and where there is no pattern.

    Args:
        near, patterns, still: sets drawn near the truth, those that end in a pattern, and at rest.
        resting: patterns at rest whose gradients are compared; `enough` is their number, None below `ENOUGH`.
        meeting, lowest: cosine of the implicit gradient with the one unrolled longest from the steady state,
            pixel loss: median and least.
        meeting_spectral: the same for the spectral loss at the horizon before; median.
        alike: share of patterns whose gradient unrolled from the patch is much the same as the implicit one.
        times, most, angle: median and largest ratio of their sizes, and median cosine.
        others: trivial and uniform ends; `silent` is their largest relative slope by either route.
        fade: steps in which the slowest mode that is no translation fades by a factor e, at the truth.
    """

    near: int
    patterns: int
    still: int
    resting: int
    enough: float | None
    meeting: float | None
    lowest: float | None
    meeting_spectral: float | None
    alike: float | None
    times: float | None
    most: float | None
    angle: float | None
    others: int
    silent: float | None
    fade: float


def routes(found: measurements.Routes) -> Routes:
    """From `measurements.by_routes`."""
    living = found.found.isel(set=np.flatnonzero(at_rest(found.found)))
    silent = found.found.isel(set=np.flatnonzero(dead(found.found)))
    ahead = cosine(living.unrolled, living.implicit)
    pixels = ahead.sel(loss="pixels").isel(horizon=-1)
    spectral = living.sel(loss="spectral")
    ratio = size_of(spectral.patch) / size_of(spectral.implicit)
    same = alike(spectral.patch, spectral.implicit)
    count = living.sizes["set"]
    return Routes(
        near=len(found.near),
        patterns=sum(end.outcome == Outcome.PATTERN for end in found.near),
        still=sum(end.still for end in found.near),
        resting=count,
        enough=float(count) if count >= ENOUGH else None,
        meeting=middle(pixels),
        lowest=float(pixels.min()) if count else None,
        meeting_spectral=middle(ahead.sel(loss="spectral").isel(horizon=-2)),
        alike=float(same.mean()) if count else None,
        times=middle(ratio),
        most=float(ratio.max()) if count else None,
        angle=middle(cosine(spectral.patch, spectral.implicit)),
        others=silent.sizes["set"],
        silent=loudest(silent),
        fade=1 / abs(float(slowest(TRUTH, found.truth.state)[2])),
    )


def middle(values: xr.DataArray) -> float | None:
    """The median; None of nothing."""
    return float(values.median()) if values.size and bool(np.isfinite(values).any()) else None


@dataclass(frozen=True)
class Surrogates:
    """The faithful surrogate, and the smoothest.

    Args:
        side, rank: held-out points on the right side of the cliff, and rank correlation there, faithful.
        outside, inside: descents that arrive at the truth from outside and from among patterns, faithful.
        smooth_outside: from outside, smoothest; `led` those that arrive at its own minimum, which is `off`
            by so much.
        samples, tests, descents: how many.
    """

    side: float | None
    rank: float
    outside: float | None
    inside: float | None
    smooth_outside: float | None
    led: float | None
    off: float
    samples: int
    tests: int
    descents: int


def surrogates(found: measurements.Surrogates) -> Surrogates:
    """From `measurements.surrogates`."""
    faithful, smooth = found.judged["faithful"], found.judged["very smooth"]
    return Surrogates(
        side=faithful.side,
        rank=faithful.rank,
        outside=faithful.outside,
        inside=faithful.inside,
        smooth_outside=smooth.outside,
        led=smooth.led,
        off=smooth.off,
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
    return Ways(
        lines=len(each),
        monotone=sum(good),
        steps=sum(way.steps for way in each),
        bumps=sum(way.bumps for way in each),
        rises=sum(way.rises for way in each),
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
