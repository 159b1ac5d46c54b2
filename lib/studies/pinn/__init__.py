"""The physics-informed network (Section 6): it completes data, and no more."""

from lib.coordinates import START
from lib.studies.pinn.network import (
    REACTION,
    UNIT,
    Architecture,
    Losses,
    Network,
    architecture_for,
    losses,
    misfit,
    plane_waves,
    relative_losses,
)

__all__ = [
    "Architecture",
    "Losses",
    "Network",
    "REACTION",
    "START",
    "UNIT",
    "architecture_for",
    "losses",
    "misfit",
    "plane_waves",
    "relative_losses",
]
