"""The residual of a snapshot, and the parameters that make it smallest (paper, Section 6.2).

At a steady state both right-hand sides of the model vanish. They are linear in the parameters
p = (Du, Dv, F, k), so with the fields fixed

    r(p) = A p − y,      L(p) = mean over the cells of |r(p)|² = ½ pᵀ H p − bᵀ p + c

is a paraboloid: its Hessian H, its gradient H p − b and its minimum H⁻¹ b are known in closed form.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from lib.inputs import params_of, shown, state_of, tensor_of
from lib.model import Params, State, residual
from lib.residual.equations import System, one_frame
from lib.residual.identifiability import Identifiability
from lib.residual.snapshot import Snapshot, fields_of


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


def loss(params: Any, state: Any, *, rate: Any = None, reduction: Any = "mean") -> Tensor:
    """The residual loss: mean over the cells of the two squared residuals, summed.

    Args:
        params: numbers, or tensors of shape (batch,).
        state: fields (batch, height, width), or one image (1, height, width) for all parameters.
        rate: known time derivatives; zero by default.
        reduction: "mean" for a scalar over the batch, "none" for (batch,).

    Raises:
        ValueError: for fields of no such shape, parameters that do not match, other reductions.
    """
    if not isinstance(reduction, str) or reduction not in ("mean", "none"):
        raise ValueError(f"There is no reduction {shown(reduction)}: choose 'mean' or 'none'.")
    state = fields_of("state", state_of(state))
    r = residual(matching(params_of(params), state), state)
    if rate is not None:
        known = fields_of("rate", state_of(rate))
        if known.u.shape != state.u.shape:
            raise ValueError(
                f"The rate has shape {tuple(known.u.shape)} and the state {tuple(state.u.shape)}: both must "
                "show the same cells."
            )
        r = type(r)(r.u - known.u, r.v - known.v)
    per_sample = (r.u.square() + r.v.square()).mean(dim=(-2, -1))
    return per_sample.mean() if reduction == "mean" else per_sample


def matching(params: Params, state: State) -> Params:
    """Parameters as numbers or (batch,) tensors, or a sentence.

    One image goes with any number of parameters, and one parameter with any number of images.
    """
    found, many = {}, {"images": len(state.u)}
    for name, value in params._asdict().items():
        given = tensor_of(name, value)
        many[name] = len(given) if given.ndim == 1 else 1
        if given.ndim > 1 or len({n for n in many.values() if n != 1}) > 1:
            raise ValueError(
                f"{name} has shape {tuple(given.shape)}: give a number, or one for each of "
                f"{max(n for key, n in many.items() if key != name)} images."
            )
        found[name] = given.reshape(-1) if given.ndim or isinstance(value, Tensor) else float(given)
    return Params(**found)


def quadratic(snap: Snapshot, rate: State | None = None) -> Quadratic:
    """The residual loss of a snapshot as a paraboloid, over its usable cells."""
    return paraboloid(one_frame(snap, rate))


def paraboloid(system: System) -> Quadratic:
    """Mean over the usable cells (and over pairs of frames) of |A p − y|²."""
    A, y, usable = system.A, system.y, system.usable
    pairs = A.shape[1] // 2
    weights = usable[:, None].to(A.dtype) / (pairs * usable.sum(dim=(1, 2)).clamp(min=1))[:, None, None, None]
    weighted = A * weights[:, :, None]
    return Quadratic(
        2 * torch.einsum("bepij,beqij->bpq", weighted, A),
        2 * torch.einsum("bepij,beij->bp", weighted, y),
        (weights * y.square()).sum(dim=(1, 2, 3)),
    )


def minimiser(found: Quadratic, verdicts: tuple[Identifiability, ...]) -> Float[Tensor, "batch 4"]:
    """H⁻¹ b on the directions that are determined; NaN for parameters that are not, or without an inverse."""
    points = []
    for hessian, slope, verdict in zip(found.hessian, found.slope, verdicts, strict=True):
        W = verdict.directions[: verdict.rank].T.to(hessian)
        solution, singular = torch.linalg.solve_ex(W.T @ hessian @ W, W.T @ slope)
        p = W @ solution
        known = torch.tensor(verdict.determined, device=p.device) & (singular == 0)
        points.append(torch.where(known, p, torch.nan))
    return torch.stack(points)
