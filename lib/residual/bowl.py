"""The residual of a snapshot, and the parameters that make it smallest (paper, Section 6.2).

At a steady state both right-hand sides of the model vanish. They are linear in the parameters
p = (Du, Dv, F, k), so with the fields fixed

    r(p) = A p − y,      L(p) = mean over the cells of |r(p)|² = ½ pᵀ H p − bᵀ p + c

is a paraboloid: its Hessian H, its gradient H p − b and its minimum H⁻¹ b are known in closed form.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import chi2
from torch import Tensor

from lib.model import Params, State, laplacian, residual
from lib.residual.identifiability import Verdict, judge, noise_gram
from lib.residual.snapshot import Image, Snapshot, snapshot

#: Side, in cells, of the blocks whose residuals are taken to be independent of each other:
#: about one spacing of the paper's spots.
BLOCK = 16


class Quadratic(NamedTuple):
    """A paraboloid over the four parameters: ½ pᵀ H p − bᵀ p + c.

    Args:
        hessian: H, (batch, 4, 4), in the order Du, Dv, F, k.
        slope: b, (batch, 4).
        constant: c, (batch,).
    """

    hessian: Float[Tensor, "batch 4 4"]
    slope: Float[Tensor, "batch 4"]
    constant: Float[Tensor, " batch"]

    def value(self, p: Float[Tensor, "*batch 4"]) -> Float[Tensor, " batch"]:
        """L(p), (batch,)."""
        return (0.5 * (self.hessian @ p[..., None])[..., 0] * p - self.slope * p).sum(-1) + self.constant

    def gradient(self, p: Float[Tensor, "*batch 4"]) -> Float[Tensor, "batch 4"]:
        """∂L/∂p, (batch, 4)."""
        return (self.hessian @ p[..., None])[..., 0] - self.slope


class Fit(NamedTuple):
    """What a snapshot says about the parameters.

    Args:
        params: the minimiser, each entry (batch,); NaN where the data do not determine it.
        covariance: of Du, Dv, F, k, (batch, 4, 4), from the scatter of the residuals.
        quadratic: the paraboloid.
        condition: largest over smallest eigenvalue of its Hessian, (batch,).
        rms: root mean square of the residual at the minimum, (batch,), concentration per time.
        verdicts: what is determined, one for each image.
    """

    params: Params
    covariance: Float[Tensor, "batch 4 4"]
    quadratic: Quadratic
    condition: Float[Tensor, " batch"]
    rms: Float[Tensor, " batch"]
    verdicts: tuple[Verdict, ...]

    @property
    def standard_errors(self) -> Params:
        """Square roots of the covariance's diagonal."""
        return Params(*self.covariance.diagonal(dim1=-2, dim2=-1).sqrt().unbind(-1))

    def __str__(self) -> str:
        lines = []
        for i, verdict in enumerate(self.verdicts):
            for name, values, errors in zip(Params._fields, self.params, self.standard_errors, strict=True):
                value, error = (float(torch.as_tensor(x)[i]) for x in (values, errors))
                said = "not determined" if math.isnan(value) else f"= {value:.6f} ± {error:.6f}"
                lines.append(f"{name:>2} {said}")
            lines.append(verdict.sentence)
        return "\n".join(lines)


def fit(
    u: Image,
    v: Image,
    *,
    rate: State | None = None,
    observed: Tensor | np.ndarray | None = None,
    periodic: bool = True,
    dx: float = 1.0,
    noise: float | None = None,
    block: int = BLOCK,
) -> Fit:
    """Recover Du, Dv, F and k from two images, in closed form.

    Args:
        u, v: concentrations, (height, width) or (batch, height, width), in the model's units.
            Tensors may require gradients: `params` and the quadratic are differentiable in them.
        rate: ∂u/∂t and ∂v/∂t of the images where they are known (from a second frame, say);
            zero by default, which is right for a steady state only.
        observed, periodic: as in `lib.residual.snapshot.snapshot`.
        dx: side of a cell; diffusion coefficients come in units of dx² per time.
        noise: standard deviation of the images' noise, for the verdict; round-off by default.
        block: side of the blocks of cells whose residuals are taken as independent.

    Returns:
        A `Fit`. Noise is not corrected for: `lib.residual.denoise` does that.

    Raises:
        ValueError: for images that do not match or hold numbers that are not finite.
    """
    snap = snapshot(u, v, observed=observed, periodic=periodic)
    found = quadratic(snap, rate)
    level = 8 * snap.precision if noise is None else noise
    verdicts = tuple(judge(h, noise_gram(level)) for h in (found.hessian / 2).detach())
    p = minimiser(found, verdicts)
    covariance = clustered_covariance(snap, p.detach(), found, rate, block)
    units = torch.tensor([dx**2, dx**2, 1.0, 1.0], dtype=p.dtype, device=p.device)
    rms = found.value(p.nan_to_num(0)).clamp(min=0).sqrt()
    return Fit(
        Params(*(p * units).unbind(-1)), covariance * units[:, None] * units, found,
        torch.linalg.cond(found.hessian.detach()), rms, verdicts,
    )  # fmt: skip


