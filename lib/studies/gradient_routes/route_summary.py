"""Gradients by several routes in numbers: how many meet, and what is left where there is no pattern."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.gradient_routes import measurements
from lib.studies.gradient_routes.implicit import slowest
from lib.studies.gradient_routes.routes import alike, compared, cosine, dead, loudest, size_of

#: Patterns at rest without which nothing is said about them.
ENOUGH = 30


@dataclass(frozen=True)
class Routes:
    """Gradients by several routes at patterns at rest, and where there is no pattern.

    Args:
        near, patterns, still: sets drawn near the truth, those that end in a pattern, and at rest.
        resting: patterns at rest near the truth whose gradients are compared; `enough` is their number, None
            below `ENOUGH`.
        agreeing, agreeing_before: of these, where the implicit gradient is much the same (`alike`) as the one
            unrolled from the steady state, pixel loss, at the longest horizon and at the one before.
        agreeing_spectral: the same for the spectral loss, at the horizon before the longest.
        meeting, lowest: cosine of the implicit gradient with the one unrolled longest from the steady state,
            pixel loss: median and least.
        meeting_spectral: the same for the spectral loss at the horizon before; median.
        alike: share of patterns whose gradient unrolled from the patch is much the same as the implicit one.
        times, most, angle: median and largest ratio of their sizes, and median cosine.
        far: sets drawn from all over the searched box; `far_trivial` … `far_flickering` count how they end.
        others, trivial, uniform: the ends without a pattern whose gradients were computed, and of each kind.
        silent: their largest relative slope of the spectral loss by any route.
        fade: steps in which the slowest mode that is no translation fades by a factor e, at the truth; None
            where it grows.
    """

    near: int
    patterns: int
    still: int
    resting: int
    enough: float | None
    agreeing: int | None
    agreeing_before: int | None
    agreeing_spectral: int | None
    meeting: float | None
    lowest: float | None
    meeting_spectral: float | None
    alike: float | None
    times: float | None
    most: float | None
    angle: float | None
    far: int
    far_trivial: int
    far_uniform: int
    far_patterns: int
    far_diverged: int
    far_flickering: int
    others: int
    trivial: int
    uniform: int
    silent: float | None
    fade: float | None


def routes(found: measurements.Routes) -> Routes:
    """From `measurements.by_routes`."""
    living = found.found.isel(set=np.flatnonzero(compared(found.found)))
    silent = found.found.isel(set=np.flatnonzero(dead(found.found)))
    ahead, same = cosine(living.unrolled, living.implicit), alike(living.unrolled, living.implicit).sum("set")
    pixels = ahead.sel(loss="pixels").isel(horizon=-1)
    spectral = living.sel(loss="spectral")
    ratio = size_of(spectral.patch) / size_of(spectral.implicit)
    count, ends = living.sizes["set"], Counter(end.outcome for end in found.far)
    return Routes(
        near=len(found.near),
        patterns=sum(end.outcome == Outcome.PATTERN for end in found.near),
        still=sum(end.still for end in found.near),
        resting=count,
        enough=float(count) if count >= ENOUGH else None,
        agreeing=int(same.sel(loss="pixels")[-1]) if count else None,
        agreeing_before=int(same.sel(loss="pixels")[-2]) if count else None,
        agreeing_spectral=int(same.sel(loss="spectral")[-2]) if count else None,
        meeting=middle(pixels),
        lowest=float(pixels.min()) if count else None,
        meeting_spectral=middle(ahead.sel(loss="spectral").isel(horizon=-2)),
        alike=float(alike(spectral.patch, spectral.implicit).mean()) if count else None,
        times=middle(ratio),
        most=float(ratio.max()) if count else None,
        angle=middle(cosine(spectral.patch, spectral.implicit)),
        far=len(found.far),
        far_trivial=ends[Outcome.TRIVIAL],
        far_uniform=ends[Outcome.UNIFORM],
        far_patterns=ends[Outcome.PATTERN],
        far_diverged=ends[Outcome.DIVERGED],
        far_flickering=ends[Outcome.FLICKERING],
        others=silent.sizes["set"],
        trivial=int((silent.outcome == Outcome.TRIVIAL).sum()),
        uniform=int((silent.outcome == Outcome.UNIFORM).sum()),
        silent=loudest(silent),
        fade=fading(float(slowest(TRUTH, found.truth.state)[2])),
    )


def middle(values: xr.DataArray) -> float | None:
    """The median; None of nothing."""
    return float(values.median()) if values.size and bool(np.isfinite(values).any()) else None


def fading(rate: float) -> float | None:
    """Steps in which a mode with this growth rate per step fades by a factor e; None where it grows."""
    return -1 / rate if math.isfinite(rate) and rate < 0 else None
