"""Plain gradient descent at a horizon, with the exact gradient through all T steps.

Steepest descent in the paper's own coordinates (`lib.coordinates`), where the ranges of the
parameters are built in. Only the rate adapts: it doubles after a step that lowered the loss enough
(Armijo's condition) and falls to a quarter after one that did not. No momentum, no second derivatives.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.coordinates import LARGEST_RATE
from lib.model import Params
from lib.running.threads import single_thread
from lib.studies.horizon.losses import Problem, mismatch

#: Length of the very first step in raw coordinates: a small part of the way from any start to the truth.
FIRST_STEP = 0.1
#: Armijo's constant: the share of the decrease promised by the slope that a step must deliver.
ENOUGH = 1e-4
#: Diffusion above this cannot be run at dt = 1: such a step counts as one that raised the loss.
LARGEST_DIFFUSION = 0.25
#: A start rests when its loss has fallen to this share of the first one: parameters right to about 1e-5.
SOLVED = 1e-12
#: … or when its next step would be shorter than this in raw coordinates: nothing will come any more.
SHORTEST_STEP = 1e-10

Raw = Float[Tensor, "starts 4"]


class Descent(NamedTuple):
    """Where every start has come to.

    Args:
        params: (starts, 4).
        loss: (starts,).
        losses: after every iteration, (iterations + 1, starts).
        gradients: how many gradients each start has used, (starts,).
    """

    params: Raw
    loss: Float[Tensor, " starts"]
    losses: Float[Tensor, "times starts"]
    gradients: Float[Tensor, " starts"]


def descend(raw: Raw, given: Problem, budget: int) -> Descent:
    """All starts side by side.

    Args:
        raw: raw coordinates of the starts.
        given: the problem.
        budget: trial steps for each; one costs a run, and a gradient more if it is accepted.
    """
    raw = raw.to(given.start.u.dtype)
    with single_thread():
        loss, slope = value_and_slope(raw, given)
        rate, first = FIRST_STEP / slope.norm(dim=1).clamp(min=1e-300), loss.clone()
        gradients, losses = torch.ones(len(raw)), [loss.clone()]
        for _ in range(budget):
            going = (loss > SOLVED * first) & (rate * slope.norm(dim=1) > SHORTEST_STEP)
            if not bool(going.any()):
                break
            trial = raw - rate[:, None] * slope
            promised = rate * slope.square().sum(dim=1)
            better = value(trial, given, going) <= loss - ENOUGH * promised
            rate = torch.where(better, 2 * rate, rate / 4)
            if bool(better.any()):
                raw = torch.where(better[:, None], trial, raw)
                loss[better], slope[better] = value_and_slope(raw[better], given)
            gradients += better
            losses.append(loss.clone())
    return Descent(stacked(raw), loss, torch.stack(losses), gradients)


def to_params(raw: Raw) -> Params:
    """Parameters for raw coordinates of many starts: softplus for diffusion, 0.1 · sigmoid for rates."""
    diffusion, rates = torch.nn.functional.softplus(raw[:, :2]), LARGEST_RATE * raw[:, 2:].sigmoid()
    return Params(diffusion[:, 0], diffusion[:, 1], rates[:, 0], rates[:, 1])


def stacked(raw: Raw) -> Raw:
    """The parameters side by side, (starts, 4)."""
    return torch.stack([torch.as_tensor(p) for p in to_params(raw)], dim=1)


def value(raw: Raw, given: Problem, wanted: Bool[Tensor, " starts"]) -> Float[Tensor, " starts"]:
    """The loss where it is wanted; infinite elsewhere, where a run cannot be made, and where it diverged."""
    loss = torch.full((len(raw),), torch.inf, dtype=raw.dtype)
    possible = can_run(raw) & wanted
    if bool(possible.any()):
        with torch.no_grad():
            loss[possible] = mismatch(to_params(raw[possible]), given).nan_to_num(torch.inf)
    return loss


def value_and_slope(raw: Raw, given: Problem) -> tuple[Float[Tensor, " starts"], Raw]:
    """The loss and its exact gradient by the raw coordinates; infinite and zero where a run diverged."""
    leaf = raw.detach().clone().requires_grad_()
    loss = mismatch(to_params(leaf), given)
    fine = loss.isfinite()
    slope = torch.autograd.grad(loss[fine].sum(), leaf)[0] if bool(fine.any()) else torch.zeros_like(raw)
    return loss.detach().nan_to_num(torch.inf), slope.nan_to_num(0.0, 0.0, 0.0)


def can_run(raw: Raw) -> Bool[Tensor, " starts"]:
    """Whether explicit Euler can be run there at all."""
    params = stacked(raw)
    small = (params[:, :2] <= LARGEST_DIFFUSION).all(dim=1)
    return small & raw.isfinite().all(dim=1) & (params > 0).all(dim=1)
