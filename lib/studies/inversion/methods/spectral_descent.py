"""The paper's descent: its spectral loss, and the exact gradient through every step of the run."""

from torch import Tensor

from lib.initial_states import initial_state
from lib.model import Params
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import descend_from_many
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery
from lib.studies.inversion.spectra import Spectra


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """Descend from one start after the other, with one initial state."""
    goal = Spectra(data)
    start = initial_state(1, size=data.size, seed=1000 + seed)

    def loss(params: Params, stage: int) -> Tensor:
        run = budget.differentiable(params, start)
        return goal.loss(run.v, run.u).mean()

    return descend_from_many(loss, budget, seed)
