"""The horizon: from the residual's bowl to the paper's cliff, one step more at a time."""

from lib.horizon.checks import gradient_gap, residual_gap
from lib.horizon.curvature import curvature
from lib.horizon.family import MEASURES, ORIGINS, Problem, mismatch, problem, settled
from lib.horizon.noise import noisy
from lib.horizon.panorama import RANGES, funnel, panorama
from lib.horizon.recovery import WITHIN, breaking_point, rate, recover

__all__ = [
    "MEASURES",
    "ORIGINS",
    "RANGES",
    "WITHIN",
    "Problem",
    "breaking_point",
    "curvature",
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
]
