"""Compiled engines under torch's autograd: `loss.backward()` runs the discrete adjoint of the engine.

What does not depend on the engine stands here: which steps count, what a diverged run gives, what is
refused, and how the adjoint is scaled. `cpu_adjoint` and `cuda_adjoint` hold the way back itself.
"""

import math
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lib.backends import Result, as_tensor
from lib.backends.transforms import only_once, refuse
from lib.model import Params, State


class Gradient(NamedTuple):
    """Derivatives of a loss: by the four parameters, each (batch,), and by the initial fields."""

    params: Params
    state: State


class Recording(NamedTuple):
    """What a forward run keeps for the way back.

    Args:
        tensors: states in the engine's own order. They are saved with autograd, and go with its graph.
        every: steps from one state to the next.
    """

    tensors: tuple[Tensor, ...]
    every: int


@runtime_checkable
class Recorder(Protocol):
    """An engine that records a run and finds the way back."""

    def record(
        self, params: Params, state: State, steps: int, tol: float | None, dt: float
    ) -> tuple[Result, Recording]:
        """A run as of `lib.simulate.simulate`, with states kept on the way."""

    def back(
        self, params: Params, recording: Recording, steps: Int[Tensor, " batch"], dt: float, grad: State
    ) -> Gradient:
        """Gradient of a loss by what the run began with, from `grad`, that by its final fields."""


def differentiable(
    engine: Recorder, params: Params, state: State, steps: int, tol: float | None, dt: float
) -> Result:
    """A run whose u and v carry derivatives by all four parameters and by the initial fields.

    Arguments as in `lib.simulate.simulate`, parameters as tensors of shape (batch,). The derivative
    is that of all the steps taken; of all `steps` where the run stopped because it had settled. It is
    a first derivative: asking for more raises NotImplementedError.
    """
    u, v, taken, change = _Run.apply(engine, *params, *state, steps, tol, dt)
    return Result(u, v, taken, change)


class _Run(torch.autograd.Function):
    """The forward run keeps states, the backward run takes the adjoint from one to the one before."""

    @staticmethod
    def forward(
        ctx: Any,
        engine: Recorder,
        Du: Tensor,
        Dv: Tensor,
        F: Tensor,
        k: Tensor,
        u: Tensor,
        v: Tensor,
        steps: int,
        tol: float | None,
        dt: float,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        params, state = Params(Du, Dv, F, k), State(u, v)
        result, kept = engine.record(params, state, steps, tol, dt)
        # Without tol, a run that was left off with a change of zero stands still from there on.
        stands_still = (result.change == 0) & (tol is None)
        counted = torch.where(stands_still, steps, result.steps)
        starts = [
            field if asked else None for field, asked in zip(state, ctx.needs_input_grad[5:7], strict=True)
        ]
        # Saved, the states go with the backward pass; as attributes they would stay as long as the result.
        ctx.save_for_backward(*params, *starts, counted, diverged(result), *kept.tensors)
        ctx.engine, ctx.every, ctx.dt = engine, kept.every, dt
        ctx.mark_non_differentiable(result.steps, result.change)
        return result.u, result.v, result.steps, result.change

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[float | Tensor | None, ...]:
        inputs, (counted, lost, *tensors) = ctx.saved_tensors[:6], ctx.saved_tensors[6:]
        grad = State(*grads[:2])
        refuse((*inputs[:4], *grad), "auto")
        kept = Recording(tuple(tensors), ctx.every)
        with torch.no_grad():
            params = Params(*(p.detach() for p in inputs[:4]))
            gradient = ctx.engine.back(params, kept, counted, ctx.dt, without_number(grad, lost))
        own = only_once((*map(as_tensor, gradient.params), *gradient.state), (*inputs, *grad))
        return (None, *own, None, None, None)


def diverged(result: Result) -> Bool[Tensor, " batch"]:
    """Which simulations left the finite numbers, (batch,)."""
    finite = result.u.isfinite().all(dim=(1, 2)) & result.v.isfinite().all(dim=(1, 2))
    return ~(finite & result.change.isfinite())


def without_number(grad: State, lost: Bool[Tensor, " batch"]) -> State:
    """The derivatives by final fields, NaN for a diverged simulation on which the loss depends.

    Where it does not, they are 0 and stay it: such a simulation has no part in the gradient.
    """
    nothing = (lost & (largest(grad) != 0))[:, None, None]
    return State(*(torch.where(nothing, torch.nan, g) for g in grad))


def largest(state: State) -> Float[Tensor, " batch"]:
    """Largest absolute value of both fields, (batch,)."""
    return torch.maximum(*(x.detach().abs().amax(dim=(1, 2)) for x in state)).double()


def power_of_two(size: Float[Tensor, " batch"]) -> Float[Tensor, " batch"]:
    """What to divide adjoints by that have these largest values: then they lie between 1 and 2.

    The adjoint is linear, so it may start there and keep away from the ends of float32's range, whatever
    the size of the loss. 1 where there is nothing to scale.
    """
    return torch.where(size.isfinite() & (size > 1e-36), size, 1).log2().floor().exp2()


def by_parameters(sums: Float[Tensor, "batch 4"], dt: float, params: Params) -> Params:
    """The parameters' derivatives from Σ u ∇²λ, Σ v ∇²μ, Σ (1 − u) λ, Σ v μ in the scaled fields."""
    u_lap, v_lap, feeding, v_v = (sums * math.sqrt(dt)).unbind(dim=1)
    by = (u_lap, v_lap, feeding - v_v, -v_v)
    return Params(*(d.to(as_tensor(p).dtype) for d, p in zip(by, params, strict=True)))
