"""Recovering the parameters from whole, partial and noisy observations: with and without a network."""

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
import xarray as xr
from scipy.interpolate import RBFInterpolator
from tqdm import tqdm

from lib import residual
from lib.folders import Folder
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.residual import denoise, elimination
from lib.running.kept import arguments, checkpoint, kept
from lib.running.threads import single_thread
from lib.simulate import simulate
from lib.studies import pinn
from lib.studies.pinn.observation import Observation, observe
from lib.studies.pinn.training import REST, Training, train

#: Width in cells of the test function where v alone is noisy: wider ones hide too much of u's detail.
NARROW = 1.0


class Recovery(NamedTuple):
    """One entry of the table.

    Args:
        error: relative error of each parameter, (4,); NaN where the method came to no end.
        seconds: wall time.
        gap: `gap_to_bowl` of a network; NaN where there is none.
        trained: iterations that a network took; NaN where there is none.
        rested: 1 for a network that came to rest, 0 for one that was cut off; NaN where there is none.
        best: smallest of the largest relative errors that a network had at any stage of its training, which
            only one who knows the truth could have stopped at; NaN where there is none.
    """

    error: np.ndarray
    seconds: float
    gap: float = float("nan")
    trained: float = float("nan")
    rested: float = float("nan")
    best: float = float("nan")


class Case(NamedTuple):
    """What is observed.

    Args:
        label: a row of the table.
        share: of the cells.
        noise: standard deviation on both fields.
        sees_u: whether u is observed at all.
    """

    label: str
    share: float = 1.0
    noise: float = 0.0
    sees_u: bool = True


CASES = (
    Case("all of u and v"),
    Case("noise 0.001", noise=1e-3),
    Case("noise 0.01", noise=1e-2),
    Case("v only", sees_u=False),
    Case("v only, noise 0.001", noise=1e-3, sees_u=False),
    Case("10 % of the cells", share=0.1),
)


def table(
    *, seeds: int, iterations: int, size: int = 128, steps: int = 40_000, seed: int = 0,
    cases: Sequence[Case] = CASES, jobs: int = -1, cache: Folder = None,
) -> xr.Dataset:  # fmt: skip
    """Every method on every case it applies to.

    Args:
        seeds: repetitions; each has its own initial state, noise, cells and network.
        iterations: of a network's training at most; it ends where it rests.
        size, steps, seed: of the simulations that make the data.
        cases: rows.
        jobs: processes, each on one thread; −1 for one per core.
        cache: where results and half-trained networks are kept.

    Returns:
        Dataset over (case, method, seed): `seconds`, `error` with a last dimension `parameter`, and of the
        networks `gap`, `trained`, `rested` and `best` as in `Recovery`; missing for other methods.
    """
    data = steady_states(seeds, size, steps, seed)
    plan = [(c, m, s) for c in cases for m in METHODS for s in range(seeds) if applies(m, c)]
    # The long ones first, so that no core is left with one at the end.
    plan.sort(key=lambda item: "network" not in item[1])
    calls = [arguments(c, m, data_of(data, s), s, iterations, cache) for c, m, s in plan]
    # Ours are threads inside torch and BLAS: processes side by side must not fight over the cores.
    found = list(tqdm(kept(recover, calls, jobs, threads=1, cache=cache), total=len(calls), desc="recovery"))
    labels = [c.label for c in cases]
    shape = (len(cases), len(METHODS), seeds)
    columns = {name: np.full(shape, np.nan) for name in Recovery._fields if name != "error"}
    columns["error"] = np.full((*shape, 4), np.nan)
    for (c, m, s), outcome in zip(plan, found, strict=True):
        for name, value in outcome._asdict().items():
            columns[name][labels.index(c.label), list(METHODS).index(m), s] = value
    dims = ("case", "method", "seed", "parameter")
    coords = {"case": labels, "method": list(METHODS), "parameter": list(Params._fields)}
    variables = {name: (dims[: values.ndim], values) for name, values in columns.items()}
    return xr.Dataset(variables, coords=coords, attrs={"iterations": iterations})


def steady_states(count: int, size: int, steps: int, seed: int) -> State:
    """The truth's patterns from several initial states."""
    return simulate(TRUTH, initial_state(count, size=size, seed=seed), steps).state


def data_of(states: State, which: int) -> State:
    """One of several states, as a batch of one."""
    return State(*(x[which : which + 1] for x in states))


def recover(case: Case, method: str, state: State, seed: int, iterations: int, cache: Folder) -> Recovery:
    """One entry of the table."""
    with single_thread():
        seen = observe(state, share=case.share, noise=case.noise, sees_u=case.sees_u, seed=seed)
        began = time.perf_counter()
        try:
            answer = METHODS[method](case, seen, seed, iterations, cache)
        except ArithmeticError as failure:
            warnings.warn(f"{method} on {case.label}: {failure}", stacklevel=2)
            answer = Params(*[float("nan")] * 4)
        seconds = time.perf_counter() - began
    if isinstance(answer, Training):
        record = answer.record
        # A training that went on from its checkpoint took longer than this call.
        seconds, trained = float(record.seconds[-1]), float(record.stage[-1])
        return Recovery(
            relative(answer.params),
            seconds,
            gap_to_bowl(answer),
            trained,
            float(answer.rested),
            closest(record),
        )
    return Recovery(relative(answer), seconds)


