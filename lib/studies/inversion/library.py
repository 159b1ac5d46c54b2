"""A library of simulations that does not depend on the data: made once, asked for many targets."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int

from lib.initial_states import initial_state
from lib.running.kept import kept_result
from lib.studies.inversion.budget import TOGETHER, Budget, spend
from lib.studies.inversion.recovery import latin_hypercube, to_box


class Library(NamedTuple):
    """Simulations all over the box.

    Args:
        points: their parameters, (count, 4).
        u, v: their ends, (count, height, width), float32.
        outcome: how each ended.
        cost: forward equivalents they took.
    """

    points: Float[np.ndarray, "count 4"]
    u: Float[np.ndarray, "count height width"]
    v: Float[np.ndarray, "count height width"]
    outcome: Int[np.ndarray, " count"]
    cost: float

    @property
    def share(self) -> float:
        """What one of them cost, on average."""
        return self.cost / len(self.points)

    def first(self, count: int) -> "Library":
        """The first of them, and their share of the cost."""
        count = min(count, len(self.points))
        points, u, v, outcome = (x[:count] for x in (self.points, self.u, self.v, self.outcome))
        return Library(points, u, v, outcome, count * self.share)

    def worth(self, forward_equivalents: float) -> "Library":
        """As many of the first as cost so much."""
        return self.first(max(1, int(forward_equivalents / self.share)))


def library(limit: float, size: int, steps: int, seed: int) -> Library:
    """As many simulations as the budget pays for, made or loaded."""
    return Library(*kept_result(simulated, limit, size, steps, seed))


def simulated(limit: float, size: int, steps: int, seed: int) -> tuple:
    """The fields of `Library`: Latin hypercubes of one batch each until the budget is spent."""
    budget = Budget(limit, steps=steps, size=size)
    draw = np.random.default_rng([seed, 0x11B])
    found = []

    def search() -> None:
        while True:
            points = to_box(latin_hypercube(TOGETHER, draw))
            states = initial_state(TOGETHER, size=size, seed=int(draw.integers(2**31)))
            run = budget.simulate(points, states)
            found.append((points, run.u.numpy(), run.v.numpy(), run.outcome.numpy()))

    spend(budget, search)
    parts = [np.concatenate(column) for column in zip(*found, strict=True)]
    return *parts, budget.spent


def as_tensors(made: Library) -> tuple[torch.Tensor, torch.Tensor]:
    """v and u of a library as tensors, (count, height, width)."""
    return torch.from_numpy(made.v), torch.from_numpy(made.u)
