"""Drops of the loss and stays among patterns: which of them are decided, and how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.simulate import Outcome
from lib.studies.training.steadiness import SHORTEST
from lib.studies.training.trace_statistics import Excursion, excursions, frozen, region

#: A stretch longer than this counts as having stayed, whatever comes after it.
LONG = 10

#: Decided drops, and decided stays, below which no share or median of them is given.
FEWEST_DROPS, FEWEST_STAYS = 10, 5


@dataclass(frozen=True)
class Drops:
    """Stretches below half of the plateau's height that do not begin with their run.

    Args:
        drops, decided, back, cut: all; those that climbed back or lasted longer than `LONG`; those that
            climbed back; those that ended with their run before anything was decided.
        recovered: share of the decided ones that climbed back; None for fewer than `FEWEST_DROPS`.
        covered: share of all iterations spent in drops.
        length: median iterations of those that climbed back; None if none did.
        lowest: the least loss in any drop; None without a drop.
    """

    drops: int
    decided: int
    back: int
    cut: int
    recovered: float | None
    covered: float
    length: float | None
    lowest: float | None


def drops(traces: Sequence[xr.Dataset], level: float) -> Drops:
    """All drops of several groups of runs.

    Args:
        traces: each with dimensions (run, iteration).
        level: loss below which a run is in a drop.
    """
    found = [drop for trace in traces for drop in excursions(trace.loss.values, level) if drop.first > 0]
    back = [drop.length for drop in found if drop.returned]
    ends = decided(found)
    iterations = sum(int((region(trace) >= 0).sum()) for trace in traces)
    return Drops(
        drops=len(found),
        decided=len(ends),
        back=len(back),
        cut=len(found) - len(ends),
        recovered=sum(drop.returned for drop in ends) / len(ends) if len(ends) >= FEWEST_DROPS else None,
        covered=sum(drop.length for drop in found) / iterations,
        length=float(np.median(back)) if back else None,
        lowest=min((drop.lowest for drop in found), default=None),
    )


@dataclass(frozen=True)
class Stays:
    """Stays of runs among patterns.

    Args:
        stays, decided: all; those that were left again or lasted longer than `LONG`.
        median: iterations of the decided ones; None for fewer than `FEWEST_STAYS`, or for runs planned
            shorter than `SHORTEST` iterations, in which no stay could be long.
    """

    stays: int
    decided: int
    median: float | None


def stays(trace: xr.Dataset, planned: int) -> Stays:
    """Stretches of iterations most of whose simulations end in a pattern, frozen corners left out."""
    among = ((region(trace) == Outcome.PATTERN) & ~frozen(trace)).values
    # Where the run has ended there is no region: neither among patterns nor out of them again.
    marks = np.where(region(trace).values >= 0, np.where(among, 0.0, 1.0), np.nan)
    found = excursions(marks, 0.5)
    ends = decided(found)
    enough = len(ends) >= FEWEST_STAYS and planned >= SHORTEST
    median = float(np.median([stay.length for stay in ends])) if enough else None
    return Stays(len(found), len(ends), median)


def decided(stretches: Sequence[Excursion]) -> list[Excursion]:
    """Those that were left again, or that lasted long."""
    return [one for one in stretches if one.returned or one.length > LONG]
