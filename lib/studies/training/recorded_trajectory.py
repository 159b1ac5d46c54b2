"""How near re-runs of Appendix D's second run segment come to a recorded point."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.coordinates import to_unconstrained
from lib.model import Params
from lib.paper import SAMPLED_SETS, TRUTH
from lib.running.profiles import Profile
from lib.studies.landscapes import sweep
from lib.studies.landscapes.sizes import sizes as landscapes_sizes
from lib.studies.patterns.spots import count_spots
from lib.studies.training import trace_statistics
from lib.studies.training.experiments import SECOND_ITERATIONS
from lib.studies.training.trace import Ending

#: The recorded points and the target, by what they are.
POINTS = {
    "1: start": SAMPLED_SETS[0],
    "2: iteration 8,918": SAMPLED_SETS[1],
    "3: after the second segment": SAMPLED_SETS[2],
    "4: target": TRUTH,
}


@dataclass(frozen=True)
class Approach:
    """The nearest that any of several runs comes to a point, in unconstrained parameters.

    Args:
        left: distance there, as a share of the distance between start and point.
        at: iteration of the nearest approach.
        loss: loss there.
        params: parameters there, by name.
        covered: part of the way from start to point that the runs' last rows have covered, on average.
        cosine: between the way from the first to the last row and the way to the point, on average over the
            runs that moved; None if none did.
    """

    left: float
    at: int
    loss: float
    params: Mapping[str, float]
    covered: float
    cosine: float | None


def approach(runs: xr.Dataset, start: Params, goal: Params) -> Approach:
    """Compare runs that begin at `start` with a recorded goal.

    Args:
        runs: traces with dimensions (run, iteration).
        start, goal: recorded parameters.
    """
    begin, end = to_unconstrained(start).numpy(), to_unconstrained(goal).numpy()
    way = end - begin
    unconstrained = runs.unconstrained.values.astype(float)
    distance = np.linalg.norm(unconstrained - end, axis=-1)
    run, at = np.unravel_index(np.nanargmin(distance), distance.shape)
    last = np.array(
        [one[np.isfinite(one).all(axis=-1)][-1] for one in runs.next_unconstrained.values.astype(float)]
    )
    moved = last - unconstrained[:, 0]
    lengths = np.linalg.norm(moved, axis=-1)
    ahead = moved @ way
    moving = lengths > 0
    cosine = ahead[moving] / lengths[moving] / np.linalg.norm(way)
    here = runs.isel(run=int(run), iteration=int(at))
    return Approach(
        left=float(distance[run, at] / np.linalg.norm(way)),
        at=int(at),
        loss=float(here.loss),
        params=dict(zip(Params._fields, map(float, here.params.values), strict=True)),
        covered=float((ahead / (way @ way)).mean()),
        cosine=float(cosine.mean()) if moving.any() else None,
    )


def file_name(title: str) -> str:
    """A title as part of a file's name."""
    return title.replace(",", "").replace(" ", "_")


@dataclass(frozen=True)
class Point:
    """A recorded point, run to the end from several initial states: mean loss, range, spots of the first."""

    loss: float
    least: float
    most: float
    spots: int


@dataclass(frozen=True)
class TrajectorySummary:
    """What Appendix D says in numbers.

    Args:
        points: "start", "8918", "end" and "target".
        states: initial states behind each loss.
        slow, fast, code: re-runs of the second segment at the recorded rate, at the first segment's, and at
            the recorded one with further steps, held against the recorded end.
        six: the fast ones, held against set 6.
        covered, covered_code: parts of the way covered by slow and code; None unless all of them had the
            iterations on record.
        runs, iterations, fast_iterations: of the slow re-runs, and of each fast one.
        code_runs: re-runs with further steps.
        fast_runs, fast_aborted: fast re-runs, and those that ended because every rate was refused.
        fast_ends: least and most of the way that their last rows have covered.
        recorded: iterations on record.
        silent: share of the code's iterations whose gradient is exactly zero because v has died.
        lowest: the least loss of the fast re-runs.
    """

    points: Mapping[str, Point]
    states: int
    slow: Approach
    fast: Approach
    code: Approach
    six: Approach
    covered: float | None
    covered_code: float | None
    runs: int
    iterations: int
    fast_iterations: int
    code_runs: int
    fast_runs: int
    fast_aborted: int
    fast_ends: tuple[float, float]
    recorded: int
    silent: float
    lowest: float


def replay(profile: Profile, seed: int) -> xr.Dataset:
    """Losses and fields of `POINTS` after full runs, from initial states shared with the target."""
    return sweep.evaluate(
        np.array(list(POINTS.values())),
        states=landscapes_sizes(profile.name).cut_states,
        title="recorded points",
        seed=seed,
        size=profile.size,
        steps=profile.steps,
    )


def summarise(replayed: xr.Dataset, runs: Mapping[str, xr.Dataset]) -> TrajectorySummary:
    """Everything about the recorded points and the re-runs.

    Args:
        replayed: from `replay`.
        runs: those of `second_segment_plans`, in its order.
    """
    slow, fast, code = runs.values()
    begin, end, sixth = SAMPLED_SETS[1], SAMPLED_SETS[2], SAMPLED_SETS[5]
    lengths = [int(trace_statistics.lengths(trace).min()) for trace in (slow, code)]
    covered, covered_code = (
        approach(trace, begin, end).covered if length >= SECOND_ITERATIONS else None
        for trace, length in zip((slow, code), lengths, strict=True)
    )
    spots = count_spots(replayed.v.values)
    ends = [approach(fast.isel(run=[run]), begin, end).covered for run in range(fast.sizes["run"])]
    return TrajectorySummary(
        points={
            name: one_point(replayed.spectral.values[i], int(spots[i]))
            for i, name in enumerate(("start", "8918", "end", "target"))
        },
        states=replayed.sizes["state"],
        slow=approach(slow, begin, end),
        fast=approach(fast, begin, end),
        code=approach(code, begin, end),
        six=approach(fast, begin, sixth),
        covered=covered,
        covered_code=covered_code,
        runs=slow.sizes["run"],
        iterations=lengths[0],
        fast_iterations=int(trace_statistics.lengths(fast).max()),
        code_runs=code.sizes["run"],
        fast_runs=fast.sizes["run"],
        fast_aborted=int((fast.ending == Ending.ABORTED).sum()),
        fast_ends=(min(ends), max(ends)),
        recorded=SECOND_ITERATIONS,
        silent=trace_statistics.signals(code)["dead"],
        lowest=float(fast.loss.min()),
    )


def one_point(losses: np.ndarray, spots: int) -> Point:
    """Mean and range over initial states, with the spots of the first."""
    return Point(float(losses.mean()), float(losses.min()), float(losses.max()), spots)
