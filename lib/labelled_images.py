"""Images in memory that say where their cells lie: xarray's arrays and datasets, and tables of pandas.

They are read as the same images in a NetCDF file are: the names of their dimensions say which one is time,
and even coordinates say how far apart the cells are.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from lib.image_files import Images, of_both
from lib.image_files.cells import EVEN
from lib.image_files.grids import of_dataset
from lib.image_files.settings import Settings, agreed, stored
from lib.inputs.labels import has_places, in_one_order


def read(u: Any, v: Any, beside: Mapping[str, Any], passed: Settings) -> Images:
    """u and v, and what is said about them.

    Args:
        u, v: two images or stacks, labelled or plain.
        beside: `times` and `dx`, where the object that held both fields held these too.
        passed: what counts whatever else is said.

    Raises:
        ValueError: for cells that are not square or of several sizes, and for two fields that do not show
            the same cells at the same times.
    """
    said = stored("the data", beside, beside.__getitem__, passed)
    fields = in_one_order("The data", {"u": u, "v": v})
    found = of_both(("u", "v"), [one(name, x, passed) for name, x in fields.items()])
    dx = agreed("dx", (("the data", said.dx), ("their coordinates", found.dx)))
    return found._replace(times=found.times if said.times is None else said.times, dx=dx)


def one(name: str, x: Any, passed: Settings) -> Images:
    """One field, u or v, likewise; a plain array says nothing but its numbers."""
    if not has_places(x):
        return Images(x, None, *passed) if name == "u" else Images(None, x, *passed)
    if hasattr(x, "columns"):
        places = {"row": np.asarray(x.index), "column": np.asarray(x.columns)}
        x = xr.DataArray(np.asarray(x), places, ("row", "column"))
    # A dimension or coordinate that is called like the field would stand in its place.
    x = x.drop_vars(name, errors="ignore").rename({d: f"axis {d}" for d in x.dims if d == name})
    return of_dataset(xr.Dataset({name: x}), name, name, passed)


def refuse_step(name: str, x: Any, side: float = 1.0) -> None:
    """A sentence for an image whose cells have another side than the one that is counted with.

    Raises:
        ValueError: with what to do.
    """
    step = one("u", x, Settings()).dx
    if step is not None and abs(step / side - 1) > EVEN:
        raise ValueError(
            f"The coordinates of {name} have steps of {step:.6g}, and its cells count with a side of "
            f"{side:.6g} here: say which side they have, or pass the numbers alone, numpy.asarray({name})."
        )
