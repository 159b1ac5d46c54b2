"""Reaction-diffusion models as values: their equations, and all that is derived from them.

from lib.models import SCHNAKENBERG, Grid, simulate
run = simulate(SCHNAKENBERG, {"a": 0.1}, fields, 1000, grid=Grid(dx=1.0, dt=0.01))
"""

from lib.models.homogeneous import states
from lib.models.problem import Grid
from lib.models.residual import Fit, fit, linear_parameters, loss
from lib.models.simulate import Run, simulate
from lib.models.stability import Conditions, Kind, conditions, growth, kind
from lib.models.systems import (
    BRUSSELATOR,
    FITZHUGH_NAGUMO,
    GIERER_MEINHARDT,
    GRAY_SCOTT,
    SCHNAKENBERG,
    SYSTEMS,
)
from lib.models.value import ReactionDiffusion

__all__ = [
    "BRUSSELATOR",
    "FITZHUGH_NAGUMO",
    "GIERER_MEINHARDT",
    "GRAY_SCOTT",
    "SCHNAKENBERG",
    "SYSTEMS",
    "Conditions",
    "Fit",
    "Grid",
    "Kind",
    "ReactionDiffusion",
    "Run",
    "conditions",
    "fit",
    "growth",
    "kind",
    "linear_parameters",
    "loss",
    "simulate",
    "states",
]
