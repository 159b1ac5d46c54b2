"""Random search on the paper's spectral loss: draw from the box, keep the best.

For S1 the paper's loss of v; where u is seen too, the mean of both fields' losses.
"""

import numpy as np
import torch

from lib.initial_states import initial_state
from lib.studies.inversion.budget import TOGETHER, Budget, spend
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded, to_box
from lib.studies.inversion.spectra import Spectra


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """Draw until the budget is spent; each draw has an initial state of its own."""
    goal, draw = Spectra(data), np.random.default_rng([seed, 0x4A4D])

    def search() -> None:
        while True:
            points = to_box(draw.random((TOGETHER, 4)))
            states = initial_state(TOGETHER, size=data.size, seed=int(draw.integers(2**31)))
            run = budget.simulate(points, states)
            loss = goal.loss(run.v, run.u).numpy()
            best = int(np.argmin(np.where(np.isfinite(loss), loss, np.inf)))
            budget.note(points[best], float(loss[best]))

    with torch.no_grad():
        return concluded(budget, spend(budget, search))
