"""Remedy (c), where there are no frames between: start from the settled picture and grow the horizon.

    minimise |G_p^T(D) − D|²,      T = 1, 3, 10, 30, each from where the last came to.

At T = 1 it is the residual loss and has one minimum. The steps after that wash the noise away before
anything is compared, and T stays below where the cliffs begin (the page on the horizon).
"""

from functools import partial

import numpy as np
import torch
from jaxtyping import Float

from lib.model import State
from lib.studies.inversion.budget import Budget, spend
from lib.studies.inversion.gauss_newton import refine, standard_errors
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import HIGHEST, LOWEST, DoesNotApply, Recovery, concluded, to_box

#: Numbers of steps looked ahead.
HORIZONS = (1, 3, 10, 30)


def recover(data: Data, budget: Budget, seed: int, *, horizons: tuple[int, ...] = HORIZONS) -> Recovery:
    """From the box's centre, one horizon after the other.

    Raises:
        DoesNotApply: where u or some cells were not seen, or the picture is still changing.
    """
    if data.u is None or not data.whole or data.times:
        raise DoesNotApply("It starts from the settled picture, and needs all cells of u and v of it.")
    given = State(*(torch.as_tensor(x, dtype=torch.float64) for x in (data.u, data.v)))
    errors: list[np.ndarray] = []

    def search() -> None:
        unit = np.full(4, 0.5)
        for horizon in horizons:
            found = refine(unit, partial(moved, given=given, horizon=horizon, budget=budget))
            unit = found.unit
            budget.answer(to_box(unit))
            errors[:] = [standard_errors(found) * (HIGHEST - LOWEST)]

    with torch.no_grad():
        finished = spend(budget, search)
    return concluded(budget, finished, errors[0] if errors else None)


def moved(
    unit: Float[np.ndarray, "points 4"], given: State, horizon: int, budget: Budget
) -> Float[np.ndarray, "points residuals"]:
    """How far the picture has moved in so many steps, cell by cell in both fields."""
    run = budget.simulate(to_box(unit), given, horizon)
    return torch.stack([run.u - given.u, run.v - given.v], dim=1).flatten(1).numpy()
