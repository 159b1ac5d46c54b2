"""Gauss-Newton in the unit cube with several dampings tried at once (Levenberg and Marquardt's idea).

All runs of an iteration stand side by side: eight for the Jacobian by central differences, then one for
each damping. The best of the trial points is taken if it is better; else the dampings grow.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

#: Dampings tried side by side, in units of the present one.
LADDER = 10.0 ** np.arange(-3, 4)

#: A step shorter than this, in units of the box, ends the search.
SHORTEST = 1e-7

#: What a run that diverged counts as in every residual: far above all others.
LOST = 1e3

Residuals = Callable[[Float[np.ndarray, "points 4"]], Float[np.ndarray, "points residuals"]]


class Refined(NamedTuple):
    """Where it ended: the point of the unit cube, its residuals, and their Jacobian."""

    unit: Float[np.ndarray, "4"]
    residuals: Float[np.ndarray, " residuals"]
    jacobian: Float[np.ndarray, "residuals 4"]


def refine(
    unit: Float[np.ndarray, "4"], residuals: Residuals, *, half_width: float = 1e-4, iterations: int = 30
) -> Refined:
    """Least squares from one start.

    Args:
        unit: the start, in the unit cube.
        residuals: of many points at once.
        half_width: of the differences, in units of the box.
        iterations: at most.
    """
    evaluate = finite(residuals)
    x, r = unit, evaluate(unit[None])[0]
    J, damping = difference_quotients(x, evaluate, half_width), 1.0
    for _ in range(iterations):
        trials = np.clip(x - steps(J, r, damping * LADDER), 0, 1)
        values = evaluate(trials)
        best = int(np.argmin(np.square(values).sum(axis=1)))
        better = np.square(values[best]).sum() < np.square(r).sum()
        length = np.abs(trials[best] - x).max()
        damping = float(np.clip(damping * (LADDER[best] if better else 1e3), 1e-9, 1e9))
        if better:
            x, r = trials[best], values[best]
            J = difference_quotients(x, evaluate, half_width)
        if length < SHORTEST or damping >= 1e9:
            break
    return Refined(x, r, J)


def finite(residuals: Residuals) -> Residuals:
    """The same, with `LOST` for what is not finite."""
    return lambda points: np.nan_to_num(residuals(points).astype(float), nan=LOST, posinf=LOST, neginf=-LOST)


def difference_quotients(
    unit: Float[np.ndarray, "4"], residuals: Residuals, half_width: float
) -> Float[np.ndarray, "residuals 4"]:
    """Central differences, one-sided at the faces of the cube."""
    up, down = (np.clip(unit + sign * half_width * np.eye(4), 0, 1) for sign in (1, -1))
    values = residuals(np.concatenate([up, down]))
    return ((values[:4] - values[4:]) / (up - down).diagonal()[:, None]).T


def steps(
    J: Float[np.ndarray, "residuals 4"], r: Float[np.ndarray, " residuals"], dampings: np.ndarray
) -> Float[np.ndarray, "dampings 4"]:
    """(JᵀJ + λ diag JᵀJ)⁻¹ Jᵀr for each λ."""
    G, b = J.T @ J, J.T @ r
    scale = np.maximum(G.diagonal(), 1e-12 * max(G.diagonal().max(), 1e-300))
    return np.stack([np.linalg.lstsq(G + d * np.diag(scale), b, rcond=None)[0] for d in dampings])


def standard_errors(found: Refined) -> Float[np.ndarray, "4"]:
    """Of the four coordinates, if the residuals were independent and the model right: s² (JᵀJ)⁻¹."""
    freedom = max(1, len(found.residuals) - 4)
    variance = np.square(found.residuals).sum() / freedom
    return np.sqrt(np.abs(np.diag(variance * np.linalg.pinv(found.jacobian.T @ found.jacobian))))
