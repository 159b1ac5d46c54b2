"""Physics first: the family's near end against the residual, its gradients against differences."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from lib import residual
from lib.model import Params
from lib.studies.horizon.gradient_descent import value, value_and_slope
from lib.studies.horizon.losses import Problem, mismatch, problem, settled
from lib.studies.horizon.recovery import starts, starts_of

#: Lengths of the central differences' steps: of these the closest counts.
LENGTHS = (1e-4, 1e-5, 1e-6)


def residual_gap(*, size: int, settle: int, count: int = 24, seed: int = 0) -> float:
    """Largest relative difference between the loss at T = 1 and the residual loss, over the starts."""
    places = starts_of(None, 1, count, seed)[0]
    params = Params(*torch.as_tensor(places).unbind(1))
    data = settled(size, settle, seed)
    one_step = mismatch(params, problem("data", 1, size=size, settle=settle, seed=seed))
    from_residual = residual.loss(params, data, reduction="none")
    return float((one_step / from_residual - 1).abs().max())


def gradient_gap(horizons: Sequence[int], *, size: int, settle: int, seed: int = 0) -> dict[int, float]:
    """At the paper's start: the exact gradient against central differences, relative, at each horizon.

    Differences of several lengths are tried and the closest counts: short ones drown in round-off,
    long ones in the landscape's bends.
    """
    place = torch.tensor(starts(1, seed), dtype=torch.float64)
    gaps = {}
    for T in horizons:
        given = problem("data", T, size=size, settle=settle, seed=seed)
        slope = value_and_slope(place, given)[1][0]
        differences = [central(place, h, given) for h in LENGTHS]
        gaps[T] = min(float((d - slope).norm() / slope.norm()) for d in differences)
    return gaps


def central(place: Float[Tensor, "1 4"], h: float, given: Problem) -> Float[Tensor, " 4"]:
    """Gradient by central differences of length h in every unconstrained coordinate."""
    steps = h * torch.eye(4, dtype=place.dtype)
    both = value(torch.cat([place + steps, place - steps]), given, torch.ones(8, dtype=torch.bool))
    return (both[:4] - both[4:]) / (2 * h)
