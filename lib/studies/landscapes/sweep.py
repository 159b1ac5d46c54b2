"""sweep(): axes in, a labelled dataset of losses and outcomes out; evaluate(): the same at any points.

Points are computed in chunks. Each chunk is stored as it finishes and never computed again, so an
interrupted sweep goes on where it stopped; chunks are spread over the cores, or over a cluster.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib.features import at_hand
from lib.folders import Folder
from lib.grid import axis_of, grid_points
from lib.images import Image, numbers
from lib.initial_states import PAPER_PATCH, initial_state
from lib.inputs import params_of, real, seed_of, whole
from lib.inputs.rows import rows_of
from lib.losses import descriptor, distance, names_of
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running import engines
from lib.running.kept import arguments, is_kept, kept
from lib.running.parallel import jobs_of
from lib.running.threads import single_thread
from lib.simulate import Outcome, Run, simulate
from lib.validation import check_values

#: Simulations in one chunk: about a second of work, so that little is lost when a run is stopped.
CHUNK = 8

#: The same on a GPU: 16 for each of an H100's 132 multiprocessors, so few of them wait at the end.
GPU_CHUNK = 2112


def sweep(axes: Mapping[str, Any], *, around: Any = TRUTH, title: Any = "", **setting: Any) -> xr.Dataset:
    """Losses over a grid of parameters, against the truth's data from the same initial states or a picture.

    Args:
        axes: parameter names with their values, in the order of the dataset's dimensions.
        around: the parameters that are not varied.
        title: shown by the progress bar.
        setting: everything else `evaluate` takes.

    Returns:
        The dataset of `evaluate` with one dimension per axis in place of `point`.

    Raises:
        ValueError: for unknown parameters or losses, or points no run can start from.
    """
    points = grid_points(axes, around)
    # As rows, before hours are spent: xarray takes a tuple for something else.
    axes = {name: axis_of(name, values) for name, values in axes.items()}
    dataset = evaluate(points, title=title or " × ".join(axes), **setting)
    shape = {name: len(values) for name, values in axes.items()}
    variables = {}
    for name, variable in dataset.data_vars.items():
        folded = variable.values.reshape(*shape.values(), *variable.shape[1:])
        variables[name] = ((*axes, *variable.dims[1:]), folded, variable.attrs)
    fixed = {f"around_{n}": float(x) for n, x in params_of(around)._asdict().items() if n not in axes}
    return xr.Dataset(variables, coords={**axes, "state": dataset.state}, attrs=dataset.attrs | fixed)


def evaluate(
    points: Any,
    *,
    states: Any = 4,
    seed: Any = 0,
    size: Any = None,
    steps: Any = 40_000,
    dt: Any = 1.0,
    losses: Any = ("spectral", "windowed"),
    target: Image | None = None,
    truth: Any = TRUTH,
    title: Any = "points",
    device: Any = "cpu",
    jobs: Any = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """Losses at any list of parameter sets.

    Args:
        points: rows of (Du, Dv, F, k), shape (points, 4); a table or dict of columns is read by its names.
        states: initial states at each point, the same ones everywhere and for the target.
        seed: of the initial states.
        size, steps, dt: grid, run length, time step; the grid is the target's, or 128 cells wide.
        losses: names from `lib.losses`, or a single one.
        target: v of a picture to compare with, (height, width), square, or one for each initial state; as
            `lib.residual.fit` takes images. By default the truth's run from each initial state.
        truth: the parameters of that run; without meaning where a target is given.
        title: shown by the progress bar.
        device: where to simulate.
        jobs: processes, for a CPU and without a cluster; −1 for one per core. Numbers do not depend on it.
        cache: where chunks are kept; the usual folder by default.

    Returns:
        Dataset with dimensions `point` and `state`: each loss, `outcome`, `steps`, `change`, and
        the final `v` of the first state. Losses are `NaN` where a run diverged. Attributes name
        everything the numbers depend on, `core_seconds` and the `cached` fraction.

    Raises:
        ValueError: for unknown losses, points no run can start from, settings that are none, a target that
            is no picture of a concentration, or of another size than asked for.
    """
    losses, jobs = names_of(losses), jobs_of(jobs)
    if not isinstance(device, str) or device not in ("cpu", "cuda"):
        raise ValueError(f"There is no device {device!r} for a sweep: choose cpu or cuda.")
    points, seed = checked_points(points, dt), seed_of(seed)
    states, steps = whole("states", states, 1), whole("steps", steps, 1)
    size = None if size is None else whole("size", size, 1)
    picture = None if target is None else goal(target, states, size)
    if picture is None:
        truth = params_of(truth)
    size = size or (128 if picture is None else picture.shape[-1])
    if size < PAPER_PATCH[0]:
        raise ValueError(
            f"The grid has {size} cells along each side, and every run starts from a patch of "
            f"{PAPER_PATCH[0]}: take a size of at least {PAPER_PATCH[0]}, and a target no smaller."
        )
    filters = at_hand().label if "gram" in losses else "none"
    setting = Setting(size, states, seed, steps, dt, tuple(losses), device, filters)
    # A call like the others: the GPU may be a worker's, and this machine have none.
    made = arguments(setting, truth) if picture is None else arguments(setting, truth, picture)
    (compared,) = kept(target_descriptors, [made], jobs=1, cache=cache)
    per_chunk = max(1, (CHUNK if device == "cpu" else GPU_CHUNK) // states)
    chunks = [points[i : i + per_chunk] for i in range(0, len(points), per_chunk)]
    calls = [arguments(chunk, setting, compared) for chunk in chunks]
    cached = sum(is_kept(compute_chunk, call, cache) for call in calls)
    with tqdm(total=len(points), desc=str(title), unit="point") as bar:
        found = kept(compute_chunk, calls, jobs if device == "cpu" else 1, cache=cache)
        results = gather(found, bar, per_chunk)
    dataset = assemble(results)
    dataset.attrs |= setting._asdict() | {"losses": ", ".join(losses), "cached": cached / len(chunks)}
    dataset.attrs["target"] = (
        "a picture" if picture is not None else ", ".join(f"{float(p):g}" for p in truth)
    )
    dataset.attrs["engine"] = engines.identity()
    dataset.attrs["core_seconds"] = float(sum(float(r["seconds"]) for r in results))
    return dataset


def checked_points(points: Any, dt: Any) -> np.ndarray:
    """Rows of four parameters, float64, from which runs can start; refused before any of them is made."""
    rows = rows_of("points", points).detach().cpu().double().numpy()
    if rows.ndim != 2 or not len(rows):
        raise ValueError(
            f"points has shape {rows.shape}: give rows of {', '.join(Params._fields)}, (points, 4). If the "
            "parameters are its rows, transpose it."
        )
    check_values(Params(*torch.from_numpy(rows).T), real("dt", dt))
    return rows


class Setting(NamedTuple):
    """Everything but the points that a chunk's numbers depend on, and so the key they are stored under.

    `features` says which filters the Gram loss had.
    """

    size: int
    states: int
    seed: int
    steps: int
    dt: float
    losses: tuple[str, ...]
    device: str
    features: str


def goal(target: Image, states: int, size: int | None) -> np.ndarray:
    """A target picture as (pictures, size, size), float32.

    Raises:
        ValueError: for what cannot be compared with a run.
    """
    picture = numbers("The target", target)
    v = picture.values.detach().cpu().float().numpy()
    if not bool(picture.seen.all()) or not np.isfinite(v).all():
        raise ValueError(
            "The target has cells that are masked or not finite numbers: spectra need every cell. Fill them "
            "first."
        )
    if v.shape[-1] != v.shape[-2] or len(v) not in (1, states) or size not in (None, v.shape[-1]):
        raise ValueError(
            f"The target has shape {v.shape}, and runs are {states} squares of side {size or v.shape[-1]}: "
            "give a square picture of that side, or one for each initial state."
        )
    if v.max() > 1.1 or v.min() < -0.1:
        raise ValueError(
            f"The target runs from {v.min():.3g} to {v.max():.3g}, and concentrations of v stay between 0 "
            "and 1: divide grey levels by the level of white, percent by 100."
        )
    return v


def target_descriptors(
    setting: Setting, truth: Params, picture: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """What each loss compares with: descriptors of a picture, or of the truth's runs."""
    if picture is None:
        state = initial_state(setting.states, size=setting.size, seed=setting.seed, device=setting.device)
        v = simulate(truth, state, setting.steps, dt=setting.dt).v
    else:
        v = torch.as_tensor(picture, device=setting.device)
    with single_thread():
        return {name: descriptor(name)(v).cpu().numpy() for name in setting.losses}


