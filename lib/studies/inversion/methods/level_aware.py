"""Remedy (a), second: a loss that knows the level. Means, and correlations by distance, instead of spectra.

The paper's loss takes the mean off before it compares, and the logarithm of every wave number. This one
compares the mean, and sums wave numbers of one length up before it compares, without a logarithm
(`lib.studies.inversion.statistics`). Among uniform living states it has a slope where the paper's has none.
"""

from torch import Tensor

from lib.initial_states import initial_state
from lib.model import Params
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import descend_from_many
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery
from lib.studies.inversion.statistics import Statistics


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """Descend from one start after the other, with one initial state."""
    goal = Statistics(data)
    start = initial_state(1, size=data.size, seed=1000 + seed)

    def loss(params: Params, stage: int) -> Tensor:
        run = budget.differentiable(params, start)
        return goal.loss(run.v, run.u).mean()

    return descend_from_many(loss, budget, seed)
