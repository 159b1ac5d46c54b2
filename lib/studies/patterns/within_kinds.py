"""Whether the truth's runs grow alike, kind of initial state by kind.

Pairs over all kinds of initial state mix runs of one kind with runs of two. What makes two kinds alike is not
what makes two draws of one kind alike, so the latter are looked at by themselves.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.patterns.measurements import InTime
from lib.studies.patterns.spectral_distance import unlikeness_in_time


@dataclass(frozen=True)
class WithinKind:
    """The truth's runs of one kind of initial state: unlikeness at the end over that at the early time.

    Args:
        change: None for fewer than two runs that end in a pattern.
        pairs: of pictures.
    """

    change: float | None
    pairs: int


def within_kinds(found: InTime) -> dict[str, WithinKind]:
    """One for each kind with a pair, by its name: `Alike.states` also pairs runs of different kinds."""
    runs = found.survivors()
    groups = {
        str(kind): unlikeness_in_time(runs.wavelengths.isel(run=runs.kind.values == kind))
        for kind in found.varied.kind.values
        if (runs.kind.values == kind).sum() > 1
    }
    return {kind: WithinKind(changed(group, found), group.sizes["pair"]) for kind, group in groups.items()}


def changed(group: xr.DataArray, found: InTime) -> float | None:
    """Median unlikeness at the end over that at the early time; None where that is not positive."""
    middle = group.median("pair")
    early, late = float(middle.sel(time=found.early)), float(middle.isel(time=-1))
    return late / early if np.isfinite(early) and early > 0 else None
