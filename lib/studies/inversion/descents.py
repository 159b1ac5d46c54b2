"""Gradient descent with the exact gradient through every step, under any loss.

Steepest descent in the paper's own coordinates (`lib.coordinates`) from the paper's start, then from random
ones until the budget is spent. The step is doubled after a success and cut to a quarter after a failure.
That is kinder than the paper's rule, so that a loss is judged and not the step.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.coordinates import HIGHEST, random_starts, to_params
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import PAPER_START
from lib.studies.inversion.budget import Budget, spend
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded

#: A loss of parameters: (params, stage) → scalar; it simulates through the budget.
Loss = Callable[..., Float[Tensor, ""]]

#: Length of the first step, unconstrained; failures in a row, and steps in all, after which a start is left:
#: the settings that trials on other targets led to, or began with (`lib.studies.inversion.tuning`).
FIRST_STEP, FAILURES, STEPS = 0.1, 5, 40

#: What no parameter may fall below: it must not be 0 in float32.
SMALLEST = 1e-6


@runtime_checkable
class Goal(Protocol):
    """What a picture is compared by, such as `spectra.Spectra` and `statistics.Statistics`."""

    def loss(self, v: Tensor, u: Tensor) -> Tensor:
        """How far fields (batch, height, width) lie from the data's, (batch,)."""


class Place(NamedTuple):
    """Unconstrained parameters, the loss there, and its gradient by them."""

    unconstrained: Float[Tensor, "4"]
    loss: float
    slope: Float[Tensor, "4"]


def descend_from_many(
    loss: Loss, budget: Budget, seed: int, *, stages: int = 1, first: float = FIRST_STEP, steps: int = STEPS
) -> Recovery:
    """Start after start until the budget is spent.

    Args:
        loss: to be made small; the answer is the place where its last stage was lowest.
        budget: to be spent.
        seed: of the random starts.
        stages: of the loss; each goes on from where the one before has come to.
        first: length of the first step, unconstrained.
        steps: after which a start is left.
    """

    def search() -> None:
        for start in [list(PAPER_START), *random_starts(999, seed)]:
            unconstrained = torch.tensor(start, dtype=torch.float64)
            for stage in range(stages):
                unconstrained = descend(
                    unconstrained, partial(loss, stage=stage), budget, first, steps, last=stage == stages - 1
                )

    return concluded(budget, spend(budget, search))


def descend_on_ends(goal: Goal, data: Data, budget: Budget, seed: int, first: float, steps: int) -> Recovery:
    """`descend_from_many` on a loss of a run's end, from one initial state that is not the data's."""
    start = initial_state(1, size=data.size, seed=1000 + seed)

    def loss(params: Params, stage: int) -> Tensor:
        run = budget.differentiable(params, start)
        return goal.loss(run.v, run.u).mean()

    return descend_from_many(loss, budget, seed, first=first, steps=steps)


def descend(
    unconstrained: Float[Tensor, "4"], loss: Callable[[Params], Tensor], budget: Budget, first: float,
    steps: int, *, last: bool,
) -> Float[Tensor, "4"]:  # fmt: skip
    """One descent; it ends on flat ground, after failures in a row, or after so many steps."""
    here = evaluate(unconstrained, loss)
    rate, failures = first / max(float(here.slope.norm()), 1e-300), 0
    for _ in range(steps):
        if last or not budget.history:
            budget.note(params_of(here.unconstrained), here.loss if last else 1e300)
        if not bool(here.slope.any()) or not np.isfinite(here.loss) or failures >= FAILURES:
            break
        trial = here.unconstrained - rate * here.slope
        there = evaluate(trial, loss) if can_run(trial) else None
        if there is not None and there.loss < here.loss:
            here, rate, failures = there, 2 * rate, 0
        else:
            rate, failures = rate / 4, failures + 1
    return here.unconstrained


def evaluate(unconstrained: Float[Tensor, "4"], loss: Callable[[Params], Tensor]) -> Place:
    """Loss and exact gradient; a run that diverged has an infinite loss and no slope."""
    leaf = unconstrained.clone().requires_grad_()
    value = loss(Params(*(torch.as_tensor(p).float()[None] for p in to_params(leaf))))
    if not bool(value.isfinite()):
        return Place(unconstrained, float("inf"), torch.zeros(4, dtype=unconstrained.dtype))
    slope = torch.autograd.grad(value, leaf)[0].nan_to_num(0.0, 0.0, 0.0)
    return Place(unconstrained, float(value.detach()), slope)


def can_run(unconstrained: Float[Tensor, "4"]) -> bool:
    """Whether explicit Euler can be run there at all."""
    params = params_of(unconstrained)
    return bool(((params > SMALLEST) & (params <= HIGHEST)).all())


def params_of(unconstrained: Float[Tensor, "4"]) -> Float[np.ndarray, "4"]:
    """The four numbers that unconstrained parameters stand for."""
    return np.array([float(p) for p in to_params(unconstrained.detach())])
