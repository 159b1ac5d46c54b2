"""Methods × data schemes × targets × seeds, kept one by one, so that a run can be stopped and go on."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from tqdm import tqdm

from lib.folders import Folder
from lib.model import Params
from lib.running.kept import arguments, kept
from lib.studies.inversion.attempt import Attempt, attempt
from lib.studies.inversion.library import library
from lib.studies.inversion.methods import METHODS, Method
from lib.studies.inversion.problems import TARGETS, Problem, problem
from lib.studies.inversion.recovery import FAILED, FINISHED, NOT_APPLICABLE, SPENT

#: Costs at which everybody's present answer is looked at, as shares of the budget.
MOMENTS = np.concatenate([[0.0], np.geomspace(1e-3, 1.1, 40)])

#: Codes of the endings.
ENDINGS = (FINISHED, SPENT, NOT_APPLICABLE, FAILED)


def benchmark(
    schemes: Sequence[str],
    targets: Sequence[str],
    seeds: int,
    *,
    limit: float,
    size: int,
    steps: int,
    methods: Mapping[str, Method] = METHODS,
    jobs: int = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """Everybody on everything.

    Args:
        schemes, targets: names from `lib.studies.inversion.problems`.
        seeds: repetitions; each has its own initial state and noise, and its own random numbers for a method.
        limit: forward equivalents that each method may spend on each problem.
        size, steps: of the grid, and of a full run.
        methods: who takes part.
        jobs, cache: as for `lib.running.kept.kept`.

    Returns:
        Dataset over (approach, scheme, target, seed), with the `truth` of each target: `params`,
        `uncertainty`, `cost`, `seconds`, `ending` (number in `ENDINGS`), `reason`, and `answer`: what it
        would have answered at each `spent` share of the budget.
    """
    for seed in range(seeds):  # before the processes start, which would each make it
        library(limit, size, steps, seed)
    problems = [
        problem(target, scheme, seed, size=size, steps=steps)
        for scheme in schemes
        for target in targets
        for seed in range(seeds)
    ]
    calls = [arguments(m.recover, p.data, limit, p.seed) for m in methods.values() for p in problems]
    found = kept(attempt, calls, jobs, cache=cache)
    done = list(tqdm(found, total=len(calls), desc="methods on problems", unit="attempt"))
    shape = (len(methods), len(schemes), len(targets), seeds)
    return labelled(done, shape, limit, methods, schemes, targets)


def labelled(
    done: Sequence[Attempt], shape: tuple[int, ...], limit: float, methods: Mapping[str, Method],
    schemes: Sequence[str], targets: Sequence[str],
) -> xr.Dataset:  # fmt: skip
    """The attempts with names on every axis."""
    dims = ("approach", "scheme", "target", "seed")

    def column(values: Sequence[object], *more: str) -> tuple:
        array = np.array(values)
        return (*dims, *more), array.reshape(*shape, *array.shape[1:])

    variables = {
        "params": column([a.params for a in done], "parameter"),
        "uncertainty": column([a.uncertainty for a in done], "parameter"),
        "answer": column([answers(a, limit) for a in done], "spent", "parameter"),
        "cost": column([a.cost for a in done]),
        "seconds": column([a.seconds for a in done]),
        "ending": column([ENDINGS.index(a.ending) for a in done]),
        "reason": column([a.reason for a in done]),
        "truth": (("target", "parameter"), np.array([list(TARGETS[name]) for name in targets])),
    }
    coords = {
        "approach": list(methods), "scheme": list(schemes), "target": list(targets), "seed": range(shape[3]),
        "spent": MOMENTS, "parameter": list(Params._fields),
    }  # fmt: skip
    return xr.Dataset(variables, coords=coords, attrs={"limit": limit})


def answers(one: Attempt, limit: float) -> np.ndarray:
    """The answer it had at each moment, (moments, 4); NaN before its first."""
    moments = np.full((len(MOMENTS), 4), np.nan)
    if len(one.history):
        at = np.searchsorted(one.history[:, 0], MOMENTS * limit, side="right") - 1
        moments[at >= 0] = one.history[at[at >= 0], 1:]
    return moments


def one_problem(target: str, scheme: str, *, size: int, steps: int, seed: int = 0) -> Problem:
    """A single problem, to look at or to try a method on."""
    return problem(target, scheme, seed, size=size, steps=steps)
