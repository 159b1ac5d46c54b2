"""Other patches on the paper's noisy background: larger, stronger, rounder."""

import torch

from lib.initial import initial_state
from lib.model import State

#: The paper's patch: side in cells, u and v inside it.
PAPER = (20, 0.5, 0.25)


def patched_state(
    side: int = PAPER[0], u: float = PAPER[1], v: float = PAPER[2], *, size: int = 128, seed: int = 0,
    disc: bool = False,
) -> State:  # fmt: skip
    """One initial state with a patch of our choice; the noise around it is the paper's for that seed.

    Args:
        side: of the square, or diameter of the disc, in cells; 0 … size.
        u, v: concentrations inside.
        size, seed: as for `initial_state`.
        disc: a disc in place of the square.

    Returns:
        State with fields of shape (1, size, size), float32.
    """
    if not disc:
        return initial_state(1, size=size, seed=seed, patch=side, patch_u=u, patch_v=v)
    background = initial_state(1, size=size, seed=seed, patch=0)
    offset = torch.arange(size) - (size - 1) / 2
    inside = offset[:, None] ** 2 + offset[None, :] ** 2 <= (side / 2) ** 2
    return State(
        background.u.masked_fill(inside, min(max(u, 0.0), 1.5)),
        background.v.masked_fill(inside, min(max(v, 0.0), 1.0)),
    )
