"""What a fit is asked for, checked before anything is computed."""

import math
from typing import Any

import numpy as np

from lib.images import Image
from lib.residual.checked_fits import spacing
from lib.residual.noise import Levels, refuse_louder


def refuse_times_last(u: Image, times: Any) -> None:
    """A sentence for frames along the last axis, as some programs store them.

    Raises:
        ValueError: if as many times were given as the last axis is long, and the first is not.
    """
    shape, count = tuple(getattr(u, "shape", ())), 0 if times is None else len(np.atleast_1d(times))
    if len(shape) == 3 and shape[2] == count != shape[0]:
        raise ValueError(
            f"u has shape {shape} and there are {count} times, so time seems to be the last axis: give "
            "(frame, height, width), as numpy.moveaxis(u, -1, 0), and v likewise."
        )


def told(noise: float | Levels | None) -> Levels | None:
    """The levels of u and v from one number or two; 0 says that round-off is all."""
    if noise is None or noise == 0:
        return None
    pair = (noise, noise) if isinstance(noise, int | float) else (float(noise[0]), float(noise[1]))
    return None if pair == (0, 0) else (float(pair[0]), float(pair[1]))


def check_settings(dx: float, noise: float | Levels | None, weak: float, block: int) -> None:
    """Numbers that have no sense, each with its sentence."""
    spacing("dx", dx)  # once more: it may have stood in a file
    pair = np.atleast_1d(np.asarray(0.0 if noise is None else noise, dtype=float))
    if pair.shape not in ((1,), (2,)) or not (np.isfinite(pair) & (pair >= 0)).all():
        raise ValueError(
            f"noise is {noise}: give one standard deviation, or a pair for u and v, none of them negative."
        )
    refuse_louder(float(pair.max()))
    if not 0 <= float(weak) < math.inf:
        raise ValueError(f"weak is {weak}: the width of the test function is a number of cells, 0 for none.")
    if int(block) != block or block < 1:
        raise ValueError(
            f"block is {block}: blocks have a whole number of cells along their side, at least 1."
        )
