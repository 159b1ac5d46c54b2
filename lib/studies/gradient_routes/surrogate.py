"""A forward surrogate: a smooth function from parameters to spectra, fitted to simulations.

Gradients through a surrogate cost nothing and exist everywhere. Whether they lead anywhere depends on
what it has learnt: a faithful one has learnt the plateau and the cliff.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.interpolate import RBFInterpolator
from scipy.stats import spearmanr

#: Principal components of the spectra that are kept.
COMPONENTS = 12

Points = Float[np.ndarray, "points axes"]


class Surrogate(NamedTuple):
    """Predicts the loss at scaled parameters.

    Args:
        spectrum: from scaled parameters to components of the log power spectrum.
        goal: components of the target's.
        rest: squared distance of the target from the components' space, a constant of the loss.
        pixels: wave numbers, over which the loss is a mean.
    """

    spectrum: RBFInterpolator
    goal: Float[np.ndarray, " components"]
    rest: float
    pixels: int

    def loss(self, x: Points) -> Float[np.ndarray, " points"]:
        """The spectral loss of the predicted spectra."""
        return (((self.spectrum(x) - self.goal) ** 2).sum(axis=1) + self.rest) / self.pixels

    def slope(self, x: Points, h: float = 1e-4) -> Points:
        """Its gradient, by central differences of a smooth function."""
        columns = []
        for axis in np.eye(x.shape[1]):
            columns.append((self.loss(x + h * axis) - self.loss(x - h * axis)) / (2 * h))
        return np.stack(columns, axis=1)


def fit_surrogate(
    x: Points,
    spectra: Float[np.ndarray, "points cells"],
    goal: Float[np.ndarray, " cells"],
    smoothing: float,
) -> Surrogate:
    """Fit a surrogate to samples.

    Args:
        x: parameters, scaled to 0 … 1.
        spectra: log power spectra there.
        goal: the target's.
        smoothing: 0 passes through every sample; more is smoother.
    """
    mean = spectra.mean(axis=0)
    _, _, basis = np.linalg.svd(spectra - mean, full_matrices=False)
    basis = basis[:COMPONENTS]
    inside = (goal - mean) @ basis.T
    rest = float(((goal - mean - inside @ basis) ** 2).sum())
    model = RBFInterpolator(x, (spectra - mean) @ basis.T, smoothing=smoothing)
    return Surrogate(model, inside, rest, len(goal))


def descend(model: Surrogate, x: Points, steps: int = 200) -> Points:
    """Plain gradient descent on the surrogate's loss from many places, kept inside the sampled square."""
    x, rate = x.copy(), np.full(len(x), np.nan)
    loss, slope = model.loss(x), model.slope(x)
    rate = 0.05 / np.maximum(np.linalg.norm(slope, axis=1), 1e-12)
    for _ in range(steps):
        trial = np.clip(x - rate[:, None] * slope, 0, 1)
        reached = model.loss(trial)
        better = reached < loss - 1e-4 * rate * (slope**2).sum(axis=1)
        x[better], loss[better] = trial[better], reached[better]
        if better.any():
            slope[better] = model.slope(x[better])
        rate *= np.where(better, 2.0, 0.25)
        # One step may not cross the whole square.
        rate = np.minimum(rate, 0.2 / np.maximum(np.linalg.norm(slope, axis=1), 1e-12))
    return x


def rank(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation."""
    return float(spearmanr(one, other).statistic)
