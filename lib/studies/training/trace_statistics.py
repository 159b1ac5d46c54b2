"""Numbers about training runs: the band of losses and its trend, drops and recoveries, distances, ends.

Traces have dimensions (run, iteration, …) as `lib.studies.training.train_plans` returns them; rows after a
run's end hold NaN, −1 or False.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from scipy import stats

from lib import losses
from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.training.regions import Region, made, region
from lib.studies.training.trace import PARAMETERS, Ending, Signal

#: The band that the paper names (Section 3.1).
PAPER_BAND = (245.0, 270.0)


class Excursion(NamedTuple):
    """A stretch of iterations in a run whose losses are below a level.

    Args:
        run, first: which run, and its first iteration below.
        length: iterations below.
        lowest: smallest loss.
        returned: whether the loss climbed back while the run went on; False where the run ended below.
    """

    run: int
    first: int
    length: int
    lowest: float
    returned: bool


def plateau_losses(
    pool: Float[np.ndarray, "count height width"], loss: str = "spectral"
) -> Float[np.ndarray, " count"]:
    """The loss of a perfectly uniform field against each target: the height of the plateau."""
    describe = losses.descriptor(loss)
    flat = describe(torch.zeros(1, *pool.shape[1:]))
    with torch.no_grad():
        return np.array([float(losses.distance(describe(torch.from_numpy(one[None])), flat)) for one in pool])


def expected_band(
    heights: Float[np.ndarray, " count"], batch: int, share: float = 0.98
) -> tuple[float, float]:
    """Where the mean over a batch of random targets falls with this probability, by resampling."""
    draws = np.random.default_rng(0).choice(heights, size=(20_000, batch)).mean(axis=1)
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def trends(loss: Float[np.ndarray, "run iteration"]) -> xr.Dataset:
    """Kendall's test for a downward trend of each run, and the Theil-Sen slope.

    Both look at ranks or medians, so that a few drops do not make a trend.

    Returns:
        Dataset over `run`: `slope`, in loss per 100 iterations; `tau`, Kendall's rank correlation with the
        iteration; `p`, the probability of a tau as low where there is no trend. NaN for runs of fewer than
        four losses, which cannot show one.
    """
    rows = []
    for values in loss:
        known = values[np.isfinite(values)]
        time = np.arange(len(known)) / 100
        if len(known) < 4:
            rows.append([np.nan] * 3)
            continue
        kendall = stats.kendalltau(time, known, alternative="less")
        rows.append([stats.theilslopes(known, time).slope, kendall.statistic, kendall.pvalue])
    columns = np.array(rows).reshape(-1, 3).T
    return xr.Dataset(
        {name: ("run", column) for name, column in zip(("slope", "tau", "p"), columns, strict=True)}
    )


def excursions(loss: Float[np.ndarray, "run iteration"], level: float) -> list[Excursion]:
    """Every stretch of iterations below a level, in order."""
    found = []
    for run, values in enumerate(loss):
        below = np.concatenate([[False], values < level, [False]])
        edges = np.flatnonzero(np.diff(below.astype(int)))
        for first, stop in edges.reshape(-1, 2):
            returned = stop < len(values) and bool(np.isfinite(values[stop]))
            found.append(
                Excursion(run, int(first), int(stop - first), float(values[first:stop].min()), returned)
            )
    return found


def main_outcome(trace: xr.Dataset) -> xr.DataArray:
    """The outcome of most simulations in each iteration, −1 where there is none."""
    counts = xr.concat([(trace.outcome == outcome).sum("sample") for outcome in Outcome], "kind")
    return counts.argmax("kind").where(counts.sum("kind") > 0, -1).astype(int)


def signals(trace: xr.Dataset) -> dict[str, float]:
    """Share of iterations with each kind of gradient."""
    values = trace.signal.values[trace.signal.values >= 0]
    return {kind.name.lower(): float((values == kind).mean()) for kind in Signal}


def travel(trace: xr.Dataset) -> xr.Dataset:
    """How far each run moved in unconstrained parameters: path length, net distance, largest step."""
    steps = (trace.next_unconstrained - trace.unconstrained).astype(float)
    lengths = np.sqrt((steps**2).sum("parameter", skipna=False))
    net = np.sqrt((steps.sum("iteration") ** 2).sum("parameter"))
    return xr.Dataset({"path": lengths.sum("iteration"), "net": net, "largest": lengths.max("iteration")})


def gap(values: Sequence[float] | np.ndarray, low: float, high: float) -> float:
    """Share of values strictly between two levels: how polarised they are."""
    array = np.asarray(values)
    return float(((array > low) & (array < high)).mean())


class Fate(NamedTuple):
    """How one run went: rows, how it ended, mean tries, and its last loss and region."""

    iterations: int
    ending: str
    tries: float
    last_loss: float
    last_region: str


def outcome_of(run: xr.Dataset, half: float) -> Fate:
    """A single run in a line of a table; `half` of the plateau's height tells its last region."""
    where = region(run, half).values
    rows = int((where >= 0).sum())
    ended = {Ending.OPEN: "went on", Ending.ABORTED: "aborted", Ending.LOST: "lost"}[Ending(int(run.ending))]
    tries = float(run.tries.values[:rows].mean())
    return Fate(
        rows, ended, tries, float(run.loss.values[rows - 1]), Region(int(where[rows - 1])).name.lower()
    )


def at_the_truth(trace: xr.Dataset, tolerance: float = 0.1) -> int:
    """How many runs have converged to the truth: all four parameters within this share of it at the end."""
    last = trace.params.isel(iteration=lengths(trace) - 1)
    truth = xr.DataArray(list(TRUTH), dims="parameter", coords={"parameter": PARAMETERS})
    return int((np.abs(last / truth - 1) < tolerance).all("parameter").sum())


def lengths(trace: xr.Dataset) -> xr.DataArray:
    """Iterations of each run."""
    return made(trace).sum("iteration")
