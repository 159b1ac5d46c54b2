"""refine(): a plane of losses that is sampled densely where it changes, and sparsely where it does not.

A coarse grid of cells covers the plane. A cell is cut into four where points on it ended in different
outcomes, or where their losses differ by more than a share of the whole range; then its parts are looked at
in the same way, down to a smallest size. Every point is a full run like any point of a sweep, so a value here
is, bit for bit, that of a uniform grid which has the same point.

    lattice of the smallest cells          leaf cells
    o . . . o . . . o                      +---+---+-------+
    . . . . . . . . .        cliff runs    |   |   |       |
    o . . . o . . . o        through here  +---+---+       |
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from lib.model import Params
from lib.paper import TRUTH
from lib.studies.landscapes.sweep import evaluate

#: A point of the lattice of smallest cells: its row and column there.
Place = tuple[int, int]


class Cell(NamedTuple):
    """A square of the lattice.

    Args:
        row, column: of its lowest corner.
        size: along each side, in smallest cells; a power of two.
    """

    row: int
    column: int
    size: int

    def corners(self) -> list[Place]:
        """Lowest row first, lowest column first."""
        rows, columns = (self.row, self.row + self.size), (self.column, self.column + self.size)
        return [(row, column) for row in rows for column in columns]

    def parts(self) -> "list[Cell]":
        """Its four quarters."""
        half = self.size // 2
        return [Cell(self.row + i * half, self.column + j * half, half) for i in (0, 1) for j in (0, 1)]


def refine(
    ranges: Mapping[str, tuple[float, float]],
    *,
    coarse: int = 12,
    levels: int = 4,
    loss: str = "spectral",
    tolerance: float = 0.1,
    around: Params = TRUTH,
    title: str = "",
    **setting: Any,
) -> xr.Dataset:
    """Losses over a plane of two parameters, refined where the outcome or the loss changes.

    Args:
        ranges: two parameters, each with its lowest and highest value.
        coarse: cells along each side to begin with.
        levels: how often a cell may be halved; the smallest cell is 1 / (coarse · 2^levels) of each side.
        loss: whose changes count.
        tolerance: largest difference of a cell's corners that is left alone, as a share of the loss's range
            over the coarse grid.
        around: the parameters that are not varied.
        title: shown by the progress bar, with the level behind it.
        setting: everything else `sweep.evaluate` takes.

    Returns:
        The dataset of `evaluate` over `point`, with the coordinates `row` and `column` on the lattice of
        smallest cells, and over `cell` the leaves: `cell_row`, `cell_column`, `cell_size`. `regrid` makes a
        picture of it.

    Raises:
        ValueError: if there are not two parameters, no cell or a negative number of levels.
    """
    if len(ranges) != 2 or coarse < 1 or levels < 0:
        raise ValueError(
            f"A plane has two parameters, at least one cell and no negative number of levels: got "
            f"{', '.join(ranges) or 'no parameter'}, {coarse} cells, {levels} levels."
        )
    side = coarse * 2**levels
    axes = {name: np.linspace(*limits, side + 1) for name, limits in ranges.items()}
    leaves = [Cell(i, j, 2**levels) for i in range(0, side, 2**levels) for j in range(0, side, 2**levels)]
    seen: dict[Place, int] = {}
    found: list[xr.Dataset] = []
    while new := sorted({corner for cell in leaves for corner in cell.corners()} - seen.keys()):
        smallest = min(cell.size for cell in leaves)
        label = f"{title or ' × '.join(axes)}, cells of 1/{side // smallest}"
        found.append(evaluate(points_at(new, axes, around), title=label, **setting))
        seen |= {place: len(seen) + i for i, place in enumerate(new)}
        values, outcomes = summary(found, loss)
        coarsest = values[: (coarse + 1) ** 2]
        allowed = tolerance * float(np.nanmax(coarsest) - np.nanmin(coarsest))
        cut = [cell.size > 1 and differs(cell, seen, values, outcomes, allowed) for cell in leaves]
        pairs = zip(leaves, cut, strict=True)
        leaves = [part for cell, wanted in pairs for part in (cell.parts() if wanted else [cell])]
    return described(found, seen, leaves, axes, around)


def differs(
    cell: Cell, seen: Mapping[Place, int], values: np.ndarray, outcomes: np.ndarray, allowed: float
) -> bool:
    """Whether points on a cell, neighbours' corners among them, ended differently or lie too far apart."""
    rows = range(cell.row, cell.row + cell.size + 1)
    columns = range(cell.column, cell.column + cell.size + 1)
    at = [number for (row, column), number in seen.items() if row in rows and column in columns]
    if (outcomes[at] != outcomes[at[0]]).any():
        return True
    there = values[at]
    return bool(np.isfinite(there).all() and there.max() - there.min() > allowed)


