"""What noise adds to the sums of a fit, image by image, and those sums without it (errors in variables)."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from lib.model import State
from lib.residual import noise as noises
from lib.residual.bowl import Quadratic
from lib.residual.equations import one_frame
from lib.residual.noise import Levels
from lib.residual.snapshot import Snapshot


class Shares(NamedTuple):
    """What noise adds to the means of AᵀA and Aᵀy, and to that of y² (without the shift of its mean)."""

    gram: Float[Tensor, "4 4"]
    product: Float[Tensor, "4"]
    shift: Float[Tensor, "4"]
    constant: float


def shares(
    snap: Snapshot, image: int, levels: Levels | None, moments: noises.Moments, weight: float, together: bool,
    pace: float = 0.0,
) -> Shares | None:  # fmt: skip
    """What noise adds to the sums of one image; None if it was not measured.

    Args:
        snap: the images.
        image: which of them.
        levels: standard deviations of its noise.
        moments: of filter and Laplacian.
        weight: share of a frame's noise that is left in the equations of a pair of frames; 1 for one image.
        together: whether the images are frames of one run, which are fitted as one.
        pace: mean of 2/τ² over the times τ between frames: the variance of their change, per σ².
    """
    if levels is None:
        return None
    cells = snap.seen.all(dim=0) if together else snap.seen[image]
    pick = slice(None) if together else slice(image, image + 1)
    u, v = (x[pick][:, cells].detach() for x in snap.state)
    gram = noises.gram(levels, moments) * weight
    product = noises.product(float(v.square().mean()), float((u * v).mean()), levels, moments) * weight
    # The noise also adds u σ² to u v² on average, in the column of 1 − u and of v.
    shift = levels[1] ** 2 * torch.tensor(shifted(snap, image), dtype=torch.float64)
    in_products = float((v**4).mean()) * levels[0] ** 2 + 4 * float((u * v).square().mean()) * levels[1] ** 2
    in_change = pace * (levels[0] ** 2 + levels[1] ** 2)
    return Shares(gram, product, shift, (2 * weight * in_products + in_change) * moments[0])


def without_noise(plain: Quadratic, shares: Sequence[Shares | None]) -> Quadratic:
    """The paraboloid that images without noise would have.

    Raises:
        ValueError: where the noise of an image was neither told nor measured.
    """
    known = [s for s in shares if s is not None]
    if len(known) < len(shares):
        raise ValueError(
            "Noise cannot be measured where cells are missing: pass noise=…, its standard deviation."
        )
    gram = torch.stack([s.gram for s in known]).to(plain.hessian)
    product = torch.stack([s.product + s.shift for s in known]).to(plain.hessian)
    return Quadratic(plain.hessian - 2 * gram, plain.slope - 2 * product, plain.constant)


def shifted(snap: Snapshot, image: int) -> tuple[float, float, float, float]:
    """Mean of Aᵀ (u, −u): what the average shift of u v² by v's noise adds, per σ²."""
    state = State(*(x[image : image + 1].detach() for x in snap.state))
    A = one_frame(snap._replace(u=state.u, v=state.v, usable=snap.usable[image : image + 1])).A[0]
    cells = snap.usable[image]
    both = torch.stack([state.u[0], -state.u[0]])
    total = torch.einsum("epij,eij->pij", A, both)[:, cells].mean(dim=1)
    return tuple(float(x) for x in total)  # type: ignore[return-value]


def as_noise(shares: Shares | None, p: Float[Tensor, "4"], constant: Tensor) -> Tensor:
    """Share of the reaction that noise leaves unexplained; 0 where it was not measured."""
    if shares is None:
        return torch.zeros((), dtype=torch.float64)
    p = p.detach().cpu()
    square = p @ shares.gram @ p - 2 * p @ shares.product + shares.constant
    return (square.clamp(min=0) / constant.detach().cpu()).sqrt()


def moved(plain: tuple[Tensor, Tensor], shares: Shares | None) -> Float[Tensor, "4"]:
    """The plain minimum minus the corrected one; NaN where noise drowns a direction, or was not measured."""
    hessian, slope = (x.detach().cpu() for x in plain)
    nothing = torch.full((4,), torch.nan, dtype=torch.float64)
    if shares is None:
        return nothing
    clean = hessian - 2 * shares.gram
    if bool((torch.linalg.eigvalsh(clean) <= 0).any()) or bool((torch.linalg.eigvalsh(hessian) <= 0).any()):
        return nothing
    return torch.linalg.solve(hessian, slope) - torch.linalg.solve(
        clean, slope - 2 * (shares.product + shares.shift)
    )
