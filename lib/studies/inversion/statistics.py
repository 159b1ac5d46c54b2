"""What two pictures of one pattern have in common wherever its spots lie: levels and correlations.

For a field x with mean m, over the pairs of cells that were both seen and lie r cells apart,

    C(r) = ⟨(x − m)(x' − m)⟩,      r = 1 … R.

White noise adds to C(0) alone, which is left out; cells that were not seen leave fewer pairs and no bias.
So one descriptor serves whole, noisy and patchy pictures. Torch throughout, so that it has a derivative.
"""

from collections.abc import Sequence
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from lib.studies.inversion.problems import Data

#: What a mean counts in units of: a tenth of the smallest difference of level between two kinds of pattern.
LEVEL = 0.01

#: What a correlation counts in units of, relative to the target's own at distance 1: about the scatter from
#: one initial state to the next.
SCATTER = 0.1

Fields = Float[Tensor, "batch height width"]


class Statistics:
    """The statistics of the data, and how far simulations are from them in units of scatter.

    Args:
        data: the last frame counts.
    """

    def __init__(self, data: Data) -> None:
        seen = [data.v[-1:]] + ([] if data.u is None else [data.u[-1:]])
        self.goal = [described(torch.as_tensor(x)) for x in seen]

    def differences(self, v: Fields, u: Fields) -> Float[Tensor, "batch features"]:
        """Differences from the data, scaled; NaN for fields that are not finite."""
        return self.compared([described(field) for field in (v, u)[: len(self.goal)]])

    def compared(self, found: Sequence[Float[Tensor, "batch part"]]) -> Float[Tensor, "batch features"]:
        """The same for what `described` says of v, and of u where it was seen."""
        parts = []
        for one, goal in zip(found, self.goal, strict=True):
            parts += [(one[:, :1] - goal[:, :1]) / LEVEL]
            parts += [(one[:, 1:] - goal[:, 1:]) / (SCATTER * goal[:, 1:2].abs().clamp(min=1e-6))]
        return torch.cat(parts, dim=1)

    def loss(self, v: Fields, u: Fields) -> Float[Tensor, " batch"]:
        """Mean square of the differences."""
        return self.differences(v, u).square().mean(dim=1)


def described(x: Fields) -> Float[Tensor, "batch features"]:
    """Mean and C(1) … C(R) of each field, R a quarter of the side; NaN marks cells that were not seen.

    A field without any cell seen, as one that diverged, has no mean: NaN.
    """
    seen = x.isfinite()
    count = seen.sum(dim=(1, 2), keepdim=True)
    mean = torch.where(seen, x, 0.0).sum(dim=(1, 2), keepdim=True) / count
    centred = torch.where(seen, x - mean, 0.0)
    products, pairs = correlated(centred), correlated(seen.to(x.dtype))
    rings = ring_weights(x.shape[-2], x.shape[-1]).to(x.dtype)
    by_ring = (products.flatten(1) @ rings) / (pairs.flatten(1) @ rings).clamp(min=1)
    return torch.cat([mean.flatten(1), by_ring], dim=1)


def correlated(x: Fields) -> Fields:
    """Sum over all cells of x times x displaced, for every displacement."""
    transform = torch.fft.rfft2(x)
    return torch.fft.irfft2(transform.real.square() + transform.imag.square(), s=x.shape[-2:])


def reach(side: int) -> int:
    """The largest distance compared."""
    return max(2, side // 4)


@cache
def ring_weights(height: int, width: int) -> Float[Tensor, "cells rings"]:
    """1 where a displacement's length rounds to r = 1 … R."""
    down, across = (torch.fft.fftfreq(n, 1 / n) for n in (height, width))
    distance = (down[:, None].square() + across.square()).sqrt().round().flatten()
    return (distance[:, None] == torch.arange(1, reach(width) + 1)).float()
