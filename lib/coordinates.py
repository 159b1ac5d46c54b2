"""The four unconstrained numbers the optimiser moves, and the parameters they stand for (Section 2.2).

    Du, Dv = softplus(x)            F, k = 0.1 · sigmoid(x)

so that diffusion stays positive and both rates stay inside (0, 0.1), wherever a step goes.
"""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.backends.transforms import refuse_transformed
from lib.inputs.rows import rows_of
from lib.model import Params
from lib.paper import PAPER_START, SEARCHED

#: Upper end of the range of F and k (original code, commit 46bcabc).
LARGEST_RATE = 0.1

#: Upper end of what explicit Euler can run at dt = dx = 1: diffusion alone is unstable above it.
LARGEST_DIFFUSION = 0.25

#: Upper ends of (Du, Dv, F, k): beyond them explicit Euler cannot run, or the paper does not search.
HIGHEST = np.array([LARGEST_DIFFUSION, LARGEST_DIFFUSION, LARGEST_RATE, LARGEST_RATE])

#: Far above what any simulation takes; beyond, the inverse of softplus leaves the finite numbers.
INVERTIBLE = 80.0

Unconstrained = Float[Tensor, "*batch 4"]


def to_params(unconstrained: Any) -> Params:
    """Parameters for unconstrained numbers, the last axis over Du, Dv, F and k; differentiable.

    Raises:
        ValueError: for what holds no rows of four real numbers.
    """
    raw = rows_of("unconstrained", unconstrained)
    raw = raw if raw.is_floating_point() else raw.double()
    Du, Dv = torch.nn.functional.softplus(raw[..., :2]).unbind(-1)
    F, k = (LARGEST_RATE * torch.sigmoid(raw[..., 2:])).unbind(-1)
    return Params(Du, Dv, F, k)


def to_unconstrained(params: Any) -> Unconstrained:
    """The inverse of `to_params` in float64.

    Args:
        params: the last axis over Du, Dv, F and k; or `Params`, a dict or a table, by their names.

    Raises:
        ValueError: for what holds no rows of four real numbers, or if no unconstrained number stands for a
            parameter.
    """
    refuse_transformed("to_unconstrained", params)
    values = rows_of("params", params).double()
    largest = values.new_tensor([INVERTIBLE, INVERTIBLE, LARGEST_RATE, LARGEST_RATE])
    inside = ((values > 0) & (values < largest)).all(-1)
    if not bool(inside.all()):
        wrong = values[~inside].flatten()[:4].tolist()
        raise ValueError(
            f"No unconstrained numbers stand for {wrong}: diffusion must be positive and below "
            f"{INVERTIBLE:g}, F and k inside (0, {LARGEST_RATE})."
        )
    rates = (values[..., 2:] / LARGEST_RATE).logit()
    return torch.cat([values[..., :2].expm1().log(), rates], dim=-1)


def slopes(unconstrained: Unconstrained) -> Unconstrained:
    """How fast each parameter moves with its unconstrained number: derivatives, the last axis over them."""
    share = torch.sigmoid(unconstrained)
    rates = LARGEST_RATE * share[..., 2:] * (1 - share[..., 2:])
    return torch.cat([share[..., :2], rates], dim=-1)


def unchanged(unconstrained: Unconstrained) -> Params:
    """The unconstrained parameters themselves as parameters: what is left with this safeguard off."""
    return Params(unconstrained[0], unconstrained[1], unconstrained[2], unconstrained[3])


def random_starts(count: int, seed: int = 0) -> list[list[float]]:
    """So many parameter sets, uniform over `SEARCHED`, unconstrained; the first n of more are those of n.

    In float32, as the optimiser keeps them.
    """
    low, high = np.array(list(SEARCHED.values())).T
    draw = np.random.default_rng(seed)
    return [to_unconstrained(draw.uniform(low, high)).float().tolist() for _ in range(count)]


#: The paper's start as parameters: (0.1269, 0.1269, 0.05, 0.05).
START = Params(*map(float, to_params(torch.tensor(PAPER_START, dtype=torch.float64, device="cpu"))))
