"""Drops of the loss and stays among patterns: which of them are decided, and how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.training.regions import Region, made, region
from lib.studies.training.steadiness import SHORTEST
from lib.studies.training.trace_statistics import Excursion, excursions

#: A stretch longer than this counts as having stayed, whatever comes after it.
LONG = 10

#: Decided drops, and decided stays, below which no share or median of them is given.
FEWEST_DROPS, FEWEST_STAYS = 10, 5


@dataclass(frozen=True)
class Drops:
    """Stretches below half of the plateau's height that do not begin with their run, frozen corners left out.

    Args:
        drops, decided: all; those that climbed back or lasted longer than `LONG`.
        back, stayed: the decided ones: those that climbed back, and those that lasted and did not.
        cornered, cut: those that ended in a frozen corner, and with their run, before anything was decided.
        recovered: share of the decided ones that climbed back; None for fewer than `FEWEST_DROPS`.
        covered: share of all iterations spent in drops.
        length: median iterations of those that climbed back; None if none did.
        lowest: the least loss in any drop; None without a drop.
    """

    drops: int
    decided: int
    back: int
    stayed: int
    cornered: int
    cut: int
    recovered: float | None
    covered: float
    length: float | None
    lowest: float | None


def drops(traces: Sequence[xr.Dataset], level: float) -> Drops:
    """All drops of several groups of runs.

    Args:
        traces: each with dimensions (run, iteration).
        level: loss below which a run is in a drop: half of the plateau's height.
    """
    found, cornered = [], 0
    for trace in traces:
        corner = (region(trace, level) == Region.FROZEN).values
        # A loss in the corner is neither in a drop nor back from it.
        those = [
            drop for drop in excursions(np.where(corner, np.nan, trace.loss.values), level) if drop.first > 0
        ]
        found += those
        cornered += sum(
            bool(corner[drop.run, drop.first + drop.length : drop.first + drop.length + 1].any())
            for drop in those
            if not drop.returned and drop.length <= LONG
        )
    back = [drop.length for drop in found if drop.returned]
    ends = decided(found)
    iterations = sum(int(made(trace).sum()) for trace in traces)
    return Drops(
        drops=len(found),
        decided=len(ends),
        back=len(back),
        stayed=len(ends) - len(back),
        cornered=cornered,
        cut=len(found) - len(ends) - cornered,
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


def stays(trace: xr.Dataset, half: float, planned: int) -> Stays:
    """Stretches of iterations among patterns, with `half` of the plateau's height and planned iterations."""
    where = region(trace, half).values
    # Where the run has ended there is no region: neither among patterns nor out of them again.
    marks = np.where(where >= 0, np.where(where == Region.PATTERN, 0.0, 1.0), np.nan)
    found = excursions(marks, 0.5)
    ends = decided(found)
    enough = len(ends) >= FEWEST_STAYS and planned >= SHORTEST
    median = float(np.median([stay.length for stay in ends])) if enough else None
    return Stays(len(found), len(ends), median)


def decided(stretches: Sequence[Excursion]) -> list[Excursion]:
    """Those that were left again, or that lasted long."""
    return [one for one in stretches if one.returned or one.length > LONG]
