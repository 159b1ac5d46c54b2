"""Latin hypercube, then Gauss-Newton: the best of a spread-out sample, refined by least squares.

The sample is the first part of the library, which does not depend on the data: simulated once, paid for with
every target.

What is fitted are levels and correlations (`lib.studies.inversion.statistics`), averaged over two initial
states. They vary from one initial state to the next, so the Jacobian is taken over wide differences.
"""

import numpy as np
import torch
from jaxtyping import Float

from lib.initial_states import initial_state
from lib.studies.inversion.budget import Budget, spend
from lib.studies.inversion.gauss_newton import refine, standard_errors
from lib.studies.inversion.library import as_tensors, library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import (
    HIGHEST,
    LOWEST,
    Recovery,
    concluded,
    to_box,
    to_unit,
)
from lib.studies.inversion.statistics import Statistics

#: Share of the budget for the sample, and how many of its best are refined, one after the other.
SAMPLED, REFINED = 0.4, 3

#: Initial states that every point is run from.
STATES = 2

#: Half width of the differences, as a share of the box: wider than the scatter between initial states.
WIDE = 0.05


def recover(
    data: Data, budget: Budget, seed: int, *, sampled: float = SAMPLED, wide: float = WIDE
) -> Recovery:
    """Look through the sample, then refine the best places."""
    goal, draw = Statistics(data), np.random.default_rng([seed, 0x6A55])
    states = initial_state(STATES, size=data.size, seed=int(draw.integers(2**31)))
    sample = library(budget.limit, data.size, data.steps, seed).worth(sampled * budget.limit)
    errors: list[np.ndarray] = []

    def residuals(unit: Float[np.ndarray, "points 4"]) -> Float[np.ndarray, "points features"]:
        points = to_box(unit)
        parts = []
        for i in range(STATES):
            run = budget.simulate(points, type(states)(*(x[i : i + 1] for x in states)))
            parts.append(goal.differences(run.v, run.u))
        found = torch.stack(parts).mean(dim=0).numpy()
        for point, value in zip(points, found, strict=True):
            budget.note(point, float(np.square(value).mean()))
        return found

    def search() -> None:
        budget.charge(sample.cost)
        loss = goal.loss(*as_tensors(sample)).nan_to_num(torch.inf).numpy()
        for place in np.argsort(loss)[:REFINED]:
            found = refine(to_unit(sample.points[place]), residuals, half_width=wide)
            errors.append(standard_errors(found) * (HIGHEST - LOWEST))

    with torch.no_grad():
        finished = spend(budget, search)
    return concluded(budget, finished, errors[0] if errors else None)
