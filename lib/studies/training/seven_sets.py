"""The seven sampled sets as the training sees them: losses, spots, and how often a batch is accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from lib.paper import SAMPLED_NAMES, SAMPLED_SETS
from lib.studies import shared
from lib.studies.training.audit import audit
from lib.studies.training.sizes import Sizes
from lib.studies.training.trace_statistics import gap

#: Between these shares of the plateau's height lies the middle, which polarised values leave empty.
MIDDLE = (0.1, 0.8)

#: Simulations under the windowed loss at each set: one batch.
ONE_BATCH = 8


@dataclass(frozen=True)
class SampledSet:
    """One set: mean loss with quartiles, windowed loss, medians of spots and steps, and shares.

    `converged` is the share of single simulations that converge; `share` that of batches, by its eighth
    power, with its 95 % interval; `passed` counts the batches really drawn that passed.
    """

    loss: float
    loss_lower: float
    loss_upper: float
    windowed: float
    spots: float
    steps: float
    converged: float
    share: float
    low: float
    high: float
    passed: int


@dataclass(frozen=True)
class SevenSets:
    """All seven by their numbers, and how polarised the windowed loss is.

    Args:
        sets: "1" … "7".
        samples, drawn: simulations of each, and batches of them.
        height: of the plateau under the plain loss.
        between_sets: share of the sets whose mean windowed loss lies in the middle, stopped as in training.
        between_full, full_runs: share of single full runs of these sets whose loss does, and of how many.
        between, between_plain, points: the same over the plane's points, for both losses.
    """

    sets: Mapping[str, SampledSet]
    samples: int
    drawn: int
    height: float
    between_sets: float
    between_full: float
    full_runs: int
    between: float
    between_plain: float
    points: int


def audits(sizes: Sizes, pool: np.ndarray, seed: int) -> tuple[xr.Dataset, xr.Dataset]:
    """The audit of the seven sets, under the plain and under the windowed loss."""
    recipe = shared.first_segment(sizes)
    numbered = {
        f"{i}: {name}": place
        for i, (name, place) in enumerate(zip(SAMPLED_NAMES, SAMPLED_SETS, strict=True), 1)
    }
    plain, windowed = dict.fromkeys(numbered, sizes.audit_samples), dict.fromkeys(numbered, ONE_BATCH)
    return (
        audit(numbered, plain, pool, recipe=recipe, seed=seed),
        audit(numbered, windowed, pool, recipe=replace(recipe, loss="windowed"), seed=seed),
    )


def table(plain: xr.Dataset, windowed: xr.Dataset) -> xr.Dataset:
    """What the figure of the seven sets shows, over `set`."""
    return xr.Dataset({
        "spectral": ("set", plain.loss.values),
        "windowed": ("set", windowed.loss.values),
        "stops": ("set", plain.steps.values),
        "spots": ("set", plain.spots.values),
    })  # fmt: skip


def seven_sets(
    plain: xr.Dataset, windowed: xr.Dataset, full: xr.Dataset, field: xr.Dataset, sizes: Sizes,
    heights: Mapping[str, np.ndarray],
) -> SevenSets:  # fmt: skip
    """Everything the page says about the seven sets.

    Args:
        plain, windowed: from `audits`.
        full: the sets after full runs, from `lib.studies.landscapes.sweep.evaluate`.
        field: losses over the plane, runs stopped as in training, from `lib.studies.gradients`.
        sizes: what was planned.
        heights: loss of a uniform field against each target, for both losses.
    """
    height = {name: float(values.mean()) for name, values in heights.items()}
    over_plane = (
        field.windowed.values.ravel() / height["windowed"],
        field.loss.values.ravel() / height["spectral"],
    )
    between, between_plain = (gap(values[np.isfinite(values)], *MIDDLE) for values in over_plane)
    return SevenSets(
        sets={
            str(i + 1): one_set(
                plain.isel(place=i), float(windowed.loss[i]), sizes.audit_samples // ONE_BATCH
            )
            for i in range(len(SAMPLED_SETS))
        },
        samples=sizes.audit_samples,
        drawn=sizes.audit_samples // ONE_BATCH,
        height=height["spectral"],
        between_sets=gap(windowed.loss.values / height["windowed"], *MIDDLE),
        between_full=gap(full.windowed.values / height["windowed"], *MIDDLE),
        full_runs=full.windowed.size,
        between=between,
        between_plain=between_plain,
        points=int(np.isfinite(over_plane[0]).sum()),
    )


def one_set(row: xr.Dataset, windowed: float, drawn: int) -> SampledSet:
    """One place of the audit, of whose simulations so many batches were drawn."""
    names = ("loss", "loss_lower", "loss_upper", "spots", "steps", "converged", "share", "low", "high")
    numbers = {name: float(row[name]) for name in names}
    return SampledSet(windowed=windowed, passed=round(float(row.batches) * drawn), **numbers)
