"""The horizon: from the residual's bowl to the paper's cliff, one step more at a time."""

from lib.studies.horizon.checks import gradient_gap, residual_gap
from lib.studies.horizon.curvature import curvature, emptied
from lib.studies.horizon.landscapes import CUT_ENDS, funnel, panorama, shown
from lib.studies.horizon.losses import MEASURES, ORIGINS, Problem, mismatch, problem, settled
from lib.studies.horizon.noise import noisy
from lib.studies.horizon.recovery import WITHIN, breaking_point, first, rate, recover
from lib.studies.horizon.trails import trails

__all__ = [
    "MEASURES",
    "ORIGINS",
    "CUT_ENDS",
    "WITHIN",
    "Problem",
    "breaking_point",
    "curvature",
    "emptied",
    "first",
    "funnel",
    "gradient_gap",
    "mismatch",
    "noisy",
    "panorama",
    "problem",
    "rate",
    "recover",
    "residual_gap",
    "settled",
    "shown",
    "trails",
]
