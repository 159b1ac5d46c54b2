"""The physics-informed network (Section 6): it completes data, and no more."""

from lib.studies.pinn.network import (
    REACTION,
    START,
    UNIT,
    Architecture,
    Losses,
    Network,
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
    "losses",
    "misfit",
    "plane_waves",
    "relative_losses",
]
