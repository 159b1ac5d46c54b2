"""Scores: who is close, how often, at what cost. Relative errors, never a raw mean square."""

import numpy as np
import xarray as xr
from scipy.stats import norm

from lib.studies.inversion.benchmark import ENDINGS
from lib.studies.inversion.recovery import FAILED, NOT_APPLICABLE, NOT_RUN

#: All four parameters this close, relative to the truth, count as found.
WITHIN = 0.05

REPEATS = ("target", "seed")

#: A curve of success against cost has flattened if from this share of the budget to its end nobody is newly
#: within `WITHIN`, and the median error falls by less than this share of itself.
LATE, STILL = 0.5, 0.1


def errors(found: xr.Dataset) -> xr.DataArray:
    """Largest relative error of the four, over (approach, scheme, target, seed); without an answer, ∞."""
    return np.abs(found.params / found.truth - 1).max("parameter", skipna=False).fillna(np.inf)


def applies(found: xr.Dataset) -> xr.DataArray:
    """Whether a method took part in a scheme at all, over (approach, scheme)."""
    absent = [ENDINGS.index(NOT_APPLICABLE), ENDINGS.index(NOT_RUN)]
    return (~found.ending.isin(absent)).any(REPEATS)


def not_run(found: xr.Dataset) -> xr.DataArray:
    """What the profile left out, over (approach, scheme)."""
    return (found.ending == ENDINGS.index(NOT_RUN)).all(REPEATS)


def success(found: xr.Dataset, within: float = WITHIN) -> xr.DataArray:
    """Share of the problems solved, over (approach, scheme); NaN where the method does not apply."""
    return (errors(found) <= within).mean(REPEATS).where(applies(found))


def success_against_cost(found: xr.Dataset, within: float = WITHIN) -> xr.DataArray:
    """Share of the problems on which the present answer is right, over (approach, scheme, spent)."""
    gap = np.abs(found.answer / found.truth - 1).max("parameter", skipna=False)
    return (gap <= within).mean(REPEATS).where(applies(found))


def flattened(found: xr.Dataset, within: float = WITHIN) -> xr.DataArray:
    """Whether a method's curve has come to rest before the budget ends, over (approach, scheme).

    A rule, not a look: see `LATE`. False where it does not apply, and where nobody had an answer by then.
    """
    gap = np.abs(found.answer / found.truth - 1).max("parameter", skipna=False).fillna(np.inf)
    early = gap.sel(spent=LATE, method="pad")
    risen = (errors(found) <= within).sum(REPEATS) > (early <= within).sum(REPEATS)
    before, after = early.median(REPEATS), errors(found).median(REPEATS)
    fallen = (after < (1 - STILL) * before) & np.isfinite(after)
    return (~risen & ~fallen & applies(found)).drop_vars("spent")


def answers_once(found: xr.Dataset) -> xr.DataArray:
    """Whether no attempt had any answer in the first part of the budget, and some did at its end.

    Such a method has no curve that could come to rest: what a larger budget would give cannot be told.
    """
    early = found.answer.sel(spent=LATE, method="pad").notnull().all("parameter")
    late = errors(found) < np.inf
    return (~early.any(REPEATS) & late.any(REPEATS) & applies(found)).drop_vars("spent")


def expected_cost(found: xr.Dataset, within: float = WITHIN) -> xr.DataArray:
    """Forward equivalents spent in all, for each problem solved, over (approach, scheme).

    COCO's expected running time: what a solution costs if one restarts until it comes. Infinite without one.
    """
    solved = (errors(found) <= within).sum(REPEATS)
    total = found.cost.sum(REPEATS)
    return xr.where(solved > 0, total / solved.clip(min=1), np.inf).where(applies(found))


def median_error(found: xr.Dataset) -> xr.DataArray:
    """Median of the largest relative error, over (approach, scheme); NaN where the method does not apply."""
    return errors(found).median(REPEATS).where(applies(found))


def interval(found: xr.Dataset, draws: int = 400, seed: int = 0) -> xr.DataArray:
    """Bootstrap interval (5 %, 95 %) of the median error, targets and seeds drawn together."""
    stacked = errors(found).stack(case=REPEATS).values
    chosen = np.random.default_rng(seed).integers(stacked.shape[-1], size=(draws, stacked.shape[-1]))
    medians = np.median(stacked[..., chosen], axis=-1)
    # Numbers that really occur: between a finite and an infinite error there is nothing to interpolate.
    ends = np.quantile(medians, [0.05, 0.95], axis=-1, method="nearest")
    coords = {"end": ["low", "high"], "approach": found.approach, "scheme": found.scheme}
    return xr.DataArray(ends, dims=("end", "approach", "scheme"), coords=coords)


def coverage(found: xr.Dataset, level: float = 0.95) -> xr.DataArray:
    """Share of the parameters inside the stated intervals, over (approach, scheme); NaN where none is."""
    width = norm.ppf((1 + level) / 2)
    inside = np.abs(found.params - found.truth) <= width * found.uncertainty
    return inside.where(np.isfinite(found.uncertainty)).mean(("parameter", *REPEATS))


def failures(found: xr.Dataset) -> xr.DataArray:
    """How many attempts failed, over (approach, scheme)."""
    return (found.ending == ENDINGS.index(FAILED)).sum(REPEATS)


def names_of_failures(found: xr.Dataset) -> list[str]:
    """What went wrong, each reason once."""
    failed = found.ending.values == ENDINGS.index(FAILED)
    return sorted({str(reason) for reason in found.reason.values[failed]})
