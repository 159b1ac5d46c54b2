"""The nearest neighbour in a library of simulations, by levels and correlations.

The library does not depend on the data. It is paid for in full with every target here; asked for many
targets, each costs a share, and from the second one on it is the cheapest search there is.
"""

import torch

from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.library import as_tensors, library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded
from lib.studies.inversion.statistics import Statistics


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """The parameters of the library's entry that is closest to the data."""
    made = library(budget.limit, data.size, data.steps, seed)
    goal = Statistics(data)
    looked_at = prices.STATISTICS * len(goal.goal) * data.size**2
    with torch.no_grad():
        loss = goal.loss(*as_tensors(made)).numpy()
    for point, value in zip(made.points, loss, strict=True):
        budget.charge(made.share)
        budget.work(looked_at)
        budget.note(point, float(value))
    return concluded(budget, True)
