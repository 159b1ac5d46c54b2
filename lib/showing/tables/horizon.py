"""The tables of the page on the horizon."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from lib.publishing.wording import percent, said
from lib.showing.tables import Table
from lib.studies.horizon.summary import Closing, hits


def searches(squares: xr.Dataset, descent: xr.Dataset) -> Table:
    """Starts that find the truth of those tried, their median error and effort, at every horizon."""
    head = ("horizon $T$", "least squares: found", "median error of those tried", "Jacobians",
            "plain descent: found", "median error of those tried", "gradients")  # fmt: skip
    horizons = sorted({*squares.horizon.values.tolist(), *descent.horizon.values.tolist()})
    return Table(head, [[f"{T:,}", *entry(squares, T), *entry(descent, T)] for T in horizons], left=0)


def entry(found: xr.Dataset, horizon: int) -> list[str]:
    """Three cells; "not tried" where it was not."""
    if horizon not in found.horizon.values:
        return ["not tried", "–", "–"]
    one = found.sel(horizon=[horizon])
    share = f"{hits(one)[0]} of {int(one.tried[0])}"
    return [share, said(float(one.error.median()), "1r"), f"{float(one.evaluations.mean()):.0f}"]


def controls(named: Mapping[str, xr.Dataset]) -> Table:
    """Starts that find the truth with other things compared, at each horizon."""
    horizons = next(iter(named.values())).horizon.values
    rows = [
        [name, *(f"{n} of {tried}" for n, tried in zip(hits(found), found.tried.values, strict=True))]
        for name, found in named.items()
    ]
    return Table(("compared", *(f"$T$ = {T:,}" for T in horizons)), rows)


def closing(found: Closing) -> Table:
    """Descent, least squares going on from it, and least squares alone."""
    head = ("horizon $T$", "plain descent finds", "least squares, going on from where descent stopped",
            "least squares from the starts themselves")  # fmt: skip
    rows = [
        [f"{T:,}", *(f"{n} of {found.starts}" for n in each)]
        for T, *each in zip(found.handed, found.descent, found.continued, found.direct, strict=True)
    ]
    return Table(head, rows, left=0)


def noise(found: xr.Dataset) -> Table:
    """Largest relative error at each level and horizon, median over draws."""
    typical = np.abs(found.error).max("parameter").median("draw")
    rows = [
        [f"{level:g}", *(percent(float(x)) for x in typical.sel(noise=level))] for level in found.noise.values
    ]
    return Table(("noise", *(f"$T$ = {T:,}" for T in found.horizon.values)), rows, left=0)
