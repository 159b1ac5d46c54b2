"""Landscapes at intermediate times: one batch of runs, continued, and looked at on the way.

At every time the candidates are compared with the truth's run of the same age, once from the same initial
states and once from the other ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from tqdm import tqdm

from lib.folders import Folder
from lib.grid import grid_points
from lib.history import stages
from lib.losses import descriptor, distance
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.simulate import Outcome, classify
from lib.studies.patterns.noise_floor import plateau_height
from lib.studies.patterns.other_initial_states import varied_states
from lib.studies.patterns.spectral_distance import radial_spectrum, texture
from lib.studies.scheme import PAPER, Scheme

#: The step from which a run's own structure counts: before it, that of the initial state is still there.
SINCE = 250

#: Simulations in one chunk.
CHUNK = 8

#: The cuts, beyond the paper's ranges so that there is ground behind every cliff.
WIDER_CUTS = {"k": (0.053, 0.068), "F": (0.028, 0.063)}

Fields = Float[torch.Tensor, "fields height width"]


class Setting(NamedTuple):
    """Everything but the points that the numbers depend on, and so the key they are stored under."""

    times: tuple[int, ...]
    kind: str
    states: int
    seed: int
    size: int
    pictures: bool
    scheme: Scheme

    def start(self) -> State:
        """The initial states."""
        drawn = varied_states(self.kind, self.states, size=self.size, seed=self.seed)
        return self.scheme.state(drawn)

    def stages(self, params: Params, start: State) -> Iterator[State]:
        """The states at every time."""
        steps = [self.scheme.steps(time) for time in self.times]
        return stages(params, start, steps, dt=self.scheme.dt, threads=1)


def sweep_in_time(
    axes: Mapping[str, np.ndarray],
    times: Sequence[int],
    *,
    kind: str = "patch",
    states: int = 4,
    seed: int = 0,
    size: int = 128,
    around: Params = TRUTH,
    pictures: bool = True,
    title: str = "",
    jobs: int = -1,
    cache: Folder = None,
    scheme: Scheme = PAPER,
) -> xr.Dataset:
    """The landscape over some axes at each of several times.

    Args:
        axes: parameter names with their values.
        times: numbers of steps, increasing.
        kind: of the initial states, a name in `varied_states.KINDS`.
        states: initial states, the same ones at every point and for the truth.
        seed, size: of the initial states, cells along each side.
        around: the parameters that are not varied.
        pictures: whether to keep `v`; large.
        title: shown by the progress bar.
        jobs: processes; numbers do not depend on it.
        cache: where chunks are kept; the usual folder by default.
        scheme: time step and precision; `times` are in units of time.

    Returns:
        Dataset over (time, *axes, state) with `spectral`, `independent`, `outcome`, `texture` and, with one
        more dimension, `wavelengths` (ring); over (time, *axes, row, column) with `v` of the first initial
        state; over (time, state) with `plateau`, the loss of a uniform field against the truth's run. NaN
        where a run diverged; `independent` is NaN for a single state.
    """
    setting = Setting(tuple(times), kind, states, seed, size, pictures, scheme)
    goals = kept_result(truth_fields, setting, cache=cache)
    points = grid_points(axes, around)
    per_chunk = max(1, CHUNK // states)
    chunks = [points[i : i + per_chunk] for i in range(0, len(points), per_chunk)]
    calls = (arguments(chunk, setting, goals) for chunk in chunks)
    found = kept(compute_chunk, calls, jobs, cache=cache)
    whole = assemble(list(tqdm(found, desc=title or " × ".join(axes), total=len(chunks))), axes, setting)
    return whole.assign(plateau=(("time", "state"), np.stack([plateau_height(goal) for goal in goals])))


def truth_fields(setting: Setting) -> list[np.ndarray]:
    """The truth's v at every time, each (states, size, size)."""
    return [now.v.numpy() for now in setting.stages(TRUTH, setting.start())]


