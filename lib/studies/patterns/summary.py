"""What the page on what landscapes say tells, in numbers: one dataclass a question."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.losses import LOG_FLOOR
from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.patterns import blind_stretch, intermediate_times, noise_floor
from lib.studies.patterns.measurements import BY_PARAMETER, BY_PARAMETER_RANDOM, BY_STATE, CUTS, Floor, InTime
from lib.studies.patterns.other_initial_states import varied_states
from lib.studies.patterns.spectral_distance import left_by_diffusion
from lib.studies.patterns.within_kinds import changed


@dataclass(frozen=True)
class Noise:
    """The loss between runs of the truth from different initial states, at full age.

    Args:
        states, pairs: how many.
        median, low, high, top: of the spectral loss over the pairs: median, 5 and 95 %, largest.
        outlier: number, from 1, of the state whose median loss against the others is largest, and
            `outlier_median` that loss.
        top_without, high_without: largest loss and 95 % among the others; None for two states.
        windowed, windowed_low, windowed_high, windowed_high_without: the same of the windowed loss.
        round_off: the first state's run against itself in double precision.
    """

    states: int
    pairs: int
    median: float
    low: float
    high: float
    top: float
    outlier: int
    outlier_median: float
    top_without: float | None
    high_without: float | None
    windowed: float
    windowed_low: float
    windowed_high: float
    windowed_high_without: float | None
    round_off: float


def noise(found: Floor) -> Noise:
    """From `measurements.floor`."""
    between = noise_floor.pairwise(found.full)
    windowed = noise_floor.pairwise(found.full, "windowed")
    count = len(found.full)
    typical = blind_stretch.typical(between, count)
    others = blind_stretch.without_the_odd(between, count)
    (low, high), (low_windowed, high_windowed) = noise_floor.band(between), noise_floor.band(windowed)
    return Noise(
        states=count,
        pairs=between.size,
        median=float(np.median(between)),
        low=low,
        high=high,
        top=float(between.max()),
        outlier=int(typical.argmax()) + 1,
        outlier_median=float(typical.max()),
        top_without=float(others.max()) if others.size else None,
        high_without=blind_stretch.upper_edges(between, count)[1],
        windowed=float(np.median(windowed)),
        windowed_low=low_windowed,
        windowed_high=high_windowed,
        windowed_high_without=blind_stretch.upper_edges(windowed, count)[1],
        round_off=float(noise_floor.against(found.precise[None], found.full[:1])[0, 0]),
    )


@dataclass(frozen=True)
class Ageing:
    """What further steps do to the truth's runs, medians over states or pairs.

    Args:
        change, change_last: largest change of a cell in one step, at full age and at the last age.
        moving: runs above the training's 5e-5 at full age.
        twice, twice_top: a run against itself at twice the full age, median and largest.
        old, old_top, old_windowed: runs against each other at the last age: spectral, largest, windowed.
        last: the last age, in steps.
    """

    change: float
    change_last: float
    moving: int
    twice: float
    twice_top: float
    old: float
    old_top: float
    old_windowed: float
    last: int


def ageing(found: Floor) -> Ageing:
    """From `measurements.floor`."""
    ages, twice = found.ages, found.ages.later.sel(begin=found.steps)
    return Ageing(
        change=float(ages.change.sel(time=found.steps).median()),
        change_last=float(ages.change.isel(time=-1).median()),
        moving=int((ages.change.sel(time=found.steps) > 5e-5).sum()),
        twice=float(twice.median()),
        twice_top=float(twice.max()),
        old=float(ages.between.isel(time=-1).median()),
        old_top=float(ages.between.isel(time=-1).max()),
        old_windowed=float(ages.windowed.isel(time=-1).median()),
        last=int(ages.time[-1]),
    )


@dataclass(frozen=True)
class Plateau:
    """The height of the plateau.

    Args:
        heights: exponent of ε → mean height over the states, at full age.
        ground: exponent of ε → median loss of the first state's patterned points along k, without the truth,
            as a share of the plateau against the same target; None for no such point.
        plateau_falls, ground_falls: highest ε over lowest: plateau and that ground, by what factor.
        last_low, last_high: least and largest height over the states at the last age.
        error: largest relative difference of the closed form and the loss of a uniform field, in double
            precision.
        spread: of v over the cells of set 1's uniform end.
        less, less_low: by how much, relative, its loss misses the formula, at the usual ε and at the lowest.
    """

    heights: dict[str, float]
    ground: dict[str, float] | None
    plateau_falls: float
    ground_falls: float | None
    last_low: float
    last_high: float
    error: float
    spread: float
    less: float
    less_low: float


def plateau(found: Floor, under: xr.Dataset) -> Plateau:
    """From `measurements.floor` and `measurements.over_floors`."""
    mean = under.height.sel(time=found.steps).mean("state")
    last = under.height.isel(time=-1).sel(epsilon=LOG_FLOOR, method="nearest")
    own = under.height.sel(time=found.steps).isel(state=0)
    missed = np.abs(under.simulated.isel(end=0) / own - 1)
    cut = found.cuts["k"]
    among = (cut.outcome.isel(state=0) == Outcome.PATTERN).values & (cut.k.values != float(TRUTH.k))
    ground = under.floors.isel(k=among).median("k") if among.any() else None
    return Plateau(
        heights=by_exponent(mean),
        ground=None if ground is None else by_exponent(ground / own),
        plateau_falls=float(own[-1] / own[0]),
        ground_falls=None if ground is None else float(ground[-1] / ground[0]),
        last_low=float(last.min()),
        last_high=float(last.max()),
        error=noise_floor.formula_error(found.full, 0.3, under.epsilon.values.tolist()),
        spread=float(under.spread[0]),
        less=float(missed.sel(epsilon=LOG_FLOOR, method="nearest")),
        less_low=float(missed[0]),
    )


def by_exponent(values: xr.DataArray) -> dict[str, float]:
    """Some values over ε, by the exponent of ε."""
    return {str(n): float(values.sel(epsilon=10.0**-n, method="nearest")) for n in (12, 8, 4, 2)}


@dataclass(frozen=True)
class Valley:
    """One cut at intermediate times; None where nothing inside the cliffs was seen.

    Args:
        early_truth, early_typical: loss from other initial states at the early time: at the truth, and
            typically inside the cliffs; `late_…` the same at the end.
        downhill, downhill_least, downhill_late: share of points from which stepping to the lower neighbour
            leads to the truth or to a point beside it, in that loss: the largest and the least over the times
            from the early one on, and at the end.
        best: the time of the largest.
        points: of the cut.
        ground_low, ground_high: height of the ground beyond the low and the high cliff at the early time,
            as a share of the plateau.
    """

    early_truth: float | None
    early_typical: float | None
    late_truth: float | None
    late_typical: float | None
    downhill: float
    downhill_least: float
    downhill_late: float
    best: int
    points: int
    ground_low: float | None
    ground_high: float | None


def valleys(found: InTime) -> dict[str, Valley]:
    """One for each cut, by the name of its file."""
    return {file: valley(found, words) for words, (_, _, file) in CUTS.items()}


def valley(found: InTime, words: str) -> Valley:
    """Of the cut of these words."""
    cut, axis, begin = found.cuts[words], CUTS[words][0], found.times.index(found.early)
    inside = intermediate_times.contrast(cut, axis)
    # Before the early time the initial state's own structure is compared, and not what grows from it.
    shares = intermediate_times.downhill_in_time(cut, axis, "independent")[begin:]
    low, high = (intermediate_times.ground_height(cut, axis, side)[begin] for side in ("low", "high"))
    return Valley(
        early_truth=known(inside.at_truth[begin]),
        early_typical=known(inside.typical[begin]),
        late_truth=known(inside.at_truth[-1]),
        late_typical=known(inside.typical[-1]),
        downhill=float(shares.max()),
        downhill_least=float(shares.min()),
        downhill_late=float(shares[-1]),
        best=found.times[begin + int(shares.argmax())],
        points=cut.sizes[axis],
        ground_low=known(low),
        ground_high=known(high),
    )


@dataclass(frozen=True)
class Alike:
    """Whether patterns grow alike: unlikeness at the end over that at the early time.

    Args:
        patch, random: across parameters, from the patch and from a random state; None for fewer than two
            ends.
        states: at the truth, across initial states.
        patch_pairs, random_pairs, states_pairs: pairs of pictures compared.
    """

    patch: float | None
    random: float | None
    states: float | None
    patch_pairs: int
    random_pairs: int
    states_pairs: int


def alike(found: InTime) -> Alike:
    """From `measurements.in_time`."""
    groups = found.unlikeness()
    change = {name: changed(group, found) for name, group in groups.items()}
    pairs = {name: group.sizes["pair"] for name, group in groups.items()}
    return Alike(
        patch=change[BY_PARAMETER],
        random=change[BY_PARAMETER_RANDOM],
        states=change[BY_STATE],
        patch_pairs=pairs[BY_PARAMETER],
        random_pairs=pairs[BY_PARAMETER_RANDOM],
        states_pairs=pairs[BY_STATE],
    )


@dataclass(frozen=True)
class Middles:
    """Whether ends without a pattern come from patterned middles, from the patch and from a random state.

    Args:
        middle_…: share of those runs that had half of the truth's texture on the way; None for no such run.
        runs_…: how many end without a pattern, that is trivial or uniform.
        living_…, living_runs_…: the same of those alone that end in a uniform v which lives.
        uniform_…, trivial_…: median of the largest texture on the way, as a share of the truth's, of ends
            in a uniform v and of trivial ends.
        diffused: texture that diffusion alone would have left of the random state at the early time, at most.
    """

    middle_patch: float | None
    middle_random: float | None
    runs_patch: int
    runs_random: int
    living_patch: float | None
    living_random: float | None
    living_runs_patch: int
    living_runs_random: int
    uniform_patch: float | None
    uniform_random: float | None
    trivial_patch: float | None
    trivial_random: float | None
    diffused: float


def middles(found: InTime, seed: int) -> Middles:
    """From `measurements.in_time`; the seed is that of its random states."""
    numbers: dict[str, float | int | None] = {}
    full = found.full_texture
    for words, plane in found.planes.items():
        kind = words.split()[-1] if "random" not in words else "random"
        had = intermediate_times.patterned_middles(plane, full)
        largest = plane.texture.sel(time=slice(found.early, None)).max("time") / full
        ends = plane.outcome.isel(time=-1)
        living = had.where(ends == Outcome.UNIFORM)
        numbers |= {
            f"middle_{kind}": known(had.mean()),
            f"runs_{kind}": int(had.notnull().sum()),
            f"living_{kind}": known(living.mean()),
            f"living_runs_{kind}": int(living.notnull().sum()),
            f"uniform_{kind}": known(largest.where(ends == Outcome.UNIFORM).median()),
            f"trivial_{kind}": known(largest.where(ends == Outcome.TRIVIAL).median()),
        }
    batch, size = found.varied.sizes["state"], found.varied.sizes["row"]
    bare = varied_states("coarse noise", batch, size=size, seed=seed).v
    left = float(left_by_diffusion(bare, float(TRUTH.Dv), intermediate_times.SINCE).max()) / full
    return Middles(**numbers, diffused=left)  # type: ignore[arg-type]


def known(value: xr.DataArray | float) -> float | None:
    """A number, or None for NaN."""
    return float(value) if np.isfinite(value) else None
