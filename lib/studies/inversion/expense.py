"""What a profile would take, from the processor seconds of a run at another one's sizes.

A method's attempt is taken to cost in proportion to its budget and to the cell-steps of a full run, and on a
kind of data that was not run what it cost on the nearest kind that was.
"""

import xarray as xr

from lib.studies.inversion import scores
from lib.studies.inversion.sizes import Sizes

#: Which kind of data stands for one that the smaller profile leaves out.
NEAREST = {"S3-0.1": "S3-1", "S3-5": "S3-1", "S4-10": "S4-30", "S6": "S2", "S7": "S2"}


def hours(found: xr.Dataset, ran: Sizes, asked: Sizes, cores: int = 2) -> float | None:
    """Hours that the benchmark of one profile takes on so many cores.

    Args:
        found: the benchmark at the sizes `ran`.
        ran, asked: sizes that were run, and that are asked about; what `asked` leaves out is not counted.
        cores: of the machine that `found` was made on.

    Returns:
        None where a kind of data has no other that stands for it in `found`.
    """
    each = seconds(found) * growth(ran, asked)
    problems = len(asked.inversion_targets) * asked.inversion_seeds
    total = 0.0
    for scheme in asked.inversion_schemes:
        known = next((s for s in (scheme, NEAREST.get(scheme)) if s in found.scheme.values), None)
        if known is None:
            return None
        column = each.sel(scheme=known)
        for method in map(str, found.approach.values):
            if (method, scheme) not in asked.inversion_left_out:
                total += problems * float(column.sel(approach=method))
    return total / cores / 3600


def growth(ran: Sizes, asked: Sizes) -> float:
    """How many times as many cell-steps an attempt may spend."""
    budgets, steps, cells = (
        getattr(asked, name) / getattr(ran, name)
        for name in ("inversion_budget", "inversion_steps", "inversion_size")
    )
    return budgets * steps * cells**2


def seconds(found: xr.Dataset) -> xr.DataArray:
    """Mean processor seconds of an attempt, over (approach, scheme).

    Zero where a method does not apply; where it was not run, its own mean over the kinds of data on which it
    was, or nothing if there is none.
    """
    mean = found.seconds.mean(scores.REPEATS)
    ran = mean.where(scores.applies(found))
    own = ran.mean("scheme").fillna(0.0)
    return xr.where(scores.not_run(found), own, ran.fillna(0.0)).transpose("approach", "scheme")
