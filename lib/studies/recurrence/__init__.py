"""Does it recur? Planes, cliffs, bowls and horizons of other reaction-diffusion systems."""

from lib.studies.recurrence.bowls import Bowl, bowl, cuts
from lib.studies.recurrence.cases import CASES, Case
from lib.studies.recurrence.cliffs import CAUSES, Ground, ground
from lib.studies.recurrence.data import drift
from lib.studies.recurrence.horizons import recover
from lib.studies.recurrence.planes import End, plane

__all__ = [
    "CASES",
    "CAUSES",
    "Bowl",
    "Case",
    "End",
    "Ground",
    "bowl",
    "cuts",
    "drift",
    "ground",
    "plane",
    "recover",
]
