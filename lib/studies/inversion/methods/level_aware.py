"""Remedy (a), second: a loss that knows the level. Means, and correlations by distance, instead of spectra.

The paper's loss takes the mean off before it compares, and the logarithm of every wave number. This one
compares the mean, and sums wave numbers of one length up before it compares, without a logarithm
(`lib.studies.inversion.statistics`). Among uniform living states it has a slope where the paper's has none.
"""

from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import FIRST_STEP, descend_on_ends
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery
from lib.studies.inversion.statistics import Statistics

#: Steps after which a start is left: as trials on other targets had it.
LEAVE = 15


def recover(
    data: Data, budget: Budget, seed: int, *, first: float = FIRST_STEP, steps: int = LEAVE
) -> Recovery:
    """Descend from one start after the other, with one initial state."""
    return descend_on_ends(Statistics(data), data, budget, seed, first, steps)
