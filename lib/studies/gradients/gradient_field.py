"""Exact gradients over the landscape: which way they point, how large they are, how far they reach back.

The gradient at a point is taken with the landscape's convention: initial states shared by target and
candidate, so that the loss at the truth is zero. Its length follows the training's (until a tolerance
is met) or the landscape's (a fixed number of steps).
"""

import time
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib import losses
from lib.backends import offload
from lib.folders import Folder
from lib.grid import grid_points
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.simulate import Outcome, simulate
from lib.studies.training.trace import PARAMETERS

#: What is kept of every point and initial state.
NAMES = ("loss", "windowed", "gradient", "outcome", "steps", "spread")


def gradient_field(
    axes: Mapping[str, np.ndarray],
    *,
    around: Params = TRUTH,
    states: int = 1,
    seed: int = 0,
    size: int = 128,
    steps: int = 40_000,
    tol: float | None = None,
    settle: int = 0,
    loss: str = "spectral",
    title: str = "gradients",
    backend: str = "auto",
    jobs: int = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """Loss and its gradient in all four parameters at every point of a grid of parameters.

    Args:
        axes: parameter names with their values, in the order of the dataset's dimensions.
        around: the parameters that are not varied.
        states: initial states at each point, the same ones everywhere and for the target.
        seed: of the initial states.
        size, steps, tol: grid; run length, or with tol at most so many steps.
        settle: steps taken after tol was met.
        loss: "spectral" or "windowed".
        title: shown by the progress bar.
        backend: engine, as in `simulate`.
        jobs: processes; −1 for one per core.
        cache: where points are kept as they finish; the usual folder by default.

    Returns:
        Dataset over the axes and `state`: `loss`, `outcome`, `steps`, `spread`, and `gradient` with
        a last dimension `parameter`. Loss and gradient are NaN where a run diverged.
    """
    setting = {
        "states": states, "seed": seed, "size": size, "steps": steps, "tol": tol, "settle": settle,
        "loss": loss, "backend": backend,
    }  # fmt: skip
    points = grid_points(axes, around)
    results = gather(points, setting, title, jobs, cache)
    shape = tuple(len(values) for values in axes.values())
    variables = {}
    for name in NAMES:
        whole = np.stack([result[name] for result in results])
        rest = ("state", "parameter") if name == "gradient" else ("state",)
        variables[name] = ((*axes, *rest), whole.reshape(*shape, *whole.shape[1:]))
    attributes = {name: value for name, value in setting.items() if value is not None}
    if not offload.wanted():  # points that share a GPU have no time of their own
        attributes["core_seconds"] = float(sum(result["seconds"] for result in results))
    return xr.Dataset(variables, coords={**axes, "parameter": PARAMETERS}, attrs=attributes)


def gather(
    points: np.ndarray, setting: dict, title: str, jobs: int, cache: Folder
) -> list[dict[str, np.ndarray]]:
    """Every point's result in order, computed side by side or loaded."""
    calls = (arguments(tuple(point), **setting) for point in points.tolist())
    found = kept(point_gradient, calls, jobs, cache=cache)
    return list(tqdm(found, total=len(points), desc=title, unit="point"))


def point_gradient(
    point: tuple[float, ...], states: int, seed: int, size: int, steps: int, tol: float | None,
    settle: int, loss: str, backend: str,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Everything about one point."""
    begin = time.perf_counter()
    state = initial_state(states, size=size, seed=seed)
    # One set for each initial state, so that one backward run gives every state's own gradient.
    raw = [torch.full((states,), value, requires_grad=True) for value in point]
    params = Params(*raw)
    with single_thread():
        run = simulate(params, state, steps, tol=tol, backend=backend, threads=1)
        taken = run.steps
        if settle and bool(run.u.isfinite().all()):
            run = simulate(params, run.state, settle, backend=backend, threads=1)
        target = shared_target(states, seed, size, steps)
        found = one_by_one(loss, run.v, target)
        fine = run.outcome != Outcome.DIVERGED
        gradient = torch.autograd.grad(found[fine].sum(), raw) if bool(fine.any()) else raw
    slopes = torch.where(fine[:, None], torch.stack(gradient, dim=1), torch.nan)
    return {
        "loss": torch.where(fine, found, torch.nan).detach().numpy(),
        "windowed": torch.where(fine, one_by_one("windowed", run.v.detach(), target), torch.nan).numpy(),
        "gradient": slopes.detach().numpy(),
        "outcome": run.outcome.numpy(),
        "steps": taken.numpy(),
        "spread": run.v.detach().std(dim=(1, 2), correction=0).numpy(),
        "seconds": np.array(time.perf_counter() - begin),
    }


def one_by_one(loss: str, v: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The named loss of each pair, (states,)."""
    describe = losses.descriptor(loss)
    return losses.distance(describe(v), describe(target), "none")


def shared_target(states: int, seed: int, size: int, steps: int) -> torch.Tensor:
    """What the losses compare with: the truth's run of full length from the same initial states."""
    return torch.from_numpy(kept_result(target_fields, states, seed, size, steps))


def target_fields(states: int, seed: int, size: int, steps: int) -> np.ndarray:
    """Final v of the truth's run."""
    return simulate(TRUTH, initial_state(states, size=size, seed=seed), steps, threads=1).v.numpy()


def right_way(field: xr.Dataset, axes: tuple[str, ...]) -> xr.DataArray:
    """Cosine between the way down and the way to the truth, within the axes' plane.

    Args:
        field: from `gradient_field` over these axes.
        axes: names of parameters of like size; the angle is taken in their plain coordinates.

    Returns:
        One cosine for each point and state; NaN where the gradient is zero or not finite.
    """
    down = -field.gradient.sel(parameter=list(axes)).astype(float)
    truth = xr.DataArray([getattr(TRUTH, name) for name in axes], coords={"parameter": list(axes)})
    here = xr.concat(
        [field[name] for name in axes], dim=xr.DataArray(list(axes), dims="parameter", name="parameter")
    )
    way = truth - here
    length = size(down) * size(way)
    return ((down * way).sum("parameter", skipna=False) / length.where(length > 0)).rename("cosine")


def size(gradient: xr.DataArray) -> xr.DataArray:
    """Euclidean length over the parameters."""
    return (gradient.astype(float) ** 2).sum("parameter", skipna=False) ** 0.5


def agreement(gradient: np.ndarray) -> dict[str, float]:
    """How much gradients from different initial states agree.

    Args:
        gradient: (states, parameters), finite.

    Returns:
        `size`: length of the mean; `noise`: root mean square distance of a single one from the mean;
        `signal_to_noise`: their ratio; `cosine`: mean cosine between pairs.
    """
    mean = gradient.mean(axis=0)
    noise = float(np.sqrt(((gradient - mean) ** 2).sum(axis=1).mean()))
    unit = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    cosines = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    length = float(np.linalg.norm(mean))
    return {
        "size": length,
        "noise": noise,
        "signal_to_noise": length / noise,
        "cosine": float(cosines.mean()),
    }


class Region(NamedTuple):
    """Gradients of all points and states whose runs end alike.

    Args:
        points: how many.
        median: of their lengths.
        zero: share of them that are exactly zero.
        pointing: those with a direction in the plane.
        right: share of these whose way down leads to the truth's side; None where none has a direction.
    """

    points: int
    median: float
    zero: float
    pointing: int
    right: float | None


def by_region(field: xr.Dataset, cosine: xr.DataArray) -> dict[Outcome, Region]:
    """The gradients of each outcome that occurs.

    Args:
        field: from `gradient_field`.
        cosine: from `right_way`.
    """
    length, found = size(field.gradient).values, {}
    for outcome in Outcome:
        here = (field.outcome == outcome).values & np.isfinite(length)
        if not here.any():
            continue
        angles = cosine.transpose(*field.outcome.dims).values[here]
        angles = angles[np.isfinite(angles)]
        found[outcome] = Region(
            points=int(here.sum()),
            median=float(np.median(length[here])),
            zero=float((length[here] == 0).mean()),
            pointing=len(angles),
            right=float((angles > 0).mean()) if len(angles) else None,
        )
    return found