def loss(params: Params, state: State, *, rate: State | None = None, reduction: str = "mean") -> Tensor:
    """The residual loss: mean over the cells of the two squared residuals, summed.

    Args:
        params: numbers, or tensors of shape (batch,).
        state: fields (batch, height, width).
        rate: known time derivatives; zero by default.
        reduction: "mean" for a scalar over the batch, "none" for (batch,).
    """
    if reduction not in ("mean", "none"):
        raise ValueError(f"There is no reduction {reduction!r}: choose 'mean' or 'none'.")
    r = residual(params, state)
    if rate is not None:
        r = type(r)(r.u - rate.u, r.v - rate.v)
    per_sample = (r.u.square() + r.v.square()).mean(dim=(-2, -1))
    return per_sample.mean() if reduction == "mean" else per_sample


def quadratic(snap: Snapshot, rate: State | None = None) -> Quadratic:
    """The residual loss of a snapshot as a paraboloid, over its usable cells."""
    A, y = linear_system(snap.state, rate)
    weights = snap.usable[:, None].to(A.dtype) / snap.usable.sum(dim=(1, 2)).clamp(min=1)[:, None, None, None]
    weighted = A * weights[:, :, None]
    return Quadratic(
        2 * torch.einsum("bepij,beqij->bpq", weighted, A),
        2 * torch.einsum("bepij,beij->bp", weighted, y),
        (weights * y.square()).sum(dim=(1, 2, 3)),
    )


def linear_system(
    state: State, rate: State | None = None
) -> tuple[Float[Tensor, "batch 2 4 height width"], Float[Tensor, "batch 2 height width"]]:
    """A and y of r = A p − y: for both equations, the column of each parameter and the known rest."""
    u, v = state
    reaction, none = u * v * v, torch.zeros_like(u)
    y = torch.stack([reaction, -reaction], dim=1)
    if rate is not None:
        y = y + torch.stack([x.to(u).expand_as(u) for x in rate], dim=1)
    in_u = torch.stack([laplacian(u), none, 1 - u, none], dim=1)
    in_v = torch.stack([none, laplacian(v), -v, -v], dim=1)
    return torch.stack([in_u, in_v], dim=1), y


def minimiser(found: Quadratic, verdicts: tuple[Verdict, ...]) -> Float[Tensor, "batch 4"]:
    """H⁻¹ b on the directions that are determined; NaN for parameters that are not."""
    points = []
    for hessian, slope, verdict in zip(found.hessian, found.slope, verdicts, strict=True):
        W = verdict.directions[: verdict.rank].T.to(hessian)
        p = W @ torch.linalg.solve(W.T @ hessian @ W, W.T @ slope)
        known = torch.tensor(verdict.determined, device=p.device)
        points.append(torch.where(known, p, torch.nan))
    return torch.stack(points)


def clustered_covariance(
    snap: Snapshot, p: Float[Tensor, "batch 4"], found: Quadratic, rate: State | None, block: int
) -> Float[Tensor, "batch 4 4"]:
    """Covariance of the minimiser by the sandwich formula, robust to residuals that hang together.

    H⁻¹ S H⁻¹, with S the scatter of the gradient's contributions of square blocks of cells; inside
    a block residuals may be correlated in any way (cluster-robust errors: Liang and Zeger, 1986,
    doi:10.1093/biomet/73.1.13). Noise that sits in the fields biases the fit too; no covariance shows that.
    """
    with torch.no_grad():
        A, y = linear_system(snap.state, rate)
        r = torch.einsum("bepij,bp->beij", A, p.nan_to_num(0)) - y
        scores = 2 * torch.einsum("bepij,beij->bpij", A, r) * snap.usable[:, None]
        covariances = [
            sandwich(block_sums(s, cells, block), hessian, int(cells.sum()), unknown)
            for s, cells, hessian, unknown in zip(scores, snap.usable, found.hessian, p.isnan(), strict=True)
        ]
    return torch.stack(covariances)


def block_sums(
    scores: Float[Tensor, "4 height width"], cells: Tensor, block: int
) -> Float[Tensor, "blocks 4"]:
    """Sums over the blocks that hold usable cells; blocks shrink until there are a dozen of them."""
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
    """H⁻¹ S H⁻¹ with the small-sample factor of B blocks, NaN for what is unknown or beyond few blocks."""
    blocks, known = len(sums), (~unknown).nonzero()[:, 0]
    covariance = torch.full_like(hessian, torch.nan)
    if blocks <= len(known) or len(known) == 0:
        return covariance
    inverse = torch.linalg.inv(hessian[known][:, known])
    S = sums[:, known].T @ sums[:, known] / cells**2 * blocks / (blocks - len(known))
    covariance[known[:, None], known] = inverse @ S @ inverse
    return covariance


def ellipse(
    found: Fit, first: str, second: str, *, level: float = 0.95, image: int = 0
) -> Float[np.ndarray, "121 2"]:
    """The boundary of the confidence region of two parameters, (121 points, 2).

    Args:
        found: a fit.
        first, second: names of parameters.
        level: probability inside, under a normal approximation.
        image: which image of the batch.
    """
    i, j = (Params._fields.index(name) for name in (first, second))
    block = found.covariance[image][[i, j]][:, [i, j]].numpy()
    centre = np.array([float(torch.as_tensor(found.params[n])[image].detach()) for n in (i, j)])
    eigenvalues, vectors = np.linalg.eigh(block)
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = np.stack([np.cos(angle), np.sin(angle)]) * np.sqrt(chi2.ppf(level, 2))
    return centre + (vectors @ (np.sqrt(eigenvalues)[:, None] * circle)).T
