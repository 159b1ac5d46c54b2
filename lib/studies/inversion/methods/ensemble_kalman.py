"""Ensemble Kalman inversion on levels and correlations, from the best part of a spread-out sample.

The ensemble moves in logits of the box. Most of the box is dead, and dead members all say the same; so a
larger sample is looked through first, and its best part is the ensemble to begin with. The sample is the
first part of the library, which does not depend on the data: simulated once, paid for with every target.
"""

import numpy as np
import torch
from scipy.special import expit, logit

from lib.initial_states import initial_state
from lib.studies.inversion import kalman
from lib.studies.inversion.budget import TOGETHER, Budget, spend
from lib.studies.inversion.library import as_tensors, library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded, to_box, to_unit
from lib.studies.inversion.statistics import Statistics

#: Members, and how many they are chosen from; never more than half of the budget pays for.
MEMBERS, DRAWN = 2 * TOGETHER, 16 * TOGETHER


def recover(data: Data, budget: Budget, seed: int, *, members: int = MEMBERS, drawn: int = DRAWN) -> Recovery:
    """Move the ensemble until all the data are taken in or the budget is spent; the answer is its mean."""
    goal, draw = Statistics(data), np.random.default_rng([seed, 0xE61])
    start = initial_state(1, size=data.size, seed=int(draw.integers(2**31)))
    latest: list[np.ndarray] = []

    def outputs(ensemble: np.ndarray) -> np.ndarray:
        run = budget.simulate(to_box(expit(ensemble)), start)
        return goal.differences(run.v, run.u).numpy().astype(float)

    def seen(ensemble: np.ndarray, found: np.ndarray) -> None:
        latest[:] = [to_box(expit(ensemble))]
        budget.answer(latest[0].mean(axis=0))

    def search() -> None:
        made = library(budget.limit, data.size, data.steps, seed)
        half = made.worth(budget.limit / 2)
        sample = half.first(drawn) if len(half.points) >= members else made.first(members)
        budget.charge(sample.cost)
        misfit = goal.differences(*as_tensors(sample)).square().sum(dim=1).nan_to_num(torch.inf)
        chosen = logit(to_unit(sample.points[misfit.argsort()[:members]]))
        budget.answer(to_box(expit(chosen[0])))
        none = np.zeros(sum(goal_part.shape[1] for goal_part in goal.goal))
        ended = kalman.move(chosen, outputs, none, draw, seen)
        latest[:] = [to_box(expit(ended))]
        budget.answer(latest[0].mean(axis=0))

    with torch.no_grad():
        finished = spend(budget, search)
    return concluded(budget, finished, latest[0].std(axis=0) if latest else None)
