"""What of a snapshot is seen: which fields, which cells, through how much noise."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib import draws
from lib.model import State


class Observation(NamedTuple):
    """Measured values of u and v at one or several times, each (frames, height, width).

    Args:
        u, v: measured concentrations; zero where nothing was seen.
        sees_u, sees_v: where something was.
    """

    u: Float[Tensor, "frames height width"]
    v: Float[Tensor, "frames height width"]
    sees_u: Bool[Tensor, "frames height width"]
    sees_v: Bool[Tensor, "frames height width"]


def observe(
    state: State, *, share: float = 1.0, noise: float = 0.0, sees_u: bool = True, seed: int = 0
) -> Observation:
    """Look at a state.

    Args:
        state: fields (frames, height, width).
        share: share of the cells that are seen, drawn at random; the same cells in both fields.
        noise: standard deviation of white noise added to both fields.
        sees_u: whether u is seen at all; v always is.
        seed: of the cells and of the noise.

    Raises:
        ValueError: if no cell at all would be seen, the share is none, or fields or noise are not finite.
    """
    if not 0 < share <= 1:
        raise ValueError(f"A share of {share} of the cells: it must be above 0, and 1 sees all.")
    if not all(bool(x.isfinite().all()) for x in state) or not 0 <= noise < math.inf:
        raise ValueError(
            f"Something to be seen is not finite, or the noise, {noise}, is no standard deviation: a network "
            "would be trained on what nobody can measure."
        )
    generator = draws.generator(seed)
    shape = state.u.shape
    cells = torch.randperm(state.u.numel(), generator=generator, device="cpu").reshape(shape) < round(
        share * state.u.numel()
    )
    if not bool(cells.any()):
        raise ValueError(f"A share of {share} of {state.u.numel()} cells is none at all: see at least one.")
    u, v = (x.float() + noise * draws.normal(shape, generator) for x in state)
    seen_u = cells & torch.tensor(sees_u, device="cpu")
    return Observation(u.where(seen_u, 0.0), v.where(cells, 0.0), seen_u, cells)
