"""All four parameters from v alone, without a network: the unseen u is computed, not learned.

At a steady state the first equation is linear in u once v, Du and F are given,

    (F + v² − Du ∇²) u = F,

with a symmetric positive definite left side. Put its solution u(v; Du, F) into the second equation
and only v, which was observed, remains. For each (Du, F) the best (Dv, F + k) follow by linear
least squares (variable projection: Golub and Pereyra, 1973, doi:10.1137/0710036).
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter
from scipy.optimize import least_squares
from torch import Tensor

from lib.images import Image, numbers
from lib.model import Params
from lib.residual.checked_fits import of_v
from lib.residual.completion import Solver, complete, lattice_laplacian, loss
from lib.residual.lattice import BOUNDARIES
from lib.residual.looks import lone
from lib.residual.looks.doubts import CLEARLY, Doubt
from lib.residual.scatter import BLOCK, block_sums, sandwich

#: So near to a bound of the search, in the logarithm, a number was stopped by it: searches keep inside.
AT_BOUND = 1e-3

#: A direction of (log Du, log F) along which the residual changes by less, relative to u v², is not told
#: by v; the completed u is solved to four digits more.
UNTOLD = 1e-8

Field = Float[np.ndarray, "height width"]

__all__ = ["START", "Elimination", "Projected", "Solver", "complete", "fit_v", "lattice_laplacian", "loss"]

#: Where the search begins unless told otherwise: near the paper's own start.
START = Params(0.127, 0.127, 0.05, 0.05)

#: Cells at the edges of a piece whose u is not known: five lengths √(Du/F) of the paper's spots.
MARGIN = 10

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
        converged: whether the outer iteration met its tolerance, away from the bounds of its search.
        doubts: what the image looks like instead of a whole, steady picture of v without noise.
        misfit: v's residual relative to u v².
    """

    params: Params
    standard_errors: Params
    covariance: Float[Tensor, "4 4"]
    u: Float[Tensor, "height width"]
    condition: float
    rms: float
    solves: int
    converged: bool
    doubts: tuple[Doubt, ...] = ()
    misfit: float = np.nan

    def __str__(self) -> str:
        numbers = (
            f"{name:>2} = {value:.5g} " + (f"± {error:.2g}" if np.isfinite(error) else "(no error)")
            for name, value, error in zip(Params._fields, self.params, self.standard_errors, strict=True)
        )
        said = [d.sentence for d in self.doubts] or [
            "Nothing in v contradicts these numbers; its unit, which no picture at rest tells, is trusted."
        ]
        return "\n".join([*numbers, *said])


@of_v(BOUNDS)
def fit_v(
    v: Image,
    *,
    start: Params = START,
    width: float = 0.0,
    noise: float = 0.0,
    block: int = BLOCK,
    boundary: str = "periodic",
    dx: float = 1.0,
) -> Elimination:
    """Recover Du, Dv, F and k from one steady image of v.

    Args:
        v: concentration, (height, width), in the model's units; an array or tensor of any make.
        start: where the search begins; only Du and F are used, both positive. The paper's start by default.
        width: standard deviation, in cells, of a Gaussian test function that the second equation is
            integrated against (the weak form, see `lib.residual.denoise`); 0 for none.
        noise: standard deviation of v's noise, whose square is taken off v²; see
            `lib.residual.denoise.noise_level`.
        block: side of the blocks of cells whose residuals are taken as independent.
        boundary: how the image ends: "periodic", "no-flux" (walls), or "open" for a piece of a larger one.
            Of a piece the `MARGIN` outermost cells are left out: u near an edge depends on what lies beyond,
            and forgets it within √(Du/F), about two cells.
        dx: side of a cell, by default what the coordinates of a labelled v say, or 1; diffusion comes in
            units of dx² per time.

    Raises:
        ValueError: for a field that is not finite, or so flat that it says nothing about u, or too small to
            be a piece; for one that any Du and F explain; for a boundary that does not exist.
    """
    found = fitted(checked(v), start, width, noise, block, boundary, dx)
    if boundary != "periodic" or width or not found.doubts or min(found.u.shape) < 3 * MARGIN:
        return found
    # What the edges spoil looks like anything: only a fit without them shows that they did.
    inside = fitted(checked(v), start, width, noise, block, "open", dx)
    return found._replace(doubts=(lone.edges(),)) if inside.misfit < CLEARLY * found.misfit else found


