"""The four raw numbers the optimiser moves, and the parameters they stand for (Section 2.2).

    Du, Dv = softplus(raw)          F, k = 0.1 · sigmoid(raw)

so that diffusion stays positive and both rates stay inside (0, 0.1), wherever a step goes.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.model import Params
from lib.paper import SEARCHED

#: Upper end of the range of F and k (original code, commit 46bcabc).
LARGEST_RATE = 0.1


Raw = Float[Tensor, "4"]


def to_params(raw: Raw) -> Params:
    """Parameters for raw numbers (raw Du, raw Dv, raw F, raw k); differentiable."""
    diffusion = torch.nn.functional.softplus(raw[:2])
    rates = LARGEST_RATE * torch.sigmoid(raw[2:])
    return Params(diffusion[0], diffusion[1], rates[0], rates[1])


def to_raw(params: Params) -> Raw:
    """Raw numbers for parameters: the inverse of `to_params`, in float32 as the optimiser keeps them.

    Raises:
        ValueError: if no raw number stands for a parameter.
    """
    Du, Dv, F, k = torch.tensor([float(p) for p in params], dtype=torch.float64)
    if not (Du > 0 and Dv > 0 and 0 < F < LARGEST_RATE and 0 < k < LARGEST_RATE):
        raise ValueError(
            f"No raw numbers stand for {tuple(float(p) for p in params)}: diffusion must be positive, "
            f"F and k inside (0, {LARGEST_RATE})."
        )
    diffusion = torch.stack([Du, Dv]).expm1().log()
    rates = (torch.stack([F, k]) / LARGEST_RATE).logit()
    return torch.cat([diffusion, rates]).float()


def slopes(raw: Raw) -> Raw:
    """How fast each parameter moves with its raw number, d params / d raw, (4,)."""
    share = torch.sigmoid(raw)
    return torch.cat([share[:2], LARGEST_RATE * share[2:] * (1 - share[2:])])


def unchanged(raw: Raw) -> Params:
    """The raw numbers themselves as parameters: what is left with this safeguard off."""
    return Params(raw[0], raw[1], raw[2], raw[3])


def random_starts(count: int, seed: int = 0) -> list[list[float]]:
    """Raw numbers of so many parameter sets, uniform over `SEARCHED`; the first n of more are those of n."""
    low, high = np.array(list(SEARCHED.values())).T
    draw = np.random.default_rng(seed)
    return [to_raw(Params(*draw.uniform(low, high))).tolist() for _ in range(count)]
