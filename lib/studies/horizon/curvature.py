"""Why the bowl closes: its curvature at the truth grows with the horizon while its height cannot."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from lib.coordinates import slopes, to_unconstrained
from lib.paper import TRUTH
from lib.studies.horizon.least_squares import sensitivities
from lib.studies.horizon.losses import problem


def curvature(
    horizons: Sequence[int], *, origin: str = "data", size: int, settle: int, seed: int = 0
) -> xr.Dataset:
    """Curvature of the pixel loss at the truth, and how wide a paraboloid of it can be.

    The loss is bounded: two pictures of concentrations cannot differ by more than a pattern and
    none. A paraboloid of curvature λ reaches that height at √(2 height / λ), so behind that
    distance there is no bowl. Parameters are measured in units of the truth's.

    Returns:
        Dataset over `horizon`: `eigenvalue` (four of them, ascending, of the Gauss-Newton Hessian, which
        is the Hessian where the loss vanishes), `condition`, `width` (of the steepest direction) and
        `descent_condition` (in the unconstrained coordinates of the descent).
    """
    rows, conditions = [], []
    for T in horizons:
        given = problem(origin, int(T), size=size, settle=settle, seed=seed)
        J = sensitivities(np.array(TRUTH), given) * np.array(TRUTH)
        hessian = 2 * J.T @ J / given.goal.u.numel()
        rows.append(np.linalg.eigvalsh(hessian))
        conditions.append(np.linalg.cond(hessian * np.outer(reach(), reach())))
    eigenvalues = np.array(rows)
    top = eigenvalues[:, -1]
    height = ceiling(size, settle, seed)
    variables = {
        "eigenvalue": (("horizon", "direction"), eigenvalues),
        "condition": (("horizon",), top / eigenvalues[:, 0]),
        "descent_condition": (("horizon",), np.array(conditions)),
        "width": (("horizon",), np.sqrt(2 * height / top)),
    }
    return xr.Dataset(variables, coords={"horizon": list(horizons)}, attrs={"height": height})


def reach() -> np.ndarray:
    """How far each parameter moves with its unconstrained number at the truth, as a share of itself, (4,)."""
    return slopes(to_unconstrained(TRUTH)).numpy() / np.array(TRUTH)


def ceiling(size: int, settle: int, seed: int) -> float:
    """The loss of a simulation in which v has died: how high the walls of the bowl can be."""
    data = problem("data", 1, size=size, settle=settle, seed=seed).goal
    return float(((1 - data.u).square() + data.v.square()).mean())
