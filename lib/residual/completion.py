"""The steady u that belongs to a given v: (F + v² − Du ∇²) u = F on a period, with its exact adjoint."""

from typing import Any

import numpy as np
import scipy.fft
import torch
from jaxtyping import Float
from scipy.sparse.linalg import LinearOperator, cg
from torch import Tensor

from lib.model import Params, laplacian
from lib.residual.ambient import at_home
from lib.residual.identifiability import laplacian_eigenvalues

Field = Float[np.ndarray, "height width"]

#: Relative size of the solver's final residual: two digits above round-off.
TOLERANCE = 1e-12


@at_home
def complete(
    v: Float[Tensor, "height width"], Du: Float[Tensor, ""], F: Float[Tensor, ""]
) -> Float[Tensor, "height width"]:
    """The steady u that belongs to a given v: solves (F + v² − Du ∇²) u = F.

    Differentiable in all three arguments through one adjoint solve with the same operator, which
    is symmetric.

    Args:
        v: concentration, (height, width), periodic.
        Du, F: scalars, Du ≥ 0 and F > 0.
    """
    return Completion.apply(v, Du, F)


@at_home
def loss(params: Params, v: Float[Tensor, "height width"]) -> Float[Tensor, ""]:
    """Mean square of v's residual with u eliminated; differentiable in v and in the parameters.

    Args:
        params: scalar tensors.
        v: concentration, (height, width).
    """
    Du, F = (torch.as_tensor(p, dtype=v.dtype) for p in (params.Du, params.F))
    u = complete(v, Du, F)
    r = params.Dv * laplacian(v[None])[0] + u * v * v - (params.F + params.k) * v
    return r.square().mean()


class Completion(torch.autograd.Function):
    """`complete`, with its adjoint.

    dL = λ·((1 − u) dF + ∇²u dDu − 2 v u dv), where (F + v² − Du ∇²) λ = ∂L/∂u.
    """

    @staticmethod
    def forward(ctx: Any, v: Tensor, Du: Tensor, F: Tensor) -> Tensor:
        solver = Solver(v.detach().double().numpy() ** 2, float(Du), float(F))
        u = torch.as_tensor(solver(np.full(v.shape, float(F)))).to(v)
        ctx.save_for_backward(v, u)
        ctx.solver = solver
        return u

    @staticmethod
    @at_home
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        v, u = ctx.saved_tensors
        adjoint = torch.as_tensor(ctx.solver(slope.double().numpy())).to(v)
        return -2 * v * u * adjoint, (adjoint * laplacian(u[None])[0]).sum(), (adjoint * (1 - u)).sum()


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
