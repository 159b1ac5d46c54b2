"""A snapshot: two images of u and v, and the cells where the model's equations can be evaluated."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.model import State

#: Any shape, so that a wrong one meets a sentence of ours.
Image = Float[Tensor, "..."] | Float[np.ndarray, "..."]


class Snapshot(NamedTuple):
    """Fields in float64 with the cells that can be used, all of shape (batch, height, width).

    Args:
        u, v: concentrations; zero where they were not observed.
        usable: cells whose five-point stencil was observed in full, in both fields.
        precision: relative spacing of the numbers the fields came in (float32, say).
    """

    u: Float[Tensor, "batch height width"]
    v: Float[Tensor, "batch height width"]
    usable: Bool[Tensor, "batch height width"]
    precision: float

    @property
    def state(self) -> State:
        """The two fields as a state of the model."""
        return State(self.u, self.v)


def snapshot(
    u: Image, v: Image, *, observed: Tensor | np.ndarray | None = None, periodic: bool = True
) -> Snapshot:
    """Check two images and find the cells that can be used.

    Args:
        u, v: images of shape (height, width), or stacks (batch, height, width); tensors keep
            their graph, so everything computed from a snapshot can be differentiated.
        observed: True where both fields were seen, of the images' shape or (height, width);
            everywhere by default. Anything may stand in the other cells, NaN included.
        periodic: whether the left edge continues at the right edge, and the top at the bottom;
            without that, the outermost cells cannot be used.

    Raises:
        ValueError: for shapes that do not match, or a number that is not finite in a seen cell.
    """
    fields = [torch.as_tensor(x) for x in (u, v)]
    if fields[0].shape != fields[1].shape or fields[0].ndim not in (2, 3) or 0 in fields[0].shape:
        raise ValueError(
            f"The images u and v have shapes {tuple(fields[0].shape)} and {tuple(fields[1].shape)}: both "
            "must show the same cells, as (height, width) or a stack (batch, height, width)."
        )
    precision = max(torch.finfo(x.dtype).eps if x.is_floating_point() else 1.0 for x in fields)
    stacks = [(x if x.ndim == 3 else x[None]).to(torch.float64) for x in fields]
    seen = seen_cells(observed, stacks[0])
    for name, x in zip(("u", "v"), stacks, strict=True):
        check_finite(name, x, seen)
    filled = [torch.where(seen, x, 0.0) for x in stacks]
    return Snapshot(filled[0], filled[1], whole_stencils(seen, periodic), precision)


def seen_cells(observed: Tensor | np.ndarray | None, like: Tensor) -> Bool[Tensor, "batch height width"]:
    """The mask of observed cells, in the fields' shape."""
    if observed is None:
        return torch.ones_like(like, dtype=torch.bool)
    mask = torch.as_tensor(observed, device=like.device).bool()
    count = mask.shape[:-2].numel()
    if mask.shape[-2:] != like.shape[-2:] or mask.ndim not in (2, 3) or count not in (1, len(like)):
        raise ValueError(
            f"The mask of observed cells has shape {tuple(mask.shape)} and the images {tuple(like.shape)}: "
            "give one mask for all images, or one each."
        )
    return mask.expand_as(like)


def check_finite(name: str, field: Tensor, seen: Tensor) -> None:
    """A sentence where an observed number is NaN or infinite."""
    broken = seen & ~field.detach().isfinite()
    if bool(broken.any()):
        where = tuple(int(i) for i in broken.nonzero()[0])
        raise ValueError(
            f"{name} is not a finite number in {int(broken.sum())} of its cells, the first at "
            f"(image, row, column) = {where}. Pass observed=~isnan(...) to leave such cells out."
        )


def whole_stencils(
    seen: Bool[Tensor, "batch height width"], periodic: bool
) -> Bool[Tensor, "batch height width"]:
    """Cells that were seen together with their four neighbours."""
    whole = seen.clone()
    for axis in (-2, -1):
        for shift in (1, -1):
            whole &= seen.roll(shift, axis)
    if not periodic:
        whole[:, [0, -1], :] = False
        whole[:, :, [0, -1]] = False
    return whole
