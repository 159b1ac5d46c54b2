"""How far a fit of known data is from what made them."""

import numpy as np

from lib.model import Params
from lib.residual import Fit


def farthest(found: Fit, truth: Params) -> float:
    """Largest relative error of the four parameters of one image; NaN where one is not determined."""
    return float(np.max([abs(float(x) / float(t) - 1) for x, t in zip(found.params, truth, strict=True)]))
