"""Whether the losses of training runs stay where they are: their band, and a trend over whole runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.training.regions import made
from lib.studies.training.trace_statistics import PAPER_BAND, lengths, trends

#: Runs of a recipe, and iterations planned for each, below which nothing is said about band and trend.
FEWEST_RUNS, SHORTEST = 3, 30

#: A downward trend is significant below this probability of seeing it where there is none.
SIGNIFICANT = 0.01

#: Half width of the band 245-270, rounded up to fives: how far from the median a loss counts as near.
NEAR = 15.0


@dataclass(frozen=True)
class Steadiness:
    """The losses of several runs of one recipe.

    Args:
        runs, iterations, longest: runs, all their iterations, and those of the longest run.
        first, lowest, last: medians over the runs of their first, least and last loss.
        lowest_at: median iteration of the least loss, counted from 0.
        low, median, high: 5 %, 50 % and 95 % quantiles of all losses.
        inside: share of all iterations whose loss lies in the paper's band; one without a loss lies outside.
        near: share whose loss lies within `NEAR` of the median.
        falling, tested: runs with a significant downward trend, of those long enough to show one.
        downward: their share.
        tau: median over the runs of Kendall's rank correlation between loss and iteration.

    What rests on fewer than `FEWEST_RUNS` runs, or on runs planned shorter than `SHORTEST`, is None.
    """

    runs: int
    iterations: int
    longest: int
    first: float | None
    lowest: float | None
    last: float | None
    lowest_at: float | None
    low: float | None
    median: float | None
    high: float | None
    inside: float | None
    near: float | None
    falling: int
    tested: int
    downward: float | None
    tau: float | None


def steadiness(trace: xr.Dataset, planned: int) -> Steadiness:
    """Look at all losses of all runs, wherever they were taken.

    Args:
        trace: runs of one recipe, with dimensions (run, iteration).
        planned: iterations that each run was to have; an aborted run has fewer.
    """
    there = made(trace).values
    losses = np.where(there, trace.loss.values, np.nan)
    known = losses[np.isfinite(losses)]
    enough = trace.sizes["run"] >= FEWEST_RUNS and planned >= SHORTEST and len(known) > 0
    found = trends(losses)
    tested = int(found.p.notnull().sum())
    falling = int(((found.p < SIGNIFICANT) & (found.tau < 0)).sum())
    trending = enough and tested >= FEWEST_RUNS
    low, middle, high = quantiles(known)
    rows = [row[np.isfinite(row)] for row in losses if np.isfinite(row).any()]
    return Steadiness(
        runs=trace.sizes["run"],
        iterations=int(there.sum()),
        longest=int(lengths(trace).max()),
        first=median([row[0] for row in rows]),
        lowest=median([row.min() for row in rows]),
        last=median([row[-1] for row in rows]),
        lowest_at=median([float(np.nanargmin(row)) for row in losses if np.isfinite(row).any()]),
        low=low,
        median=middle,
        high=high,
        inside=share((known >= PAPER_BAND[0]) & (known <= PAPER_BAND[1]), there) if enough else None,
        near=share(np.abs(known - middle) <= NEAR, there) if enough and middle is not None else None,
        falling=falling,
        tested=tested,
        downward=falling / tested if trending else None,
        tau=float(found.tau.median()) if trending else None,
    )


def quantiles(known: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """5 %, 50 % and 95 %; None where there is no loss."""
    if not len(known):
        return None, None, None
    low, middle, high = (float(value) for value in np.quantile(known, [0.05, 0.5, 0.95]))
    return low, middle, high


def median(values: Sequence[float]) -> float | None:
    """The median, or None of nothing."""
    return float(np.median(values)) if values else None


def share(met: np.ndarray, there: np.ndarray) -> float:
    """Part of all iterations, those without a loss included."""
    return float(met.sum() / there.sum())
