"""The test that every training step must pass, and its parts, each of which can be switched off.

The original code (commit 940260c) takes a step on trial, runs the model forward once without
gradients, and keeps the step only if all of this holds:

* every value of v is finite;
* v stays within [0, 1];
* every simulation of the batch converged within the allowed number of steps. The paper's text does
  not mention this one.
"""

from dataclasses import dataclass
from enum import IntFlag
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lib.model import Params, State
from lib.simulate import Outcome, Run, choose_engine, finish
from lib.validation import check_inputs

#: Looks at v's range: up to a step, every so many. They are closest while the patch collapses, in steps
#: 10 to 50, when v overshoots for some twenty steps. The original looks after every single step;
#: `lib.studies.training.audit.escapes` measures what these looks miss.
LOOKS = ((64, 4), (1024, 64), (10**9, 2048))


class Refusal(IntFlag):
    """Why a step was refused; several reasons can hold at once."""

    NOT_FINITE = 1
    OUT_OF_RANGE = 2
    NOT_CONVERGED = 4
    IMPOSSIBLE = 8
    """No run can start there: a diffusion above 1/4, where every run is unstable, or a sign that is wrong."""


@dataclass(frozen=True)
class Safeguards:
    """Which of the safeguards are on.

    Args:
        finite, bounds, converged: the three parts of the acceptance test.
        retries: on a refusal try other learning rates; off, the first step is taken as it is.
        ranges: move unconstrained parameters (`lib.coordinates`) rather than the parameters themselves.
    """

    finite: bool = True
    bounds: bool = True
    converged: bool = True
    retries: bool = True
    ranges: bool = True


class Trial(NamedTuple):
    """A forward run that was watched on its way.

    Args:
        run: its end.
        lowest, highest: of v over all looks, (batch,); numbers that are not finite are left out.
        converged: whether each simulation met the tolerance, (batch,).
    """

    run: Run
    lowest: Float[Tensor, " batch"]
    highest: Float[Tensor, " batch"]
    converged: Bool[Tensor, " batch"]


def refusals(trial: Trial | None, safeguards: Safeguards = Safeguards()) -> Refusal:
    """Why this trial would be refused; falsy if it is accepted.

    Args:
        trial: a watched run, or None where no run can start.
        safeguards: parts of the test that are off give no reasons.
    """
    if trial is None:
        return Refusal.IMPOSSIBLE
    reasons = Refusal(0)
    if safeguards.finite and bool((trial.run.outcome == Outcome.DIVERGED).any()):
        reasons |= Refusal.NOT_FINITE
    if safeguards.bounds and bool(((trial.lowest < 0) | (trial.highest > 1)).any()):
        reasons |= Refusal.OUT_OF_RANGE
    if safeguards.converged and not bool(trial.converged.all()):
        reasons |= Refusal.NOT_CONVERGED
    return reasons


@torch.no_grad()
def attempt(
    params: Params, state: State, steps: int, tol: float, *, settle: int = 0, look: int | None = None
) -> Trial | None:
    """Run forward in pieces, noting v's range between them.

    Args:
        params: four scalars; None comes back if no run can start from them.
        state: (batch, height, width).
        steps, tol: as for `simulate`: at most so many steps, until the change falls below tol.
        settle: further steps after that.
        look: steps between two looks at v, throughout; by default as in `LOOKS`.
    """
    if not possible(params):
        return None
    trial = pieces(params, start(state), range(len(state.u)), steps, tol, look)
    converged = trial.converged.clone()
    living = (trial.run.outcome != Outcome.DIVERGED).nonzero().flatten().tolist()
    if settle and living:
        trial = pieces(params, trial, living, settle, None, look)
    # The settling steps have no tolerance to meet, so whether a run converged stays as it was.
    return trial._replace(converged=converged)


def pieces(
    params: Params, trial: Trial, running: range | list[int], steps: int, tol: float | None, look: int | None
) -> Trial:
    """Take the simulations numbered `running` on by up to `steps` steps, from look to look.

    A trial has some sixty looks, most of them a few steps apart. So its input is checked once, and what
    `simulate` would say of a run is worked out where that run ends.
    """
    numbers, taken = list(running), 0
    state = State(trial.run.u[numbers], trial.run.v[numbers])
    checked = check_inputs(params, state, steps, tol, 1.0, threads=1)
    engine = choose_engine("auto", state)
    while numbers and taken < steps:
        stride = min(look or next(every for until, every in LOOKS if taken < until), steps - taken)
        those = Params(*(torch.as_tensor(p)[: len(numbers)] for p in checked.params))
        piece = engine.forward(those, state, stride, checked.tol, checked.dt, checked.threads)
        low, high = piece.v.amin(dim=(1, 2)), piece.v.amax(dim=(1, 2))
        finite = piece.change.isfinite() & low.isfinite() & high.isfinite() & piece.u.sum((1, 2)).isfinite()
        done = piece.change < tol if tol is not None else torch.zeros_like(finite)
        over = done | (piece.steps < stride) | ~finite
        taken += stride
        if bool(over.any()) or taken >= steps:
            piece = finish(those, piece)
            low, high = piece.v.amin(dim=(1, 2)), piece.v.amax(dim=(1, 2))
            over = over & (done | (piece.steps < stride) | (piece.outcome == Outcome.DIVERGED))
            trial = ended(trial, numbers, piece)
        trial = looked_at(trial, numbers, piece.steps, low, high, done)
        going = (~over).nonzero().flatten().tolist()
        numbers = [numbers[i] for i in going]
        state = State(piece.u, piece.v) if len(going) == len(over) else State(piece.u[going], piece.v[going])
    return trial


def start(state: State) -> Trial:
    """A trial before its first step."""
    batch = len(state.u)
    nothing = torch.full((batch,), torch.nan)
    run = Run(state.u.clone(), state.v.clone(), torch.zeros(batch, dtype=torch.int64), nothing.clone(),
              torch.full((batch,), Outcome.PATTERN))  # fmt: skip
    return Trial(
        run, state.v.amin(dim=(1, 2)), state.v.amax(dim=(1, 2)), torch.zeros(batch, dtype=torch.bool)
    )


def ended(trial: Trial, numbers: list[int], piece: Run) -> Trial:
    """Note, in place, where the simulations of these numbers stand: of those that go on, for a while."""
    for field in ("u", "v", "change", "outcome"):
        getattr(trial.run, field)[numbers] = getattr(piece, field)
    return trial


def looked_at(
    trial: Trial, numbers: list[int], steps: Int[Tensor, " active"], low: Float[Tensor, " active"],
    high: Float[Tensor, " active"], done: Bool[Tensor, " active"],
) -> Trial:  # fmt: skip
    """Note, in place, what one look at the simulations of these numbers has shown."""
    run, lowest, highest, converged = trial
    run.steps[numbers] += steps
    lowest[numbers] = torch.fmin(lowest[numbers], low)
    highest[numbers] = torch.fmax(highest[numbers], high)
    converged[numbers] = done
    return trial


def possible(params: Params) -> bool:
    """Whether a run can start: positive diffusion up to 1/4, and rates that are not negative."""
    Du, Dv, F, k = (float(p) for p in params)
    return 0 < Du <= 0.25 and 0 < Dv <= 0.25 and F >= 0 and k >= 0
