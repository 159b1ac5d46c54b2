"""Calls into the C files: forward runs of a batch, spread over threads, states kept on request."""

import ctypes
import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Event
from typing import NamedTuple

import joblib
import torch
from jaxtyping import Float, Int
from torch import Tensor

from lib.backends import CHECK_EVERY, Result, as_tensor, compiler
from lib.model import Params, State

#: This file includes the other two.
SOURCE = Path(__file__).with_name("cpu_adjoint.c")

REALS = {torch.float32: ("float", 4), torch.float64: ("double", 8)}

#: Cell-steps in one call into C, about a tenth of a second: only between calls can Ctrl-C interrupt.
CALL_CELL_STEPS = 2**28


class Kept(NamedTuple):
    """States of forward runs, in the order of cells that the C files use.

    Args:
        states: number i of run b, states[b, i], is its state after i · every steps.
        every: steps from one to the next.
        settled: the number from which on all states of a run are the same, and only that one is
            kept; −1 where there is none, (batch,).
    """

    states: Float[Tensor, "batch number values"]
    every: int
    settled: Int[Tensor, " batch"]


def march(
    params: Params,
    state: State,
    steps: int | Int[Tensor, " batch"],
    tol: float | None,
    dt: float,
    threads: int | None = None,
    kept: Kept | None = None,
) -> Result:
    """Run every simulation forward; arguments as in `lib.simulate.simulate`, except:

    Args:
        steps: may differ between the simulations, (batch,).
        kept: where to keep states on the way, if anywhere; `settled` has to come as −1.
    """
    # Memory made in inference mode could not be written to by threads, which do not know of that mode.
    with torch.inference_mode(False), torch.no_grad():
        return _march(params, state, steps, tol, dt, threads, kept)


def _march(
    params: Params,
    state: State,
    steps: int | Int[Tensor, " batch"],
    tol: float | None,
    dt: float,
    threads: int | None,
    kept: Kept | None,
) -> Result:
    batch = state.u.shape[0]
    # In √dt·u and √dt·v, a step of length dt is a step of length 1 with dt·Du, dt·Dv, dt·F, dt·k.
    scale = math.sqrt(dt)
    fields = State(scaled_copy(state.u, scale), scaled_copy(state.v, scale))
    coefficients = step_coefficients(params, batch, dt)
    scaled_tol = -1.0 if tol is None else tol * scale
    asked = as_tensor(steps).expand(batch)
    taken = torch.zeros(batch, dtype=torch.int64, device="cpu")
    change = torch.full((batch,), math.nan, dtype=torch.float64, device="cpu")

    def run(i: int, cancelled: Event) -> None:
        one = State(fields.u[i], fields.v[i])
        own = None if kept is None else Kept(kept.states[i], kept.every, kept.settled[i : i + 1])
        taken[i], change[i] = _advance(one, coefficients[i], int(asked[i]), scaled_tol, cancelled, own)

    spread(run, range(batch), threads)
    change = (change / scale).to(state.u.dtype)
    return Result(fields.u.div_(scale), fields.v.div_(scale), taken, change)


def _advance(
    state: State, coefficients: Tensor, steps: int, tol: float, cancelled: Event, kept: Kept | None
) -> tuple[int, float]:
    """Take one simulation's fields forward, in place; returns the steps taken and the last change."""
    height, width = state.u.shape
    library = functions(width, state.u.dtype)
    work = torch.empty(library.workspace_bytes(height), dtype=torch.uint8, device="cpu")
    change, finished, n = ctypes.c_double(math.nan), ctypes.c_int(), 0
    keeping = (
        (None, 0, None) if kept is None else (kept.states.data_ptr(), kept.every, kept.settled.data_ptr())
    )
    while n < steps and not finished.value and not cancelled.is_set():
        n = library.advance(
            state.u.data_ptr(), state.v.data_ptr(), height, coefficients.data_ptr(), n,
            min(n + steps_per_call(height * width), steps), CHECK_EVERY, tol, work.data_ptr(),
            ctypes.byref(change), ctypes.byref(finished), *keeping,
        )  # fmt: skip
    return n, change.value


def steps_per_call(cells: int) -> int:
    """A multiple of CHECK_EVERY."""
    return max(1, CALL_CELL_STEPS // cells // CHECK_EVERY) * CHECK_EVERY


def scaled_copy(field: Tensor, scale: float) -> Tensor:
    """A contiguous copy that C may overwrite."""
    return (field.detach() * scale).contiguous()


def step_coefficients(params: Params, batch: int, dt: float) -> Float[Tensor, "batch 6"]:
    """The five numbers of one step in the scaled fields, and the concentration 1 there, in float64."""
    Du, Dv, F, k = ((as_tensor(p, torch.float64) * dt).detach().cpu().expand(batch) for p in params)
    one = torch.full_like(Du, math.sqrt(dt))
    return torch.stack([Du, Dv, F * one, F, F + k, one], dim=1).contiguous()


def spread(job: Callable[[int, Event], None], items: Iterable[int], threads: int | None) -> None:
    """Do every item, `threads` at a time (default: as many as there are cores); C runs without the GIL.

    The event tells the jobs to leave off between two calls into C, when one failed or on Ctrl-C.
    """
    cancelled = Event()
    items = list(items)
    workers = min(threads or joblib.cpu_count(), len(items))
    if workers <= 1:
        for item in items:
            job(item, cancelled)
        return
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(job, item, cancelled) for item in items]
        try:
            for future in futures:
                future.result()
        except BaseException:
            cancelled.set()
            raise


class Functions(NamedTuple):
    """The functions of the C files, which describe their arguments."""

    advance: Callable[..., int]
    workspace_bytes: Callable[[int], int]
    state_bytes: Callable[[int], int]
    retreat: Callable[..., None]
    reverse_bytes: Callable[[int, int], int]


@cache
def functions(width: int, dtype: torch.dtype) -> Functions:
    """The functions compiled for one grid width."""
    name, size = REALS[dtype]
    library = compiler.library(SOURCE, {"WIDTH": width, "REAL": name, "REAL_BYTES": size})
    pointer, number, real = ctypes.c_void_p, ctypes.c_long, ctypes.c_double
    run = (pointer, pointer, number, pointer, number, number)
    keeping = (pointer, number)
    library.workspace_bytes.argtypes = library.state_bytes.argtypes = (number,)
    library.reverse_bytes.argtypes = (number, number)
    library.advance.argtypes = (*run, number, real, pointer, pointer, pointer, *keeping, pointer)
    library.retreat.argtypes = (*run, *keeping, number, pointer, pointer)
    for name in ("workspace_bytes", "state_bytes", "reverse_bytes", "advance"):
        getattr(library, name).restype = number
    library.retreat.restype = None
    return Functions(*(getattr(library, name) for name in Functions._fields))
