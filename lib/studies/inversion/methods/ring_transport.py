"""Remedy (a), third: optimal transport between ring spectra, under the exact gradient."""

from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import FIRST_STEP, descend_on_ends
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery
from lib.studies.inversion.transport import RingTransport

#: Steps after which a start is left: as trials on other targets had it.
LEAVE = 15


def recover(
    data: Data, budget: Budget, seed: int, *, first: float = FIRST_STEP, steps: int = LEAVE
) -> Recovery:
    """Descend from one start after the other, with one initial state."""
    return descend_on_ends(RingTransport(data), data, budget, seed, first, steps)
