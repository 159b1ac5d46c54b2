"""How far from the truth a picture stays within the losses between runs of the truth itself.

The upper edge of those losses is a quantile over pairs. One state that is unlike all others is in one pair of
six, for twelve states, and then sets the edge by itself; so the edge without that state is measured too.
"""

import numpy as np
import xarray as xr
from jaxtyping import Float

from lib.paper import TRUTH
from lib.simulate import Outcome

#: Share of the losses between runs of the truth that lie below the upper edge.
BELOW = 0.95


def typical(losses: Float[np.ndarray, " pairs"], states: int) -> Float[np.ndarray, " states"]:
    """Each state's median loss against the others, from those of all pairs in the order of `pairwise`."""
    table = np.full((states, states), np.nan)
    upper = np.triu_indices(states, 1)
    table[upper] = table[upper[::-1]] = losses
    return np.nanmedian(table, axis=1)


def without_the_odd(losses: Float[np.ndarray, " pairs"], states: int) -> Float[np.ndarray, " kept"]:
    """The losses of the pairs without the state whose median against the others is largest.

    Empty for two states.
    """
    odd = int(typical(losses, states).argmax())
    first, second = np.triu_indices(states, 1)
    return losses[(first != odd) & (second != odd)]


def upper_edges(losses: Float[np.ndarray, " pairs"], states: int) -> tuple[float, float | None]:
    """The 95 % quantile of the losses: over all pairs, and without the odd state; None for two states."""
    others = without_the_odd(losses, states)
    return float(np.quantile(losses, BELOW)), float(np.quantile(others, BELOW)) if others.size else None


def blind_stretch(cut: xr.Dataset, loss: str, axis: str, ceiling: float) -> tuple[float, float]:
    """The stretch around the truth over which a cut's median loss stays below a ceiling.

    Args:
        cut: `loss`, the first state's run against the truth's runs from the other initial states, over (axis,
            target), and `outcome` over (axis, state). A flickering run of the first state ends the stretch:
            its picture belongs to the time step.
        loss: which.
        axis: the cut's parameter.
        ceiling: the upper edge of the losses between runs of the truth.

    Returns:
        Its two ends, the last values still below.
    """
    values = cut[axis].values
    steady = cut.outcome.isel(state=0).values != Outcome.FLICKERING
    inside = (cut[loss].median("target") <= ceiling).values & steady
    first = last = int(np.abs(values - getattr(TRUTH, axis)).argmin())
    while first > 0 and inside[first - 1]:
        first -= 1
    while last < len(values) - 1 and inside[last + 1]:
        last += 1
    return float(values[first]), float(values[last])
