"""The sliders of the book: which precomputed results they run over, and what they say at each stop."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from lib.losses import LOG_FLOOR
from lib.paper import TRUTH
from lib.publishing.wording import whole
from lib.showing.widgets.frames import Frames, axis, line_panel, map_panel, series
from lib.showing.widgets.planes import LETTERS
from lib.studies.landscapes.derived_maps import cut_through_truth
from lib.studies.residual_fit.confidence import PAIRS

POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def over_time(maps: xr.DataArray) -> Frames:
    """The spectral loss over a plane after longer and longer runs, and a cut of it through the truth.

    Args:
        maps: loss over (time, up, across), from `intermediate.sweep_in_time` and a full sweep.
    """
    names = [f"{int(time):,} steps" for time in maps.time.values]
    texts = [
        f"After {name}, {whole(high)} of the plane is high ground, above the middle of the loss's range, and "
        f"the steepest of all steps between neighbours takes {whole(leap)} of that range."
        for name, (high, leap) in zip(names, map(ground, maps), strict=True)
    ]
    return Frames(
        [map_panel("Spectral loss over the plane", maps, truth=star(maps)), cut_panel(maps)],
        label="Simulation time", names=names, texts=texts, frame=len(names) - 1,
    )  # fmt: skip


def over_floor(maps: xr.DataArray) -> Frames:
    """The spectral loss over a plane under other floors ε.

    Args:
        maps: loss over (floor, up, across), from `atlas.floor_maps`.
    """
    names = [power_of_ten(float(floor)) for floor in maps.floor.values]
    usual = int(np.argmin(np.abs(np.log(maps.floor.values / LOG_FLOOR))))
    texts = [
        f"With ε = {name} the loss reaches {float(one.max()):.4g}, and "
        f"{whole(same_side(one, maps[usual]))} of all points lie on the same side "
        f"of the middle of its range as with ε = {names[usual]}."
        for name, one in zip(names, maps, strict=True)
    ]
    return Frames(
        [map_panel("Spectral loss, each ε on its own colour scale", maps, truth=star(maps), own_range=True),
         cut_panel(maps)],
        label="Log floor ε", names=names, texts=texts, frame=usual,
    )  # fmt: skip


def over_noise(found: xr.Dataset) -> Frames:
    """The residual fit under more and more noise: its confidence regions, and where the truth is.

    Args:
        found: from `residual.ellipses.noisy_ellipses`.
    """
    names = [f"{float(noise):g}" for noise in found.noise.values]
    panels = []
    for pair, (across, up) in zip(found.pair.values, PAIRS, strict=True):
        x, y = axis_for(found, across), axis_for(found, up)
        truth = [getattr(TRUTH, across)], [getattr(TRUTH, up)]
        fixed = [
            series(*cross(truth[0][0], truth[1][0], x, y), label="truth", colour=2, dash=(2, 3), width=1.5)
        ]
        frames = [regions(found.sel(noise=noise, pair=pair), across, up) for noise in found.noise.values]
        panels.append(line_panel(f"{LETTERS[up]} against {LETTERS[across]}", frames, x=x, y=y, fixed=fixed))
    return Frames(
        panels,
        label="Noise on both fields",
        names=names,
        texts=[noise_text(found, n) for n in found.noise.values],
    )


def regions(one: xr.Dataset, across: str, up: str) -> list[dict]:
    """Every draw's region with its middle, and what the cure finds."""
    percent = f"{100 * float(one.attrs['level']):.0f} %"
    drawn = [
        series(*boundary.values.T, label=f"plain fit, {percent} region", colour=1, width=1.5)
        for boundary in one.region
    ]
    middles = one.plain.sel(parameter=across).values, one.plain.sel(parameter=up).values
    cured = one.cured.sel(parameter=across).values, one.cured.sel(parameter=up).values
    return [
        *drawn,
        series(*middles, label="plain fit", kind="dots", colour=1),
        series(*cured, label="weak form + errors in variables", kind="dots", colour=0),
    ]


def noise_text(found: xr.Dataset, noise: float) -> str:
    """How far off both fits are at a level, and how many of the regions hold the truth."""
    one = found.sel(noise=noise)
    truth = np.array(TRUTH)
    plain, cured = (
        np.abs(np.median(one[name].values, axis=0) / truth - 1).max() for name in ("plain", "cured")
    )
    inside = np.mean([holds(boundary, truth_of(pair)) for pair, boundary in boundaries(one)])
    return (
        f"At a noise of {float(noise):g} the plain fit is off by {percent(plain)} in its worst parameter, "
        f"the cured one by {percent(cured)}. {whole(float(inside))} of the plain fit's regions hold the "
        "truth."
    )


