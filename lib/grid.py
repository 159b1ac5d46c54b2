"""Axes over parameter ranges, and the points of their grid."""

from collections.abc import Mapping, Sequence

import numpy as np

from lib.model import Params
from lib.paper import TRUTH


def axes_over(ranges: Mapping[str, tuple[float, float]], points: Sequence[int]) -> dict[str, np.ndarray]:
    """Evenly spaced values over each range, the one nearest to the truth moved onto it.

    Args:
        ranges: parameter → (lowest, highest).
        points: how many along each.
    """
    axes = {}
    for (name, (low, high)), number in zip(ranges.items(), points, strict=True):
        values = np.linspace(low, high, number)
        truth = getattr(TRUTH, name)
        values[np.abs(values - truth).argmin()] = truth
        axes[name] = values
    return axes


def grid_points(axes: Mapping[str, np.ndarray], around: Params) -> np.ndarray:
    """Every combination of the axes' values, (points, 4), the last axis fastest."""
    unknown = set(axes) - set(Params._fields)
    if unknown or not axes:
        raise ValueError(
            f"Cannot vary {sorted(unknown) or 'nothing'}: name some of {', '.join(Params._fields)}."
        )
    columns = dict(zip(Params._fields, around, strict=True))
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    columns |= {name: values.ravel() for name, values in zip(axes, mesh, strict=True)}
    return np.stack(np.broadcast_arrays(*columns.values()), axis=-1).astype(float)
