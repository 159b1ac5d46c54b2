"""Gray-Scott inversion, taken apart: simulator, losses, landscapes. The public API and nothing else."""

from lib import losses
from lib.initial import initial_state
from lib.model import SAMPLED_NAMES, SAMPLED_SETS, TRUTH, Params, State
from lib.simulate import Outcome, Run, simulate

__all__ = [
    "SAMPLED_NAMES",
    "SAMPLED_SETS",
    "TRUTH",
    "Outcome",
    "Params",
    "Run",
    "State",
    "initial_state",
    "losses",
    "simulate",
]
