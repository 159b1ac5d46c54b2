"""The pit around a place on a map, up to the level at which it opens."""

import numpy as np
from scipy import ndimage

#: Cells that touch at a corner belong together: a level line may run through between them.
TOUCHING = np.ones((3, 3), bool)

#: A pit is shown a little below the level at which it opens, as a share of its depth.
NEARLY = 0.97


def pit(values: np.ndarray, row: int, column: int) -> tuple[float, np.ndarray] | None:
    """The highest level whose line closes around a place, and the cells inside of that line.

    Ground without a value is no wall, since nobody knows what is there: a pit that reaches it opens there.

    Args:
        values: a loss over a plane; NaN where there is none.
        row, column: the place.

    Returns:
        The level and a mask of cells; None where no line closes around the place.
    """
    start = values[row, column]
    known = np.isfinite(values)
    if not known[row, column]:
        return None
    rim = ndimage.binary_dilation(~known, TOUCHING) | edge(values.shape)

    def below(level: float) -> np.ndarray:
        regions, _ = ndimage.label(known & (values <= level), TOUCHING)
        return np.asarray(regions == regions[row, column])

    levels = np.unique(values[known & (values >= start)])
    open_at = next((level for level in levels if (below(level) & rim).any()), None)
    if open_at is None or open_at <= start:
        return None
    level = float(start + NEARLY * (open_at - start))
    return level, below(level)


def edge(shape: tuple[int, ...]) -> np.ndarray:
    """The outermost cells of a map."""
    cells = np.ones(shape, bool)
    cells[1:-1, 1:-1] = False
    return cells


def alone(values: np.ndarray, inside: np.ndarray, level: float) -> np.ndarray:
    """The same values with every other pit filled, so that a line at this level is drawn around one only."""
    return np.where((values <= level) & ~inside, np.nanmax(values), values)
