"""What the pages on landscapes say, in numbers: one dataclass a question, None for what was not measured."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.features import RANDOM
from lib.simulate import Outcome
from lib.studies.landscapes.flatness import patterned, relief, resolved
from lib.studies.landscapes.likeness import Agreement, Gradual, agreement, gradual, placement


@dataclass(frozen=True)
class Cuts:
    """The four cuts.

    Args:
        axes: cuts with at least one cliff.
        cliffs: on all of them.
        drop: median share of the range that falls within a window across a cliff.
        flat_off: flat share of the ground off the pattern, on the cut where it is least.
        flat_on, flat_on_high: flat share of the patterned ground, least and largest over the cuts.
        points, states: on all cuts, and initial states at each point.
        left_out, unresolved: borders of the patterned region that are no cliffs, and points on neither side,
            as a run diverged or flickers there.
    """

    axes: int
    cliffs: int
    drop: float | None
    flat_off: float | None
    flat_on: float | None
    flat_on_high: float | None
    points: int
    states: int
    left_out: int
    unresolved: int


def of_cuts(cuts: Mapping[str, xr.Dataset]) -> Cuts:
    """From the datasets of the four cuts."""
    each = [relief(cut) for cut in cuts.values()]
    on, off = (
        [x for x in part if x is not None]
        for part in zip(*((r.flat_on, r.flat_off) for r in each), strict=True)
    )
    first = next(iter(cuts.values()))
    return Cuts(
        axes=sum(r.cliffs > 0 for r in each),
        cliffs=sum(r.cliffs for r in each),
        drop=relief(*cuts.values()).drop,
        flat_off=min(off, default=None),
        flat_on=min(on, default=None),
        flat_on_high=max(on, default=None),
        points=sum(cut.spectral.shape[0] for cut in cuts.values()),
        states=first.sizes["state"],
        left_out=sum(r.left_out for r in each),
        unresolved=unresolved(*cuts.values()),
    )


@dataclass(frozen=True)
class Planes:
    """Both planes pooled: the same numbers over all of their lines; points and initial states."""

    flat_off: float | None
    flat_on: float | None
    drop: float | None
    cliffs: int
    left_out: int
    points: int
    states: int
    unresolved: int


def of_planes(*planes: xr.Dataset) -> Planes:
    """From the datasets of the planes."""
    points = sum(plane.outcome.isel(state=0).size for plane in planes)
    return Planes(
        **relief(*planes)._asdict(),
        points=points,
        states=planes[0].sizes["state"],
        unresolved=unresolved(*planes),
    )


def unresolved(*datasets: xr.Dataset) -> int:
    """Points at which a run diverged or flickers."""
    return sum(int((~resolved(dataset)).sum()) for dataset in datasets)


@dataclass(frozen=True)
class Gram:
    """The Gram loss beside the spectral one, in each loss's own range but for `highest`.

    Args:
        trained: 1 where its filters are trained ones; None where they are random.
        gram_highest, plain_highest: largest value anywhere.
        gram_plateau, plain_plateau: height of the plateau.
        gram_roughness, plain_roughness: median difference of patterned neighbours.
        gram_cliffs, plain_cliffs: share of patterned neighbours more than a fifth of the range apart.
        gram_ridges: share of patterned points above the Gram loss's plateau.
        points: how many patterned points there are.
    """

    trained: float | None
    gram_highest: float
    plain_highest: float
    gram_plateau: float | None
    plain_plateau: float | None
    gram_roughness: float | None
    plain_roughness: float | None
    gram_cliffs: float | None
    plain_cliffs: float | None
    gram_ridges: float | None
    points: int


def of_gram(plane: xr.Dataset) -> Gram:
    """From the F–k plane."""
    gram, plain = placement(plane, "gram"), placement(plane, "spectral")
    return Gram(
        trained=None if plane.attrs["features"] == RANDOM else 1.0,
        gram_highest=gram.highest,
        plain_highest=plain.highest,
        gram_plateau=gram.plateau,
        plain_plateau=plain.plateau,
        gram_roughness=gram.roughness,
        plain_roughness=plain.roughness,
        gram_cliffs=gram.cliffs,
        plain_cliffs=plain.cliffs,
        gram_ridges=gram.ridges,
        points=int(patterned(plane).sum()),
    )


@dataclass(frozen=True)
class Plateau:
    """What lies outside the patterns of the F–k plane.

    Args:
        level_low, level_high: mean of v where it settles at a uniform level.
        spectral, windowed: median loss off the pattern.
        spectral_span, windowed_span: range of the loss there, from the lowest to the highest, as a share of
            its whole range.
        patterned: share of the plane's `points`, in percent.
        points: of the plane.
        filters: of the Gram loss.
        side: cells of the refined plane's lattice along each side.
        lines: along each axis, on which its cliffs were looked for.
    """

    level_low: float | None
    level_high: float | None
    spectral: float | None
    windowed: float | None
    spectral_span: float | None
    windowed_span: float | None
    patterned: float
    points: int
    filters: str
    side: int
    lines: int


def of_plateau(plane: xr.Dataset, fine: xr.Dataset) -> Plateau:
    """From the F–k plane, and the same plane refined."""
    levels = plane.v.mean(("row", "column")).values[plane.outcome.isel(state=0).values == Outcome.UNIFORM]
    off = ~patterned(plane)
    return Plateau(
        level_low=float(levels.min()) if levels.size else None,
        level_high=float(levels.max()) if levels.size else None,
        spectral=median_or_none(plane.spectral.where(off)),
        windowed=median_or_none(plane.windowed.where(off)),
        spectral_span=span_or_none(plane.spectral.mean("state", skipna=False), off),
        windowed_span=span_or_none(plane.windowed.mean("state", skipna=False), off),
        patterned=100 * float(patterned(plane).mean()),
        points=int(patterned(plane).size),
        filters=str(plane.attrs["features"]),
        side=int(fine.attrs["side"]),
        lines=int(fine.attrs["lines"]),
    )


def median_or_none(values: xr.DataArray) -> float | None:
    """The median of what is not NaN; None for nothing."""
    known = values.values[np.isfinite(values.values)]
    return float(np.median(known)) if known.size else None


def span_or_none(values: xr.DataArray, where: xr.DataArray) -> float | None:
    """Range of the values that are not NaN there, as a share of that of all; None for nothing."""
    there, every = values.where(where), float(values.max() - values.min())
    return float(there.max() - there.min()) / every if every > 0 and bool(there.notnull().any()) else None


def of_losses(plane: xr.Dataset) -> Agreement:
    """The two spectral losses over the F–k plane."""
    return agreement(plane, "spectral", "windowed")


def of_pictures(plane: xr.Dataset, seed: int) -> Gradual:
    """How gradually the pictures of the F–k plane change; the seed is that of the permutations."""
    return gradual(plane, seed=seed)
