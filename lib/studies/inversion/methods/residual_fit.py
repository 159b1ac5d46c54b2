"""The residual fit: the equations of a steady picture solved for the parameters, in closed form.

r(p) = A p − y,      p = (AᵀA)⁻¹ Aᵀ y       (Section 6.2 and `lib.residual`)
"""

import numpy as np

from lib import residual
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply, Recovery, at_once


def recover(data: Data, budget: Budget, seed: int) -> Recovery:
    """Four linear equations; the last frame is taken to be steady.

    Raises:
        DoesNotApply: where u was not seen, or too few cells with all their neighbours.
    """
    if data.u is None:
        raise DoesNotApply("The equations need u, which was not seen.")
    seen = np.isfinite(data.v[-1]) & np.isfinite(data.u[-1])
    found = residual.fit(data.u[-1], data.v[-1], observed=seen)
    budget.work(prices.RESIDUAL * data.size**2)
    params = np.array([float(p) for p in found.params])
    errors = np.array([float(p) for p in found.standard_errors])
    if not np.isfinite(params).all():
        raise DoesNotApply("Too few cells were seen with all their neighbours to determine all four.")
    return at_once(budget, params, errors if np.isfinite(errors).all() else None)
