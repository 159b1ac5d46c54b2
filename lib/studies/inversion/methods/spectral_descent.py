"""The paper's descent: its spectral loss, and the exact gradient through every step of the run."""

from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import STEPS, descend_on_ends
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery
from lib.studies.inversion.spectra import Spectra

#: Length of the first step: three times the usual one, as trials on other targets had it.
FIRST = 0.3


def recover(data: Data, budget: Budget, seed: int, *, first: float = FIRST, steps: int = STEPS) -> Recovery:
    """Descend from one start after the other, with one initial state."""
    return descend_on_ends(Spectra(data), data, budget, seed, first, steps)
