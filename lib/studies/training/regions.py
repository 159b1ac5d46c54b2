"""In which region of the parameters an iteration was: what its simulations had become when they stopped.

A run in training stops where a step changes little. So the outcome at its end (`lib.simulate.Outcome`) is
told apart further: a field that varies a little over the cells may be the remnant of the initial patch, or
the initial patch itself where nothing spreads.
"""

from enum import IntEnum

import xarray as xr

from lib.simulate import Outcome


class Region(IntEnum):
    """What a simulation had become; the first five are those of `Outcome`."""

    TRIVIAL = 0
    UNIFORM = 1
    """v lives, and is the same everywhere or nearly so: its loss lies in the plateau's upper half."""
    PATTERN = 2
    """v varies over the cells, and its loss lies below half of the plateau's height."""
    DIVERGED = 3
    FLICKERING = 4
    FROZEN = 5
    """The initial state as it was drawn: v or u has not spread by a cell. Its grain has a spectrum, and a
    loss of about 25, without any pattern."""


NAMES = {region: region.name.lower() for region in Region}


def kinds(trace: xr.Dataset, half: float) -> xr.DataArray:
    """The region of every simulation, (run, iteration, sample); −1 where there is none.

    Args:
        trace: runs of one recipe, with dimensions (run, iteration, …).
        half: of the plateau's height, in this recipe's loss.
    """
    varies = trace.outcome == Outcome.PATTERN
    kind = trace.outcome.where(~(varies & ~(trace.losses < half)), Region.UNIFORM)
    return kind.where(~(varies & unspread(trace)), Region.FROZEN)


def unspread(trace: xr.Dataset) -> xr.DataArray:
    """Whether u or v has spread by less than a cell in the steps of a run: the length √(2 D t) is below 1."""
    least = trace.params.sel(parameter=["Du", "Dv"]).astype(float).min("parameter")
    return 2 * least * trace.steps < 1


def region(trace: xr.Dataset, half: float) -> xr.DataArray:
    """The region of most simulations in each iteration, (run, iteration); −1 where there is none."""
    kind = kinds(trace, half)
    counts = xr.concat([(kind == one).sum("sample") for one in Region], "kind")
    return counts.argmax("kind").where(counts.sum("kind") > 0, -1).astype(int)


def made(trace: xr.Dataset) -> xr.DataArray:
    """Which iterations were made, (run, iteration): where a run has ended there are none."""
    return (trace.outcome >= 0).any("sample")


def shares(trace: xr.Dataset, half: float) -> dict[str, float]:
    """Share of all simulations of all iterations that ended in each region."""
    kind = kinds(trace, half).values
    ends = kind[kind >= 0]
    return {name: float((ends == one).mean()) for one, name in NAMES.items()}
