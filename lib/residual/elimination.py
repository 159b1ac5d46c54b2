"""All four parameters from v alone, without a network: the unseen u is computed, not learned.

At a steady state the first equation is linear in u once v, Du and F are given,

    (F + v² − Du ∇²) u = F,

with a symmetric positive definite left side. Put its solution u(v; Du, F) into the second equation
and only v, which was observed, remains. For each (Du, F) the best (Dv, F + k) follow by linear
least squares (variable projection: Golub and Pereyra, 1973, doi:10.1137/0710036).
"""

from typing import Any, NamedTuple

import numpy as np
import scipy.fft
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from scipy.optimize import least_squares
from scipy.sparse.linalg import LinearOperator, cg
from torch import Tensor

from lib.model import Params, laplacian
from lib.residual.at_the_door import of_v
from lib.residual.identifiability import laplacian_eigenvalues
from lib.residual.scatter import BLOCK, block_sums, sandwich

Field = Float[np.ndarray, "height width"]

#: Relative size of the solver's final residual: two digits above round-off.
TOLERANCE = 1e-12


#: Where the search begins unless told otherwise: near the paper's own start.
START = Params(0.127, 0.127, 0.05, 0.05)

#: Where (Du, F) are searched: far beyond any pattern on a unit lattice, and positive.
BOUNDS = ([1e-3, 1e-4], [10.0, 1.0])


class Elimination(NamedTuple):
    """What v alone says about the parameters.

    Args:
        params: the minimiser, four numbers.
        standard_errors: from the scatter of v's residual over blocks of cells.
        covariance: (4, 4).
        u: the completed field, (height, width).
        condition: of the Hessian of the loss, with u re-solved for every parameter set.
        rms: root mean square of v's residual.
        solves: linear systems solved on the way.
        converged: whether the outer iteration met its tolerance.
    """

    params: Params
    standard_errors: Params
    covariance: Float[Tensor, "4 4"]
    u: Float[Tensor, "height width"]
    condition: float
    rms: float
    solves: int
    converged: bool


@of_v(BOUNDS)
def fit_v(
    v: Float[Tensor, "..."],
    *,
    start: Params = START,
    width: float = 0.0,
    noise: float = 0.0,
    block: int = BLOCK,
) -> Elimination:
    """Recover Du, Dv, F and k from one steady, periodic image of v.

    Args:
        v: concentration, (height, width), in the model's units.
        start: where the search begins; only Du and F are used, both positive. The paper's start by default.
        width: standard deviation, in cells, of a Gaussian test function that the second equation is
            integrated against (the weak form, see `lib.residual.denoise`); 0 for none.
        noise: standard deviation of v's noise, whose square is taken off v²; see
            `lib.residual.denoise.noise_level`.
        block: side of the blocks of cells whose residuals are taken as independent.

    Raises:
        ValueError: for a field that is not finite, or so flat that it says nothing about u.
    """
    image = checked(v)
    problem = Projected(image, width, noise)
    found = least_squares(
        problem.residual, np.log([float(start.Du), float(start.F)]), jac=problem.jacobian,
        bounds=np.log(BOUNDS),
        xtol=1e-10, ftol=1e-14, gtol=1e-14, max_nfev=60,
    )  # fmt: skip
    Du, F = np.exp(found.x)
    u, J, r, (Dv, loss_rate) = problem.expand(Du, F)
    hessian = torch.as_tensor(2 * J.T @ J / r.size)
    # Scores of each cell: derivative of its squared residual with respect to (Du, Dv, F, k).
    scores = torch.as_tensor((2 * J * r[:, None]).T.reshape(4, *image.shape))
    everywhere = torch.ones(image.shape, dtype=torch.bool)
    none_unknown = torch.zeros(4, dtype=torch.bool)
    covariance = sandwich(block_sums(scores, everywhere, block), hessian, r.size, none_unknown)
    params = Params(float(Du), float(Dv), float(F), float(loss_rate - F))
    return Elimination(
        params, Params(*covariance.diagonal().sqrt().tolist()), covariance, torch.as_tensor(u),
        float(np.linalg.cond(hessian)), float(np.sqrt(np.mean(r**2))), problem.solves, bool(found.success),
    )  # fmt: skip


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


