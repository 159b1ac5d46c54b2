"""The steady u that belongs to a given v: (F + v² − Du ∇²) u = F on a period, with exact derivatives."""

from typing import Any

import numpy as np
import scipy.fft
import torch
from jaxtyping import Float
from scipy.sparse.linalg import LinearOperator, cg
from torch import Tensor

from lib.backends.ambient import at_home
from lib.backends.transforms import refuse_transformed
from lib.inputs import params_of, shown, tensor_of
from lib.inputs.labels import refuse_other_side
from lib.model import laplacian
from lib.residual.identifiability import laplacian_eigenvalues

Field = Float[np.ndarray, "height width"]

#: Relative size of the solver's final residual: two digits above round-off.
TOLERANCE = 1e-12


@at_home
def complete(v: Any, Du: Any, F: Any) -> Float[Tensor, "height width"]:
    """The steady u that belongs to a given v: solves (F + v² − Du ∇²) u = F.

    Differentiable in all three arguments, as often as wanted: each derivative is a solve with the same
    operator, which is symmetric.

    Args:
        v: concentration, (height, width), periodic, in float32 or float64.
        Du, F: one number each, Du ≥ 0 and F > 0.

    Raises:
        ValueError: a sentence, for anything else.
        NotImplementedError: inside torch.func or torch.vmap, and for tangents.
        ArithmeticError: where v is so uneven that the solver does not converge.
    """
    refuse_transformed("completion.complete", v, Du, F)
    v = concentration(v)
    Du, F = coefficient("Du", Du, v), coefficient("F", F, v)
    if Du < 0 or F <= 0:
        raise ValueError(
            f"Du is {float(Du):g} and F is {float(F):g}: u has one steady state where Du ≥ 0 and F > 0."
        )
    solver = Solver(v.detach().cpu().double().numpy() ** 2, float(Du.detach()), float(F.detach()))
    return Solution.apply(solver, v, Du, F, F.expand(v.shape))


@at_home
def loss(params: Any, v: Any) -> Float[Tensor, ""]:
    """Mean square of v's residual with u eliminated; differentiable in v and in the parameters.

    Args:
        params: one set of them, as `lib.inputs.params_of` takes it.
        v: concentration, (height, width), in float32 or float64.

    Raises:
        ValueError, NotImplementedError, ArithmeticError: as `complete`.
    """
    params = params_of(params)
    refuse_transformed("completion.loss", params, v)
    v = concentration(v)
    Du, Dv, F, k = (coefficient(name, x, v) for name, x in params._asdict().items())
    u = complete(v, Du, F)
    r = Dv * laplacian(v[None])[0] + u * v * v - (F + k) * v
    return r.square().mean()


def concentration(v: Any) -> Float[Tensor, "height width"]:
    """One field as a tensor, or a sentence."""
    refuse_other_side("v", v)
    found = tensor_of("v", v)
    if found.ndim != 2 or 0 in found.shape:
        raise ValueError(f"v has shape {tuple(found.shape)}: give one field, (height, width).")
    if found.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"v is {found.dtype}: make it float32 or float64.")
    if not bool(found.detach().isfinite().all()):
        raise ValueError("v holds NaN or infinite numbers, and every cell is needed: fill those first.")
    return found


def coefficient(name: str, value: Any, v: Tensor) -> Float[Tensor, ""]:
    """One finite number of v's type, still attached to its graph, or a sentence."""
    found = tensor_of(name, value)
    if found.numel() != 1 or not bool(found.detach().isfinite().all()):
        raise ValueError(f"{name} is {shown(value)}: give one finite number.")
    return found.reshape(()).to(v)


class Solution(torch.autograd.Function):
    """x with A x = b, where A = F + v² − Du ∇², which is symmetric.

    dL = λ·(db − x dF + ∇²x dDu − 2 v x dv), where A λ = ∂L/∂x; λ is a solution too, with derivatives.
    """

    @staticmethod
    def forward(ctx: Any, solver: "Solver", v: Tensor, Du: Tensor, F: Tensor, b: Tensor) -> Tensor:
        x = torch.as_tensor(solver(b.detach().cpu().double().numpy())).to(v)
        ctx.save_for_backward(v, Du, F, x)
        ctx.solver = solver
        return x

    @staticmethod
    @at_home
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
        refuse_transformed("A derivative of completion.complete", slope)
        v, Du, F, x = ctx.saved_tensors
        adjoint = Solution.apply(ctx.solver, v, Du, F, slope)
        by_Du, by_F = (adjoint * laplacian(x[None])[0]).sum(), -(adjoint * x).sum()
        return None, -2 * v * x * adjoint, by_Du, by_F, adjoint


class Solver:
    """Solves (F + v² − Du ∇²) x = b by conjugate gradients, preconditioned with v² averaged over the field.

    The preconditioner is a division between two fast Fourier transforms. It leaves a spectrum
    within [F, F + max v²] / (F + mean v²) whatever the grid, so the iteration count does not grow with it.
    """

    def __init__(self, square: Field, Du: float, F: float):
        """`square` is v²."""
        self.shape, self.solves, self.iterations = square.shape, 0, 0
        self.Du, self.reaction = Du, F + square
        height, width = square.shape
        symbol = self.reaction.mean() - Du * laplacian_eigenvalues(height, width).numpy()[:, : width // 2 + 1]
        self.inverse_symbol = 1 / symbol
        shape = (square.size, square.size)
        self.operator = LinearOperator(shape=shape, matvec=self.apply, dtype=float)
        self.preconditioner = LinearOperator(shape=shape, matvec=self.precondition, dtype=float)

    def __call__(self, b: Field) -> Field:
        x, failure = cg(
            self.operator, b.ravel(), rtol=TOLERANCE, M=self.preconditioner, maxiter=500, callback=self.count
        )
        self.solves += 1
        if failure:
            raise ArithmeticError(
                f"The equation for u did not converge at Du = {self.Du:.3g} within {failure} iterations: "
                "v may hold huge values. Check the units of the image."
            )
        return x.reshape(self.shape)

    def apply(self, x: np.ndarray) -> np.ndarray:
        field = x.reshape(self.shape)
        return (self.reaction * field - self.Du * lattice_laplacian(field)).ravel()

    def precondition(self, x: np.ndarray) -> np.ndarray:
        transform = scipy.fft.rfft2(x.reshape(self.shape)) * self.inverse_symbol
        return scipy.fft.irfft2(transform, s=self.shape).ravel()

    def count(self, _: np.ndarray) -> None:
        self.iterations += 1


def lattice_laplacian(x: Field) -> Field:
    """`model.laplacian` for one NumPy field."""
    vertical = np.roll(x, 1, 0) + np.roll(x, -1, 0)
    return vertical + np.roll(x, 1, 1) + np.roll(x, -1, 1) - 4 * x
