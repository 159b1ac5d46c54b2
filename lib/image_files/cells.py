"""The side of square cells, from the coordinates along an image's axes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

#: Steps that differ by less, relative to their mean, are the same.
EVEN = 1e-3


def side(path: Path, along: Mapping[str, np.ndarray]) -> float | None:
    """The side of the cells from the coordinate along each axis; None where these say nothing.

    Raises:
        ValueError: for cells that are not square, or not all of one size.
    """
    steps = [step for name, x in along.items() if (step := spacing(path, name, x)) is not None]
    if len(steps) == 2 and abs(steps[0] / steps[1] - 1) > EVEN:
        raise ValueError(
            f"{path} has cells of {steps[0]:.6g} by {steps[1]:.6g}, and the fit needs square ones: bring the "
            "images to equal steps along both axes, from the data that they were made of."
        )
    return steps[-1] if steps else None


def spacing(path: Path, name: str, along: np.ndarray) -> float | None:
    """The step of an even coordinate, which may rise or fall: a mirrored image obeys the same equations.

    None for a coordinate that is no place: words, dates, or a single cell.

    Raises:
        ValueError: for a coordinate whose steps differ.
    """
    if along.ndim != 1 or len(along) < 2 or along.dtype.kind not in "fiu":
        return None
    places = along.astype(float)
    with np.errstate(invalid="ignore"):  # of infinite places, which the comparison below refuses
        steps = np.diff(places)
    if steps[0] < 0:
        steps = -steps
    mean = float(steps.mean())
    if not (steps > 0).all() or not np.ptp(steps) <= EVEN * mean + 2 * rounding(along):
        raise ValueError(
            f"{path} has cells of different sizes: the steps of its coordinate {name} go from "
            f"{steps.min():.6g} to {steps.max():.6g}, and the Laplacian needs equal ones. "
            "Resample the images to even cells."
        )
    return mean


def rounding(along: np.ndarray) -> float:
    """How far storing it may have moved a step of a coordinate; 0 for whole numbers.

    Numbers that float32 holds exactly may have been rounded to it before they came into a wider type.
    """
    if along.dtype.kind != "f":
        return 0.0
    narrow = along if along.dtype.itemsize <= 4 else along.astype(np.float32)
    kept = narrow if bool((narrow == along).all()) else along
    return float(np.spacing(np.abs(kept).max()))
