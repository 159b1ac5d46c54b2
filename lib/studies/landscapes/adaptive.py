"""refine(): a plane of losses that is sampled densely along its cliffs, and sparsely elsewhere.

A lattice of points covers the plane, and few of them are run. First a coarse grid, with a line of its own
through the truth on either axis. Then, along each line of the grid, two neighbours that ended differently are
halved until they are neighbours on the lattice; two that ended alike with losses far apart get a few points
in between. Then lines are laid halfway between lines, and so on: a cliff that two lines meet crosses the one
between them as well, and is looked for midway.

    o       o       o        coarse grid        P       P       .
                                                      cliff
            x .              line in between    ----- P . ------
                                                found with two runs
    o       o       o                           P   P .         .

Every point is a full run like any point of a sweep, so a value here is, bit for bit, that of a uniform grid
which has the same point. Of the two points on the sides of a cliff only one is a pattern, and patterns are
what costs; cells with all their corners would need two of them at every step of a slanted cliff.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr

from lib.grid import axes_over, refuse_unknown
from lib.inputs import params_of, real, whole
from lib.losses import names_of
from lib.model import Params
from lib.paper import TRUTH
from lib.studies.landscapes import bisecting
from lib.studies.landscapes.bisecting import Search
from lib.studies.landscapes.lattice_runs import Line, Place, Runs

#: Gaps of the coarse grid without a change of outcome are halved so often where their losses differ.
SMOOTH = 1


def refine(
    ranges: Any,
    *,
    coarse: Any = 24,
    levels: Any = 3,
    apart: Any = 2,
    loss: Any = "spectral",
    on_grid: Any = (),
    tolerance: Any = 0.1,
    around: Any = TRUTH,
    title: Any = "",
    **setting: Any,
) -> xr.Dataset:
    """Losses over a plane of two parameters, refined where the outcome or the loss changes.

    Args:
        ranges: two parameters, each with its lowest and highest value. The lattice's value nearest to the
            truth is moved onto it, as in `grid.axes_over`.
        coarse: cells of the coarse grid along each side.
        levels: how often they are halved: the lattice has coarse · 2^levels cells along each side.
        apart: how close the lines along which cliffs are looked for come, in cells of the lattice.
        loss: whose changes count.
        on_grid: costly losses, for the coarse grid alone; NaN elsewhere.
        tolerance: largest difference of coarse neighbours that is left alone, as a share of the loss's range
            over the coarse grid.
        around: the parameters that are not varied.
        title: shown by the progress bars.
        setting: everything else `sweep.evaluate` takes.

    Returns:
        The dataset of `evaluate` over `point`, with the coordinates `row` and `column` on the lattice, the
        two parameters, and `grid`, which says whether a point belongs to the coarse grid. `nearest.regrid`
        makes a picture of it, `coarse.coarse_grid` takes the grid out.

    Raises:
        ValueError: if there are not two parameters, no cell, a negative number of levels or no distance; for
            losses that do not exist, and a `loss` that `setting` does not name.
    """
    refuse_unknown(ranges)
    coarse, levels, apart = whole("coarse", coarse), whole("levels", levels), whole("apart", apart)
    tolerance, around = real("tolerance", tolerance), params_of(around)
    counting, on_grid = names_of(loss), names_of(on_grid) if on_grid else ()
    if len(counting) != 1:
        raise ValueError(f"loss is {', '.join(counting)}: name the one whose changes count.")
    if len(ranges) != 2 or coarse < 1 or levels < 0 or apart < 1:
        raise ValueError(
            f"A plane has two parameters, at least one cell, no negative number of levels, and lines at "
            f"least one cell apart: got {', '.join(ranges) or 'no parameter'}, {coarse} cells, "
            f"{levels} levels, {apart} apart."
        )
    wide, side = 2**levels, coarse * 2**levels
    axes = axes_over(ranges, [side + 1, side + 1])
    (down, low), (across, left) = axes.items()
    runs = Runs(
        lambda place: around._replace(**{down: low[place[0]], across: left[place[1]]}),
        counting[0], title or f"{down} × {across}", **setting,
    )  # fmt: skip
    rows, columns = (coarse_lines(name, values, wide) for name, values in axes.items())
    grid = {(row, column) for row in rows for column in columns}
    runs.add(grid, also=on_grid)
    lines = [Line(0, row) for row in rows] + [Line(1, column) for column in columns]
    allowed, narrowest = tolerance * runs.range(), max(1, wide >> SMOOTH)
    while runs.add(on_the_grid(runs, lines, allowed, narrowest)):
        pass
    step = wide
    while step // 2 >= apart:
        step //= 2
        searches = in_between(runs, range(step, side, 2 * step), step, side)
        # What a search meets on its way may be a change on a line of the grid that nobody had seen.
        while runs.add([*wanted(runs, searches), *on_the_grid(runs, lines, allowed, narrowest)]):
            pass
    return described(runs, axes, around, side // step + 1, grid)


def coarse_lines(name: str, values: np.ndarray, wide: int) -> list[int]:
    """Numbers of the coarse grid's lines across an axis: evenly spaced ones, and the truth's."""
    truth = np.flatnonzero(values == getattr(TRUTH, name)).tolist()
    return sorted({*range(0, len(values), wide), *truth})


def on_the_grid(runs: Runs, lines: list[Line], allowed: float, narrowest: int) -> Iterator[Place]:
    """What the lines of the coarse grid need next."""
    for line in lines:
        known = runs.lines[line]
        middles = bisecting.halves(known, min(known), max(known))
        middles += bisecting.uneven(known, runs.losses_on(line), allowed, narrowest)
        yield from (line.at(x) for x in middles)


def in_between(runs: Runs, numbers: range, step: int, side: int) -> list[tuple[Line, Search]]:
    """The changes to look for on lines midway between others, which are `step` away on both sides."""
    found = []
    for axis in (0, 1):
        for number in numbers:
            one, other = (bisecting.crossings(runs.lines[Line(axis, number + s)]) for s in (-step, step))
            # Steeper than this, the cliff meets the lines of the other axis.
            found += [(Line(axis, number), s) for s in bisecting.between(one, other, 3 * step, side)]
    return found


def wanted(runs: Runs, searches: list[tuple[Line, Search]]) -> Iterator[Place]:
    """What these searches need next."""
    for line, search in searches:
        yield from (line.at(x) for x in bisecting.next_places(runs.lines[line], search))


def described(
    runs: Runs, axes: Mapping[str, np.ndarray], around: Params, lines: int, grid: set[Place]
) -> xr.Dataset:
    """One dataset of all points, with their parameters, the plane's, and the lines along each axis."""
    plane = runs.dataset()
    coarse = [
        place in grid for place in zip(plane.row.values.tolist(), plane.column.values.tolist(), strict=True)
    ]
    (down, low), (across, left) = axes.items()
    fixed = {f"around_{n}": float(x) for n, x in around._asdict().items() if n not in axes}
    attributes: dict[str, Any] = {"side": len(low) - 1, "lines": lines, "axes": f"{down} {across}"}
    for name, values in axes.items():
        attributes |= {f"{name}_low": float(values[0]), f"{name}_high": float(values[-1])}
    attributes |= fixed
    places = {
        down: ("point", low[plane.row.values]),
        across: ("point", left[plane.column.values]),
        "grid": ("point", np.array(coarse, dtype=np.int8)),
    }
    return plane.assign_coords(places).assign_attrs(attributes)
