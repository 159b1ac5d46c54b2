"""The reverse surrogate: learn the way from pictures to parameters, in the manner of Schnörr and Schnörr.

A library of simulations, features of each picture (`lib.studies.inversion.resistance`), and Gaussian kernel
ridge regression from features to parameters,

    p(x) = k(x, X) (k(X, X) + λ I)⁻¹ P,      k(x, y) = exp(−|x − y|² / 2ℓ²),

ℓ and λ by leave-one-out. Only patterns are learned from. One answer, at once, whatever the target.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.spatial.distance import cdist, pdist

from lib.running.kept import kept_result
from lib.simulate import Outcome
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.library import library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply, Recovery, at_once
from lib.studies.inversion.resistance import ACROSS, features

#: How much of the library is learned from: describing its pictures takes the rest of the budget.
SHARE = 0.7

#: Lengths tried, in units of the median distance, and ridges.
LENGTHS, RIDGES = (0.3, 1.0, 3.0), (1e-4, 1e-2, 1e-1, 1.0)

Rows = Float[np.ndarray, "_ _"]


class Regression(NamedTuple):
    """A fitted regression: its inputs' scale, training inputs, weights, length, and what it misses by."""

    centre: Float[np.ndarray, " _"]
    scale: Float[np.ndarray, " _"]
    inputs: Rows
    weights: Rows
    mean: Float[np.ndarray, " _"]
    length: float
    left_out: Float[np.ndarray, " _"]

    def __call__(self, x: Float[np.ndarray, " _"]) -> Float[np.ndarray, " _"]:
        near = kernel(((x - self.centre) / self.scale)[None], self.inputs, self.length)
        return self.mean + (near @ self.weights)[0]


def recover(
    data: Data, budget: Budget, seed: int, *, share: float = SHARE, across: float = ACROSS
) -> Recovery:
    """What the regression says of v's last frame; uncertain by what it misses when one is left out.

    Raises:
        DoesNotApply: where cells are missing.
    """
    if not data.whole:
        raise DoesNotApply("The graph of a pattern needs every cell, and some are missing.")
    inputs, points, cost = kept_result(described, budget.limit, data.size, data.steps, seed, share, across)
    budget.charge(cost)
    budget.work(prices.RESISTANCE * (len(inputs) + 1) * data.size**2 + prices.KERNEL * len(inputs) ** 3)
    found = fitted(inputs, points)
    answer = found(features(data.v[-1].astype(float), across))
    return at_once(budget, answer, found.left_out)


def described(
    limit: float, size: int, steps: int, seed: int, share: float, across: float
) -> tuple[Rows, Rows, float]:
    """Features and parameters of the library's patterns, and its cost."""
    made = library(limit, size, steps, seed).worth(share * limit)
    alive = np.flatnonzero(made.outcome == Outcome.PATTERN)
    rows = [features(made.v[i].astype(float), across) for i in alive]
    inputs = np.stack(rows) if rows else np.empty((0, 1))
    return inputs, made.points[alive], made.cost


def fitted(inputs: Rows, outputs: Rows) -> Regression:
    """Kernel ridge regression with the length and the ridge that miss least when one is left out.

    Raises:
        ArithmeticError: for fewer than eight patterns.
    """
    if len(inputs) < 8:
        raise ArithmeticError("The library holds fewer than eight patterns, too few to learn from.")
    centre, scale = inputs.mean(axis=0), inputs.std(axis=0).clip(min=1e-9)
    x, mean = (inputs - centre) / scale, outputs.mean(axis=0)
    spread = outputs.std(axis=0)
    typical, best = float(np.median(pdist(x))) or 1.0, None
    for length in (typical * factor for factor in LENGTHS):
        K = kernel(x, x, length)
        for ridge in RIDGES:
            inverse = np.linalg.inv(K + ridge * np.eye(len(x)))
            weights = inverse @ (outputs - mean)
            missed = np.sqrt(np.square(weights / inverse.diagonal()[:, None]).mean(axis=0))
            if best is None or (missed / spread).sum() < best[0]:
                best = ((missed / spread).sum(), weights, length, missed)
    assert best is not None  # there are lengths and ridges to try
    return Regression(centre, scale, x, best[1], mean, best[2], best[3])


def kernel(a: Rows, b: Rows, length: float) -> Rows:
    """exp(−|a − b|² / 2ℓ²)."""
    return np.exp(-cdist(a, b, "sqeuclidean") / (2 * length**2))
