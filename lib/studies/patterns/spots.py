"""Counting spots: what tells one spotted pattern from another better than any loss."""

import numpy as np
from jaxtyping import Float, Int
from scipy import ndimage

#: Cells above this v belong to a spot; between the spots v is below 0.05, inside them above 0.3.
LEVEL = 0.15


def count_spots(
    v: Float[np.ndarray, "batch height width"], level: float = LEVEL
) -> Int[np.ndarray, " batch"]:
    """Connected patches of high v on the periodic grid, for each field.

    Args:
        v: fields; NaN counts as low.
        level: concentration from which a cell belongs to a patch.
    """
    return np.array([count_one(field > level) for field in v], dtype=np.int64)


def count_one(high: np.ndarray) -> int:
    """Patches of True cells, joined across the edges."""
    labels, count = ndimage.label(high)
    parent = np.arange(count + 1)

    def root(label: int) -> int:
        while parent[label] != label:
            label = int(parent[label])
        return label

    for one, other in ((labels[0], labels[-1]), (labels[:, 0], labels[:, -1])):
        for a, b in zip(one, other, strict=True):
            if a and b:
                parent[root(int(a))] = root(int(b))
    return sum(root(label) == label for label in range(1, count + 1))
