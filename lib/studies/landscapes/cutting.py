"""cut_all(): losses along single parameters, sampled densely at their cliffs, and sparsely elsewhere.

Each axis is a row of places, few of which are run: first evenly spaced ones and the truth. Two neighbours
between which the pattern is lost are halved until they are neighbours among the places, so that the cliff is
known to one of them. Where only some initial states end differently, or where the loss changes much, a few
places come in between. Every one is a full run from every initial state.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr

from lib.grid import axes_over
from lib.model import Params
from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.landscapes import bisecting
from lib.studies.landscapes.bisecting import Ends
from lib.studies.landscapes.lattice_runs import Line, Place, Runs

#: How often first gaps are halved where some initial states end differently but no pattern is lost on the
#: whole, and where the loss changes though all end alike.
TORN, SMOOTH = 2, 1


def cut_all(
    ranges: Mapping[str, tuple[float, float]],
    *,
    coarse: int = 14,
    levels: int = 10,
    loss: str = "spectral",
    tolerance: float = 0.2,
    around: Params = TRUTH,
    title: str = "cuts",
    **setting: Any,
) -> dict[str, xr.Dataset]:
    """Losses along each parameter, refined where the outcome or the loss changes.

    Args:
        ranges: parameter → lowest and highest value. The place nearest to the truth is moved onto it.
        coarse: gaps between the first places of each axis.
        levels: how often they are halved at a cliff: it is known to 1 / (coarse · 2^levels) of the axis.
        loss: whose changes count.
        tolerance: largest difference of neighbours that is left alone, as a share of the loss's range along
            the axis.
        around: the parameters that are not varied.
        title: shown by the progress bars.
        setting: everything else `sweep.evaluate` takes.

    Returns:
        Parameter → a dataset as `landscape.sweep` returns it over that parameter, its values in increasing
        order and unevenly spaced. `core_seconds` is its share by steps, `cached` that of all cuts.

    Raises:
        ValueError: for unknown parameters, less than one gap, or a negative number of levels.
    """
    if coarse < 1 or levels < 0:
        raise ValueError(
            "A cut has at least one gap and no negative number of levels: "
            f"got {coarse} gaps, {levels} levels."
        )
    side = coarse * 2**levels
    axes = {name: axes_over({name: ends}, [side + 1])[name] for name, ends in ranges.items()}
    names = list(axes)

    def point(place: Place) -> Params:
        name = names[place[0]]
        return around._replace(**{name: axes[name][place[1]]})

    runs = Runs(point, loss, title, **setting)
    runs.add((i, x) for i, name in enumerate(names) for x in first_places(name, axes[name], 2**levels))
    while runs.add(wanted(runs, len(names), 2**levels, tolerance)):
        pass
    whole = runs.dataset()
    return {name: one_cut(whole, i, name, axes[name], around) for i, name in enumerate(names)}


def first_places(name: str, values: np.ndarray, wide: int) -> set[int]:
    """Evenly spaced places of an axis, and the truth's."""
    return {*range(0, len(values), wide), *np.flatnonzero(values == getattr(TRUTH, name)).tolist()}


def wanted(runs: Runs, cuts: int, wide: int, tolerance: float) -> Iterator[Place]:
    """What the cuts need next; `wide` is the width of the first gaps."""
    for line in (Line(0, number) for number in range(cuts)):
        known, losses = runs.lines[line], runs.losses_on(line)
        low, high = min(known), max(known)
        allowed = tolerance * float(np.nanmax(list(losses.values())) - np.nanmin(list(losses.values())))
        places = bisecting.halves({x: alive(ends) for x, ends in known.items()}, low, high)
        places += bisecting.halves(known, low, high, max(1, wide >> TORN))
        places += bisecting.uneven(known, losses, allowed, max(1, wide >> SMOOTH))
        yield from (line.at(x) for x in places)


def alive(ends: Ends) -> Ends:
    """Whether at least half of the runs ended in a pattern, as ends of their own."""
    return (int(2 * ends.count(Outcome.PATTERN) >= len(ends)),)


def one_cut(whole: xr.Dataset, number: int, name: str, values: np.ndarray, around: Params) -> xr.Dataset:
    """The runs of one cut in the order of its parameter."""
    here = np.flatnonzero(whole.row.values == number)
    here = here[np.argsort(whole.column.values[here])]
    cut = whole.isel(point=here).assign_coords(point=values[whole.column.values[here]])
    fixed = {f"around_{n}": float(x) for n, x in around._asdict().items() if n != name}
    share = float(cut.steps.sum() / whole.steps.sum())
    spent = {"core_seconds": share * whole.attrs["core_seconds"]}
    return cut.drop_vars(["row", "column"]).rename(point=name).assign_attrs(fixed | spent)
