"""Remedy (a), first: the paper's loss with a falling floor, and the logarithm of v's level while it is dying.

Where v dies, its end is zero for all parameters, and no loss of the end has a slope. Some hundred steps
after the start there still is one: v falls as e^−(F+k)t, and log ⟨v(t)⟩ says how fast. So

    L_s = spectral(v(T), v*; ε_s) + w_s · mean over early t of (log ⟨v(t)⟩ − log ⟨v*⟩)²,

with ε_s falling to the paper's and w_s to zero: the last stage is the paper's own loss.
"""

import torch
from torch import Tensor

from lib.initial_states import initial_state
from lib.losses import LOG_FLOOR
from lib.model import Params
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import FIRST_STEP, descend_from_many
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery
from lib.studies.inversion.spectra import Spectra

#: Floors of the stages, from one that hides all but the strongest waves to the paper's; weights of the level.
STAGES = ((1.0, 1.0), (1e-4, 0.1), (LOG_FLOOR, 0.0))

#: When the level is read, as shares of a run: while a dying v is still a normal number (e⁻⁵⁰ at the later).
READ = (0.01, 0.05)

#: The smallest level whose logarithm is taken: just above what float32 can hold.
SMALLEST = 1e-36


#: Steps after which a start is left: as trials on other targets had it.
LEAVE = 15


def recover(
    data: Data, budget: Budget, seed: int, *, first: float = FIRST_STEP, steps: int = LEAVE
) -> Recovery:
    """Descend in three stages from one start after the other."""
    goals = [Spectra(data, floor) for floor, _ in STAGES]
    level = torch.as_tensor(data.v[-1]).mean().clamp(min=SMALLEST).log()
    start = initial_state(1, size=data.size, seed=1000 + seed)

    def loss(params: Params, stage: int) -> Tensor:
        state, now, weight, early = start, 0, STAGES[stage][1], []
        for share in READ if weight else ():
            time = max(now + 1, round(share * data.steps))
            run = budget.differentiable(params, state, time - now)
            if not bool(run.v.isfinite().all() & run.u.isfinite().all()):
                return run.v.sum() * torch.nan  # no run can start from there; a descent turns back
            state, now = run.state, time
            early.append(run.v.mean().clamp(min=SMALLEST).log() - level)
        run = budget.differentiable(params, state, data.steps - now)
        value = goals[stage].loss(run.v, run.u).mean()
        return value + weight * torch.stack(early).square().mean() if early else value

    return descend_from_many(loss, budget, seed, stages=len(STAGES), first=first, steps=steps)
