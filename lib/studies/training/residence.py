"""Where the simulations of training runs end, over all iterations."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.simulate import Outcome
from lib.studies.training import trace_statistics
from lib.studies.training.regions import Region, region, shares
from lib.studies.training.sizes import Sizes
from lib.studies.training.trace import Ending


@dataclass(frozen=True)
class Residence:
    """Where the simulations of all iterations end.

    Args:
        off_paper, off_random: shares without a pattern in runs from the paper's start and from random ones.
        trivial, uniform, pattern: shares over all runs.
        uniform_iterations, remnants: iterations in uniform fields, and those of them in which a remnant of
            the initial patch is left.
        inside: iterations in uniform fields whose loss lies where a perfectly uniform one's would.
        frozen_share: share of simulations in a corner of the box where nothing spreads.
        frozen, frozen_iterations, frozen_loss: runs that come there; their iterations there, and the median
            loss; None if there are none.
        silent: share of iterations whose gradient is exactly zero because v has died.
        aborted: runs that ended because every learning rate was refused.
        runs, random_runs, iterations: how many.
    """

    off_paper: float
    off_random: float | None
    trivial: float
    uniform: float
    pattern: float
    uniform_iterations: int
    remnants: int
    inside: int
    frozen_share: float
    frozen: int
    frozen_iterations: int
    frozen_loss: float | None
    silent: float
    aborted: int
    runs: int
    random_runs: int
    iterations: int


def half_height(heights: np.ndarray) -> float:
    """Half of the plateau's height, which tells a pattern from the remnant of a patch."""
    return 0.5 * float(heights.mean())


def residence(trace: xr.Dataset, paper_starts: int, half: float, expected: tuple[float, float]) -> Residence:
    """Where the simulations of these runs end; the first `paper_starts` runs begin at the paper's start."""
    paper = shares(trace.isel(run=slice(0, paper_starts)), half)
    drawn = trace.isel(run=slice(paper_starts, None))
    every, where = shares(trace, half), region(trace, half)
    still, even = where == Region.FROZEN, where == Region.UNIFORM
    inside = even & (trace.loss >= expected[0]) & (trace.loss <= expected[1])
    return Residence(
        off_paper=1 - paper["pattern"],
        off_random=1 - shares(drawn, half)["pattern"] if drawn.sizes["run"] else None,
        trivial=every["trivial"],
        uniform=every["uniform"],
        pattern=every["pattern"],
        remnants=int((even & (trace_statistics.main_outcome(trace) == Outcome.PATTERN)).sum()),
        uniform_iterations=int(even.sum()),
        inside=int(inside.sum()),
        frozen_share=every["frozen"],
        frozen=int(still.any("iteration").sum()),
        frozen_iterations=int(still.sum()),
        frozen_loss=float(trace.loss.where(still).median()) if still.any() else None,
        silent=trace_statistics.signals(trace)["dead"],
        aborted=int((trace.ending == Ending.ABORTED).sum()),
        runs=trace.sizes["run"],
        random_runs=trace.sizes["run"] - paper_starts,
        iterations=int(trace_statistics.lengths(trace).sum()),
    )


def groups(
    text: xr.Dataset, windowed: xr.Dataset, sizes: Sizes, heights: Mapping[str, np.ndarray]
) -> dict[str, dict[str, float]]:
    """Shares of simulations by region: from the paper's start, from random ones, under the windowed loss."""
    paper, drawn = text.isel(run=slice(0, sizes.paper_starts)), text.isel(run=slice(sizes.paper_starts, None))
    half, other = (half_height(heights[name]) for name in ("spectral", "windowed"))
    named = {
        "the paper's start": (paper, half),
        "random starts": (drawn, half),
        "windowed loss": (windowed, other),
    }
    return {name: shares(*pair) for name, pair in named.items() if pair[0].sizes["run"]}
