"""The borders of the patterned region on a cut: cliffs, and the places where the time step fails."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
import xarray as xr

from lib.simulate import Outcome
from lib.studies.landscapes.flatness import patterned_share, resolved, sides_of_cliffs


class Kind(StrEnum):
    """What a border of the patterned region is."""

    CLIFF = "cliff"
    FLICKER = "flicker begins"
    DIVERGENCE = "runs diverge"


class Border(NamedTuple):
    """One border of the patterned region on a cut.

    Args:
        low, high: the two neighbours between which it lies, in the parameter's units.
        kind: a cliff where the loss of both neighbours belongs to the landscape (`flatness.resolved`).
        agree_low, agree_high: the nearest points on either side at which all initial states end alike; the
            first or last point of the cut where there is none.
    """

    low: float
    high: float
    kind: Kind
    agree_low: float
    agree_high: float

    @property
    def place(self) -> float:
        """The middle between its two sides."""
        return (self.low + self.high) / 2


def borders(cut: xr.Dataset, axis: str) -> list[Border]:
    """Every border of the patterned region on a one-parameter cut, in the order of the axis."""
    places, share = cut[axis].values, patterned_share(cut).values
    agree = np.flatnonzero((share == 0) | (share == 1))
    found = []
    for low, high in sides_of_cliffs(cut, axis):
        i = int(np.flatnonzero(places == low)[0])
        before, after = agree[agree <= i], agree[agree > i]
        ends = places[before[-1] if before.size else 0], places[after[0] if after.size else -1]
        found.append(Border(low, high, kind(cut.isel({axis: [i, i + 1]})), *map(float, ends)))
    return found


def kind(sides: xr.Dataset) -> Kind:
    """What a border is, from the two points on its sides."""
    if bool(resolved(sides).all()):
        return Kind.CLIFF
    return Kind.FLICKER if bool((sides.outcome == Outcome.FLICKERING).any()) else Kind.DIVERGENCE
