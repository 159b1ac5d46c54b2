"""What has been run on a lattice of points, line by line, so that changes along lines can be followed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from lib.losses import names_of
from lib.model import Params
from lib.studies.landscapes.bisecting import Ends
from lib.studies.landscapes.sweep import evaluate

#: A point of the lattice: its row and its column.
Place = tuple[int, int]


class Line(NamedTuple):
    """A row (axis 0) or a column (axis 1) of the lattice, and its number."""

    axis: int
    number: int

    def at(self, place: int) -> Place:
        """A place on it."""
        return (self.number, place) if self.axis == 0 else (place, self.number)


class Runs:
    """What has been run so far on a lattice.

    Args:
        point: the parameters at a place.
        loss: the one that counts.
        title: shown by the progress bars.
        losses: all that every run is compared by.
        setting: everything else `sweep.evaluate` takes.

    Raises:
        ValueError: unless `loss` is one of the losses.
    """

    def __init__(
        self,
        point: Callable[[Place], Params],
        loss: str,
        title: str,
        losses: Any = ("spectral", "windowed"),
        **setting: Any,
    ) -> None:
        self.point, self.loss, self.title, self.setting = point, loss, title, setting
        self.losses = names_of(losses)
        if loss not in self.losses:
            raise ValueError(
                f"The loss whose changes count is {loss}, and the runs are compared by "
                f"{', '.join(self.losses)}: name it among the losses."
            )
        self.parts: list[xr.Dataset] = []
        self.places: dict[Place, float] = {}
        self.lines: defaultdict[Line, dict[int, Ends]] = defaultdict(dict)

    def add(self, places: Iterable[Place], also: Sequence[str] = ()) -> bool:
        """Run what has not been run yet, with further losses; whether there was anything."""
        new = sorted(set(places) - self.places.keys())
        if not new:
            return False
        points = np.array([self.point(place) for place in new], dtype=float)
        part = evaluate(points, title=self.title, losses=(*self.losses, *also), **self.setting)
        self.parts.append(part)
        # A mean over initial states, one of which diverged, is none.
        losses = part[self.loss].mean("state", skipna=False).values.tolist()
        for (row, column), loss, ends in zip(new, losses, part.outcome.values.tolist(), strict=True):
            self.places[row, column] = loss
            self.lines[Line(0, row)][column] = self.lines[Line(1, column)][row] = tuple(ends)
        return True

    def losses_on(self, line: Line) -> dict[int, float]:
        """The losses on a line, place by place."""
        return {x: self.places[line.at(x)] for x in self.lines[line]}

    def range(self) -> float:
        """Largest loss less smallest."""
        values = list(self.places.values())
        return float(np.nanmax(values) - np.nanmin(values))

    def dataset(self) -> xr.Dataset:
        """All runs in the order in which they were made, over `point`, with `row` and `column`."""
        rows, columns = np.array(list(self.places)).T
        whole = xr.concat(self.parts, "point", combine_attrs="override")
        seconds = sum(part.attrs["core_seconds"] for part in self.parts)
        cached = sum(part.attrs["cached"] * part.sizes["point"] for part in self.parts) / len(rows)
        whole = whole.assign_attrs(core_seconds=seconds, cached=cached)
        return whole.assign_coords(row=("point", rows), column=("point", columns))
