"""Where a method fails, in numbers: problems solved, the parameter that is off most, and stated intervals."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.inversion import scores
from lib.studies.inversion.summary import NOISY, measured

#: Method → the kind of data on which it is asked where it fails: what it was built for, or should bear.
ASKED = {
    "log-amplitude": "S1",
    "level-aware": "S1",
    "transport": "S1",
    "surrogate": "S1",
    "growing": "S5",
    "horizon": NOISY,
    "squares": "S1",
    "evolution": "S1",
    "kalman": "S1",
    "reverse": "S1",
    "posterior": "S1",
    "weak": NOISY,
    "sparse": NOISY,
    "network-tanh": "S2",
}


@dataclass(frozen=True)
class Failing:
    """One method on one kind of data.

    Args:
        share: of the problems solved, 0 … 1; None where it was not run on such data.
        worst: the parameter with the largest median error; None without a share, or where half of the
            attempts have no answer.
        error: that median, relative.
        inside: share of the parameters inside the stated 95 % intervals; None where none is stated.
    """

    share: float | None
    worst: str | None
    error: float | None
    inside: float | None


def failing(found: xr.Dataset) -> dict[str, Failing]:
    """Every method of `ASKED`, on the data that it is asked about."""
    return {name: on_one(found, name, scheme) for name, scheme in ASKED.items()}


def on_one(found: xr.Dataset, method: str, scheme: str) -> Failing:
    """One method on one kind of data."""
    share = measured(found, method, scheme, scores.success(found))
    if share is None:
        return Failing(None, None, None, None)
    one = found.sel(approach=method, scheme=scheme)
    medians = np.abs(one.params / found.truth - 1).fillna(np.inf).median(scores.REPEATS)
    largest = float(medians.max())
    known = np.isfinite(largest)
    return Failing(
        share=share,
        worst=str(found.parameter.values[int(medians.values.argmax())]) if known else None,
        error=largest if known else None,
        inside=measured(found, method, scheme, scores.coverage(found)),
    )
