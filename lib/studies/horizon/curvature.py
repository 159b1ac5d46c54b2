"""Why the bowl closes: its curvature at the truth, and how wide a paraboloid of that curvature is."""

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
    """Curvature of the pixel loss at the truth, and how wide a paraboloid of it is.

    A paraboloid of curvature λ meets the loss of an empty dish at √(2 height / λ). That is a yardstick and no
    bound: patterns that differ can have a larger loss. Parameters are measured in units of the truth's.

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
    height = emptied(size, settle, seed)
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


def emptied(size: int, settle: int, seed: int) -> float:
    """The loss of an empty dish, u = 1 and v = 0, held against the settled picture."""
    data = problem("data", 1, size=size, settle=settle, seed=seed).goal
    return float(((1 - data.u).square() + data.v.square()).mean())
