"""Runs whose spectra are kept: what surrogates learn from, and losses between different initial states."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib.initial_states import initial_state
from lib.losses import log_power
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.simulate import simulate
from lib.studies.scheme import PAPER, Scheme

#: Parameter sets in one job.
CHUNK = 4


def spectra(
    points: np.ndarray, *, states: int, size: int, steps: int, seed: int = 0, keep: bool = False,
    title: str = "spectra", jobs: int = -1, scheme: Scheme = PAPER,
) -> xr.Dataset:  # fmt: skip
    """Losses of every initial state's run against every initial state's target.

    Args:
        points: rows of (Du, Dv, F, k).
        states: initial states.
        size, steps, seed: as in `landscape.evaluate`.
        keep: whether the first state's log power spectra are returned.
        title: of the progress bar.
        jobs: processes.
        scheme: time step and precision; `steps` counts units of time.

    Returns:
        Dataset `loss` over (point, candidate, target), `outcome` over (point, candidate) and with `keep`
        `log_power` over (point, row, column).
    """
    setting = (states, size, steps, seed, keep, scheme)
    pieces = [points[i : i + CHUNK] for i in range(0, len(points), CHUNK)]
    kept_result(targets, states, size, steps, seed, scheme)
    calls = (arguments(piece, *setting) for piece in pieces)
    found = kept(compute_points, calls, jobs)
    rows = list(tqdm(found, total=len(pieces), desc=title, unit="piece"))
    variables: dict[str, Any] = {
        "loss": (("point", "candidate", "target"), np.concatenate([r["loss"] for r in rows])),
        "outcome": (("point", "candidate"), np.concatenate([r["outcome"] for r in rows])),
        "params": (("point", "parameter"), points),
    }
    if keep:
        variables["log_power"] = (("point", "row", "column"), np.concatenate([r["power"] for r in rows]))
    return xr.Dataset(variables, coords={"parameter": list(Params._fields)})


def targets(states: int, size: int, steps: int, seed: int, scheme: Scheme) -> np.ndarray:
    """Log power spectra of the truth's runs, (states, size, size)."""
    start = scheme.state(initial_state(states, size=size, seed=seed))
    with single_thread():
        return log_power(simulate(TRUTH, start, scheme.steps(steps), dt=scheme.dt).v).numpy()


def compute_points(
    points: np.ndarray, states: int, size: int, steps: int, seed: int, keep: bool, scheme: Scheme
) -> dict[str, np.ndarray]:
    """One job."""
    goal = torch.from_numpy(kept_result(targets, states, size, steps, seed, scheme))
    one = scheme.state(initial_state(states, size=size, seed=seed))
    start = State(*(x.repeat(len(points), 1, 1) for x in one))
    columns = torch.as_tensor(points, dtype=scheme.dtype).repeat_interleave(states, dim=0).unbind(1)
    with single_thread():
        run = simulate(Params(*columns), start, scheme.steps(steps), dt=scheme.dt, threads=1)
        power = log_power(run.v)
        loss = (power[:, None] - goal).square().mean(dim=(2, 3))
    found = {
        "loss": loss.reshape(len(points), states, states).numpy(),
        "outcome": run.outcome.reshape(len(points), states).numpy(),
    }
    return found | ({"power": power[::states].numpy()} if keep else {})


def shared(found: xr.Dataset) -> xr.DataArray:
    """The paper's landscape: initial states shared by candidate and target, averaged."""
    values = found.loss.values
    return xr.DataArray(np.diagonal(values, axis1=1, axis2=2).mean(axis=1), dims="point")


def along(ends: Sequence[Params], points: int) -> np.ndarray:
    """Straight lines from each set to the truth, (ends · points, 4); the truth is each line's last point."""
    share = np.linspace(0, 1, points)[:, None]
    return np.concatenate([np.array(end) * (1 - share) + np.array(TRUTH) * share for end in ends])
