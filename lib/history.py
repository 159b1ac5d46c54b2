"""Fields at chosen times of a run, and how fast two ways of computing it drift apart."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
import xarray as xr

from lib.backends import transforms
from lib.inputs import params_of, shown, state_of, whole
from lib.model import State
from lib.simulate import engine_for, lasting
from lib.validation import check_inputs, check_state


def history(
    params: Any, state: Any, times: Any, *, dt: Any = 1.0, backend: str = "auto", threads: Any = None
) -> xr.Dataset:
    """The state at each of several times.

    Args:
        params, state: as for `simulate`.
        times: numbers of steps, increasing; 0 is the state itself.
        dt, backend, threads: as for `simulate`.

    Returns:
        Dataset with u and v over (time, batch, row, column); NaN from the first recorded time
        after a run diverged.
    """
    times = list(times) if isinstance(times, Iterator) else times  # which can be read once
    frames = []
    for run in stages(params, state, times, dt=dt, backend=backend, threads=threads):
        frames.append([field.cpu().numpy() for field in run])
    u, v = np.stack(frames, axis=1)
    dims = ("time", "batch", "row", "column")
    return xr.Dataset({"u": (dims, u), "v": (dims, v)}, coords={"time": list(times)})


def stages(
    params: Any, state: Any, times: Any, *, dt: Any = 1.0, backend: str = "auto", threads: Any = None
) -> Iterator[State]:
    """The state at each of several times, one after the other: one run, continued.

    Its input is checked once, and nothing is said about how it ends: between times that lie a few steps
    apart, both would take longer than the steps.

    Args:
        params, state, times, dt, backend, threads: as for `history`.

    Yields:
        State of shape (batch, row, column); NaN from the first of the times after a run diverged.

    Raises:
        ValueError: for times that are not increasing whole numbers, or what `simulate` refuses.
    """
    if isinstance(times, str) or not isinstance(times, Iterable) or getattr(times, "ndim", 1) == 0:
        raise ValueError(f"The times are {shown(times)}: give increasing numbers of steps.")
    params, state = params_of(params), state_of(state)
    times = [whole("each of the times", time) for time in times]
    check_state(state)
    if not times or times != sorted(set(times)) or times[0] < 0:
        raise ValueError(f"The times {times} must be increasing numbers of steps, none negative.")
    now = 0
    alive = torch.ones(len(state.u), dtype=torch.bool, device=state.u.device)
    transforms.refuse((params, state), backend)
    given = check_inputs(params, state, max(times[-1], 1), None, dt, threads)
    advance = engine_for(given.params, state, backend)
    for time in times:
        if time > now:
            run = advance(given.params, state, time - now, None, given.dt, given.threads)
            alive = alive & lasting(run)
            state, now = State(run.u, run.v), time
            if not bool(alive.all()):
                state = finite(
                    State(*(torch.where(alive[:, None, None], field, torch.nan) for field in state))
                )
        yield State(*(torch.where(alive[:, None, None], field, torch.nan) for field in state))


def finite(state: State) -> State:
    """The state with diverged fields put to zero, so that the rest of the batch can go on."""
    return State(*(field.nan_to_num(0) for field in state))


def drift(one: xr.Dataset, other: xr.Dataset) -> np.ndarray:
    """Largest difference of u or v at each time between two histories, (time,)."""
    largest = [abs(one[x].astype(float) - other[x]).max(("batch", "row", "column")) for x in ("u", "v")]
    return np.maximum(largest[0].values, largest[1].values)
