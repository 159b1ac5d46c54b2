"""Training runs: one, or many side by side, each with a table that is written as it goes (Section 3)."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import joblib
import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib.coordinates import Unconstrained
from lib.folders import Folder
from lib.inputs import whole
from lib.model import Params
from lib.running import keys, parallel
from lib.running.kept import checkpoint
from lib.running.threads import single_thread
from lib.studies.training.iteration import FIRST_SEGMENT, Recipe, iterate
from lib.studies.training.targets import target_pool
from lib.studies.training.trace import Ending, Signal, Trace

#: Seconds between two writes of a trace; what is lost when a run is killed is computed again, alike.
WRITE_EVERY = 2.0


def train(
    start: Sequence[float] | Unconstrained,
    *,
    iterations: int,
    recipe: Recipe = FIRST_SEGMENT,
    seed: int = 0,
    path: Path | str | None = None,
    pool: np.ndarray | None = None,
    progress: bool = True,
) -> xr.Dataset:
    """Train from unconstrained parameters for so many iterations, or until the run aborts or is lost.

    Args:
        start: four unconstrained parameters (`lib.coordinates`), or the parameters with that safeguard off.
        iterations: rows wanted; those already in the file are not computed again.
        recipe: what an iteration does.
        seed: batches follow from it and the iteration's number alone.
        path: file of the trace: read first, written as the run goes.
        pool: target patterns (count, size, size), by default made with the recipe.
        progress: show loss, parameters and learning rate as they come.

    Returns:
        The trace (`lib.studies.training.trace.COLUMNS`), with `ending` among its attributes.

    Raises:
        ValueError: for less than one iteration, targets of another size, or a file of another run.
    """
    iterations = whole("iterations", iterations, 1)
    unconstrained = torch.as_tensor(start, dtype=torch.float32)
    if pool is None:
        pool = recipe_pool(recipe)
    refuse_pool(pool, recipe.size)
    trace = Trace(identity(start, recipe, seed, pool), path)
    if len(trace):
        unconstrained = torch.from_numpy(trace.last("next_unconstrained"))
    with (
        tqdm(total=iterations, initial=min(len(trace), iterations), disable=not progress) as bar,
        single_thread(),
    ):
        try:
            for row in going_on(trace, unconstrained, iterations, recipe, seed, pool):
                bar.set_postfix_str(progress_line(row))
                bar.update()
        finally:
            trace.save()
    return trace.dataset(iterations)


def refuse_pool(pool: np.ndarray, size: int) -> None:
    """A ValueError for targets that are no finite images of the recipe's grid."""
    if pool.ndim != 3 or not len(pool) or pool.shape[1:] != (size, size) or not np.isfinite(pool).all():
        raise ValueError(
            f"The targets have shape {pool.shape}, and this recipe needs finite ones of (count, {size}, "
            f"{size}): make them with recipe_pool, or set its size to theirs."
        )


def going_on(
    trace: Trace, unconstrained: Unconstrained, iterations: int, recipe: Recipe, seed: int, pool: np.ndarray
) -> Iterator[dict[str, Any]]:
    """Iterate until the trace is long enough or the run has ended, writing it from time to time."""
    written = time.monotonic()
    while len(trace) < iterations and trace.ending is Ending.OPEN:
        row, trace.ending = iterate(unconstrained, len(trace), recipe, seed, pool)
        trace.append(row)
        unconstrained = torch.from_numpy(row["next_unconstrained"])
        if time.monotonic() - written > WRITE_EVERY:
            trace.save()
            written = time.monotonic()
        yield row


class Plan(NamedTuple):
    """Several runs that follow one recipe.

    Args:
        starts: unconstrained parameters, four for each run.
        iterations, recipe: as for `train`.
        seeds: of the runs; by default 0, 1, 2, …
    """

    starts: Sequence[Sequence[float]]
    iterations: int
    recipe: Recipe = FIRST_SEGMENT
    seeds: Sequence[int] | None = None


def train_plans(
    plans: Mapping[str, Plan], *, jobs: int = -1, title: str = "training", folder: Folder = None
) -> dict[str, xr.Dataset]:
    """Train all runs of all plans side by side, each in its own process and with its own file.

    Args:
        plans: by name; the longest runs are best put first.
        jobs: processes; −1 for one per core.
        title: shown by the progress bar.
        folder: where the traces are kept, by default in the cache; finished ones are not computed again.

    Returns:
        For each plan its traces side by side along `run`, with `ending` for each run. Where a run ended
        early, rows hold NaN, −1 or False.
    """
    calls = [call for plan in plans.values() for call in one_by_one(plan, jobs, folder)]
    runs = parallel.results(calls, jobs)
    traces = iter(tqdm(runs, total=len(calls), desc=title, unit="run"))
    found = {name: [next(traces) for _ in plan.starts] for name, plan in plans.items()}
    next(traces, None)  # the bar closes when it is asked once more
    return {name: traces_together(each) for name, each in found.items()}


def one_by_one(plan: Plan, jobs: int, folder: Folder) -> Iterator[Any]:
    """Each run of a plan as a call for joblib."""
    pool = recipe_pool(plan.recipe, jobs)
    for start, seed in zip(plan.starts, plan.seeds or range(len(plan.starts)), strict=True):
        path = checkpoint(identity, list(start), plan.recipe, seed, pool, cache=folder).with_suffix(".nc")
        yield joblib.delayed(train)(
            list(start), iterations=plan.iterations, recipe=plan.recipe, seed=seed, path=path, pool=pool,
            progress=False,
        )  # fmt: skip


def traces_together(runs: Sequence[xr.Dataset]) -> xr.Dataset:
    """Traces along a new dimension `run`, the shorter ones filled up."""
    fill = {name: absent(variable.dtype) for name, variable in runs[0].data_vars.items()}
    numbered = [run.assign_coords(iteration=np.arange(run.sizes["iteration"])) for run in runs]
    whole = xr.concat(numbered, "run", join="outer", fill_value=fill, combine_attrs="drop")
    endings = np.array([run.attrs["ending"] for run in runs])
    return whole.assign(ending=("run", endings))


def absent(kind: np.dtype) -> float | int | bool:
    """What stands where there is no row: NaN, −1 or False."""
    return {"f": np.nan, "i": -1, "b": False}[kind.kind]


def progress_line(row: dict[str, Any]) -> str:
    """Loss, parameters and learning rate of an iteration."""
    named = zip(Params._fields, row["params"], strict=True)
    values = " ".join(f"{name} {value:.4f}" for name, value in named)
    note = "" if row["signal"] == Signal.PRESENT else f" ({Signal(row['signal']).name.lower()} gradient)"
    return f"loss {row['loss']:.2f} {values} rate {row['rate']:.2g}{note}"


def recipe_pool(recipe: Recipe, jobs: int = 1) -> np.ndarray:
    """The targets a recipe asks for."""
    return target_pool(
        recipe.pool, size=recipe.size, steps=recipe.steps, tol=recipe.pool_tol, jobs=jobs
    ).numpy()


def identity(start: Sequence[float] | Unconstrained, recipe: Recipe, seed: int, pool: np.ndarray) -> str:
    """What a run is: in words, and as a hash of all that decides its rows, code and targets included."""
    numbers = torch.as_tensor(start, dtype=torch.float32).tolist()
    code = keys.key(identity, (numbers, recipe, seed, pool), {})
    return f"start {numbers}, seed {seed}, {len(pool)} targets, {recipe}, {code}"
