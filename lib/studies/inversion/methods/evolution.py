"""Evolution: CMA-ES, a normal distribution over the box that learns from its better half (Hansen, 2016).

As Najarro and colleagues search patterns (arXiv 2506.11796), with σ₀ = 0.25 of the box and restarts, but with
populations of 16 or 32 instead of 128, so that a few hundred simulations give a few dozen generations.
"""

from collections.abc import Callable

import cma
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.initial_states import initial_state
from lib.studies.inversion.budget import TOGETHER, Budget, spend
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded, to_box
from lib.studies.inversion.spectra import Spectra
from lib.studies.inversion.statistics import Statistics

#: First standard deviation, in units of the box: theirs, and what trials on other targets had for the levels.
SIGMA, WIDER = 0.25, 0.4

#: What a run that diverged counts as: worse than any that did not.
LOST = 1e9

Loss = Callable[[Tensor, Tensor], Tensor]


def on_spectra(
    data: Data, budget: Budget, seed: int, *, spread: float = SIGMA, population: int = 2 * TOGETHER
) -> Recovery:
    """On the paper's spectral loss."""
    return evolve(Spectra(data).loss, data, budget, seed, spread, population)


def on_statistics(
    data: Data, budget: Budget, seed: int, *, spread: float = WIDER, population: int = TOGETHER
) -> Recovery:
    """On levels and correlations."""
    return evolve(Statistics(data).loss, data, budget, seed, spread, population)


def evolve(loss: Loss, data: Data, budget: Budget, seed: int, spread: float, population: int) -> Recovery:
    """Restart after restart until the budget is spent."""
    draw = np.random.default_rng([seed, 0xC3A])
    start = initial_state(1, size=data.size, seed=int(draw.integers(2**31)))

    def evaluate(unit: Float[np.ndarray, "points 4"]) -> list[float]:
        points = to_box(unit)
        run = budget.simulate(points, start)
        values = np.nan_to_num(loss(run.v, run.u).numpy().astype(float), nan=LOST, posinf=LOST)
        best = int(np.argmin(values))
        budget.note(points[best], float(values[best]))
        return [float(x) for x in values]

    def search() -> None:
        while True:
            minimise(evaluate, draw.random(4), draw, spread, population)

    with torch.no_grad():
        return concluded(budget, spend(budget, search))


def minimise(
    evaluate: Callable[[Float[np.ndarray, "points 4"]], list[float]],
    start: Float[np.ndarray, " dimensions"],
    draw: np.random.Generator,
    spread: float = SIGMA,
    population: int = TOGETHER,
) -> Float[np.ndarray, " dimensions"]:
    """One run of CMA-ES in the unit cube; it ends by the library's own criteria.

    Args:
        evaluate: losses of many points.
        start: first mean.
        draw: its random numbers; the library's global ones are left alone.
        spread: first standard deviation.
        population: points in each generation.

    Returns:
        The best point seen.
    """
    options = {
        "bounds": [0, 1], "popsize": population, "verbose": -9, "verb_log": 0, "verb_disp": 0,
        "seed": np.nan, "randn": lambda *shape: draw.standard_normal(shape), "tolfun": 1e-6, "tolx": 1e-6,
    }  # fmt: skip
    strategy = cma.CMAEvolutionStrategy(list(start), spread, options)
    while not strategy.stop():
        points = strategy.ask()
        strategy.tell(points, evaluate(np.array(points)))
    return np.array(strategy.result.xbest)
