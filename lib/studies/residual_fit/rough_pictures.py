"""What noise and rounding do to one fit: which parameters it still names, and whether the cure helps."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.model import Params
from lib.paper import TRUTH
from lib.residual.result import Fit, stacked


@dataclass(frozen=True)
class Named:
    """A parameter that the fit to a noisy picture still names.

    Args:
        name: of the parameter.
        value, error: what the fit says, and its error.
        off: relative error.
        times: the distance from the truth in units of the stated error.
    """

    name: str
    value: float
    error: float
    off: float
    times: float


def named(found: Fit) -> list[Named]:
    """The parameters that a fit to the truth's picture names, of the first image."""
    values, errors = (stacked(x)[:, 0].tolist() for x in (found.params, found.errors))
    return [
        Named(name, value, error, abs(value / truth - 1), abs(value - truth) / error)
        for name, value, error, truth in zip(Params._fields, values, errors, TRUTH, strict=True)
        if np.isfinite(value)
    ]


@dataclass(frozen=True)
class Rounding:
    """Rounded pictures, fitted plainly and with the best cure: the largest of the four relative errors.

    Args:
        helped, not_helped: bits at which the cure's error is smaller, and at which it is not, ascending.
    """

    helped: tuple[int, ...]
    not_helped: tuple[int, ...]


def rounding(fits: xr.Dataset) -> Rounding:
    """From `accuracy.quantised`; where the plain fit names no number and the cure does, the cure helped."""
    plain, cured = (abs(fits[way]).max("parameter", skipna=False) for way in ("plain", "cured"))
    better = ((cured < plain) | (plain.isnull() & cured.notnull())).values
    bits = [int(n) for n in fits.bits.values]
    return Rounding(
        tuple(n for n, yes in zip(bits, better, strict=True) if yes),
        tuple(n for n, yes in zip(bits, better, strict=True) if not yes),
    )
