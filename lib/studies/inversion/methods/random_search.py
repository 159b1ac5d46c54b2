"""Random search on the paper's spectral loss: simulations all over the box, the best is kept.

For S1 the paper's loss of v; where u is seen too, the mean of both fields' losses. The draws do not depend on
the data. So they are those of the library, simulated once and paid for with every target.
"""

import torch

from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.library import as_tensors, library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded
from lib.studies.inversion.spectra import Spectra


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """The parameters of the draw whose spectra are closest; each draw has an initial state of its own.

    Raises:
        DoesNotApply: where cells are missing.
    """
    goal, made = Spectra(data), library(budget.limit, data.size, data.steps, seed)
    looked_at = prices.SPECTRUM * len(goal.fields) * data.size**2
    with torch.no_grad():
        loss = goal.loss(*as_tensors(made)).numpy()
    for point, value in zip(made.points, loss, strict=True):
        budget.charge(made.share)
        budget.work(looked_at)
        budget.note(point, float(value))
    return concluded(budget, True)
