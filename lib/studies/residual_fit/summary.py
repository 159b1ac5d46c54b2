"""What the page on the residual rests on: its numbers, and those that its claims are judged by."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from lib import residual
from lib.model import Params, State
from lib.paper import SAMPLED_SETS, TRUTH
from lib.residual.result import Fit
from lib.studies.residual_fit import accuracy
from lib.studies.residual_fit.accuracy import patterned, third_difference

#: A minimum is resolved if it lies this many spacings of the refined grid away.
RESOLVED = 10


@dataclass(frozen=True)
class Bowl:
    """The residual's bowl over one settled snapshot, and its minimum.

    Args:
        third: largest third difference over all six planes, as a share of the loss.
        points: along each side of the spectral loss's planes, which are coarser.
        same_grid, spectral: third differences on its F-k plane, of the residual loss and of the spectral one,
            without the points where a run diverged; None where these leave nothing.
        hessian: largest relative difference of the formula's Hessian and autograd's.
        lowest: its smallest eigenvalue.
        condition: its condition number.
        error: largest relative error of the four parameters at the minimum.
        states: settled snapshots at the truth's set.
        clean: largest relative error over all of them.
    """

    third: float
    points: int
    same_grid: float
    spectral: float | None
    hessian: float
    lowest: float
    condition: float
    error: float
    states: int
    clean: float


def bowl(
    state: State, bowls: Mapping[tuple[str, str], xr.Dataset], walls: Mapping[tuple[str, str], xr.Dataset]
) -> Bowl:
    """From the snapshots (their first field for the shape), the residual's planes and the spectral loss's."""
    first = State(*(x[:1].double() for x in state))
    found = residual.fit(*first)
    by_autograd = torch.autograd.functional.hessian(
        lambda p: residual.loss(Params(*p.split(1)), first), torch.tensor(TRUTH, dtype=torch.float64)
    )
    hessian = found.quadratic.hessian[0]
    # Two of the entries are zero by structure: there the difference itself is the measure.
    gap = (hessian - by_autograd).abs() / by_autograd.abs().where(by_autograd != 0, torch.tensor(1.0))
    errors = errors_of(residual.fit(*state)) / np.array(TRUTH)
    wall = walls["F", "k"].spectral.mean("state", skipna=False)
    same = accuracy.bowl(first, ("F", "k"), wall.sizes["F"])
    rough = third_difference(wall.values)
    return Bowl(
        third=max(third_difference(plane.residual.values) for plane in bowls.values()),
        points=wall.sizes["F"],
        same_grid=third_difference(same.residual.values),
        spectral=rough if np.isfinite(rough) else None,
        hessian=float(gap.max()),
        lowest=float(torch.linalg.eigvalsh(hessian).min()),
        condition=float(found.condition[0]),
        error=float(errors[0].max()),
        states=len(errors),
        clean=float(errors.max()),
    )


def errors_of(found: Fit) -> np.ndarray:
    """Absolute errors of a fit to the truth's pictures, (batch, 4)."""
    return np.abs(np.stack([np.asarray(p) for p in found.params], axis=1) - np.array(TRUTH))


@dataclass(frozen=True)
class Ranges:
    """How large the fields and the noise are.

    Args:
        u, v: largest minus smallest value in the snapshots.
        share_u, share_v: a noise of 0.01 as a share of them.
    """

    u: float
    v: float
    share_u: float
    share_v: float


#: The noise that the page speaks of most, in units of concentration.
NOISE = 0.01


def ranges(state: State) -> Ranges:
    """From snapshots (batch, height, width)."""
    u, v = (float(x.max() - x.min()) for x in state)
    return Ranges(u, v, NOISE / u, NOISE / v)


@dataclass(frozen=True)
class Elsewhere:
    """The fit at other parameter sets: of each set the largest of its four relative errors.

    Args:
        sets: how many more were drawn.
        patterned: how many of these ended in a pattern.
        error, largest: median and largest error over these; None without any, and where the data of one do
            not determine its parameters.
        sampled: largest error over those of the paper's seven sets that ended in a pattern; likewise.
    """

    sets: int
    patterned: int
    error: float | None
    largest: float | None
    sampled: float | None


def elsewhere(fits: xr.Dataset) -> Elsewhere:
    """From `accuracy.elsewhere` over the paper's seven sets and more."""
    worst, alive = np.abs(fits.error).max("parameter", skipna=False), patterned(fits)
    drawn = np.arange(len(alive)) >= len(SAMPLED_SETS)
    more, sampled = worst[alive & drawn], worst[alive & ~drawn]
    return Elsewhere(
        sets=int(drawn.sum()),
        patterned=more.size,
        error=determined(more.median(skipna=False)) if more.size else None,
        largest=largest(more),
        sampled=largest(sampled),
    )


def largest(errors: xr.DataArray) -> float | None:
    """The largest of some errors; None for none, and where one is not determined."""
    return determined(errors.max(skipna=False)) if errors.size else None


@dataclass(frozen=True)
class Ages:
    """The fit against the age of the snapshot, medians over initial states of the largest relative error.

    Args:
        first, middle: the youngest age and one halfway, in steps.
        one_first, one_middle, one_last: errors from one frame at these ages and at the last.
        two: largest error from two frames at any age, from any initial state.
        noisy_one, noisy_two: from one frame and from two at `NOISE`, on the oldest snapshot.
        young: the youngest age of those that were given noise, in steps.
        young_one, young_two: the same without noise at that age.
        dip: the first age after which the error from one frame grows again, in steps; None where it falls.
        one_dip, one_after: that error there, and the largest at any later age.

    An error is None where the data do not determine the parameters.
    """

    first: int
    middle: int
    one_first: float | None
    one_middle: float | None
    one_last: float | None
    two: float | None
    noisy_one: float | None
    noisy_two: float | None
    young: int
    young_one: float | None
    young_two: float | None
    dip: int | None = None
    one_dip: float | None = None
    one_after: float | None = None


