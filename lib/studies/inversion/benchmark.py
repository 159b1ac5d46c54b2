"""Methods × data schemes × targets × seeds, kept one by one, so that a run can be stopped and go on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from tqdm import tqdm

from lib.folders import Folder
from lib.initial_states import PAPER_PATCH
from lib.inputs import whole
from lib.model import Params
from lib.repetitions import repetitions
from lib.running.kept import arguments, kept
from lib.running.parallel import jobs_of
from lib.studies.inversion.asked import once_each, pairs_left_out, seeds_of
from lib.studies.inversion.attempt import Attempt, attempt, without_answer
from lib.studies.inversion.budget import Budget, limit_of
from lib.studies.inversion.library import library
from lib.studies.inversion.methods import METHODS, Method
from lib.studies.inversion.problems import SCHEMES, TARGETS, Problem, problem
from lib.studies.inversion.recovery import FAILED, FINISHED, NOT_APPLICABLE, NOT_RUN, SPENT
from lib.studies.inversion.sizes import Sizes

#: Costs at which everybody's present answer is looked at, as shares of the budget.
MOMENTS = np.concatenate([[0.0], np.geomspace(1e-3, 1.1, 40)])

#: Codes of the endings.
ENDINGS = (FINISHED, SPENT, NOT_APPLICABLE, FAILED, NOT_RUN)


def benchmark(
    schemes: Any,
    targets: Any,
    seeds: Any,
    *,
    limit: Any,
    size: Any,
    steps: Any,
    methods: Any = METHODS,
    left_out: Any = (),
    jobs: Any = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """Everybody on everything.

    Args:
        schemes, targets: names from `lib.studies.inversion.problems`.
        seeds: of the repetitions; each has its own initial state and noise, and random numbers for a method.
        limit: forward equivalents that each method may spend on each problem.
        size, steps: of the grid, and of a full run.
        methods: who takes part.
        left_out: pairs of a method and a scheme that are not run.
        jobs, cache: as for `lib.running.kept.kept`.

    Returns:
        Dataset over (approach, scheme, target, seed), with the `truth` of each target: `params`,
        `uncertainty`, `cost`, `seconds`, `ending` (number in `ENDINGS`), `reason`, and `answer`: what it
        would have answered at each `spent` share of the budget.

    Raises:
        ValueError: for settings that are none; before anything is computed.
    """
    schemes, targets = (
        once_each("data scheme", "schemes", schemes, SCHEMES),
        once_each("target", "targets", targets, TARGETS),
    )
    seeds, limit, jobs = seeds_of(seeds), limit_of(limit), jobs_of(jobs)
    size, steps = whole("size", size, PAPER_PATCH[0]), whole("steps", steps, 1)
    left_out = pairs_left_out(left_out, methods)
    for seed in seeds:  # before the processes start, which would each make it
        library(limit, size, steps, seed)
    problems = [
        problem(target, scheme, seed, size=size, steps=steps)
        for scheme in schemes
        for target in targets
        for seed in seeds
    ]
    pairs = [(name, p) for name in methods for p in problems]
    run = [(name, p) for name, p in pairs if (name, p.scheme) not in left_out]
    calls = [arguments(methods[name].recover, p.data, limit, p.seed) for name, p in run]
    found = kept(attempt, calls, jobs, cache=cache)
    attempts = iter(tqdm(found, total=len(calls), desc="methods on problems", unit="attempt"))
    nothing = without_answer(NOT_RUN, "", Budget(limit, steps=steps, size=size), 0.0)
    done = [nothing if (name, p.scheme) in left_out else next(attempts) for name, p in pairs]
    list(attempts)  # asked once more, it knows that all are done
    return labelled(done, limit, methods, schemes, targets, seeds)


def in_profile(profile: Sizes, seed: int) -> xr.Dataset:
    """The benchmark at a profile's sizes: both pages ask for the same one."""
    return benchmark(
        profile.inversion_schemes,
        profile.inversion_targets,
        repetitions(seed, profile.inversion_seeds),
        limit=profile.inversion_budget,
        size=profile.inversion_size,
        steps=profile.inversion_steps,
        left_out=profile.inversion_left_out,
    )


def labelled(
    done: Sequence[Attempt], limit: float, methods: Mapping[str, Method], schemes: Sequence[str],
    targets: Sequence[str], seeds: Sequence[int],
) -> xr.Dataset:  # fmt: skip
    """The attempts with names on every axis."""
    dims = ("approach", "scheme", "target", "seed")
    shape = (len(methods), len(schemes), len(targets), len(seeds))

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
        "approach": list(methods), "scheme": list(schemes), "target": list(targets), "seed": list(seeds),
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