def compute_chunk(
    points: np.ndarray, setting: Setting, target: dict[str, np.ndarray]
) -> dict[str, np.ndarray | float]:
    """Everything about a few points: arrays of shape (points, states), and v (points, size, size)."""
    start = time.perf_counter()
    one = initial_state(setting.states, size=setting.size, seed=setting.seed, device=setting.device)
    state = State(*(field.repeat(len(points), 1, 1) for field in one))
    each = torch.as_tensor(points, dtype=torch.float32, device=setting.device)
    with single_thread():
        params = Params(*each.repeat_interleave(setting.states, dim=0).unbind(1))
        run = simulate(params, state, setting.steps, dt=setting.dt, threads=1)
        found = {name: chunk_losses(name, run, target[name]) for name in setting.losses}
    found |= {"outcome": run.outcome, "steps": run.steps, "change": run.change}
    arrays = {name: x.cpu().numpy().reshape(len(points), setting.states) for name, x in found.items()}
    first = run.v[:: setting.states].cpu().numpy()
    return {**arrays, "v": first, "seconds": time.perf_counter() - start}


def chunk_losses(name: str, run: Run, target: np.ndarray) -> torch.Tensor:
    """One loss for every run of a chunk, NaN where it diverged; equal fields are described once."""
    different, which = torch.unique(run.v.nan_to_num(0), dim=0, return_inverse=True)
    goal = torch.as_tensor(target, device=run.v.device)
    goal = goal.repeat(len(run.v) // len(target), *[1] * (target.ndim - 1))
    loss = distance(descriptor(name)(different)[which], goal, "none")
    return torch.where(run.outcome == Outcome.DIVERGED, torch.nan, loss)


def gather(
    found: Iterator[dict[str, np.ndarray | float]], bar: tqdm, per_chunk: int
) -> list[dict[str, np.ndarray | float]]:
    """Every chunk in order, moving the bar as they come."""
    results = []
    for result in found:
        results.append(result)
        bar.update(min(per_chunk, bar.total - bar.n))
    return results


def assemble(results: list[dict[str, np.ndarray | float]]) -> xr.Dataset:
    """Chunks side by side again, with names on every axis."""
    variables = {}
    for name in (n for n in results[0] if n != "seconds"):
        dims = ("point", "row", "column") if name == "v" else ("point", "state")
        whole = np.concatenate([np.asarray(result[name]) for result in results])
        variables[name] = (dims, whole)
    return xr.Dataset(variables, coords={"state": np.arange(variables["outcome"][1].shape[1])})


def cross_losses(v: torch.Tensor, targets: torch.Tensor, loss: str = "spectral") -> np.ndarray:
    """Mean loss of each field against every target, (fields,): initial states not shared."""
    with single_thread():
        described, goals = descriptor(loss)(v), descriptor(loss)(targets)
        return np.array([float(distance(d[None], goals)) for d in described])
