"""The fields that a file holds, and what they are called in it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

#: What u and v are called in files.
NAMES = (("u", "v"), ("U", "V"), ("A", "B"), ("a", "b"))


class Images(NamedTuple):
    """What a file or a pair of them holds.

    Args:
        u, v: (height, width), or (frame, height, width); None for a field that no file had.
        times: of the frames, where the file says so, or what was passed for it.
        dx: side of a cell, likewise.
        boundary: how the images end, likewise.
        along: coordinates of the file along the images' axes by name, each (cells,).
    """

    u: np.ndarray | None
    v: np.ndarray | None
    times: Any = None
    dx: float | None = None
    boundary: str | None = None
    along: Mapping[str, np.ndarray] = {}


def unnamed(x: np.ndarray, path: Path, wanted: str) -> Images:
    """One array: the field that is wanted, or both in a first axis of length 2.

    Raises:
        ValueError: for one array that cannot be both.
    """
    if wanted != "both":
        return Images(x if wanted == "u" else None, x if wanted == "v" else None)
    if x.ndim in (3, 4) and len(x) == 2:
        return Images(x[0], x[1])
    raise ValueError(
        f"{path} holds one array of shape {x.shape}, and the fit needs two: name a second file with v, or "
        "save numpy.stack([u, v])."
    )


def named(held: Sequence[str], path: Path | str, wanted: str) -> tuple[str | None, str | None]:
    """What u and v are called among the names a file holds.

    Raises:
        ValueError: if none of them is called so.
    """
    for u, v in NAMES:
        here = (u if u in held else None, v if v in held else None)
        if wanted == "both" and all(here):
            return here
        if wanted != "both" and here["uv".index(wanted)]:
            return (u, None) if wanted == "u" else (None, v)
    if wanted != "both" and len(held) == 1:
        return (held[0], None) if wanted == "u" else (None, held[0])
    raise ValueError(
        f"{path} holds {', '.join(held) or 'nothing'}: call the fields u and v, or pass them as arrays of "
        "your own."
    )
