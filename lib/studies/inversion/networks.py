"""Networks under the equations, trained within a budget: one loop for all of them.

The networks, their losses and their weights are those of `lib.studies.pinn`.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from lib.model import State
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply
from lib.studies.pinn.network import UNIT, Losses, Network, losses, relative_losses
from lib.studies.pinn.observation import Observation
from lib.studies.pinn.training import MEMORY, WEIGHT, check

#: Steps of L-BFGS between two looks at the parameters.
PIECE = 10

Objective = Callable[[Network, Observation], Losses]


def follow(
    network: Network, seen: Observation, budget: Budget, *, until: float, weight: float = WEIGHT,
    objective: Objective = losses,
) -> None:  # fmt: skip
    """Train weights and parameters at once, by L-BFGS, and answer with the parameters after each piece.

    Args:
        network: where to start; changed in place.
        seen: the observations.
        budget: pays for every evaluation.
        until: forward equivalents spent at which this training ends; infinite for the whole budget.
        weight: of the residual loss.
        objective: the two losses.

    Raises:
        Exhausted: when the budget is spent.
        FloatingPointError: if the weights are no longer finite.
    """
    optimiser = torch.optim.LBFGS(
        [*network.weights(), network.p], max_iter=PIECE, max_eval=2 * PIECE, history_size=MEMORY,
        tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe",
    )  # fmt: skip
    each = prices.evaluation(network.size, len(network.times))
    done = 0

    def closure() -> Tensor:
        budget.work(each)
        optimiser.zero_grad()
        parts = objective(network, seen)
        total = parts.data + weight * parts.residual
        total.backward()
        return total

    while budget.spent < until:
        budget.refuse_beyond_limit()
        optimiser.step(closure)
        done += PIECE
        check(network, done)
        budget.answer((network.p * UNIT).detach().double().numpy())


def seen_in(data: Data) -> Observation:
    """The last frame as an observation; cells that were not seen are none.

    Raises:
        DoesNotApply: where no cell of v was seen.
    """
    v = torch.as_tensor(data.v[-1:])
    u = torch.full_like(v, torch.nan) if data.u is None else torch.as_tensor(data.u[-1:])
    if not bool(v.isfinite().any()):
        raise DoesNotApply("Not a single cell of v was seen.")
    return observation(u, v)


def observation(u: Tensor, v: Tensor) -> Observation:
    """Fields with NaN where nothing was seen, (frames, height, width) each."""
    return Observation(u.nan_to_num(0.0), v.nan_to_num(0.0), u.isfinite(), v.isfinite())


def objective_for(data: Data) -> Objective:
    """Without u the plain residual has a meaningless minimum at nothing, and the relative one has not."""
    return relative_losses if data.u is None else losses


def shown_by(network: Network) -> State:
    """The network's last frame of u and v, (height, width) each, without a graph."""
    with torch.no_grad():
        u, v = network()
    return State(u[-1], v[-1])


def frame(x: np.ndarray) -> Tensor:
    """A field as a tensor."""
    return torch.as_tensor(np.asarray(x, dtype=np.float32))
