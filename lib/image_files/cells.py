"""The side of square cells, from the coordinates along an image's axes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

#: Steps that differ by less, relative to their mean, are the same.
EVEN = 1e-3


def side(path: Path | str, along: Mapping[str, np.ndarray]) -> float | None:
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


def spacing(path: Path | str, name: str, along: np.ndarray) -> float | None:
    """The step of an even coordinate, which may rise or fall: a mirrored image obeys the same equations.

    None for a coordinate that is no place: words, dates, or a single cell.

    Raises:
        ValueError: for a coordinate whose steps differ.
    """
    if along.ndim != 1 or len(along) < 2 or along.dtype.kind not in "fiu":
        return None
    with np.errstate(invalid="ignore"):  # of infinite places, which the comparison below refuses
        steps = np.diff(along.astype(float))
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


def refuse_other_cells(paths: Sequence[Path | str], each: Sequence[Mapping[str, np.ndarray]]) -> None:
    """A sentence for two files whose coordinates show different pieces, or one of them mirrored.

    Raises:
        ValueError: where coordinates of one name differ by more than a tenth of a cell.
    """
    for name in each[0].keys() & each[1].keys():
        x, y = (along[name] for along in each)
        step, other = spacing(paths[0], name, x), spacing(paths[1], name, y)
        if step is None or other is None:
            continue
        if x.shape != y.shape or not (abs(x.astype(float) - y) < step / 10).all():
            raise ValueError(
                f"The coordinate {name} goes from {x[0]:.6g} to {x[-1]:.6g} in {paths[0]} and from "
                f"{y[0]:.6g} to {y[-1]:.6g} in {paths[1]}, and u and v must show the same cells in the same "
                "order: crop or flip one of them."
            )


def rounding(along: np.ndarray) -> float:
    """How far storing it may have moved a step of a coordinate; 0 for whole numbers.

    Numbers that float32 holds exactly may have been rounded to it before they came into a wider type.
    """
    if along.dtype.kind != "f":
        return 0.0
    narrow = along if along.dtype.itemsize <= 4 else along.astype(np.float32)
    kept = narrow if bool((narrow == along).all()) else along
    return float(np.spacing(np.abs(kept).max()))
