"""Errors of the minimiser from the scatter of the residuals, which may hang together within a block."""

from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.backends.ambient import at_home
from lib.inputs import whole
from lib.residual.equations import System

#: The largest side of a block: torch divides by no larger whole number, and this one holds any image.
LARGEST = 2**62

#: Side, in cells, of the blocks whose residuals are taken to be independent of each other:
#: about one spacing of the paper's spots.
BLOCK = 16


def clustered_covariance(
    system: System, p: Float[Tensor, "batch 4"], hessian: Float[Tensor, "batch 4 4"], block: Any
) -> Float[Tensor, "batch 4 4"]:
    """Covariance of the minimiser by the sandwich formula, robust to residuals that hang together.

    H⁻¹ S H⁻¹, with S the scatter of the gradient's contributions of square blocks of cells; inside
    a block residuals may be correlated in any way (cluster-robust errors: Liang and Zeger, 1986,
    doi:10.1093/biomet/73.1.13). Noise that sits in the fields biases the fit too; no covariance shows that.
    """
    with torch.no_grad():
        pairs = system.A.shape[1] // 2
        scores = 2 * torch.einsum("bepij,beij->bpij", system.A, system.remainder(p)) / pairs
        cells = system.usable
        # At a plain minimum the mean is zero; where noise was subtracted from H and b it is not.
        known = (~p.isnan())[:, :, None, None]
        mean = (scores * cells[:, None]).sum(dim=(2, 3), keepdim=True) / cells.sum(dim=(1, 2)).clamp(min=1)[
            :, None, None, None
        ]
        scores = (scores - mean * known) * cells[:, None]
        covariances = [
            sandwich(block_sums(s, c, block), h, int(c.sum()), unknown)
            for s, c, h, unknown in zip(scores, cells, hessian, p.isnan(), strict=True)
        ]
    return torch.stack(covariances)


@at_home
def block_sums(
    scores: Float[Tensor, "4 height width"], cells: Bool[Tensor, "height width"], block: Any
) -> Float[Tensor, "blocks 4"]:
    """Sums over the blocks that hold usable cells; blocks shrink until there are a dozen of them.

    Raises:
        ValueError: for a block that is no whole number of cells.
    """
    block = min(whole("block", block, 1), LARGEST)
    while True:
        rows, columns = (torch.arange(n, device=cells.device) // block for n in cells.shape)
        label = (rows[:, None] * (int(columns.max()) + 1) + columns)[cells]
        names, index = torch.unique(label, return_inverse=True)
        if len(names) >= 12 or block == 1:
            return torch.zeros(len(names), 4).to(scores).index_add(0, index, scores[:, cells].T)
        block //= 2


def sandwich(
    sums: Float[Tensor, "blocks 4"], hessian: Float[Tensor, "4 4"], cells: int, unknown: Tensor
) -> Float[Tensor, "4 4"]:
    """H⁻¹ S H⁻¹ with the small-sample factor of B blocks, NaN for what is unknown or beyond few blocks.

    NaN throughout where H has no inverse.
    """
    blocks, known = len(sums), (~unknown).nonzero()[:, 0]
    covariance = torch.full_like(hessian, torch.nan)
    if blocks <= len(known) or len(known) == 0:
        return covariance
    inverse, singular = torch.linalg.inv_ex(hessian[known][:, known])
    if bool(singular):
        return covariance
    S = sums[:, known].T @ sums[:, known] / cells**2 * blocks / (blocks - len(known))
    covariance[known[:, None], known] = inverse @ S @ inverse
    return covariance
