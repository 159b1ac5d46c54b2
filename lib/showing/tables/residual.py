"""The tables of the page on the residual."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from lib.paper import SAMPLED_NAMES
from lib.publishing.wording import counted, percent, said
from lib.showing.tables import Table
from lib.studies.residual_fit.summary import Elsewhere, determined, typical_error


def elsewhere(fits: xr.Dataset, found: Elsewhere) -> Table:
    """The paper's seven sets and the ones drawn, each fitted in its own data."""
    worst = np.abs(fits.error).max("parameter", skipna=False).values
    errors = ["not determined" if np.isnan(x) else said(float(x)) for x in worst]
    changes = [said(float(x), "1r") for x in fits.change.values]
    rows = [
        [str(i + 1), name, str(int(fits["rank"][i])), changes[i], errors[i]]
        for i, name in enumerate(SAMPLED_NAMES)
    ]
    drawn = f"{counted(found.sets, 'more set')}, of which {found.patterned} with a pattern"
    rows.append(["", f"{drawn}: median", "", "", said(found.error)])
    rows.append(["", "the largest of these", "", "", said(found.largest)])
    head = ("set", "what it is", "directions determined", "change in one step", "largest relative error")
    return Table(head, rows, left=2)


def second_frame(fits: xr.Dataset) -> Table:
    """One frame against two, with and without noise: largest relative error, median over draws."""
    worst = {name: typical_error(fits[name], over="seed") for name in ("one", "two")}
    rows = []
    for time in fits.time.values:
        for level in fits.noise.values:
            noise = "none" if level == 0 else f"{level:g}"
            found = [percent(determined(x.sel(time=time, noise=level))) for x in worst.values()]
            rows.append([f"{int(time):,}", noise, *found])
    return Table(("age in steps", "noise", "one frame", "two frames"), rows, left=0)


def cures(fits: xr.Dataset, shown: Sequence[float]) -> Table:
    """Bias and scatter of each cure at some levels of noise, of its worst parameter."""
    columns = [part for level in shown for part in (f"bias at {level:g}", "scatter")]
    rows = []
    for method in fits["cure"].values:
        cells = []
        for level in shown:
            error = fits.error.sel(cure=method, noise=level)
            at = int(np.abs(error.median("seed").values).argmax())
            cells += [percent(float(error.median("seed")[at])), percent(float(error.std("seed")[at]))]
        rows.append([str(method), *cells, said(1000 * float(fits.seconds.sel(cure=method)))])
    return Table(("method", *columns, "ms"), rows)


#: How rounded pictures are fitted.
WAYS = ("plain", "cured")


def bits(fits: xr.Dataset) -> Table:
    """Pictures stored with so many bits, fitted plainly and with the best cure."""
    rows = [
        [str(int(n)), *(percent(determined(abs(fits[way].sel(bits=n)).max(skipna=False))) for way in WAYS)]
        for n in fits.bits.values
    ]
    head = ("bits", "plain fit, largest error", "weak form + errors in variables")
    return Table(head, rows, left=0)