def ages(steadiness: xr.Dataset, second: xr.Dataset) -> Ages:
    """From `accuracy.steadiness` and `accuracy.second_frame`."""
    one = typical_error(steadiness.one, over="state")
    middle = len(one) // 2
    worst = {name: typical_error(second[name], over="seed") for name in ("one", "two")}
    noisy = {name: determined(x.sel(noise=NOISE).isel(time=-1)) for name, x in worst.items()}
    young = {name: determined(x.isel(noise=0, time=0)) for name, x in worst.items()}
    grows = np.flatnonzero(np.diff(one.values) > 0)
    at = int(grows[0]) if len(grows) else None
    return Ages(
        first=int(steadiness.time[0]),
        middle=int(steadiness.time[middle]),
        one_first=determined(one[0]),
        one_middle=determined(one[middle]),
        one_last=determined(one[-1]),
        two=determined(np.abs(steadiness.two).max(skipna=False)),
        noisy_one=noisy["one"],
        noisy_two=noisy["two"],
        young=int(second.time[0]),
        young_one=young["one"],
        young_two=young["two"],
        dip=None if at is None else int(steadiness.time[at]),
        one_dip=None if at is None else determined(one[at]),
        one_after=None if at is None else determined(one[at + 1 :].max()),
    )


@dataclass(frozen=True)
class InitialStates:
    """Whether fits to different initial states agree, in k.

    Args:
        states, pairs: snapshots fitted alone, and pairs of candidate and target for the spectral loss.
        residual: largest distance of the fits from the truth.
        spectral: largest distance of the spectral minima from it; None if the grid does not resolve it.
        least: their smallest distance; None without any.
        unresolved: how many lie nearer than `RESOLVED` spacings, so that their distance is the grid's.
        spacing: of the refined grid.
        ratio: spectral over residual; None without the former.
    """

    states: int
    pairs: int
    residual: float
    spectral: float | None
    least: float | None
    unresolved: int
    spacing: float
    ratio: float | None


def initial_states(fits: Fit, minima: xr.Dataset) -> InitialStates:
    """From fits to each snapshot, and `accuracy.spectral_minima`."""
    apart = minima.minimum.values[np.isfinite(minima.minimum.values)]
    fitted = float(errors_of(fits)[:, 3].max())
    moved = np.abs(apart - TRUTH.k)
    spacing = float(minima.attrs["spacing"])
    near = moved < RESOLVED * spacing
    spectral = None if near.all() else float(moved.max())
    return InitialStates(
        states=len(fits.rms),
        pairs=len(apart),
        residual=fitted,
        spectral=spectral,
        least=float(moved.min()) if len(moved) else None,
        unresolved=int(near.sum()),
        spacing=spacing,
        ratio=None if spectral is None else spectral / fitted,
    )


@dataclass(frozen=True)
class Partial:
    """The fit on pieces, on random cells and on fewer pixels: largest relative errors.

    Args:
        side, window: of the smallest window, in cells; its error.
        cells, few: whole stencils left at 20 % of the cells; the error there, median over draws.
        skipped, refined: every second pixel, and the same after Fourier interpolation, medians over states.

    An error is None where the data do not determine the parameters.
    """

    side: int
    window: float | None
    cells: float
    few: float | None
    skipped: float | None
    refined: float | None


def partial(windows: xr.Dataset, subsampled: xr.Dataset, resolution: xr.Dataset) -> Partial:
    """From `accuracy.windows`, `accuracy.subsampled` and `accuracy.resolution`."""
    few = subsampled.sel(share=0.2)
    coarse = typical_error(resolution.error.sel(factor=2), over="state")
    return Partial(
        side=int(windows.side[-1]),
        window=determined(np.abs(windows.error.isel(side=-1)).max(skipna=False)),
        cells=float(few.usable.mean()),
        few=determined(typical_error(few.error, over="seed")),
        skipped=determined(coarse.sel(way="skipped")),
        refined=determined(coarse.sel(way="refined")),
    )


def determined(error: xr.DataArray) -> float | None:
    """An error as a number; None where the fit named no parameters."""
    value = float(error)
    return value if np.isfinite(value) else None


@dataclass(frozen=True)
class Noise:
    """The fit at `NOISE`: the largest of the four relative errors, median over draws.

    Args:
        draws: noise draws.
        plain, cured: without a cure, and with the best; None where a draw determines no number.
        Du, Dv: what plain least squares says at one draw.
    """

    draws: int
    plain: float | None
    cured: float | None
    Du: float
    Dv: float


def noise(cures: xr.Dataset, plain: Params) -> Noise:
    """From `accuracy.noise` and a plain fit to one noisy snapshot."""
    typical = typical_error(cures.error.sel(noise=NOISE), over="seed")
    return Noise(
        draws=cures.sizes["seed"],
        plain=determined(typical[0]),
        cured=determined(typical[-1]),
        Du=float(plain.Du),
        Dv=float(plain.Dv),
    )


def typical_error(errors: xr.DataArray, *, over: str) -> xr.DataArray:
    """The largest of the four relative errors of every fit, and the median of that over one dimension.

    In this order: the median of signed errors would be the bias, which is smaller. NaN where any fit
    determines no number.
    """
    return abs(errors).max("parameter", skipna=False).median(over, skipna=False)
