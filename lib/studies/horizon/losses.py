"""One family of losses, from the residual's to the paper's: run T steps from somewhere, then compare.

With D = (u, v) the settled data and G one step of the model at parameters p,

    L(p; T) = mean over the cells of |Gᵀ(D) − D|²,      Gᵀ: T steps.

At T = 1 the difference is dt times the right-hand sides, so L is the residual loss exactly. With the
patch instead of D as the start, its own trajectory at T as the goal, T = 40,000, and log power spectra
of v instead of pixels, it is the paper's loss. Everything in between is a member of the family too.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.initial_states import initial_state
from lib.losses import log_power
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import kept_result
from lib.simulate import simulate

#: Where a run may begin: at the settled data, or at the paper's patch.
ORIGINS = ("data", "patch")
#: What may be compared: the pixels of both fields, those of v alone, or v's log power spectrum.
MEASURES = ("pixels", "v", "spectral")


class Problem(NamedTuple):
    """One member of the family.

    Args:
        start: where every run begins, fields (1, height, width).
        goal: what its end is compared with, (1, height, width).
        horizon: T, the number of steps.
        measure: one of `MEASURES`.
    """

    start: State
    goal: State
    horizon: int
    measure: str


def problem(
    origin: str, horizon: int, measure: str = "pixels", *, size: int, settle: int, seed: int = 0
) -> Problem:
    """The member with this origin, horizon and measure, in float64.

    From the data, the data are the goal too: at the truth they stand still, as far as they have
    settled. From the patch, the goal is what the truth makes of the same patch in T steps. So in
    both cases the loss at the truth vanishes.

    Args:
        origin: "data" or "patch".
        horizon: T, at least 1.
        measure: "pixels", "v" or "spectral".
        size: cells along each side.
        settle: steps in which the data settle.
        seed: of the patch's noise.

    Raises:
        ValueError: for an unknown origin or measure.
    """
    if origin not in ORIGINS or measure not in MEASURES:
        raise ValueError(
            f"There is no horizon problem from {origin!r} in {measure!r}: choose the origin among "
            f"{', '.join(ORIGINS)} and the measure among {', '.join(MEASURES)}."
        )
    if origin == "data":
        data = settled(size, settle, seed)
        return Problem(data, data, horizon, measure)
    patch = initial_state(1, size=size, seed=seed, dtype=torch.float64)
    return Problem(patch, simulate(TRUTH, patch, horizon, threads=1).state, horizon, measure)


def settled(size: int, settle: int, seed: int = 0) -> State:
    """The data: the truth's pattern after `settle` steps from the patch, in float64, (1, size, size)."""
    u, v = kept_result(settled_fields, size, settle, seed)
    return State(torch.from_numpy(u), torch.from_numpy(v))


def settled_fields(size: int, settle: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """u and v of `settled`."""
    start = initial_state(1, size=size, seed=seed, dtype=torch.float64)
    run = simulate(TRUTH, start, settle, threads=1)
    return run.u.numpy(), run.v.numpy()


def mismatch(params: Params, given: Problem) -> Float[Tensor, " batch"]:
    """The loss at each parameter set, (batch,); NaN where the run diverged; differentiable."""
    return mean_square(differences(end(params, given), given.goal, given.measure))


def end(params: Params, given: Problem) -> State:
    """The state after T steps at each of the parameter sets, (batch, height, width); differentiable."""
    batch = torch.as_tensor(params.Du).numel()
    start = State(*(x.repeat(batch, 1, 1) for x in given.start))
    return simulate(params, start, given.horizon, threads=1).state


def differences(reached: State, goal: State, measure: str) -> Float[Tensor, "batch parts height width"]:
    """What is squared and averaged: two fields of pixels, one, or one of log powers."""
    if measure == "spectral":
        return (log_power(reached.v) - log_power(goal.v))[:, None]
    of_v = reached.v - goal.v
    return of_v[:, None] if measure == "v" else torch.stack([reached.u - goal.u, of_v], dim=1)


def mean_square(parts: Float[Tensor, "batch parts height width"]) -> Float[Tensor, " batch"]:
    """Squares added up over the parts and averaged over the cells, (batch,)."""
    return parts.square().sum(dim=1).mean(dim=(1, 2))
