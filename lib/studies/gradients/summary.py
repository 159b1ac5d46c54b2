"""Everything that Section 3 says in numbers about gradients."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.simulate import Outcome
from lib.studies.gradients.gradient_field import Region, agreement, by_region, right_way, size
from lib.studies.training.audit import wilson

#: Growth on the way back that counts as explosion, and shrinkage that counts as vanishing, in decades.
EXPLODED, VANISHED = 3.0, -6.0

#: Initial states of the adjoint's plane below which nothing is said.
FEWEST_SEEDS = 2


@dataclass(frozen=True)
class Way:
    """Where the way down leads at points whose runs, stopped as in training, end alike.

    Args:
        points: how many.
        length: median length of the gradient in all four parameters, per unit of them; None without a point.
        pointing: gradients with a direction in the plane.
        right: share of these that point to the truth's side; None where there is none.
        low, high: its 95 % interval (Wilson's).
    """

    points: int
    length: float | None
    pointing: int
    right: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Directions:
    """Where the way down leads, in the plane, by the end of the run.

    Args:
        trivial, uniform, pattern: where v has died; where it is uniform, or nearly so, with a loss above half
            of the plateau's height; among patterns.
        zero, zero_points: share of exactly zero gradients where v has died, after full runs, and of how many.
    """

    trivial: Way
    uniform: Way
    pattern: Way
    zero: float | None
    zero_points: int


@dataclass(frozen=True)
class Adjoints:
    """How far the adjoint grows and shrinks on its way back over the plane, relative to the end.

    Args:
        points, seeds, runs: of the plane.
        exploded, vanished, silent: shares of the runs that grow beyond 10^EXPLODED, that are below
            10^VANISHED at their start, and whose loss has no gradient at all; None for fewer than
            `FEWEST_SEEDS` seeds.
        growth, growth_lower, growth_upper, most: median, quartiles and maximum of the largest norm, in
            decades; None where no run has one.
        ratio_stopped, ratio_full: largest gradient over the plane against the median one that is not zero, in
            decades, for runs stopped as in training and for full ones; None where all are zero.
        largest_full: the largest gradient after full runs, in decades per unit of the parameters.
    """

    points: int
    seeds: int
    runs: int
    exploded: float | None
    vanished: float | None
    silent: float | None
    growth: float | None
    growth_lower: float | None
    growth_upper: float | None
    most: float | None
    ratio_stopped: float | None
    ratio_full: float | None
    largest_full: float | None


@dataclass(frozen=True)
class Roughness:
    """How noisy the gradient among patterns is.

    Args:
        noise, cosine, states: mean gradient over initial states against their spread; mean cosine between
            pairs; how many states have a gradient. None for fewer than two.
        wiggle, slope: standard deviation of the loss over the short cut, and the median slope in k there.
        scale: wiggle over slope: the width in k for which a slope holds.
        width: of the short cut.
    """

    noise: float | None
    cosine: float | None
    states: int
    wiggle: float | None
    slope: float | None
    scale: float | None
    width: float


@dataclass(frozen=True)
class GradientSummary:
    """What the page says about gradients."""

    directions: Directions
    adjoints: Adjoints
    rough: Roughness


def summarise(
    fields: Mapping[str, xr.Dataset], plane: xr.Dataset, cut: xr.Dataset, states: xr.Dataset, half: float
) -> GradientSummary:
    """Everything about the results of `lib.studies.gradients.experiments`.

    Args:
        fields: gradients over the plane, "stopped" and "full".
        plane: from `adjoints_over_plane`.
        cut: from `short_cut`.
        states: from `by_state`.
        half: of the plateau's height, which tells a pattern from the remnant of a patch in a stopped run.
    """
    return GradientSummary(
        directions(fields["stopped"], fields["full"], half), adjoints(plane, fields), roughness(cut, states)
    )


def directions(stopped: xr.Dataset, full: xr.Dataset, half: float) -> Directions:
    """Where the way down leads; `half` of the plateau's height tells remnants from patterns."""
    axes = tuple(str(name) for name in stopped.loss.dims[:2])
    remnant = (stopped.outcome == Outcome.PATTERN) & (stopped.loss >= half)
    told_apart = stopped.assign(outcome=stopped.outcome.where(~remnant, Outcome.UNIFORM))
    found, later = (by_region(field, right_way(field, axes)) for field in (told_apart, full))
    dead = later.get(Outcome.TRIVIAL)
    return Directions(
        trivial=way(found.get(Outcome.TRIVIAL)),
        uniform=way(found.get(Outcome.UNIFORM)),
        pattern=way(found.get(Outcome.PATTERN)),
        zero=dead.zero if dead else None,
        zero_points=dead.points if dead else 0,
    )


def way(found: Region | None) -> Way:
    """One region with the interval of its share."""
    if found is None:
        return Way(0, None, 0, None, None, None)
    if found.right is None:
        return Way(found.points, found.median, 0, None, None, None)
    low, high = wilson(round(found.right * found.pointing), found.pointing)
    return Way(found.points, found.median, found.pointing, found.right, low, high)


def adjoints(plane: xr.Dataset, fields: Mapping[str, xr.Dataset]) -> Adjoints:
    """Growth of the adjoint over a plane, and the largest gradients there."""
    runs, seeds = plane.silent.size, plane.sizes["seed"]
    enough = seeds >= FEWEST_SEEDS
    largest, start = plane.largest.values, plane.start.values
    known = largest[np.isfinite(largest)]
    lower, middle, upper = np.quantile(known, [0.25, 0.5, 0.75]) if len(known) else (None, None, None)
    return Adjoints(
        points=runs // seeds,
        seeds=seeds,
        runs=runs,
        exploded=float((largest > EXPLODED).mean()) if enough else None,
        vanished=float((start < VANISHED).mean()) if enough else None,
        silent=float(plane.silent.mean()) if enough else None,
        growth=None if middle is None else float(middle),
        growth_lower=None if lower is None else float(lower),
        growth_upper=None if upper is None else float(upper),
        most=float(known.max()) if len(known) else None,
        ratio_stopped=ratio(fields["stopped"]),
        ratio_full=ratio(fields["full"]),
        largest_full=largest_of(fields["full"]),
    )


def lengths(field: xr.Dataset) -> np.ndarray:
    """Lengths of all gradients that are neither zero nor without a number, in decades."""
    values = size(field.gradient).values
    return np.log10(values[np.isfinite(values) & (values > 0)])


def ratio(field: xr.Dataset) -> float | None:
    """The largest gradient against the median one, in decades."""
    found = lengths(field)
    return float(found.max() - np.median(found)) if len(found) else None


def largest_of(field: xr.Dataset) -> float | None:
    """The largest gradient in decades."""
    found = lengths(field)
    return float(found.max()) if len(found) else None


def roughness(cut: xr.Dataset, states: xr.Dataset) -> Roughness:
    """How noisy the gradient is over initial states, and over a very short cut in k."""
    single = states.gradient.values.reshape(-1, states.sizes["parameter"])
    living = single[np.isfinite(single).all(axis=1) & (np.abs(single) > 0).any(axis=1)]
    agreed = agreement(living) if len(living) > 1 else None
    wiggle = float(cut.loss.std())
    slope = float(np.abs(cut.gradient.sel(parameter="k")).median())
    alive = np.isfinite(wiggle) and slope > 0
    return Roughness(
        noise=agreed["signal_to_noise"] if agreed else None,
        cosine=agreed["cosine"] if agreed else None,
        states=len(living),
        wiggle=wiggle if alive else None,
        slope=slope if alive else None,
        scale=wiggle / slope if alive else None,
        width=float(np.ptp(cut.k.values)),
    )


def floor_rows(by_floor: xr.Dataset) -> list[tuple[float, float, float | None, float | None, int]]:
    """For each floor: it, mean loss, typical slope in k, share that leads towards the truth, of how many.

    The truth's k is the larger one, so that the way down leads there where the slope is negative.
    """
    rows = []
    for floor in by_floor.floor.values:
        one = by_floor.sel(floor=floor)
        slopes = one.gradient.sel(parameter="k").values
        known = slopes[np.isfinite(slopes) & (slopes != 0)]
        typical = float(np.median(np.abs(known))) if len(known) else None
        towards = float((known < 0).mean()) if len(known) else None
        rows.append((float(floor), float(one.loss.mean()), typical, towards, len(known)))
    return rows
