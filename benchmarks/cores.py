"""How much faster is a sweep on all cores than on one? The same points of the F-k plane, again and again.

Both ways take turns, each with an empty cache; processes that joblib keeps are started before. The ratio is
taken within each round, so that a machine whose clock varies disturbs both alike.

Run it with `python -m benchmarks.cores`, some minutes; `make bench` does it too, and keeps the result.
"""

import sys
import tempfile
import time
from typing import Any

import joblib
import numpy as np

from benchmarks.race import quartiles
from lib import grid, paper
from lib.studies.landscapes import sweep

#: Points along F and k and initial states at each, as in the quick profile; a quarter of its steps.
POINTS, STATES, STEPS = (24, 22), 2, 10_000


def main() -> None:
    """Print the ratio."""
    found = gain()
    low, median, high = (found["ratio"][key] for key in ("low", "median", "high"))
    print(f"{found['cores']} cores: {median:.2f} times one core ({low:.2f} … {high:.2f})")


def gain(rounds: int = 5, points: tuple[int, int] = POINTS, steps: int = STEPS) -> dict[str, Any]:
    """How many times faster all cores are, in quartiles over some rounds.

    Args:
        rounds: pairs of sweeps.
        points, steps: size of the sweep.
    """
    axes = grid.axes_over(paper.FEED_PLANE, points)
    seconds(axes, -1, 10)
    ratios = []
    for number in range(rounds):
        order = (1, -1) if number % 2 else (-1, 1)
        taken = {jobs: seconds(axes, jobs, steps) for jobs in order}
        ratios.append(taken[1] / taken[-1])
        print(f"sweep on all cores: {ratios[-1]:.2f} times one core", file=sys.stderr, flush=True)
    return {"cores": joblib.cpu_count(), "rounds": rounds, "ratio": quartiles(ratios)}


def seconds(axes: dict[str, np.ndarray], jobs: int, steps: int) -> float:
    """Wall time of one sweep, of which nothing is known before."""
    with tempfile.TemporaryDirectory() as folder:
        cache = folder
        start = time.perf_counter()
        sweep.sweep(axes, states=STATES, steps=steps, title="cores", jobs=jobs, cache=cache)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