def percent(share: float) -> str:
    """A share in percent, two figures or whole numbers."""
    return f"{share:.0%}" if share >= 0.1 else f"{100 * share:.2g}%"


def boundaries(one: xr.Dataset) -> list[tuple[int, np.ndarray]]:
    """Every region at one level, with the number of its pair."""
    return [(i, draw[i]) for draw in one.region.values for i in range(len(PAIRS))]


def truth_of(pair: int) -> np.ndarray:
    """The truth in the coordinates of a pair."""
    return np.array([getattr(TRUTH, name) for name in PAIRS[pair]])


def holds(boundary: np.ndarray, point: np.ndarray) -> bool:
    """Whether an ellipse, given by points around its boundary, holds a point.

    Measured by the angles under which the boundary's pieces are seen: they add up to a full turn from inside.
    """
    x, y = (boundary - point).T
    angles = np.unwrap(np.arctan2(y, x))
    return bool(abs(angles[-1] - angles[0]) > np.pi)


def axis_for(found: xr.Dataset, name: str) -> dict:
    """An axis that holds everything drawn of a parameter."""
    places = [(i, "across") for i, pair in enumerate(PAIRS) if pair[0] == name]
    places += [(i, "up") for i, pair in enumerate(PAIRS) if pair[1] == name]
    bounds = [found.region.isel(pair=i).sel(coordinate=side).values.ravel() for i, side in places]
    found_at = [found[x].sel(parameter=name).values.ravel() for x in ("plain", "cured")]
    seen = np.concatenate(found_at + bounds)
    low, high = min(float(seen.min()), getattr(TRUTH, name)), max(float(seen.max()), getattr(TRUTH, name))
    room = 0.08 * (high - low)
    return axis(LETTERS[name], low - room, high + room)


def cross(x: float, y: float, across: dict, up: dict) -> tuple[list[float], list[float]]:
    """Two lines through a point, from end to end of both axes."""
    gap = float("nan")
    return [across["low"], across["high"], gap, x, x], [y, y, gap, up["low"], up["high"]]


def cut_panel(maps: xr.DataArray) -> dict:
    """The loss along the plane's second axis, the first at the truth; one frame for each map."""
    across, cut = str(maps.dims[2]), cut_through_truth(maps)
    frames = [[series(cut[across].values, values, label="loss")] for values in cut.values]
    top = 1.04 * float(np.nanmax(maps.values))
    truth = getattr(TRUTH, across)
    line = series([truth, truth], [0, top], label="truth", colour=2, dash=(2, 3), width=1.5)
    values = maps[across].values
    return line_panel(
        f"Along {LETTERS[across]}, through the truth", frames, fixed=[line],
        x=axis(LETTERS[across], values[0], values[-1]), y=axis("loss", 0, top),
    )  # fmt: skip


def ground(values: xr.DataArray) -> tuple[float, float]:
    """Share of points above the middle of a map's range, and the largest step between neighbours."""
    low, high = float(values.min()), float(values.max())
    steps = np.concatenate([np.abs(np.diff(values.values, axis=i)).ravel() for i in (0, 1)])
    return float((values > (low + high) / 2).mean()), float(np.nanmax(steps)) / ((high - low) or 1.0)


def same_side(one: xr.DataArray, other: xr.DataArray) -> float:
    """Share of points that two maps both put above, or both below, the middle of their range."""
    high = [x.values > float(x.min() + x.max()) / 2 for x in (one, other)]
    return float((high[0] == high[1]).mean())


def star(maps: xr.DataArray) -> Sequence[float]:
    """Where the truth lies on maps over (frame, up, across)."""
    _, up, across = map(str, maps.dims)
    return [float(getattr(TRUTH, across)), float(getattr(TRUTH, up))]


def power_of_ten(x: float) -> str:
    """10⁻⁸ for 1e-8; other numbers in their shortest form."""
    exponent = np.log10(x)
    return (
        f"10{str(round(exponent)).translate(POWERS)}" if np.isclose(exponent, round(exponent)) else f"{x:g}"
    )
