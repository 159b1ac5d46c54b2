"""The weak form: the residual fit against smooth test functions, with the noise's own share taken off.

∫ φ (Du ∇²u − u v² + F (1 − u)) = 0   for every translate of a Gaussian φ   (`lib.residual.denoise`)
"""

import numpy as np
import torch

from lib.residual import denoise
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply, Recovery, at_once

#: Standard deviation of the test function in cells: well below a pattern's own scale.
WIDTH = 1.0


def recover(data: Data, budget: Budget, seed: int, *, width: float = WIDTH) -> Recovery:
    """Four linear equations again; the noise's level is read off the shortest waves of the pictures.

    Raises:
        DoesNotApply: where u or some cells were not seen.
    """
    if data.u is None or not data.whole:
        raise DoesNotApply("The test functions need all cells of u and v.")
    u, v = torch.as_tensor(data.u[-1]), torch.as_tensor(data.v[-1])
    found = denoise.fit(u, v, transfer=denoise.gaussian_transfer(width), noise=denoise.levels(u, v))
    budget.work(prices.WEAK * data.size**2)
    return at_once(budget, np.array([float(p) for p in found]))
