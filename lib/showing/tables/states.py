"""The tables of Appendices A and C."""

from collections.abc import Mapping

import xarray as xr

from lib.publishing.wording import said
from lib.showing.tables import Table
from lib.studies.patterns.other_initial_runs import how_they_ended


def shifts(found: Mapping[tuple[int, int], Mapping[str, float]]) -> Table:
    """Every shift, with what is left after moving back, and what each loss makes of it."""
    head = ("moved by (rows, columns)", "largest difference, moved back", "spectral loss between both ends",
            "windowed loss")  # fmt: skip
    names = ("apart", "spectral", "windowed")
    return Table(head, [[f"{a}, {b}", *(said(each[n]) for n in names)] for (a, b), each in found.items()])


def endings(found: Mapping[float, xr.Dataset]) -> Table:
    """How the runs of each kind ended at each kill rate."""
    kinds = next(iter(found.values())).kind.values
    head = ("initial state", *(f"$k$ = {k:.4f}" for k in found))
    rows = [[str(kind), *(how_they_ended(runs.sel(kind=kind)) for runs in found.values())] for kind in kinds]
    return Table(head, rows, left=len(head))
