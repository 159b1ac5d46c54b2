"""What the page on the horizon rests on: who finds the truth from where, why not, and what noise does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.horizon.recovery import WITHIN, breaking_point, first, rate


@dataclass(frozen=True)
class Search:
    """One way of searching over the horizons.

    Args:
        starts: how many.
        all_up_to: longest horizon up to which every start finds the truth; None if not even the first.
        breaks_at: horizon at which half of them still do; None if that never happens.
        first, last: shortest and longest horizon tried.
        found_last, tried_last: starts that find the truth at the last, of so many tried there.
        near: largest relative error at the first.
    """

    starts: int
    all_up_to: int | None
    breaks_at: float | None
    first: int
    last: int
    found_last: int
    tried_last: int
    near: float


def search(found: xr.Dataset) -> Search:
    """From `horizon.recover`."""
    share, horizons = rate(found).values, found.horizon.values
    whole = int(np.logical_and.accumulate(share == 1).sum())
    half = breaking_point(found)
    return Search(
        starts=found.sizes["start"],
        all_up_to=int(horizons[whole - 1]) if whole else None,
        breaks_at=half if np.isfinite(half) else None,
        first=int(horizons[0]),
        last=int(horizons[-1]),
        found_last=hits(found)[-1],
        tried_last=int(found.tried[-1]),
        near=float(found.error.isel(horizon=0).max()),
    )


def hits(found: xr.Dataset) -> list[int]:
    """How many starts find the truth, at each horizon."""
    return [int(n) for n in (found.error < WITHIN).sum("start")]


@dataclass(frozen=True)
class Checks:
    """Is it what it claims to be?

    Args:
        gap: largest relative difference of the loss at T = 1 from the residual loss.
        gradients: horizon → relative difference of exact gradient and central differences.
        size, starts: of the full grid, and starts of the searches on it.
        full, small: horizon → starts that find the truth on the full grid, and on the small one of the same.
    """

    gap: float
    gradients: dict[int, float]
    size: int
    starts: int
    full: dict[int, int]
    small: dict[int, int]


def checks(
    gap: float, gradients: dict[int, float], full: xr.Dataset, searched: xr.Dataset, size: int
) -> Checks:
    """From `horizon.residual_gap`, `horizon.gradient_gap`, and searches on both grids."""
    both = [int(T) for T in full.horizon.values if T in searched.horizon.values]
    same = first(searched.sel(horizon=both), full.sizes["start"])
    return Checks(
        gap=gap,
        gradients=dict(gradients),
        size=size,
        starts=full.sizes["start"],
        full=dict(zip(both, hits(full.sel(horizon=both)), strict=True)),
        small=dict(zip(both, hits(same), strict=True)),
    )


@dataclass(frozen=True)
class Controls:
    """The searches with one change at a time, at a short horizon.

    Args:
        starts, short: how many, and the horizon.
        origin, origin_spectral: largest difference, over all horizons, of the starts that find the truth from
            the patch and from the data, by pixels of both fields and by v's spectrum.
        pixels, v, spectral: starts that do so from the data at the short horizon by pixels of both fields, by
            pixels of v, and by v's spectrum.
        patch: starts that do so from the patch there, by pixels of both fields.
        longest, found_longest, tried_longest: last horizon, and starts that do so there by pixels of both
            fields, of so many tried there.
    """

    starts: int
    short: int
    origin: int
    origin_spectral: int
    pixels: int
    v: int
    spectral: int
    patch: int
    longest: int
    found_longest: int
    tried_longest: int


def controls(reference: xr.Dataset, others: Sequence[xr.Dataset], short: int) -> Controls:
    """From the search by pixels from the data and the other ones, each named by its attributes.

    Raises:
        ValueError: if they did not try the same starts.
    """
    named = {(found.attrs["origin"], found.attrs["measure"]): found for found in others}
    if any(found.tried.values.tolist() != reference.tried.values.tolist() for found in others):
        raise ValueError(
            "These searches tried different numbers of starts: compare those that tried the same."
        )
    pairs = ((named["patch", "pixels"], reference), (named["patch", "spectral"], named["data", "spectral"]))
    apart = [int(np.abs(np.array(hits(one)) - np.array(hits(other))).max()) for one, other in pairs]
    at = [int(T) for T in reference.horizon.values].index(short)
    return Controls(
        starts=reference.sizes["start"],
        short=short,
        origin=apart[0],
        origin_spectral=apart[1],
        pixels=hits(reference)[at],
        v=hits(named["data", "v"])[at],
        spectral=hits(named["data", "spectral"])[at],
        patch=hits(named["patch", "pixels"])[at],
        longest=int(reference.horizon[-1]),
        found_longest=hits(reference)[-1],
        tried_longest=int(reference.tried[-1]),
    )


@dataclass(frozen=True)
class Closing:
    """The paraboloid at the truth, and the searches that go on from where plain descent stopped.

    Args:
        width_one, width_least, width_last: distance from the truth, relative to the parameters, at which the
            paraboloid meets the loss of an empty dish, at T = 1, at its narrowest and at the longest horizon.
        narrowest: the horizon where it is narrowest.
        condition_one, condition_most: condition number in the descent's coordinates, at T = 1 and at most.
        starts: of the searches.
        handed: horizons at which least squares went on.
        descent, continued, direct: starts that find the truth there: by descent, by least squares from where
            descent stopped, and by least squares from the starts themselves.
    """

    width_one: float
    width_least: float
    width_last: float
    narrowest: int
    condition_one: float
    condition_most: float
    starts: int
    handed: tuple[int, ...]
    descent: tuple[int, ...]
    continued: tuple[int, ...]
    direct: tuple[int, ...]


def closing(
    curvature: xr.Dataset, descent: xr.Dataset, continued: xr.Dataset, squares: xr.Dataset
) -> Closing:
    """From `horizon.curvature` and the three searches, each made at every horizon of `continued`."""
    handed = continued.horizon.values
    width = curvature.width.values
    return Closing(
        width_one=float(width[0]),
        width_least=float(width.min()),
        width_last=float(width[-1]),
        narrowest=int(curvature.horizon[int(width.argmin())]),
        condition_one=float(curvature.descent_condition[0]),
        condition_most=float(curvature.descent_condition.max()),
        starts=descent.sizes["start"],
        handed=tuple(int(T) for T in handed),
        descent=tuple(hits(descent.sel(horizon=handed))),
        continued=tuple(hits(continued)),
        direct=tuple(hits(squares.sel(horizon=handed))),
    )


@dataclass(frozen=True)
class Noisy:
    """Errors with noise of 0.01 on the data, medians over draws of the largest relative error.

    Args:
        draws: how many.
        one: at T = 1.
        best, where: the smallest, and its horizon.
        longest, last: the last horizon, and the error there.
        tried: number of horizons; the best of these is known only to who knows the truth.
    """

    draws: int
    one: float
    best: float
    where: int
    longest: int
    last: float
    tried: int


def noisy(found: xr.Dataset, level: float = 1e-2) -> Noisy:
    """From `horizon.noisy`."""
    error = np.abs(found.error.sel(noise=level)).max("parameter").median("draw")
    at = int(error.values.argmin())
    return Noisy(
        draws=found.sizes["draw"],
        one=float(error[0]),
        best=float(error[at]),
        where=int(error.horizon[at]),
        longest=int(error.horizon[-1]),
        last=float(error[-1]),
        tried=found.sizes["horizon"],
    )
