"""True steady patterns: Newton's method with a Krylov solver, on the lattice itself.

After 40,000 steps a pattern still creeps. Newton's method solves residual = 0 instead. A pattern may be
shifted at almost no cost, which leaves the Jacobian two eigenvalues near zero; so two drift velocities are
solved for along with the fields, and the two shifts are forbidden in exchange. A settled pattern has
velocities of round-off.

Linear systems go to GMRES. A preconditioner that is diagonal in Fourier space knows nothing of where the
spots are and needs hundreds of iterations on them; the sparse factors of the shifted Jacobian need about
ten and cost less than twenty such iterations.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from jaxtyping import Float

from lib.linearisation import Vector, jacobian, rates, side
from lib.model import Params

#: Subtracted from the diagonal before the Jacobian is factorised, per unit time: it keeps the factors from
#: being singular at the two shifts, and GMRES mends what it changes.
SHIFT = 1e-5

#: Relative accuracy asked of a Newton step, and what is taken if no more can be had: close to the end of the
#: iteration round-off in the product is of the size of the residual.
EXACT, INEXACT = 1e-8, 1e-3

#: Newton stops when no cell changes faster than this, per unit time. float64 reaches 1e-15.
STEADY = 1e-11

#: A pattern whose slope along an axis is less than this is the same all along it, as stripes are.
FLAT = 1e-6


class Steady(NamedTuple):
    """A steady pattern.

    Args:
        y: u, then v, cell by cell, (2 · size²,), in float64.
        residual: largest rate of change left in any cell, per unit time.
        drift: the larger of the two velocities, in cells per unit time.
        iterations: Newton steps taken.
    """

    y: Vector
    residual: float
    drift: float
    iterations: int


class NoConvergence(ArithmeticError):
    """Newton's method found no steady pattern near where it began."""


def settle(params: Params, y: Vector, *, iterations: int = 12) -> Steady:
    """The steady pattern near y.

    Args:
        params: four numbers.
        y: where to begin, (2 · size²,); of stripes, only the shift across them is held.
        iterations: Newton steps, at most.

    Raises:
        NoConvergence: if the residual does not fall below `STEADY`.
        ValueError: if y is the same everywhere, or not finite.
    """
    slopes = np.array([slope(y, axis) for axis in (1, 2)])
    if not np.isfinite(slopes).all():
        raise ValueError(
            "These fields hold values that are not finite, so no pattern lies near them. Did the run that "
            "made them diverge?"
        )
    if slopes.max() < FLAT:
        raise ValueError(
            "These fields are the same everywhere, so there is no pattern to settle: the homogeneous states "
            "are known in closed form (homogeneous.states). Did the run that made them die out?"
        )
    varies = slopes >= FLAT
    shifts = translations(y)[:, varies]
    start, extra = y, int(varies.sum())
    z = np.concatenate([y, np.zeros(extra)])
    for number in range(iterations + 1):
        y, drift = z[:-extra], z[-extra:]
        equations = np.concatenate([rates(params, y) + shifts @ drift, shifts.T @ (y - start)])
        left = float(np.abs(equations).max())
        if left < STEADY:
            # The two columns are of length 1; a pattern moves at speed c where it changes at rate c ∂y.
            return Steady(y, left, float((np.abs(drift) / slopes[varies]).max()), number)
        if not np.isfinite(left) or left > 1 or number == iterations:
            break
        system = Bordered(params, y, shifts, shifts.T, np.zeros((extra, extra)))
        z = z - system.solve(equations)
    raise NoConvergence(
        f"Newton's method stopped after {number} iterations at a residual of {left:.1e}: no steady pattern "
        "lies near the given one. Begin from a pattern that has settled further, or take smaller steps."
    )


class Bordered:
    """The Jacobian with a few more columns and rows, and a solver for it.

    Args:
        params, y: where the Jacobian is taken.
        columns: (unknowns, extra).
        rows: (extra, unknowns).
        corner: (extra, extra).
        factors: those of a Jacobian near by, where they are at hand.
    """

    def __init__(
        self, params: Params, y: Vector, columns: np.ndarray, rows: np.ndarray, corner: np.ndarray,
        factors: sla.SuperLU | None = None,
    ) -> None:  # fmt: skip
        self.matrix, self.columns, self.rows, self.corner = jacobian(params, y), columns, rows, corner
        self.factors = factors or factorise(self.matrix, SHIFT)
        self.inner = self.factors.solve(columns)
        try:
            self.schur = np.linalg.inv(corner - rows @ self.inner)
        except np.linalg.LinAlgError as error:
            raise NoConvergence(
                "The Jacobian with its border is singular: this is a fold, or the pattern is the same all "
                "along one axis, along which no branch can be followed. Take another pattern or another step."
            ) from error

    def solve(self, right: Vector, *, tolerance: float = EXACT) -> Vector:
        """GMRES, preconditioned by eliminating the border with the shifted Jacobian's factors."""
        shape = (len(right), len(right))
        solution, failed = sla.gmres(
            sla.LinearOperator(shape, self.apply, dtype=float), right, rtol=tolerance, atol=0.0, restart=40,
            maxiter=1, M=sla.LinearOperator(shape, self.precondition, dtype=float),
        )  # fmt: skip
        left = np.linalg.norm(right - self.apply(solution))
        if failed and not left < INEXACT * np.linalg.norm(right):
            raise NoConvergence(
                "GMRES did not solve for the Newton step: the Jacobian is singular here. Take another step."
            )
        return solution

    def apply(self, z: Vector) -> Vector:
        """The bordered matrix times a vector."""
        extra = len(self.corner)
        y, rest = z[:-extra], z[-extra:]
        return np.concatenate([self.matrix @ y + self.columns @ rest, self.rows @ y + self.corner @ rest])

    def precondition(self, z: Vector) -> Vector:
        """Its inverse, but for the shift of the Jacobian."""
        extra = len(self.corner)
        y = self.factors.solve(z[:-extra])
        rest = self.schur @ (z[-extra:] - self.rows @ y)
        return np.concatenate([y - self.inner @ rest, rest])


def factorise(matrix: sp.csc_array, shift: float) -> sla.SuperLU:
    """Sparse factors of matrix − shift · identity."""
    shifted = (matrix - shift * sp.identity(matrix.shape[0])).tocsc()
    # The pattern of non-zeros is symmetric: an ordering for that halves the fill.
    return sla.splu(
        shifted, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True}
    )


def translations(y: Vector) -> Float[np.ndarray, "unknowns 2"]:
    """The directions in which a pattern's shifts along rows and columns point, of length 1."""
    fields = y.reshape(2, side(y), side(y))
    columns = [(np.roll(fields, -1, axis) - np.roll(fields, 1, axis)).ravel() for axis in (1, 2)]
    lengths = [max(float(np.linalg.norm(column)), 1e-30) for column in columns]
    return np.stack([column / length for column, length in zip(columns, lengths, strict=True)], axis=1)


def slope(y: Vector, axis: int) -> float:
    """Length of the pattern's derivative along an axis, 1 or 2: what one cell of shift changes."""
    fields = y.reshape(2, side(y), side(y))
    return float(np.linalg.norm(np.roll(fields, -1, axis) - np.roll(fields, 1, axis))) / 2
