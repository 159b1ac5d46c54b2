"""Axes over parameter ranges, and the points of their grid."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lib.inputs import params_of, real, shown, tensor_of, whole
from lib.model import Params
from lib.paper import TRUTH

#: An axis with more points than this is a slip of the keyboard.
MOST_POINTS = 10**7


def axes_over(ranges: Any, points: Any) -> dict[str, np.ndarray]:
    """Evenly spaced values over each range, the one nearest to the truth moved onto it.

    Args:
        ranges: parameter → (lowest, highest).
        points: how many along each.

    Raises:
        ValueError: for unknown names, ranges that are none, or numbers of points that are none.
    """
    refuse_unknown(ranges)
    try:
        points = list(points)
    except TypeError:
        raise ValueError(f"The numbers of points are {shown(points)}: give one for each range.") from None
    if len(points) != len(ranges):
        raise ValueError(f"There are {len(ranges)} ranges and {len(points)} counts: give one each.")
    axes = {}
    for (name, ends), number in zip(ranges.items(), points, strict=True):
        low, high = range_of(name, ends)
        count = whole(f"the number of points along {name}", number, 1)
        if count > MOST_POINTS:
            raise ValueError(f"{count} points along {name} are more than {MOST_POINTS}: take fewer.")
        values = np.linspace(low, high, count)
        truth = getattr(TRUTH, name)
        if low <= truth <= high:  # never moved to where nobody asked to look
            values[np.abs(values - truth).argmin()] = truth
        axes[name] = values
    return axes


def range_of(name: str, ends: Any) -> tuple[float, float]:
    """Two finite ends of a range, the lower one first; a ValueError if they are none."""
    try:
        low, high = ends
    except (TypeError, ValueError):
        raise ValueError(f"The range of {name} is {shown(ends)}: give (lowest, highest).") from None
    low, high = real(f"the lowest {name}", low), real(f"the highest {name}", high)
    if low > high:
        raise ValueError(f"The range of {name} is ({low}, {high}): give the lower end first.")
    return low, high


def refuse_unknown(names: Any) -> None:
    """A ValueError unless these are a mapping of some of the four parameters."""
    if not isinstance(names, Mapping):
        raise ValueError(f"A dict from names of parameters is needed, not {shown(names)}.")
    unknown = [name for name in names if name not in Params._fields]
    if unknown or not list(names):
        raise ValueError(f"Cannot vary {unknown or 'nothing'}: name some of {', '.join(Params._fields)}.")


def grid_points(axes: Any, around: Any) -> np.ndarray:
    """Every combination of the axes' values, (points, 4), the last axis fastest.

    Args:
        axes: parameter → its values, (values,).
        around: the other parameters, one number each.

    Raises:
        ValueError: for unknown names, or axes that are no rows of finite numbers.
    """
    refuse_unknown(axes)
    columns = {name: real(name, value) for name, value in params_of(around)._asdict().items()}
    mesh = np.meshgrid(*(axis_of(name, values) for name, values in axes.items()), indexing="ij")
    columns |= {name: values.ravel() for name, values in zip(axes, mesh, strict=True)}
    return np.stack(np.broadcast_arrays(*columns.values()), axis=-1).astype(float)


def axis_of(name: str, values: Any) -> np.ndarray:
    """The values of one axis, (values,)."""
    axis = tensor_of(f"the axis of {name}", values).detach().cpu().double().numpy()
    if axis.ndim != 1 or not axis.size or not np.isfinite(axis).all():
        raise ValueError(f"The axis of {name} is {shown(values)}: give a row of finite numbers.")
    return axis
