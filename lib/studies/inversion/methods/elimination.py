"""Elimination: all four parameters from v alone. The unseen u is computed, not learned.

(F + v² − Du ∇²) u = F,   then   Dv ∇²v + u v² − (F + k) v = 0   (`lib.residual.elimination`)
"""

import numpy as np
import torch

from lib.model import Params
from lib.residual import denoise, elimination
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import HIGHEST, LOWEST, DoesNotApply, Recovery, at_once, to_box

#: Standard deviation of the test function in cells.
WIDTH = 2.5

#: Where the search in (Du, F) begins, in units of the box; the best end by v's residual is the answer.
STARTS = ((0.5, 0.5), (0.2, 0.2), (0.8, 0.2), (0.2, 0.8))


def recover(data: Data, budget: Budget, seed: int, *, width: float = WIDTH) -> Recovery:
    """Search the two parameters that do not enter linearly, from a few starts.

    Raises:
        DoesNotApply: where cells of v are missing, or v is so flat that it says nothing of u.
    """
    if not data.whole:
        raise DoesNotApply("The equation for u is solved on the whole picture of v, and cells are missing.")
    v = torch.as_tensor(data.v[-1])
    if float(v.std()) < 1e-3:
        raise DoesNotApply("v is the same everywhere, which determines neither diffusion nor F apart from k.")
    ends = []
    level = denoise.noise_level(v)
    for Du, F in STARTS:
        start = Params(*map(float, to_box(np.array([Du, 0.5, F, 0.5]))))
        ends.append(elimination.fit_v(v, start=start, width=width, noise=level))
        budget.work(prices.ELIMINATION * ends[-1].solves * data.size**2)
    inside = [end for end in ends if plausible(end)] or ends
    best = min(inside, key=lambda end: end.rms)
    errors = np.array([float(e) for e in best.standard_errors])
    return at_once(
        budget, np.array([float(p) for p in best.params]), errors if np.isfinite(errors).all() else None
    )


def plausible(end: elimination.Elimination) -> bool:
    """Whether an end lies within half a box of the box: F → 0 fits any picture, and means nothing."""
    room = 0.5 * (HIGHEST - LOWEST)
    params = np.array([float(p) for p in end.params])
    return bool((params > np.maximum(LOWEST - room, 1e-3)).all() and (params < HIGHEST + room).all())
