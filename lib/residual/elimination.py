"""All four parameters from v alone, without a network: the unseen u is computed, not learned.

At a steady state the first equation is linear in u once v, Du and F are given,

    (F + v² − Du ∇²) u = F,

with a symmetric positive definite left side. Put its solution u(v; Du, F) into the second equation
and only v, which was observed, remains. For each (Du, F) the best (Dv, F + k) follow by linear
least squares (variable projection: Golub and Pereyra, 1973, doi:10.1137/0710036).
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from scipy.optimize import least_squares
from torch import Tensor

from lib.inputs import params_of, real, whole
from lib.model import Params
from lib.residual import doors
from lib.residual.completion import Field, Solver, complete, lattice_laplacian, loss
from lib.residual.doubts import UNEXPLAINED
from lib.residual.scatter import BLOCK, block_sums, sandwich

__all__ = ["START", "Elimination", "complete", "fit_v", "loss"]

#: Where the search begins unless told otherwise: near the paper's own start.
START = Params(0.127, 0.127, 0.05, 0.05)

#: Where (Du, F) are searched: far beyond any pattern on a unit lattice, and positive.
BOUNDS = ([1e-3, 1e-4], [10.0, 1.0])

#: Closer to a bound than this, in its logarithm, the search has ended at it.
AT_BOUND = 1e-3

#: A test function wider than this, in cells, leaves nothing of a pattern.
WIDEST = 1000.0


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
        converged: whether the numbers are a minimum that explains the image.
        doubt: why they are not, and what to do; empty where they are.
    """

    params: Params
    standard_errors: Params
    covariance: Float[Tensor, "4 4"]
    u: Float[Tensor, "height width"]
    condition: float
    rms: float
    solves: int
    converged: bool
    doubt: str = ""


