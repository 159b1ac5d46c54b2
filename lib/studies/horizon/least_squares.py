"""Least squares at a horizon: Gauss-Newton steps in a trust region, from forward sensitivities.

Plain descent is slowed down by a badly conditioned bowl even where nothing else is wrong. Least squares
is not: it knows the bowl's shape. Where it fails too, the landscape is to blame. SciPy's trust-region
reflective method does the steps; it is Levenberg and Marquardt's idea with bounds.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import least_squares

from lib.coordinates import HIGHEST
from lib.model import Params
from lib.paper import TRUTH
from lib.running.threads import single_thread
from lib.studies.horizon.losses import Problem, differences, end

#: Lower ends of the box; the upper ones are `HIGHEST`.
LOWEST = np.array([1e-3, 1e-3, 1e-4, 1e-4])

#: Relative step of the central differences, in float64: truncation and round-off both stay below 1e-6
#: of the sensitivities at horizons up to some thousand steps (measured against tangents in the tests).
STEP = 1e-6

#: What a diverged run counts as at every cell: far above any difference of concentrations.
DIVERGED = 10.0


class Solution(NamedTuple):
    """Where a search ended: parameters (4,), the loss there, and the Jacobians or gradients it took."""

    params: np.ndarray
    loss: float
    evaluations: int


def solve(start: Params, given: Problem, budget: int) -> Solution:
    """Least squares from one start.

    Args:
        start: four numbers, inside the box.
        given: in float64.
        budget: trial points at most; each accepted one costs a Jacobian of eight more runs.
    """
    scale = np.sqrt(given.goal.u.numel())
    with single_thread():
        found = least_squares(
            lambda p: residuals(p[None], given)[0] / scale,
            np.clip(np.array([float(x) for x in start]), LOWEST * 1.001, HIGHEST * 0.999),
            jac=lambda p: sensitivities(p, given) / scale,
            bounds=(LOWEST, HIGHEST),
            x_scale=np.array(TRUTH),
            max_nfev=budget,
            xtol=1e-10, ftol=1e-12, gtol=1e-15,
        )  # fmt: skip
    return Solution(found.x, 2 * float(found.cost), int(found.njev))


def residuals(points: Float[np.ndarray, "points 4"], given: Problem) -> Float[np.ndarray, "points cells"]:
    """Every difference at every point; `DIVERGED` throughout where a run diverged."""
    reached = end(Params(*torch.as_tensor(points).unbind(1)), given)
    parts = differences(reached, given.goal, given.measure).flatten(1)
    return parts.nan_to_num(DIVERGED).numpy()


def sensitivities(p: Float[np.ndarray, "4"], given: Problem) -> Float[np.ndarray, "cells 4"]:
    """Derivatives of every difference by the four parameters, by central differences."""
    steps = STEP * np.array(TRUTH)
    # On the box's edge a step outside may be impossible to run, so both steps stay inside.
    up, down = (
        np.minimum(p + steps[:, None] * np.eye(4), HIGHEST),
        np.maximum(p - steps[:, None] * np.eye(4), LOWEST),
    )
    both = residuals(np.concatenate([up, down]), given)
    return ((both[:4] - both[4:]) / (up - down).diagonal()[:, None]).T
