"""Initial states: the paper's noisy background with a patch in its middle (Appendix A)."""

from typing import Any

import torch

from lib import draws
from lib.inputs import real, shown, whole
from lib.model import State

#: The paper's patch: side in cells, u and v inside it.
PAPER_PATCH = (20, 0.5, 0.25)


def initial_state(
    batch: Any,
    *,
    size: Any = 128,
    seed: Any = 0,
    patch: Any = 20,
    patch_u: Any = 0.5,
    patch_v: Any = 0.25,
    noise: Any = 0.02,
    dtype: torch.dtype = torch.float32,
    device: Any = "cpu",
) -> State:
    """Draw initial states as the original code does (commit 5193958).

    u = 1 + noise·N(0, 1) and v = noise·N(0, 1); then the central square of `patch` × `patch`
    cells is set to exactly (patch_u, patch_v); then u is clamped to [0, 1.5] and v to [0, 1],
    which cuts the negative half of v's noise away.

    Args:
        batch: number of states, a whole number of at least 1.
        size: cells along each side.
        seed: a whole number, 0 … 2³² − 1; the same seed gives the same bits on every device, and the first
            n states of a larger batch are the states of a batch of n.
        patch: side of the square in cells, 0 … size; 20 in the paper.
        patch_u, patch_v: concentrations inside the square.
        noise: standard deviation of the background noise.
        dtype: float32, or float64 for checks; both hold the same draws, which are made in float32.
        device: where the state is put; it is always drawn on the CPU.

    Returns:
        State with u and v of shape (batch, size, size).

    Raises:
        ValueError: for anything but whole numbers and real ones in these ranges, another dtype, or a device
            that is none or is not here.
    """
    batch, size, patch = whole("batch", batch, 1), whole("size", size, 1), whole("patch", patch)
    patch_u, patch_v, noise = (
        real(name, value) for name, value in (("patch_u", patch_u), ("patch_v", patch_v), ("noise", noise))
    )
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f"There are no states of {dtype}: choose torch.float32 or torch.float64.")
    if noise < 0:
        raise ValueError(f"The noise is {noise}: a standard deviation cannot be negative.")
    if not 0 <= patch <= size:
        raise ValueError(f"A patch of {patch} cells does not fit a grid of {size}: choose 0 … {size}.")
    generator, device = draws.generator(seed), device_of(device)
    # One state at a time, so that state i does not depend on how many others are drawn.
    drawn = torch.stack([draws.normal((2, size, size), generator) for _ in range(batch)])
    u, v = 1 + noise * drawn[:, 0], noise * drawn[:, 1]
    corner = (size - patch) // 2
    square = (slice(None), slice(corner, corner + patch), slice(corner, corner + patch))
    u[square], v[square] = patch_u, patch_v
    return State(
        u.clamp(0, 1.5).to(device=device, dtype=dtype),
        v.clamp(0, 1).to(device=device, dtype=dtype),
    )


def device_of(device: Any) -> torch.device:
    """A device that tensors can be put on here; None is the processor."""
    if device is None:
        return torch.device("cpu")
    try:
        found = torch.device(device)
        torch.empty(1, device=found)
    except (RuntimeError, TypeError, ValueError, AssertionError):
        raise ValueError(
            f"There is no device {shown(device)} here: choose 'cpu', or 'cuda' where torch sees a GPU."
        ) from None
    if found.type == "meta":
        raise ValueError("The meta device holds no numbers: choose 'cpu', or 'cuda' where torch sees a GPU.")
    return found


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
    offset = torch.arange(size, dtype=torch.float32, device="cpu") - (size - 1) / 2
    inside = offset[:, None] ** 2 + offset[None, :] ** 2 <= (side / 2) ** 2
    return State(
        background.u.masked_fill(inside, min(max(u, 0.0), 1.5)),
        background.v.masked_fill(inside, min(max(v, 0.0), 1.0)),
    )
