"""Ensemble Kalman inversion on levels and correlations, from the best part of a spread-out sample.

The ensemble moves in logits of the box. Most of the box is dead, and dead members all say the same; so a
larger sample is drawn first, and its best quarter is the ensemble to begin with.
"""

import numpy as np
import torch
from scipy.special import expit, logit

from lib.initial_states import initial_state
from lib.studies.inversion import kalman
from lib.studies.inversion.budget import TOGETHER, Budget, spend
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded, latin_hypercube, to_box
from lib.studies.inversion.statistics import Statistics

#: Members, and how many times as many are drawn first.
MEMBERS, DRAWN = 2 * TOGETHER, 4


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """Move the ensemble until all the data are taken in or the budget is spent; the answer is its mean."""
    goal, draw = Statistics(data), np.random.default_rng([seed, 0xE61])
    start = initial_state(1, size=data.size, seed=int(draw.integers(2**31)))
    latest: list[np.ndarray] = []

    def outputs(members: np.ndarray) -> np.ndarray:
        run = budget.simulate(to_box(expit(members)), start)
        return goal.differences(run.v, run.u).numpy().astype(float)

    def seen(members: np.ndarray, found: np.ndarray) -> None:
        latest[:] = [to_box(expit(members))]
        budget.answer(latest[0].mean(axis=0))

    def search() -> None:
        drawn = max(MEMBERS, min(DRAWN * MEMBERS, int(budget.limit / 2)))
        sample = logit(latin_hypercube(drawn, draw))
        misfit = np.nan_to_num(np.square(outputs(sample)).sum(axis=1), nan=np.inf)
        members = sample[np.argsort(misfit)[:MEMBERS]]
        budget.answer(to_box(expit(members[0])))
        none = np.zeros(outputs(members[:1]).shape[1])
        members = kalman.move(members, outputs, none, draw, seen)
        latest[:] = [to_box(expit(members))]
        budget.answer(latest[0].mean(axis=0))

    with torch.no_grad():
        finished = spend(budget, search)
    return concluded(budget, finished, latest[0].std(axis=0) if latest else None)
