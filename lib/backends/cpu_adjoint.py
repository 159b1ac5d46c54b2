"""Gradients of runs of the compiled engine: the discrete adjoint, back through every step.

`cpu_adjoint.c` says how; here are the batch, the memory and the scaling.
"""

import math
from collections.abc import Callable
from threading import Event
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lib.backends import Result, memory
from lib.backends.adjoint import (
    Gradient,
    Recording,
    by_parameters,
    differentiable,
    largest,
    power_of_two,
)
from lib.backends.cpu_run import Kept, functions, march, spread, step_coefficients, steps_per_call
from lib.model import Params, State

#: Bytes that kept states may take together. With more asked for, fewer are kept, and once that is
#: less than one in 48 steps, a gradient takes one more forward run.
MEMORY = 1_760_000_000

#: Steps from one kept state to the next: this, or a multiple of it.
SEGMENT = 48


class OnCores(NamedTuple):
    """This engine for `lib.backends.adjoint`: a `Recorder` that spreads the batch over so many threads."""

    threads: int | None

    def record(
        self, params: Params, state: State, steps: int, tol: float | None, dt: float
    ) -> tuple[Result, Recording]:
        kept = room_for_states(state, steps)
        result = march(params, state, steps, tol, dt, self.threads, kept)
        return result, Recording((kept.states, kept.settled), kept.every)

    def back(
        self, params: Params, recording: Recording, steps: Int[Tensor, " batch"], dt: float, grad: State
    ) -> Gradient:
        states, settled = recording.tensors
        return pull_back(params, Kept(states, recording.every, settled), steps, dt, grad, self.threads)


def differentiable_forward(
    params: Params, state: State, steps: int, tol: float | None, dt: float, threads: int | None = None
) -> Result:
    """A run whose u and v carry derivatives, as of `lib.backends.adjoint.differentiable`."""
    return differentiable(OnCores(threads), params, state, steps, tol, dt)


def adjoint(
    params: Params,
    state: State,
    steps: Int[Tensor, " batch"],
    dt: float,
    grad_u: Float[Tensor, "batch height width"],
    grad_v: Float[Tensor, "batch height width"],
    threads: int | None = None,
) -> Gradient:
    """Gradient of a loss of the state after `steps` steps, through every one of them.

    Args:
        params: four tensors of shape (batch,).
        state: the initial fields.
        steps: the steps of each simulation.
        dt: time step.
        grad_u, grad_v: derivatives of the loss by the final fields.
        threads: cores to spread the batch over; the result does not depend on it.
    """
    kept = room_for_states(state, int(steps.max()))
    march(params, state, steps, None, dt, threads, kept)
    return pull_back(params, kept, steps, dt, State(grad_u, grad_v), threads)


def adjoint_norms(
    params: Params,
    state: State,
    steps: Int[Tensor, " batch"],
    dt: float,
    grad_u: Float[Tensor, "batch height width"],
    grad_v: Float[Tensor, "batch height width"],
    every: int,
    threads: int | None = None,
) -> tuple[Int[Tensor, " times"], Float[Tensor, "batch times"]]:
    """Size of the adjoint on its way back: √(Σ λ² + Σ μ²), the norm of the loss's gradient by the
    state after 0, every, 2 · every, … steps; other arguments as in `adjoint`.

    Returns:
        The steps, ascending, and the norms; NaN after a simulation's last step.

    Raises:
        ValueError: if `every` is not a multiple of 4.
    """
    if every < 4 or every % 4:
        raise ValueError(f"The adjoint's norm cannot be recorded every {every} steps: take a multiple of 4.")
    kept = room_for_states(state, int(steps.max()))
    march(params, state, steps, None, dt, threads, kept)
    times = torch.arange(0, int(steps.max()) + 1, every, device="cpu")
    norms = torch.full((len(steps), len(times)), math.nan, dtype=torch.float64, device="cpu")

    def record(i: int, n: int, fields: State) -> None:
        if n % every == 0:
            norms[i, n // every] = math.sqrt(sum(x.double().square().sum().item() for x in fields))

    pull_back(params, kept, steps, dt, State(grad_u, grad_v), threads, record, every)
    return times, norms


def room_for_states(state: State, steps: int) -> Kept:
    """Memory to keep one state in SEGMENT steps, or fewer where MEMORY allows no more.

    The memory becomes real as it is written to.
    """
    batch, height, width = state.u.shape
    one = functions(width, state.u.dtype).state_bytes(height)
    segment = SEGMENT * max(1, math.ceil(steps / SEGMENT * batch * one / MEMORY))
    number = math.ceil(steps / segment) + 1
    states = memory.borrow(batch * number * one).view(state.u.dtype).view(batch, number, -1)
    return Kept(states, segment, torch.full((batch,), -1, device="cpu"))


def pull_back(
    params: Params,
    kept: Kept,
    steps: Int[Tensor, " batch"],
    dt: float,
    grad: State,
    threads: int | None = None,
    record: Callable[[int, int, State], None] | None = None,
    piece: int | None = None,
) -> Gradient:
    """Take the adjoint from the end of runs, of which states were kept, back to their beginning.

    A run that was left off because it had settled counts with all its `steps`: the adjoint goes back
    through the ones not taken as well, at the settled state. A zero adjoint gives a zero gradient,
    also where the run diverged.

    Args:
        params, steps, dt, threads: as in `adjoint`.
        kept: the states.
        grad: derivatives of the loss by the final fields.
        record: called with a simulation's number, a step and the adjoint there, every `piece` steps.
    """
    batch, height, width = grad.u.shape
    coefficients = step_coefficients(params, batch, dt)
    size = largest(grad)
    power = power_of_two(size)
    fields = _times(grad, 1 / power)
    sums = torch.zeros(batch, 4, dtype=torch.float64, device="cpu")
    piece = piece or max(1, steps_per_call(height * width) // 4 // kept.every) * kept.every

    def run(i: int, cancelled: Event) -> None:
        if size[i].isnan():
            sums[i], fields.u[i], fields.v[i] = math.nan, math.nan, math.nan
            return
        one, n = State(fields.u[i], fields.v[i]), int(steps[i])
        while size[i] != 0 and not cancelled.is_set():
            if record:
                record(i, n, State(one.u * power[i], one.v * power[i]))
            if n == 0:
                break
            stop = (n - 1) // piece * piece
            _retreat(one, coefficients[i], n, stop, kept, i, sums[i])
            n = stop

    spread(run, range(batch), threads)
    return Gradient(by_parameters(sums * power[:, None], dt, params), _times(fields, power))


def _times(state: State, factor: Float[Tensor, " batch"]) -> State:
    """A copy of the fields, times one number for each simulation, in the fields' own precision."""
    u, v = (field.detach() * factor.to(field.dtype)[:, None, None] for field in state)
    return State(u.contiguous(), v.contiguous())


def _retreat(one: State, coefficients: Tensor, n: int, stop: int, kept: Kept, i: int, sums: Tensor) -> None:
    """Take one simulation's adjoint from step n back to step `stop`, in place, and add to its sums."""
    height, width = one.u.shape
    library = functions(width, one.u.dtype)
    work = torch.empty(library.reverse_bytes(height, kept.every), dtype=torch.uint8, device="cpu")
    library.retreat(
        one.u.data_ptr(), one.v.data_ptr(), height, coefficients.data_ptr(), n, stop,
        kept.states[i].data_ptr(), kept.every, int(kept.settled[i]), work.data_ptr(), sums.data_ptr(),
    )  # fmt: skip