def summary(found: list[xr.Dataset], loss: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean loss of each point over its initial states, (points,), and their outcomes, (points, states)."""
    values = np.concatenate([part[loss].mean("state", skipna=False).values for part in found])
    return values, np.concatenate([part.outcome.values for part in found])


def points_at(places: Iterable[Place], axes: Mapping[str, np.ndarray], around: Params) -> np.ndarray:
    """Rows of (Du, Dv, F, k) for places of the lattice, (places, 4)."""
    (down, rows), (across, columns) = axes.items()
    return np.array([around._replace(**{down: rows[i], across: columns[j]}) for i, j in places], dtype=float)


def described(
    found: list[xr.Dataset],
    seen: Mapping[Place, int],
    leaves: list[Cell],
    axes: Mapping[str, np.ndarray],
    around: Params,
) -> xr.Dataset:
    """One dataset of all points and cells."""
    cells = dict(zip(("cell_row", "cell_column", "cell_size"), np.array(leaves).T, strict=True))
    whole = xr.concat(found, "point", combine_attrs="override")
    rows, columns = np.array(list(seen)).T
    (down, low), (across, left) = axes.items()
    whole = whole.assign_coords(
        {"row": ("point", rows), "column": ("point", columns)}
        | {down: ("point", low[rows]), across: ("point", left[columns])}
    )
    fixed = {n: float(x) for n, x in around._asdict().items() if n not in axes}
    attributes: dict[str, Any] = {f"around_{n}": x for n, x in fixed.items()}
    seconds = sum(part.attrs["core_seconds"] for part in found)
    attributes |= {"side": len(low) - 1, "axes": f"{down} {across}", "core_seconds": seconds}
    for name, values in axes.items():
        attributes |= {f"{name}_low": float(values[0]), f"{name}_high": float(values[-1])}
    return whole.assign({name: ("cell", each) for name, each in cells.items()}).assign_attrs(attributes)


def regrid(plane: xr.Dataset, side: int | None = None) -> xr.Dataset:
    """A uniform picture of a refined plane: every pixel shows the nearest corner of the leaf it lies in.

    No value is made up between points: what is shown was computed, and a cliff is as thick as its cells.

    Args:
        plane: from `refine`.
        side: pixels along each side; by default one for each smallest cell.

    Returns:
        Dataset over the two parameters (values at the pixels' middles) and `state`, with the variables of
        `plane`, and `cell`, the size of the leaf that each pixel lies in.
    """
    number, size = corner_of_pixel(plane, side or int(plane.attrs["side"]))
    down, across = str(plane.attrs["axes"]).split()
    coords = {name: middles(plane, name, number.shape[0]) for name in (down, across)}
    variables = {
        name: ((down, across, *variable.dims[1:]), variable.values[number], variable.attrs)
        for name, variable in plane.data_vars.items()
        if variable.dims[0] == "point"
    }
    variables["cell"] = ((down, across), size, {"long_name": "size of the cell sampled, in smallest cells"})
    return xr.Dataset(variables, coords=coords, attrs=plane.attrs)


def corner_of_pixel(plane: xr.Dataset, side: int) -> tuple[np.ndarray, np.ndarray]:
    """For each pixel the number of the point it shows and the size of its leaf cell, (side, side) each."""
    lattice = int(plane.attrs["side"])
    # Numbers of the points on the lattice; in units of smallest cells, the middle of every pixel.
    at = np.full((lattice + 1, lattice + 1), -1)
    at[plane.row.values, plane.column.values] = np.arange(plane.sizes["point"])
    middle = (np.arange(side) + 0.5) * lattice / side
    number, size = np.zeros((side, side), int), np.zeros((side, side), int)
    for row, column, width in leaves_of(plane):
        (i, rows), (j, columns) = (nearer_ends(middle, begin, width) for begin in (row, column))
        number[np.ix_(i, j)] = at[np.ix_(rows, columns)]
        size[np.ix_(i, j)] = width
    return number, size


def nearer_ends(middle: np.ndarray, begin: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Along one side of a cell: the pixels in it, and for each the end of the side that is nearer."""
    inside = np.flatnonzero((middle >= begin) & (middle < begin + width))
    return inside, begin + width * (middle[inside] > begin + width / 2)


def leaves_of(plane: xr.Dataset) -> list[Cell]:
    """The leaf cells of a refined plane."""
    columns = (plane[name].values.tolist() for name in ("cell_row", "cell_column", "cell_size"))
    return [Cell(*each) for each in zip(*columns, strict=True)]


def middles(plane: xr.Dataset, name: str, side: int) -> np.ndarray:
    """A parameter's values at the middles of so many pixels."""
    low, high = plane.attrs[f"{name}_low"], plane.attrs[f"{name}_high"]
    return low + (np.arange(side) + 0.5) * (high - low) / side
