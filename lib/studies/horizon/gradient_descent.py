"""Plain gradient descent at a horizon, with the exact gradient through all T steps.

Steepest descent in the paper's own coordinates (`lib.coordinates`), where the ranges of the
parameters are built in. Only the rate adapts: it doubles after a step that lowered the loss enough
(Armijo's condition) and falls to a quarter after one that did not. No momentum, no second derivatives.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.coordinates import LARGEST_DIFFUSION, to_params
from lib.running.threads import single_thread
from lib.studies.horizon.losses import Problem, mismatch

#: Length of the very first step in unconstrained coordinates: a small part of the way to the truth.
FIRST_STEP = 0.1
#: Armijo's constant: the share of the decrease promised by the slope that a step must deliver.
ENOUGH = 1e-4
#: A start rests when its loss has fallen to this share of the first one: parameters right to about 1e-5.
SOLVED = 1e-12
#: … or when its next step would be shorter than this: nothing will come any more.
SHORTEST_STEP = 1e-10

Places = Float[Tensor, "starts 4"]


class Descent(NamedTuple):
    """Where every start has come to.

    Args:
        params: (starts, 4).
        loss: (starts,).
        losses: after every iteration, (iterations + 1, starts).
        gradients: how many gradients each start has used, (starts,).
    """

    params: Places
    loss: Float[Tensor, " starts"]
    losses: Float[Tensor, "times starts"]
    gradients: Float[Tensor, " starts"]


def descend(at: Places, given: Problem, budget: int) -> Descent:
    """All starts side by side.

    Args:
        at: unconstrained coordinates of the starts.
        given: the problem.
        budget: trial steps for each; one costs a run, and a gradient more if it is accepted.
    """
    at = at.to(given.start.u.dtype)
    with single_thread():
        loss, slope = value_and_slope(at, given)
        rate, first = FIRST_STEP / slope.norm(dim=1).clamp(min=1e-300), loss.clone()
        gradients, losses = torch.ones(len(at)), [loss.clone()]
        for _ in range(budget):
            going = (loss > SOLVED * first) & (rate * slope.norm(dim=1) > SHORTEST_STEP)
            if not bool(going.any()):
                break
            trial = at - rate[:, None] * slope
            promised = rate * slope.square().sum(dim=1)
            better = value(trial, given, going) <= loss - ENOUGH * promised
            rate = torch.where(better, 2 * rate, rate / 4)
            if bool(better.any()):
                at = torch.where(better[:, None], trial, at)
                loss[better], slope[better] = value_and_slope(at[better], given)
            gradients += better
            losses.append(loss.clone())
    return Descent(stacked(at), loss, torch.stack(losses), gradients)


def stacked(at: Places) -> Places:
    """The parameters side by side, (starts, 4)."""
    return torch.stack([torch.as_tensor(p) for p in to_params(at)], dim=1)


def value(at: Places, given: Problem, wanted: Bool[Tensor, " starts"]) -> Float[Tensor, " starts"]:
    """The loss where it is wanted; infinite elsewhere, where a run cannot be made, and where it diverged."""
    loss = torch.full((len(at),), torch.inf, dtype=at.dtype)
    possible = can_run(at) & wanted
    if bool(possible.any()):
        with torch.no_grad():
            loss[possible] = mismatch(to_params(at[possible]), given).nan_to_num(torch.inf)
    return loss


def value_and_slope(at: Places, given: Problem) -> tuple[Float[Tensor, " starts"], Places]:
    """The loss and its exact gradient by these coordinates; infinite and zero where a run diverged."""
    leaf = at.detach().clone().requires_grad_()
    loss = mismatch(to_params(leaf), given)
    fine = loss.isfinite()
    slope = torch.autograd.grad(loss[fine].sum(), leaf)[0] if bool(fine.any()) else torch.zeros_like(at)
    return loss.detach().nan_to_num(torch.inf), slope.nan_to_num(0.0, 0.0, 0.0)


def can_run(at: Places) -> Bool[Tensor, " starts"]:
    """Whether explicit Euler can run there at all; elsewhere a step counts as one that raised the loss."""
    params = stacked(at)
    small = (params[:, :2] <= LARGEST_DIFFUSION).all(dim=1)
    return small & at.isfinite().all(dim=1) & (params > 0).all(dim=1)
