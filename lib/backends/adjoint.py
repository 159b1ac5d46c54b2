"""The compiled engine under torch's autograd: `loss.backward()` runs the adjoint of `cpu_adjoint`."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from lib.backends import Result
from lib.backends.cpu_adjoint import pull_back, room_for_states
from lib.backends.cpu_run import Kept, march
from lib.model import Params, State


def differentiable_forward(
    params: Params, state: State, steps: int, tol: float | None, dt: float, threads: int | None = None
) -> Result:
    """A run whose u and v carry derivatives by all four parameters and by the initial fields.

    Arguments as in `lib.simulate.simulate`, parameters as tensors of shape (batch,). The derivative
    is that of all the steps taken; of all `steps` where the run stopped because it had settled.
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
        ctx.save_for_backward(*params, kept.states, kept.settled, counted)
        ctx.every, ctx.dt, ctx.threads = kept.every, dt, threads
        ctx.mark_non_differentiable(result.steps, result.change)
        return result.u, result.v, result.steps, result.change

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[float | Tensor | None, ...]:
        *params, states, settled, counted = ctx.saved_tensors
        kept = Kept(states, ctx.every, settled)
        gradient = pull_back(Params(*params), kept, counted, ctx.dt, State(*grads[:2]), ctx.threads)
        return (*gradient.params, *gradient.state, None, None, None, None)
