"""Losses averaged over pairs of different initial states, and their standard errors.

Pairs are no independent draws: each shares its candidate's state with some and its target's with others, and
at the truth the loss of a pair is that of the pair turned round. Initial states are. So the jackknife leaves
out one of them at a time, as candidate and as target. With x₍ᵢ₎ the average without state i, of n,

    error² = (n − 1) / n · Σ (x₍ᵢ₎ − mean of x₍ᵢ₎)².

The same holds for differences of averages, which share all their states (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 11).
"""

import numpy as np
import xarray as xr
from jaxtyping import Float

#: Initial states that the jackknife takes at least: with one left out, two make a pair.
FEWEST = 3


def averaged(found: xr.Dataset) -> tuple[Float[np.ndarray, " points"], Float[np.ndarray, " points"]]:
    """Loss averaged over pairs of different initial states at every point, and its standard error.

    Args:
        found: from `cross_losses.spectra`.

    Raises:
        ValueError: for fewer than three initial states.
    """
    return over_pairs(found.loss.values), jackknife_error(left_out(found))


def over_pairs(
    loss: Float[np.ndarray, "points states states"],
) -> Float[np.ndarray, " points"]:
    """Mean over all pairs whose candidate and target differ."""
    pairs = ~np.eye(loss.shape[1], dtype=bool)
    mean: np.ndarray = loss[:, pairs].astype(float).mean(axis=1)
    return mean


def left_out(found: xr.Dataset) -> Float[np.ndarray, "states points"]:
    """The averaged loss with each of the initial states left out, as candidate and as target.

    Raises:
        ValueError: for fewer than three initial states.
    """
    loss = found.loss.values
    states = loss.shape[1]
    if states < FEWEST:
        raise ValueError(
            f"A standard error over initial states takes {FEWEST} of them or more, so that with one left out "
            f"there is a pair; there are {states}. Ask for more in sizes.py."
        )
    return np.stack([over_pairs(np.delete(np.delete(loss, i, axis=1), i, axis=2)) for i in range(states)])


def jackknife_error(without: Float[np.ndarray, "states ..."]) -> np.ndarray:
    """Standard error of a statistic from its values with each of the states left out."""
    states = len(without)
    error: np.ndarray = np.sqrt((states - 1) / states * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    return error