def fitted(
    image: Field, start: Params, width: float, noise: float, block: int, boundary: str, dx: float
) -> Elimination:
    """`fit_v` of a checked image with one reading of its edges."""
    problem = Projected(image, width, noise, boundary)
    found = least_squares(
        problem.residual, np.log([float(start.Du), float(start.F)]), jac=problem.jacobian,
        bounds=np.log(BOUNDS),
        xtol=1e-10, ftol=1e-14, gtol=1e-14, max_nfev=60,
    )  # fmt: skip
    Du, F = np.exp(found.x)
    edge = stopped(found.x)
    if not edge and lone.is_concentration(image):
        refuse_untold(found.jac)
    u, J, r, (Dv, loss_rate) = problem.expand(Du, F)
    hessian = torch.as_tensor(2 * J.T @ J / r.size)
    # Scores of each cell: derivative of its squared residual with respect to (Du, Dv, F, k).
    everywhere = torch.as_tensor(problem.used())
    scores = torch.zeros(4, *image.shape, dtype=torch.float64)
    scores[:, everywhere] = torch.as_tensor((2 * J * r[:, None]).T)
    none_unknown = torch.zeros(4, dtype=torch.bool)
    covariance = sandwich(block_sums(scores, everywhere, block), hessian, r.size, none_unknown)
    params = Params(float(Du), float(Dv), float(F), float(loss_rate - F))
    doubts = lone.doubts(
        image, params, [float(x) for x in covariance.diagonal().sqrt()],
        lone.Left(r, problem.used(), float(np.linalg.norm(r) / problem.size), edge), boundary, width, noise,
    )  # fmt: skip
    unit = torch.tensor([dx**2, dx**2, 1.0, 1.0], dtype=covariance.dtype)
    covariance = covariance * unit[:, None] * unit
    seven_digits = torch.tensor(params, dtype=torch.float32)  # whatever torch's own type is
    return Elimination(
        Params(*(seven_digits * unit).tolist()), Params(*covariance.diagonal().sqrt().tolist()),
        covariance, torch.as_tensor(u), float(np.linalg.cond(hessian)), float(np.sqrt(np.mean(r**2))),
        problem.solves, bool(found.success) and not edge, doubts, float(np.linalg.norm(r) / problem.size),
    )  # fmt: skip


def stopped(x: Float[np.ndarray, "2"]) -> list[str]:
    """Which of Du and F were stopped by a bound, which SciPy's own mask tells only within ten digits."""
    bounds = zip(("Du", "F"), x, *np.log(BOUNDS), strict=True)
    return [name for name, at, low, high in bounds if min(at - low, high - at) < AT_BOUND]


def refuse_untold(slopes: Float[np.ndarray, "cells 2"]) -> None:
    """A sentence for an image whose residual does not change with Du and F, or only with both together.

    Raises:
        ValueError: for such an image; single pixels, single rows and chequerboards are some.
    """
    if not np.linalg.svd(slopes, compute_uv=False)[-1] > UNTOLD:
        raise ValueError(
            "Many pairs of Du and F explain v equally well, because it has too few kinds of cells (single "
            "pixels, rows or a chequerboard, say): give a picture of a pattern, or u too, to residual.fit."
        )


class Projected:
    """v's residual as a function of (log Du, log F): everything that enters linearly is projected out."""

    def __init__(self, v: Field, width: float = 0.0, noise: float = 0.0, boundary: str = "periodic"):
        self.shape, self.margin = v.shape, MARGIN if boundary == "open" else 0
        if boundary not in BOUNDARIES:
            raise ValueError(f"There is no boundary {boundary!r}: choose one of {', '.join(BOUNDARIES)}.")
        if min(v.shape) < 3 * self.margin:
            raise ValueError(
                f"A piece of {v.shape[0]} × {v.shape[1]} cells is too small: the {MARGIN} outermost ones "
                "on each side know too little of u, and as many have to be left between them."
            )
        if boundary != "periodic":  # walls, and what lies beyond a piece for want of better, mirror it
            v = np.block([[v, v[:, ::-1]], [v[::-1], v[::-1, ::-1]]])
        if noise and noise >= np.abs(v).max():
            raise ValueError(
                f"noise is {noise:g}, and v is nowhere above {np.abs(v).max():.2g}: nothing can be seen "
                "through that. residual.denoise.noise_level(v) measures it, and 0 means none."
            )
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
        size = np.linalg.norm(source)
        if not 0 < size < np.inf:
            amount = "0 in all" if size == 0 else "no number in some"
            raise ValueError(
                f"Nothing can be fitted: u v² is {amount} cells whose "
                "equations count. Give a picture with v in it, in its unit, and not only at a piece's edges."
            )
        return self.project(source / size)

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
        """A field integrated against the test function around every cell that is used, flattened."""
        smooth = gaussian_filter(field, self.width, mode="wrap") if self.width else field
        return smooth[: self.shape[0], : self.shape[1]][self.used()]

    def used(self) -> Bool[np.ndarray, "height width"]:
        """The image's cells whose equations count: all, or those within the margin."""
        inside = np.zeros(self.shape, dtype=bool)
        inside[tuple(slice(self.margin, n - self.margin) for n in self.shape)] = True
        return inside

    def project(self, y: np.ndarray) -> np.ndarray:
        return y - self.orthonormal @ (self.orthonormal.T @ y)

    def expand(self, Du: float, F: float) -> tuple[Field, np.ndarray, np.ndarray, tuple[float, float]]:
        """u, the Jacobian with respect to (Du, Dv, F, k), the residual, and (Dv, F + k), at a solution."""
        self.evaluate(np.log([Du, F]))
        source = self.weigh(self.u * self.square)
        Dv, loss_rate = np.linalg.lstsq(self.basis, -source, rcond=None)[0]
        self.size = float(np.linalg.norm(source))
        by_Du, by_F = (self.weigh(field * self.square) for field in (self.by_Du, self.by_F))
        J = np.stack([by_Du, self.basis[:, 0], by_F + self.basis[:, 1], self.basis[:, 1]], axis=1)
        rows, columns = self.shape
        return self.u[:rows, :columns], J, source + self.basis @ [Dv, loss_rate], (Dv, loss_rate)


def checked(v: Image) -> Field:
    """v as a float64 array, if u can be computed from it."""
    found = numbers("v", v)
    image = found.values.masked_fill(~found.seen, torch.nan).detach().cpu().double().numpy()
    image = image[0] if getattr(v, "ndim", 2) == 2 else image
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
