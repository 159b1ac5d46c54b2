"""Settings that stand in a file: times, the side of a cell, the boundary. What was passed counts."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np

from lib.inputs import real

#: What arrays of settings are called that lie beside those of the fields.
STORED = ("times", "dx")

#: Numbers of two files that differ by no more are the same, stored once as float32 and once as float64.
SAME = 1e-5


class Settings(NamedTuple):
    """Times of frames, side of a cell and boundary, as they were passed; None where a file is to say it."""

    times: Any = None
    dx: Any = None
    boundary: Any = None


def stored(path: object, names: Collection[str], array: Callable[[str], Any], passed: Settings) -> Settings:
    """What the arrays `times` and `dx` of a file with such names say, where nothing was passed."""
    times, dx = passed.times, passed.dx
    if times is None and "times" in names:
        times = np.asarray(array("times"))
    if dx is None and "dx" in names:
        dx = length(path, np.asarray(array("dx")))
    return passed._replace(times=times, dx=dx)


def length(path: object, value: np.ndarray) -> float:
    """The side of a cell, from an array of one number.

    Raises:
        ValueError: for text, several numbers, and what is not positive and finite.
    """
    remedy = "Store the side of its square cells, or pass dx=…, which counts before it."
    if value.size != 1:
        raise ValueError(f"dx in {path} has shape {value.shape}, and one number is needed. {remedy}")
    try:
        found = real(f"dx in {path}", value.item())
    except ValueError as error:
        raise ValueError(f"{error} {remedy}") from error
    if found <= 0:
        raise ValueError(f"dx in {path} is {found:g}, and no cell has such a side. {remedy}")
    return found


def agreed(name: str, said: tuple[tuple[str, Any], tuple[str, Any]]) -> Any:
    """What two places say about the same images: each with its setting, None for nothing.

    Raises:
        ValueError: if they contradict each other.
    """
    (place, x), (other, y) = said
    if x is None or y is None:
        return y if x is None else x
    if not same(np.asarray(x).ravel(), np.asarray(y).ravel()):
        first, second = (
            np.array2string(np.asarray(z), threshold=6, edgeitems=2) if np.ndim(z) else z for z in (x, y)
        )
        raise ValueError(
            f"{name} is {first} in {place} and {second} in {other}, and u and v must show the same cells at "
            f"the same times: pass {name}=…, if one of them is wrong."
        )
    return x


def same(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether two rows of values are the same but for round-off."""
    if x.shape == y.shape and x.dtype.kind in "fiu" and y.dtype.kind in "fiu":
        return bool(np.allclose(x, y, rtol=SAME, atol=0, equal_nan=True))
    return bool(np.array_equal(x, y))
