"""Gradients of runs on the GPU: the discrete adjoint, back through every step.

The forward run keeps one state in some hundred. On the way back each such segment runs forward once more,
every state of it is remembered in device memory, and the adjoint, in registers, streams them in reverse.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lib.backends import Result, as_tensor
from lib.backends.adjoint import Gradient, Recording, by_parameters, largest, power_of_two
from lib.backends.cuda_device import Kernels
from lib.backends.cuda_run import Trail, coefficients_on, march, memory_in_words
from lib.model import Params, State

#: The part of the free memory that states may take.
SHARE = 0.8


class OnGpu(NamedTuple):
    """This engine for `lib.backends.adjoint`: a `Recorder` with kernels for one grid on one GPU."""

    kernels: Kernels

    def record(
        self, params: Params, state: State, steps: int, tol: float | None, dt: float
    ) -> tuple[Result, Recording]:
        there = brought(state, self.kernels)
        trail = room_for_states(self.kernels, there, steps)
        result = march(self.kernels, params, there, steps, tol, dt, trail)
        return Result(*(x.to(state.u.device) for x in result)), Recording(tuple(trail.states), trail.every)

    def back(
        self, params: Params, recording: Recording, steps: Int[Tensor, " batch"], dt: float, grad: State
    ) -> Gradient:
        with memory_in_words(grad):
            there, trail = brought(grad, self.kernels), Trail(list(recording.tensors), recording.every)
            counted = steps.to(self.kernels.device)
            return taken_back(pull_back(self.kernels, params, trail, counted, dt, there), grad.u.device)


def brought(tensors: State, kernels: Kernels) -> State:
    """The same tensors where the kernels run.

    A plain copy, unseen by autograd: it would send all gradients of a GPU through one thread, one at a time.
    """
    return State(*(x.detach().to(kernels.device) for x in tensors))


def taken_back(gradient: Gradient, device: torch.device) -> Gradient:
    """The same derivatives on another device."""
    params = Params(*(as_tensor(d).to(device) for d in gradient.params))
    return Gradient(params, State(*(d.to(device) for d in gradient.state)))


def room_for_states(kernels: Kernels, state: State, steps: int) -> Trail:
    """How often to keep a state, so that kept and remembered ones together take the least memory.

    Raises:
        MemoryError: if even so they take more than there is; a sentence.
    """
    batch, one = state.u.shape[0], 2 * state.u[0].numel() * state.u.element_size()
    group = min(batch, kernels.concurrent)
    free = SHARE * kernels.free_bytes()
    while True:
        every = max(2, math.ceil(math.sqrt(steps * batch / group) / 2) * 2)
        needed = (batch * (math.ceil(steps / every) + 1) + group * every) * one
        if needed <= free:
            return Trail([], every)
        if group == 1:
            raise MemoryError(
                f"A gradient through {steps} steps of {batch} simulations needs {needed / 1e9:.1f} GB for "
                f"states and the GPU has {free / 1e9:.1f} GB for them: halve the batch, or free memory on "
                "the GPU."
            )
        group = math.ceil(group / 2)


def pull_back(
    kernels: Kernels,
    params: Params,
    trail: Trail,
    steps: Int[Tensor, " batch"],
    dt: float,
    grad: State,
    record: Callable[[int, slice, Float[Tensor, "batch 2 height width"]], None] | None = None,
    piece: int | None = None,
) -> Gradient:
    """Take the adjoint from the end of runs, of which states were kept, back to their beginning.

    A zero adjoint gives a zero gradient, also where the run diverged.

    Args:
        kernels, trail: where to run, and the states of the forward run.
        params, steps, dt: of that run; where it stood still, `steps` may go on behind its end.
        grad: derivatives of the loss by the final fields.
        record: called with a step, some of the simulations and their adjoints there, at the end and at
            every multiple of `piece`.
    """
    batch = grad.u.shape[0]
    coefficients = coefficients_on(grad.u.device, params, batch, dt)
    size = largest(grad)
    power = power_of_two(size)
    adjoints = _times(torch.stack([grad.u.detach(), grad.v.detach()], dim=1), 1 / power)
    counted = torch.where(size != 0, steps, 0).int()
    sums = torch.zeros(batch, 4, dtype=torch.float64, device=grad.u.device)
    most, every = int(counted.max()), trail.every
    group = _group(kernels, trail, batch, most)
    trajectories = torch.empty(group, min(every, most), *adjoints.shape[1:], device=grad.u.device)
    for start in range(0, batch, group):
        some = slice(start, min(start + group, batch))
        blocks = some.stop - start
        if record:
            record(most, some, _times(adjoints, power)[some])
        for base in range((most - 1) // every * every, -1, -every):
            last, state = min(base + every, most), trail.states[min(base // every, len(trail.states) - 1)]
            stride = trajectories.shape[1]
            run = (coefficients, counted, start)
            kernels.launch("remember", blocks, state, *run, base, last, trajectories, stride)
            while last > base:
                first = max(base, (last - 1) // piece * piece) if piece else base
                kernels.launch(
                    "retreat", blocks, adjoints, *run, base, first, last, trajectories, stride, sums
                )
                if record:
                    record(first, some, _times(adjoints, power)[some])
                last = first
    by_state = State(*(x.contiguous() for x in _times(adjoints, power).unbind(dim=1)))
    return Gradient(by_parameters(sums * power[:, None], dt, params), by_state)


def _group(kernels: Kernels, trail: Trail, batch: int, steps: int) -> int:
    """How many simulations go back side by side, for which there is memory now."""
    one = trail.states[0][0].numel() * trail.states[0].element_size() * min(trail.every, max(steps, 1))
    fits = int(SHARE * kernels.free_bytes()) // one
    if fits < 1:
        raise MemoryError(
            f"The way back needs {one / 1e9:.1f} GB for one simulation, which the GPU no longer has: halve "
            "the batch, or free memory on the GPU."
        )
    return min(batch, kernels.concurrent, fits)


def _times(fields: Tensor, factor: Float[Tensor, " batch"]) -> Tensor:
    """The fields, times one number for each simulation, in the fields' own precision."""
    return fields * factor.to(fields.dtype)[:, None, None, None]
