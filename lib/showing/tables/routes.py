"""The tables of the page on other routes."""

from collections.abc import Sequence

import numpy as np

from lib.publishing.wording import percent, said
from lib.showing.tables import Table
from lib.studies.gradient_routes.measurements import Surrogates, Ways
from lib.studies.gradient_routes.summary import walks


def rates(found: Sequence[float] | np.ndarray) -> Table:
    """Growth rates of the slowest modes, one column each."""
    head = [f"mode {number + 1}" for number in range(len(found))]
    return Table(head, [[said(float(x)) for x in found]], left=0)


def quality(found: Surrogates) -> Table:
    """Every surrogate: how faithful, and how useful."""
    head = ("surrogate", "right side of the cliff, held out", "rank correlation there",
            "arrive at the truth from outside", "from among patterns",
            "arrive at its lowest point from outside", "which is off by", "and lies")  # fmt: skip
    rows = [
        [name, percent(one.side), said(one.rank), percent(one.outside), percent(one.inside), percent(one.led),
         percent(one.off), "on the plane’s edge" if one.edge else "within the plane"]
        for name, one in found.judged.items()
    ]  # fmt: skip
    return Table(head, rows)


def lines(found: Ways) -> Table:
    """Every straight line to the truth, with standard errors over the initial states."""
    head = ("from", "loss there ± standard error", "above the floor, in its errors",
            "largest standard error on the way", "steps that rise", "of these significantly",
            "way left when the floor is reached", "patterns all along")  # fmt: skip
    rows = []
    for (name, way), loss, error, alive in zip(
        walks(found).items(), found.loss, found.error, found.alive, strict=True
    ):
        rows.append([
            name, f"{said(float(loss[0]))} ± {said(float(error[0]))}", said(way.drop),
            said(float(error.max())), f"{way.bumps} of {way.steps}", str(way.rises), percent(way.arrival),
            "yes" if alive else "no",
        ])  # fmt: skip
    return Table(head, rows)
