"""Initial states: the paper's noisy background with a patch in its middle (Appendix A)."""

import torch

from lib.model import State

#: The paper's patch: side in cells, u and v inside it.
PAPER_PATCH = (20, 0.5, 0.25)


def initial_state(
    batch: int,
    *,
    size: int = 128,
    seed: int = 0,
    patch: int = 20,
    patch_u: float = 0.5,
    patch_v: float = 0.25,
    noise: float = 0.02,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device = "cpu",
) -> State:
    """Draw initial states as the original code does (commit 5193958).

    u = 1 + noise·N(0, 1) and v = noise·N(0, 1); then the central square of `patch` × `patch`
    cells is set to exactly (patch_u, patch_v); then u is clamped to [0, 1.5] and v to [0, 1],
    which cuts the negative half of v's noise away.

    Args:
        batch: number of states, at least 1.
        size: cells along each side.
        seed: the same seed gives the same bits on every device, and the first n states of a
            larger batch are the states of a batch of n.
        patch: side of the square in cells, 0 … size; 20 in the paper.
        patch_u, patch_v: concentrations inside the square.
        noise: standard deviation of the background noise.
        dtype: float32, or float64 for checks; both hold the same draws, which are made in float32.
        device: where the state is put; it is always drawn on the CPU.

    Returns:
        State with u and v of shape (batch, size, size).

    Raises:
        ValueError: if batch or size is not positive or the patch does not fit.
    """
    if batch < 1 or size < 1:
        raise ValueError(f"Cannot draw {batch} states of {size} × {size} cells: both must be at least 1.")
    if not 0 <= patch <= size:
        raise ValueError(f"A patch of {patch} cells does not fit a grid of {size}: choose 0 … {size}.")
    generator = torch.Generator("cpu").manual_seed(seed)
    # One state at a time, so that state i does not depend on how many others are drawn.
    draws = torch.stack([torch.randn(2, size, size, generator=generator) for _ in range(batch)])
    u, v = 1 + noise * draws[:, 0], noise * draws[:, 1]
    corner = (size - patch) // 2
    square = (slice(None), slice(corner, corner + patch), slice(corner, corner + patch))
    u[square], v[square] = patch_u, patch_v
    return State(
        u.clamp(0, 1.5).to(device=device, dtype=dtype),
        v.clamp(0, 1).to(device=device, dtype=dtype),
    )


def patched_state(
    side: int = PAPER_PATCH[0], u: float = PAPER_PATCH[1], v: float = PAPER_PATCH[2], *, size: int = 128,
    seed: int = 0, disc: bool = False,
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