def fit_v(
    v: Any,
    *,
    start: Any = START,
    width: Any = 0.0,
    noise: Any = 0.0,
    block: Any = BLOCK,
    dx: Any = 1.0,
) -> Elimination:
    """Recover Du, Dv, F and k from one steady, periodic image of v.

    Args:
        v: concentration, (height, width), in the model's units: array, tensor or labelled array.
        start: where the search begins; only Du and F are used, both positive. The paper's start by default.
        width: standard deviation, in cells, of a Gaussian test function that the second equation is
            integrated against (the weak form, see `lib.residual.denoise`); 0 for none.
        noise: standard deviation of v's noise, whose square is taken off v²; see
            `lib.residual.denoise.noise_level`.
        block: side of the blocks of cells whose residuals are taken as independent.
        dx: side of a cell; diffusion coefficients, `start`'s too, are in units of dx² per time.

    Raises:
        ValueError: for what is no whole image of concentrations, or so flat that it says nothing about u, and
            for senseless settings.
    """
    image, block, dx = checked(v), whole("block", block, 1), positive("dx", dx)
    problem = Projected(image, weighed(width), doors.length("noise", noise))
    found = least_squares(
        problem.residual, begin(start, dx), jac=problem.jacobian, bounds=np.log(BOUNDS),
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
    params = Params(float(Du * dx**2), float(Dv * dx**2), float(F), float(loss_rate - F))
    units = torch.tensor([dx**2, dx**2, 1.0, 1.0], dtype=torch.float64)
    covariance = covariance * units[:, None] * units
    doubt = doubted(found, params, problem.unexplained(r))
    return Elimination(
        params, Params(*covariance.diagonal().sqrt().tolist()), covariance, torch.as_tensor(u),
        float(np.linalg.cond(hessian)), float(np.sqrt(np.mean(r**2))), problem.solves, not doubt, doubt,
    )  # fmt: skip


def doubted(found: Any, params: Params, unexplained: float) -> str:
    """Why what was found is no answer; empty where it is one.

    Args:
        found: what SciPy returned.
        params: the numbers.
        unexplained: share of the reaction that the equation of v leaves.
    """
    said = "v is to be a whole period of a pattern at rest, in the model's units, with its noise told"
    distance = np.abs(np.log(BOUNDS) - found.x)
    if distance.min() < AT_BOUND:
        name = ("Du", "F")[int(distance.min(axis=0).argmin())]
        return f"The search ended at the edge of where {name} is looked for, so there is no minimum: {said}."
    if not found.success:
        return f"The search has not come to rest within {found.nfev} steps: {said}, or start elsewhere."
    if min(params) < 0:
        name = Params._fields[int(np.argmin(np.array(params)))]
        return f"{name} is negative, which no such pattern has: {said}."
    if unexplained > UNEXPLAINED:
        return f"The numbers leave {unexplained:.2g} of the reaction unexplained: {said}."
    return ""


def begin(start: Any, dx: float) -> np.ndarray:
    """Logarithms of Du in cells² and of F, where the search begins."""
    given = params_of(start)
    pair = np.array([real("Du of start", given.Du) / dx**2, real("F of start", given.F)])
    if not ((np.array(BOUNDS[0]) < pair) & (pair < np.array(BOUNDS[1]))).all():
        low, high = BOUNDS
        raise ValueError(
            f"start has Du = {pair[0]:.4g} cells² per time and F = {pair[1]:.4g}: begin between {low[0]:g} "
            f"and {high[0]:g}, and between {low[1]:g} and {high[1]:g}."
        )
    return np.log(pair)


def positive(name: str, value: Any) -> float:
    """A positive finite number, neither so small nor so large that its square is none."""
    found = real(name, value)
    if not 1e-100 < found < 1e100:
        raise ValueError(f"{name} is {found:g}: the side of a cell is a positive number.")
    return found


def weighed(width: Any) -> float:
    """The width of a test function in cells."""
    found = doors.length("width", width)
    if found > WIDEST:
        raise ValueError(f"width is {found:g} cells, which leaves nothing of any pattern: take a few cells.")
    return found


class Projected:
    """v's residual as a function of (log Du, log F): everything that enters linearly is projected out."""

    def __init__(self, v: Field, width: float = 0.0, noise: float = 0.0):
        self.v, self.solves, self.width, self.noise = v, 0, width, noise
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

    def unexplained(self, r: np.ndarray) -> float:
        """Share of the reaction that a residual is, root mean square; noise that was told has its own."""
        size = np.linalg.norm(self.weigh(self.u * self.square))
        noisy = np.linalg.norm(self.weigh(2 * self.u * self.v * self.noise + 5 * self.noise))
        return max(float(np.linalg.norm(r) - noisy), 0.0) / float(size)

    def expand(self, Du: float, F: float) -> tuple[Field, np.ndarray, np.ndarray, tuple[float, float]]:
        """u, the Jacobian with respect to (Du, Dv, F, k), the residual, and (Dv, F + k), at a solution."""
        self.evaluate(np.log([Du, F]))
        source = self.weigh(self.u * self.square)
        Dv, loss_rate = np.linalg.lstsq(self.basis, -source, rcond=None)[0]
        by_Du, by_F = (self.weigh(field * self.square) for field in (self.by_Du, self.by_F))
        J = np.stack([by_Du, self.basis[:, 0], by_F + self.basis[:, 1], self.basis[:, 1]], axis=1)
        return self.u, J, source + self.basis @ [Dv, loss_rate], (Dv, loss_rate)


def checked(v: Any) -> Field:
    """v as a float64 array, if u can be computed from it."""
    found = doors.image("v", v).detach().cpu().numpy()
    low, high = float(found.min()), float(found.max())
    if low < -doors.BEYOND or high > 1 + doors.BEYOND:
        raise ValueError(
            f"v goes from {low:.4g} to {high:.4g}, and concentrations lie between 0 and 1: divide grey "
            "levels by what white stands for."
        )
    if found.std() < 1e-6:
        raise ValueError(
            f"v varies by only {found.std():.1e} over the image: a uniform field does not determine "
            "diffusion coefficients, nor F apart from k. Give a patterned one."
        )
    return found
