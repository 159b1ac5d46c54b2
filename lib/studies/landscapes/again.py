"""again(): the points of a landscape once more, under another time step or in double precision.

A sweep is made in single precision. What its cliffs and plateaus owe to that, or to the time step, shows when
every point of it is run again: each run by itself, from the same initial states, against the truth's runs
under the same scheme.
"""

from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib.folders import Folder
from lib.grid import grid_points
from lib.initial_states import initial_state
from lib.losses import descriptor
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.simulate import Run, simulate
from lib.studies.landscapes.sweep import chunk_losses
from lib.studies.scheme import Scheme

#: Points of one piece of work: some seconds.
PIECE = 8

LOSSES = ("spectral", "windowed")


class Setting(NamedTuple):
    """What all runs have in common: cells along a side, initial states and their seed, time, scheme."""

    size: int
    states: int
    seed: int
    time: int
    scheme: Scheme


def again(found: xr.Dataset, scheme: Scheme, *, jobs: int = -1, cache: Folder = None) -> xr.Dataset:
    """Both spectral losses, how runs end, and the first state's final v, at the points of a landscape.

    Args:
        found: from `landscape.sweep`, `cutting.cut_all` or `coarse.coarse_grid`, around the truth, dt = 1.
        scheme: time step and precision of the new runs; they last as long.
        jobs: processes; −1 for one per core.
        cache: where pieces are kept; the usual folder by default.

    Returns:
        A dataset over the same axes: `spectral`, `windowed` and `outcome` over `state` too, and `v`.

    Raises:
        ValueError: for a landscape of another time step.
    """
    if found.attrs["dt"] != 1:
        raise ValueError(f"This landscape has a time step of {found.attrs['dt']:g}: hand over one with 1.")
    axes = {str(axis): found[axis].values for axis in found.outcome.dims if axis != "state"}
    rows = grid_points(axes, TRUTH)
    size, states, seed, time = (int(found.attrs[name]) for name in ("size", "states", "seed", "steps"))
    setting = Setting(size, states, seed, time, scheme)
    goal = kept_result(target, setting, cache=cache)
    calls = [arguments(rows[i : i + PIECE], setting, goal) for i in range(0, len(rows), PIECE)]
    pieces = kept(runs, calls, jobs, threads=1, cache=cache)
    made = list(tqdm(pieces, total=len(calls), desc=" × ".join(axes), unit="piece"))
    variables = {}
    for name in made[0]:
        whole = np.concatenate([piece[name] for piece in made])
        beyond = ("row", "column") if name == "v" else ("state",)
        folded = whole.reshape(*(len(values) for values in axes.values()), *whole.shape[1:])
        variables[name] = ((*axes, *beyond), folded)
    return xr.Dataset(variables, coords=axes, attrs={"dt": scheme.dt, "double": int(scheme.double)})


def target(setting: Setting) -> dict[str, np.ndarray]:
    """What each loss compares with: descriptors of the truth's runs, in the scheme's precision."""
    v = simulated(np.array([TRUTH]), setting).v
    return {name: descriptor(name)(v).numpy() for name in LOSSES}


def runs(points: np.ndarray, setting: Setting, goal: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Losses and outcomes, (points, states), and the first state's v, (points, size, size)."""
    run = simulated(points, setting)
    found = {name: chunk_losses(name, run, goal[name]) for name in LOSSES} | {"outcome": run.outcome}
    arrays = {name: x.numpy().reshape(len(points), setting.states) for name, x in found.items()}
    return arrays | {"v": run.v[:: setting.states].numpy()}


def simulated(points: np.ndarray, setting: Setting) -> Run:
    """Runs from every initial state at every point, the states of one point side by side."""
    scheme, one = setting.scheme, initial_state(setting.states, size=setting.size, seed=setting.seed)
    state = scheme.state(State(*(field.repeat(len(points), 1, 1) for field in one)))
    each = torch.as_tensor(points, dtype=scheme.dtype).repeat_interleave(setting.states, dim=0)
    return simulate(Params(*each.unbind(1)), state, scheme.steps(setting.time), dt=scheme.dt, threads=1)