def relative(params: Params) -> np.ndarray:
    """Relative errors of the four parameters, (4,)."""
    return np.array([float(p) / t - 1 for p, t in zip(params, TRUTH, strict=True)])


def closest(record: xr.Dataset) -> float:
    """The smallest that the largest relative error was at any stage."""
    return float(np.abs(record.params / np.array(TRUTH) - 1).max("parameter").min())


def gap_to_bowl(trained: Training) -> float:
    """How far the trained parameters are from the residual's minimum over the network's output.

    The largest of the four distances, each as a share of the truth.
    """
    with torch.no_grad():
        output = trained.network()
    lowest = first(residual.fit(output.u[:1], output.v[:1]).params)
    return float(np.abs(relative(trained.params) - relative(lowest)).max())


def closed_form(case: Case, seen: Observation, seed: int, iterations: int, cache: Folder) -> Params:
    """The residual's minimum on what is seen: plain where that is exact, with the best cure under noise."""
    if case.noise:
        return denoise.cures()[-1].fit(seen.u[0], seen.v[0])
    return first(residual.fit(seen.u, seen.v, observed=seen.sees_u).params)


def eliminated(case: Case, seen: Observation, seed: int, iterations: int, cache: Folder) -> Params:
    """u computed from v."""
    if not case.noise:
        return elimination.fit_v(seen.v[0]).params
    level = denoise.noise_level(seen.v[0])
    return elimination.fit_v(seen.v[0], width=NARROW, noise=level).params


def interpolated(case: Case, seen: Observation, seed: int, iterations: int, cache: Folder) -> Params:
    """Cells filled by smooth interpolation first, knowing nothing of the equations; then the closed form."""
    filled = [interpolate(x[0].numpy(), s[0].numpy()) for x, s in zip(seen[:2], seen[2:], strict=True)]
    return first(residual.fit(filled[0], filled[1]).params)


def by_network(case: Case, seen: Observation, seed: int, iterations: int, cache: Folder) -> Training:
    """A network fitted to what is seen, with the residual, and the parameters trained beside its weights."""
    size = seen.u.shape[-1]
    network = pinn.Network(size, architecture=pinn.architecture_for(size), seed=seed)
    plan: dict[str, Any] = {"iterations": iterations, "rest": REST}
    return train(network, seen, **plan, checkpoint=checkpoint(train, network, seen, **plan, cache=cache))


def by_relative_network(case: Case, seen: Observation, seed: int, iterations: int, cache: Folder) -> Training:
    """The same with the residual in units of the reaction."""
    size = seen.u.shape[-1]
    network = pinn.Network(size, architecture=pinn.architecture_for(size), seed=seed)
    plan: dict[str, Any] = {"iterations": iterations, "rest": REST, "objective": pinn.relative_losses}
    return train(network, seen, **plan, checkpoint=checkpoint(train, network, seen, **plan, cache=cache))


METHODS: dict[str, Callable[[Case, Observation, int, int, Folder], Params | Training]] = {
    "closed form": closed_form,
    "elimination of u": eliminated,
    "interpolation, closed form": interpolated,
    "network + residual": by_network,
    "network + relative residual": by_relative_network,
}


def applies(method: str, case: Case) -> bool:
    """Whether a method can use what is seen."""
    return {
        "closed form": case.sees_u and case.share == 1,
        "elimination of u": not case.sees_u and case.share == 1,
        "interpolation, closed form": case.sees_u and case.share < 1,
        # With noise on v alone a network has nothing left to go by; the exact elimination barely has.
        "network + residual": case.sees_u or not case.noise,
        "network + relative residual": not case.sees_u and not case.noise,
    }[method]


def interpolate(image: np.ndarray, seen: np.ndarray, neighbours: int = 40) -> np.ndarray:
    """A periodic image filled from its seen cells by local thin-plate splines, (height, width)."""
    height, width = image.shape
    at = np.argwhere(seen)
    # Copies across each edge make the splines periodic.
    shifts = [(i * height, j * width) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    around = np.concatenate([at + shift for shift in shifts])
    values = np.tile(image[seen], len(shifts))
    near = ((around > -height // 4) & (around < np.array([height, width]) * 5 // 4)).all(axis=1)
    count = min(neighbours, int(near.sum()))
    spline = RBFInterpolator(around[near].astype(float), values[near].astype(float), neighbors=count)
    return spline(np.argwhere(np.ones_like(seen)).astype(float)).reshape(height, width)


def first(params: Params) -> Params:
    """The parameters of the first image as numbers."""
    return Params(*(float(torch.as_tensor(p)[0]) for p in params))
