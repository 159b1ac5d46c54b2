"""The tables of the page on networks."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from lib.publishing.wording import percent, said
from lib.showing.tables import Table
from lib.studies.pinn.summary import off
from lib.studies.pinn.training import Training
from lib.studies.pinn.weight_landscape import Spectrum, other_minima


def recoveries(table: xr.Dataset) -> Table:
    """Errors of every method on every kind of observation: median over seeds, and in brackets their range."""
    head = ("observed", "method", "$D_u$", "$D_v$", "$F$", "$k$", "steps", "came to rest", "seconds")
    rows = []
    for case in table.case.values:
        for method in table["method"].values:
            entry = table.sel({"case": case, "method": method})
            if bool(entry.seconds.notnull().any()):
                rows.append([str(case), str(method), *errors(entry), *effort(entry)])
    return Table(head, rows, left=2)


def errors(entry: xr.Dataset) -> list[str]:
    """One cell for each parameter."""
    if bool(entry.error.isnull().any()):
        return ["came to no end"] * 4
    middle = entry.error.median("seed").values
    between = (entry.error.max("seed") - entry.error.min("seed")).values
    return [f"{percent(float(m))} ({percent(float(s))})" for m, s in zip(middle, between, strict=True)]


def effort(entry: xr.Dataset) -> list[str]:
    """Steps, how many came to rest, and seconds."""
    seconds = said(float(entry.seconds.median()))
    if not bool(entry.trained.notnull().any()):
        return ["–", "–", seconds]
    rested = f"{int(entry.rested.sum())} of {entry.sizes['seed']}"
    return [f"{int(entry.trained.median()):,}", rested, seconds]


def landscapes(
    trained: Mapping[str, Training], planes: Mapping[str, list[xr.Dataset]], spectra: Mapping[str, Spectrum]
) -> Table:
    """What planes and spectra show of each network."""
    head = ("network", "steps", "largest curvature", "lowest found, relative", "flat directions",
            "other minima (planes)", "error of the parameters")  # fmt: skip
    rows = []
    for label, training in trained.items():
        found = spectra[label]
        minima = sum(len(other_minima(plane)) for plane in planes[label])
        rows.append([
            label, f"{int(training.record.stage[-1]):,}", said(found.top), percent(found.lowest),
            percent(found.flat), f"{minima} ({len(planes[label])})",
            percent(off(np.asarray(training.record.params[-1]))),
        ])  # fmt: skip
    return Table(head, rows)
