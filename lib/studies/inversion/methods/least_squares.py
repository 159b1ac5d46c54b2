"""Latin hypercube, then Gauss-Newton: the best of a spread-out sample, refined by least squares.

What is fitted are levels and correlations (`lib.studies.inversion.statistics`), averaged over two initial
states. They vary from one initial state to the next, so the Jacobian is taken over wide differences.
"""

import numpy as np
import torch
from jaxtyping import Float

from lib.initial_states import initial_state
from lib.studies.inversion.budget import TOGETHER, Budget, spend
from lib.studies.inversion.gauss_newton import refine, standard_errors
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import (
    HIGHEST,
    LOWEST,
    Recovery,
    concluded,
    latin_hypercube,
    to_box,
    to_unit,
)
from lib.studies.inversion.statistics import Statistics

#: Share of the budget for the sample, and how many of its best are refined, one after the other.
SAMPLED, REFINED = 0.4, 3

#: Initial states that every point is run from.
STATES = 2

#: Half width of the differences, as a share of the box: wider than the scatter between initial states.
WIDE = 0.02


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """Sample, then refine the best places."""
    goal, draw = Statistics(data), np.random.default_rng([seed, 0x6A55])
    states = initial_state(STATES, size=data.size, seed=int(draw.integers(2**31)))
    sample = to_box(latin_hypercube(max(8, int(SAMPLED * budget.limit)), draw))
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
        loss = np.full(len(sample), np.inf)
        for first in range(0, len(sample), TOGETHER):
            part = slice(first, first + TOGETHER)
            run = budget.simulate(sample[part], type(states)(*(x[:1] for x in states)))
            loss[part] = goal.loss(run.v, run.u).nan_to_num(torch.inf).numpy()
            if budget.spent > SAMPLED * budget.limit:
                break
        for place in np.argsort(loss)[:REFINED]:
            found = refine(to_unit(sample[place]), residuals, half_width=WIDE)
            errors.append(standard_errors(found) * (HIGHEST - LOWEST))

    with torch.no_grad():
        finished = spend(budget, search)
    return concluded(budget, finished, errors[0] if errors else None)
