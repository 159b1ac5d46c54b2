"""Optimal transport between ring spectra: how far power has to be moved along the wave numbers.

The power |fft2(x − mean x)|² is summed over rings of one wave number r = 1 … R, in periods across the field.
With shares p, q of the two patterns' power and their cumulative sums P, Q, the cost of moving one onto the
other along the line is Wasserstein's W₁ = Σ_r |P(r) − Q(r)|, in closed form. What is left is how much power
there is, compared by its logarithm:

    L = (W₁ / W₀)² + (log (power / power*))²,      W₀ = Σ_r q(r) |r − r̄|: the target's own width.

Where the logarithmic spectral loss compares wave by wave and is flat once two peaks do not overlap, W₁ grows
with the distance between them.
"""

from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply

#: Power under which a field counts as uniform: added to every ring, so that shares exist.
FLOOR = 1e-8

Fields = Float[Tensor, "batch height width"]
Rings = Float[Tensor, "batch rings"]


class RingTransport:
    """The ring spectra of the last frame, and how far simulations are from them.

    Args:
        data: whole pictures.

    Raises:
        DoesNotApply: where cells are missing: a Fourier transform needs them all.
    """

    def __init__(self, data: Data) -> None:
        if not data.whole:
            raise DoesNotApply("Ring spectra need whole pictures, and cells are missing.")
        seen = [data.v[-1:]] + ([] if data.u is None else [data.u[-1:]])
        self.goals = [ring_power(torch.as_tensor(x)) for x in seen]

    def loss(self, v: Fields, u: Fields) -> Float[Tensor, " batch"]:
        """One loss for each simulation; NaN where it diverged."""
        parts = [cost(ring_power(x), goal) for x, goal in zip((v, u), self.goals, strict=False)]
        return torch.stack(parts).mean(dim=0)


def cost(found: Rings, goal: Rings) -> Float[Tensor, " batch"]:
    """Transport and power, squared and summed."""
    width = mean_distance(goal)
    moved = wasserstein(found, goal) / width
    total, wanted = found.sum(dim=1), goal.sum(dim=1)
    return moved.square() + (total / wanted).log().square()


def wasserstein(one: Rings, other: Rings) -> Float[Tensor, " batch"]:
    """W₁ between the shares of two distributions over the rings, in rings."""
    ahead = (shares(one) - shares(other)).cumsum(dim=1)
    return ahead.abs().sum(dim=1)


def mean_distance(rings: Rings) -> Float[Tensor, " batch"]:
    """Mean distance from the mean ring; at least one ring."""
    r = torch.arange(1, rings.shape[1] + 1, dtype=rings.dtype)
    p = shares(rings)
    centre = (p * r).sum(dim=1, keepdim=True)
    return (p * (r - centre).abs()).sum(dim=1).clamp(min=1.0)


def shares(rings: Rings) -> Rings:
    """Each ring's share of the power."""
    return rings / rings.sum(dim=1, keepdim=True)


def ring_power(x: Fields) -> Rings:
    """Power by wave number, `FLOOR` added; the mean is taken off."""
    transform = torch.fft.fft2(x - x.mean(dim=(1, 2), keepdim=True))
    power = transform.real.square() + transform.imag.square()
    return power.flatten(1) @ rings_of(x.shape[-2], x.shape[-1]).to(x.dtype) + FLOOR


@cache
def rings_of(height: int, width: int) -> Float[Tensor, "cells rings"]:
    """1 where a wave number rounds to r = 1 … half the smaller side."""
    down, across = (torch.fft.fftfreq(n, 1 / n) for n in (height, width))
    number = (down[:, None].square() + across.square()).sqrt().round().flatten()
    return (number[:, None] == torch.arange(1, min(height, width) // 2 + 1)).float()
