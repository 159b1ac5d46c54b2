"""Remedy (a), third: optimal transport between ring spectra, under the exact gradient."""

from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import FIRST_STEP, STEPS, descend_on_ends
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery
from lib.studies.inversion.transport import RingTransport


def recover(
    data: Data, budget: Budget, seed: int, *, first: float = FIRST_STEP, steps: int = STEPS
) -> Recovery:
    """Descend from one start after the other, with one initial state."""
    return descend_on_ends(RingTransport(data), data, budget, seed, first, steps)
