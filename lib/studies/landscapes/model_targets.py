"""What a sweep of a model compares with, and by what: checked before hours are spent."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.images import Image, bare, numbers
from lib.inputs import real, whole
from lib.losses import names_of
from lib.models import ReactionDiffusion

#: Losses on power spectra, which need every cell, and the one that does without some.
SPECTRA, SQUARES = ("spectral", "windowed"), "squares"


def known(model: ReactionDiffusion, params: Mapping[str, float] | None, what: str) -> dict[str, float]:
    """Parameters by name, if the model has them."""
    if lost := set(params or {}) - set(model.names):
        raise ValueError(
            f"`{what}` names {', '.join(sorted(lost))}, and {model.name} has {', '.join(model.names)}."
        )
    return {name: real(name, value) for name, value in (params or {}).items()}


def checked_frames(steps: Any) -> tuple[int, ...]:
    """Numbers of steps, rising."""
    several = steps if isinstance(steps, Sequence | np.ndarray) and not isinstance(steps, str) else [steps]
    frames = tuple(whole("steps", step, 1) for step in several)
    if not frames or any(b <= a for a, b in zip(frames, frames[1:], strict=False)):
        raise ValueError(f"steps is {list(frames)}: give one number, or several that rise.")
    return frames


def checked_losses(losses: Any) -> tuple[str, ...]:
    """Names of losses that exist."""
    return names_of(losses, (*SPECTRA, SQUARES))


def goal_of(
    target: Image, start: Tensor, frames: tuple[int, ...]
) -> Float[np.ndarray, "states frames height width"]:
    """A target as one picture for each state (or one for all) and frame; NaN where it was not seen."""
    if getattr(target, "ndim", 0) == 4:
        stacks = [numbers("The target", x) for x in target]
    else:
        stacks = [numbers("The target", target)]
    picture = torch.stack([x.values.masked_fill(~x.seen, torch.nan) for x in stacks])
    states, cells = len(start), tuple(start.shape[-2:])
    if (
        tuple(picture.shape[-2:]) != cells
        or picture.shape[1] != len(frames)
        or len(picture) not in (1, states)
    ):
        raise ValueError(
            f"The target has shape {tuple(picture.shape)} (state, frame, row, column), and the runs are "
            f"{states} of {cells[0]} × {cells[1]} cells, looked at {len(frames)} times: give (height, "
            "width), or (frames, height, width) with a number of steps for each frame."
        )
    return picture.detach().cpu().numpy()


def seen_cells(
    target: Image | None, observed: Image | None, goal: np.ndarray, names: tuple[str, ...]
) -> Bool[np.ndarray, "height width"] | None:
    """The target's cells that count, or None where all do."""
    seen = np.isfinite(goal).all(axis=(0, 1)) | (target is None)
    if observed is not None:
        mask = bare(observed)[0]
        if target is None or mask.shape != seen.shape:
            raise ValueError(
                f"The mask of observed cells has shape {mask.shape}, and the target's pictures {seen.shape}: "
                "a mask belongs to a target, and has its shape."
            )
        unknown = mask.astype(bool) & ~seen
        if unknown.any():
            raise ValueError(
                f"The target holds no finite number in {int(unknown.sum())} of the cells that `observed` "
                "says were seen: leave them out."
            )
        seen = mask.astype(bool)
    if seen.all():
        return None
    if not seen.any():
        raise ValueError("No cell of the target was seen, so there is nothing to compare with.")
    if set(names) != {SQUARES}:
        raise ValueError(
            f"{int((~seen).sum())} cells of the target were not seen, and spectra need every one: pass "
            "losses='squares', which compares those that were."
        )
    return seen