def compute_chunk(points: np.ndarray, setting: Setting, goals: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Everything about a few points: arrays (time, points, …)."""
    one = setting.start()
    start = State(*(field.repeat(len(points), 1, 1) for field in one))
    columns = (
        torch.as_tensor(points, dtype=setting.scheme.dtype).repeat_interleave(setting.states, dim=0).unbind(1)
    )
    params = Params(*columns)
    with single_thread():
        stage = zip(setting.stages(params, start), goals, strict=True)
        looks = [look(params, now, torch.as_tensor(goal)) for now, goal in stage]
    shape = (len(setting.times), len(points), setting.states)
    found = {name: np.stack([seen[name] for seen in looks]) for name in looks[0]}
    found = {name: x.reshape(*shape, *x.shape[2:]) for name, x in found.items()}
    v = found.pop("v")
    return found | {"v": v[:, :, 0]} if setting.pictures else found


def look(params: Params, now: State, goal: Fields) -> dict[str, np.ndarray]:
    """Losses and measures of every run at one time, the first axis over the runs."""
    states = len(goal)
    describe = descriptor("spectral")
    ours, theirs = describe(now.v.nan_to_num(0)), describe(goal)
    table = torch.stack([
        distance(ours, theirs.roll(-shift, 0).repeat(len(ours) // states, 1, 1), "none")
        for shift in range(states)
    ])  # fmt: skip
    table[:, ~now.v.isfinite().all(dim=(1, 2))] = torch.nan
    others = table[1:].mean(dim=0) if states > 1 else torch.full_like(table[0], torch.nan)
    # One look says nothing about flicker: the change is put to zero.
    outcome = classify(params, now, torch.zeros(len(now.v)))
    found = {"spectral": table[0], "independent": others, "outcome": outcome, "texture": texture(now.v)}
    found |= {"wavelengths": radial_spectrum(now.v), "v": now.v}
    return {name: values.numpy() for name, values in found.items()}


def assemble(
    parts: list[dict[str, np.ndarray]], axes: Mapping[str, np.ndarray], setting: Setting
) -> xr.Dataset:
    """Chunks side by side again, the points folded back onto the axes."""
    lengths = [len(values) for values in axes.values()]
    beyond = {"wavelengths": ("state", "ring"), "v": ("row", "column")}
    variables = {}
    for name in parts[0]:
        whole = np.concatenate([part[name] for part in parts], axis=1)
        folded = whole.reshape(len(setting.times), *lengths, *whole.shape[2:])
        dims = ("time", *axes, *beyond.get(name, ("state",)))
        variables[name] = (dims, folded)
    coords = {"time": list(setting.times), **axes, "state": np.arange(setting.states)}
    return xr.Dataset(variables, coords=coords, attrs={"kind": setting.kind, "seed": setting.seed})


def patterned_ends(dataset: xr.Dataset, axes: Sequence[str]) -> xr.Dataset:
    """The first state's runs that ended in a pattern, the axes folded into `point`."""
    points = dataset.isel(state=0).stack(point=list(axes))
    return points.isel(point=(points.outcome.isel(time=-1) == Outcome.PATTERN).values)


def patterned_middles(dataset: xr.Dataset, full: float, *, since: int = SINCE) -> xr.DataArray:
    """Of runs that ended without a pattern: whether they had half of a full pattern's texture on the way.

    Args:
        dataset: from `sweep_in_time`.
        full: texture of the truth's final pattern.
        since: first time that counts; before it, the initial state's own structure is still there.

    Returns:
        1 for those that had, 0 for those that had not, NaN for runs that ended otherwise.
    """
    ended = unpatterned_end(dataset)
    return (dataset.texture.sel(time=slice(since, None)).max("time") >= full / 2).where(ended)


def unpatterned_end(dataset: xr.Dataset) -> xr.DataArray:
    """Runs that are trivial or uniform at the last time."""
    return dataset.outcome.isel(time=-1).isin([Outcome.TRIVIAL, Outcome.UNIFORM])


def downhill_in_time(dataset: xr.Dataset, axis: str, loss: str) -> Float[np.ndarray, " times"]:
    """`downhill_share` of the truth on a cut's mean loss, at each time."""
    goal = int(np.abs(dataset[axis].values - getattr(TRUTH, axis)).argmin())
    return np.array([downhill_share(line, goal) for line in dataset[loss].mean("state").values])


def downhill_share(loss: Float[np.ndarray, " points"], goal: int) -> float:
    """Share of a cut's points from which stepping to the lower neighbour ends at the goal, or beside it.

    A point as low as both its neighbours is an end: on a plateau nothing moves.
    """
    ends = [walk(loss, start) for start in range(len(loss))]
    return float(np.mean([abs(end - goal) <= 1 for end in ends]))


def walk(loss: np.ndarray, place: int) -> int:
    """Where stepping to the lower neighbour ends."""
    while True:
        around = [i for i in (place - 1, place + 1) if 0 <= i < len(loss) and loss[i] < loss[place]]
        if not around:
            return place
        place = min(around, key=lambda i: loss[i])


def ground_height(dataset: xr.Dataset, axis: str, side: str) -> Float[np.ndarray, " times"]:
    """At each time: mean loss beyond a final cliff, as a share of an empty dish's loss at that time.

    Both are means over the initial states: plateaus differ from target to target.

    Args:
        dataset: a cut from `sweep_in_time`.
        axis: its parameter.
        side: "low" or "high": the ground below the lowest or above the highest value with a patterned end.

    Returns:
        Over time; NaN where there is no such ground.
    """
    beyond = unpatterned_end(dataset).all("state").values
    inside = np.flatnonzero(~beyond)
    place = np.arange(len(beyond))
    low, high = (inside[0], inside[-1]) if len(inside) else (0, len(beyond))
    there = place < low if side == "low" else place > high
    if not there.any():
        return np.full(dataset.sizes["time"], np.nan)
    loss = dataset.spectral.mean("state").isel({axis: there}).mean(axis)
    return (loss / dataset.plateau.mean("state")).values


def contrast(dataset: xr.Dataset, axis: str) -> xr.Dataset:
    """What other initial states see inside the cliffs: the loss `at_truth` and a `typical` one, over time."""
    loss = dataset.independent.mean("state")
    inside = (dataset.outcome.isel(time=-1) == Outcome.PATTERN).all("state")
    return xr.Dataset(
        {
            "at_truth": loss.sel({axis: getattr(TRUTH, axis)}, drop=True),
            "typical": loss.where(inside).median(axis),
        }
    )
