"""The compiled engine under torch's autograd: `loss.backward()` runs the adjoint of `cpu_adjoint`."""

from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor

from lib.backends import Result
from lib.backends.cpu_adjoint import largest, pull_back, room_for_states
from lib.backends.cpu_run import Kept, march
from lib.backends.transforms import only_once, refuse
from lib.model import Params, State


def differentiable_forward(
    params: Params, state: State, steps: int, tol: float | None, dt: float, threads: int | None = None
) -> Result:
    """A run whose u and v carry derivatives by all four parameters and by the initial fields.

    Arguments as in `lib.simulate.simulate`, parameters as tensors of shape (batch,). The derivative
    is that of all the steps taken; of all `steps` where the run stopped because it had settled. It is
    a first derivative: asking for more raises NotImplementedError.
    """
    u, v, taken, change = _Run.apply(*params, *state, steps, tol, dt, threads)
    return Result(u, v, taken, change)


class _Run(torch.autograd.Function):
    """The forward run keeps states, the backward run takes the adjoint from one to the one before."""

    @staticmethod
    def forward(
        ctx: Any,
        Du: Tensor,
        Dv: Tensor,
        F: Tensor,
        k: Tensor,
        u: Tensor,
        v: Tensor,
        steps: int,
        tol: float | None,
        dt: float,
        threads: int | None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        params, state = Params(Du, Dv, F, k), State(u, v)
        kept = room_for_states(state, steps)
        result = march(params, state, steps, tol, dt, threads, kept)
        # Without tol, a run that was left off with a change of zero stands still from there on.
        stands_still = (result.change == 0) & (tol is None)
        counted = torch.where(stands_still, steps, result.steps)
        starts = [
            field if asked else None for field, asked in zip(state, ctx.needs_input_grad[4:6], strict=True)
        ]
        ctx.save_for_backward(*params, *starts, kept.states, kept.settled, counted, diverged(result))
        ctx.every, ctx.dt, ctx.threads = kept.every, dt, threads
        ctx.mark_non_differentiable(result.steps, result.change)
        return result.u, result.v, result.steps, result.change

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[float | Tensor | None, ...]:
        *inputs, states, settled, counted, lost = ctx.saved_tensors
        grad = State(*grads[:2])
        refuse(Params(*inputs[:4]), grad, "cpu")
        kept = Kept(states, ctx.every, settled)
        with torch.no_grad():
            params = Params(*(p.detach() for p in inputs[:4]))
            gradient = pull_back(params, kept, counted, ctx.dt, without_number(grad, lost), ctx.threads)
        own = only_once((*map(torch.as_tensor, gradient.params), *gradient.state), (*inputs, *grad))
        return (*own, None, None, None, None)


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
