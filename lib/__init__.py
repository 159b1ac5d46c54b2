"""Gray-Scott inversion, taken apart: simulator, losses, residual, landscapes. The public API, re-exported."""

from importlib import import_module
from types import ModuleType

from lib import losses, residual
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import SAMPLED_NAMES, SAMPLED_SETS, TRUTH
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
    "landscape",
    "losses",
    "residual",
    "simulate",
]


def __getattr__(name: str) -> ModuleType:
    """`lib.landscape`, at its first use: sweeps need processes and stores, which a simulation does not."""
    if name == "landscape":
        return import_module("lib.landscape")
    raise AttributeError(f"lib has no {name!r}: it offers {', '.join(__all__)}.")