class Projected:
    """v's residual as a function of (log Du, log F): everything that enters linearly is projected out."""

    def __init__(self, v: Field, width: float = 0.0, noise: float = 0.0):
        self.v, self.solves, self.width = v, 0, width
        # E[v²] of a noisy v exceeds the square of the true one by σ².
        self.square = np.maximum(v**2 - noise**2, 0) if noise else v**2
        self.basis = np.stack([self.weigh(lattice_laplacian(v)), self.weigh(-v)], axis=1)
        self.orthonormal = np.linalg.qr(self.basis)[0]
        self.at: tuple[float, ...] = ()

    def evaluate(self, x: np.ndarray) -> None:
        """Solve for u and its two sensitivities at x, once for residual and Jacobian together."""
        if self.at == tuple(x):
            return
        Du, F = np.exp(x)
        solver = Solver(self.square, Du, F)
        self.u = solver(np.full(self.v.shape, F))
        self.by_Du, self.by_F = solver(lattice_laplacian(self.u)), solver(1 - self.u)
        self.solves += solver.solves
        self.at = tuple(x)

    def residual(self, x: np.ndarray) -> np.ndarray:
        """The part of u v² that Dv ∇²v − (F + k) v cannot balance, relative to u v².

        Relative, because F → 0 takes u, and with it both sides of the equation, to zero: a minimum of
        the plain residual that means nothing.
        """
        self.evaluate(x)
        source = self.weigh(self.u * self.square)
        return self.project(source / np.linalg.norm(source))

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """Its exact derivative: the basis does not depend on x, so projection and derivative commute."""
        self.evaluate(x)
        Du, F = np.exp(x)
        source = self.weigh(self.u * self.square)
        size = np.linalg.norm(source)
        unit = source / size
        columns = [self.weigh(rate * self.square) / size for rate in (Du * self.by_Du, F * self.by_F)]
        return np.stack([self.project(c - unit * (unit @ c)) for c in columns], axis=1)

    def weigh(self, field: Field) -> np.ndarray:
        """A field integrated against the test function around every cell, flattened."""
        return (gaussian_filter(field, self.width, mode="wrap") if self.width else field).ravel()

    def project(self, y: np.ndarray) -> np.ndarray:
        return y - self.orthonormal @ (self.orthonormal.T @ y)

    def expand(self, Du: float, F: float) -> tuple[Field, np.ndarray, np.ndarray, tuple[float, float]]:
        """u, the Jacobian with respect to (Du, Dv, F, k), the residual, and (Dv, F + k), at a solution."""
        self.evaluate(np.log([Du, F]))
        source = self.weigh(self.u * self.square)
        Dv, loss_rate = np.linalg.lstsq(self.basis, -source, rcond=None)[0]
        by_Du, by_F = (self.weigh(field * self.square) for field in (self.by_Du, self.by_F))
        J = np.stack([by_Du, self.basis[:, 0], by_F + self.basis[:, 1], self.basis[:, 1]], axis=1)
        return self.u, J, source + self.basis @ [Dv, loss_rate], (Dv, loss_rate)


def checked(v: Float[Tensor, "..."]) -> Field:
    """v as a float64 array, if u can be computed from it."""
    image = torch.as_tensor(v).detach().double().numpy()
    if image.ndim != 2 or not np.isfinite(image).all():
        raise ValueError(
            f"v has shape {image.shape} and {int((~np.isfinite(image)).sum())} cells that are not finite: "
            "elimination needs one whole image (height, width). Where cells are missing, fill them first."
        )
    if image.std() < 1e-6:
        raise ValueError(
            f"v varies by only {image.std():.1e} over the image: a uniform field does not determine "
            "diffusion coefficients, nor F apart from k. Give a patterned one."
        )
    return image


def lattice_laplacian(x: Field) -> Field:
    """`model.laplacian` for one NumPy field."""
    vertical = np.roll(x, 1, 0) + np.roll(x, -1, 0)
    return vertical + np.roll(x, 1, 1) + np.roll(x, -1, 1) - 4 * x
