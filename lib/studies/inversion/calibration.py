"""Is a stated posterior right? Simulation-based calibration: the truth's rank among draws must be uniform.

For pairs (θ, x) drawn as the posterior was taught, and L draws from p(θ | x), the number of draws below the
true θ is uniform on 0 … L if the posterior is right (Talts et al., 2018, arXiv 1804.06788). Heaped up at the
ends: too narrow, in the middle: too wide, at one end: biased.
"""

import numpy as np
from jaxtyping import Float
from scipy.stats import kstest

Draws = Float[np.ndarray, "draws cases parameters"]
Truths = Float[np.ndarray, "cases parameters"]


def ranks(draws: Draws, truths: Truths) -> Truths:
    """Share of the draws below the truth, 0 … 1, for each case and parameter."""
    return (draws < truths).mean(axis=0)


def coverage(found: Truths, level: float) -> Float[np.ndarray, " parameters"]:
    """Share of the cases in which the central interval of that level holds the truth."""
    return (np.abs(found - 0.5) <= level / 2).mean(axis=0)


def doubt(found: Truths) -> Float[np.ndarray, " parameters"]:
    """Probability of ranks at least as uneven as these if the posterior is right (Kolmogorov and Smirnov)."""
    return np.array([kstest(column, "uniform").pvalue for column in found.T])
