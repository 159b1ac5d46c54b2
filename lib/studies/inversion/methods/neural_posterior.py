"""The neural posterior: simulation-based inference from levels and correlations.

A library of simulations, the statistics of each pattern (`lib.studies.inversion.statistics`), and a
conditional density of the parameters (`lib.studies.inversion.density`), in logits of the box so that no draw
leaves it. The answer is the posterior's mean, with its standard deviation. Neither library nor network knows
the data: they are made once and paid for in full with every target here.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import expit, logit

from lib.running.kept import kept_result
from lib.running.threads import single_thread
from lib.simulate import Outcome
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.density import Density, fitted
from lib.studies.inversion.library import library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, at_once, to_box, to_unit
from lib.studies.inversion.statistics import described

#: Share of the budget for the library; learning takes the rest.
SHARE = 0.7

#: Normals in the mixture, steps of learning, draws that mean and spread are taken over.
COMPONENTS, LEARNED, DRAWS = 1, 400, 2000

#: The faces of the box are left out by so much: their logits are infinite.
EDGE = 1e-3


class Taught(NamedTuple):
    """The density, what its library cost, and how many of the library's pictures it has learned from."""

    density: Density
    cost: float
    pictures: int


def recover(
    data: Data, budget: Budget, seed: int, *, share: float = SHARE, components: int = COMPONENTS
) -> Recovery:
    """Mean and standard deviation of the posterior of the last frame."""
    both = data.u is not None
    found = taught(budget.limit, data.size, data.steps, seed, both, share, components)
    seen = [data.v[-1:]] if data.u is None else [data.v[-1:], data.u[-1:]]
    budget.charge(found.cost)
    budget.work(prices.STATISTICS * (found.pictures + 1) * len(seen) * data.size**2)
    budget.work(prices.DENSITY * LEARNED + prices.DRAW * DRAWS)
    x = torch.cat([described(torch.as_tensor(field)) for field in seen], dim=1).float()
    draws = to_box(expit(found.density.sample(x, DRAWS, seed)[:, 0].double().numpy()))
    return at_once(budget, draws.mean(axis=0), draws.std(axis=0))


def taught(
    limit: float, size: int, steps: int, seed: int, both: bool, share: float = SHARE,
    components: int = COMPONENTS,
) -> Taught:  # fmt: skip
    """Learned or loaded; the data have no part in it."""
    return Taught(*kept_result(learned, limit, size, steps, seed, both, share, components))


def learned(
    limit: float, size: int, steps: int, seed: int, both: bool, share: float, components: int
) -> tuple:
    """The fields of `Taught`, from the patterns of the library."""
    made = library(limit, size, steps, seed).worth(share * limit)
    alive = made.outcome == Outcome.PATTERN
    with single_thread():
        rows = features(made.v[alive], made.u[alive] if both else None)
        density = fitted(rows, free(made.points[alive]), seed=seed, steps=LEARNED, components=components)
    return density, made.cost, int(alive.sum())


def features(v: np.ndarray, u: np.ndarray | None) -> Float[np.ndarray, "pictures features"]:
    """Levels and correlations of each picture."""
    fields = [v] if u is None else [v, u]
    return torch.cat([described(torch.as_tensor(x)) for x in fields], dim=1).numpy()


def free(points: Float[np.ndarray, "points 4"]) -> Float[np.ndarray, "points 4"]:
    """Parameters as logits of the box."""
    return logit(to_unit(points).clip(EDGE, 1 - EDGE))
