"""Arrays with coordinates: NetCDF, and HDF5 as The Well has it or with arrays at its root."""

from pathlib import Path

import h5py
import numpy as np
import xarray as xr

from lib.image_files.cells import side
from lib.image_files.fields import Images, named
from lib.image_files.settings import STORED, Settings, agreed, stored

#: Coordinates that count frames.
TIME = ("time", "times")

#: How images end, by The Well's words; walls count as no-flux.
ENDS = {"PERIODIC": "periodic", "WALL": "no-flux", "OPEN": "open"}


def from_netcdf(path: Path, wanted: str, passed: Settings) -> Images:
    """Variables by name; a coordinate `time`, and even ones along the two axes of the images, are used.

    Dimensions have names, so the two fields and their times are brought into one order.
    """
    try:
        file = xr.open_dataset(path, engine="h5netcdf", phony_dims="sort", decode_times=passed.times is None)
    except ValueError as error:  # of units that count no time
        why = " ".join(str(error).split(". ")[0].split())[:200]
        raise ValueError(f"{path} cannot be read as nc: {why}. If it is its times, pass times=….") from error
    with file as held:
        return of_dataset(held, path, wanted, passed)


def of_dataset(held: xr.Dataset, path: Path | str, wanted: str, passed: Settings) -> Images:
    """The two fields of a dataset, in one order of their dimensions. `path` is what sentences call it."""
    names = [str(n) for n in held.data_vars]
    u, v = named([n for n in names if n not in STORED], path, wanted)
    first = held[u or v]
    order = sorted(first.dims, key=lambda d: d not in TIME)
    if set(held[v or u].dims) != set(order):
        raise ValueError(
            f"{path} has u along {', '.join(map(str, order))} and v along "
            f"{', '.join(map(str, held[v].dims))}: both must show the same cells."
        )
    said = stored(path, names, lambda name: held[name].values, passed)
    if said.times is None:
        along = (first[n].values for n in TIME if n in first.coords and first[n].ndim == 1)
        said = said._replace(times=next(along, None))
    places = {str(d): first[d].values for d in order[-2:] if d in first.coords}
    step = side(path, places)
    if passed.dx is None:
        said = said._replace(dx=agreed("dx", ((f"{path}", said.dx), ("its coordinates", step))))
    fields = [held[n].transpose(*order).values if n else None for n in (u, v)]
    return Images(fields[0], fields[1], *said, places)


def from_hdf5(path: Path, trajectory: int, wanted: str, passed: Settings) -> Images:
    """The Well's layout, or arrays by name at the root, with `times` and `dx` or scales attached to them.

    In The Well a scalar field is `t0_fields/NAME` of shape (trajectory, time, x, y), with `dimensions/time`,
    `dimensions/x` and `boundary_conditions`: https://polymathic-ai.org/the_well/data_format/
    """
    with h5py.File(path) as held:
        if "t0_fields" in held:
            return of_the_well(held, path, trajectory, wanted, passed)
        names = [n for n in held if isinstance(held[n], h5py.Dataset)]
        if any(len(axis) for n in names for axis in held[n].dims):  # as in NetCDF, whose files these are
            return from_netcdf(path, wanted, passed)
        u, v = named([n for n in names if n not in STORED], path, wanted)
        said = stored(path, names, lambda name: held[name][()], passed)
        return Images(held[u][()] if u else None, held[v][()] if v else None, *said)


def of_the_well(held: h5py.File, path: Path, trajectory: int, wanted: str, passed: Settings) -> Images:
    """One run of a file in The Well's layout; a ValueError for one that is not there."""
    fields, dimensions = held["t0_fields"], held.get("dimensions", {})
    u, v = named([n for n in fields if isinstance(fields[n], h5py.Dataset)], path, wanted)
    runs = len(fields[u or v])
    if not 0 <= trajectory < runs:
        raise ValueError(f"{path} holds {runs} runs, numbered from 0: there is no run {trajectory}.")
    along = {n: np.asarray(dimensions[n]) for n in ("time", "x", "y") if n in dimensions}
    # A coordinate that differs from run to run has a row for each.
    along = {n: x[trajectory] if x.ndim == 2 else x for n, x in along.items()}
    times = along.pop("time", None)
    dx = side(path, along)
    return Images(
        fields[u][trajectory] if u else None, fields[v][trajectory] if v else None,
        times if passed.times is None else passed.times, dx if passed.dx is None else passed.dx,
        ends(held, path) if passed.boundary is None else passed.boundary, along,
    )  # fmt: skip


def ends(held: h5py.File, path: Path) -> str | None:
    """How the images end, as The Well's attributes say it; None where they do not.

    Raises:
        ValueError: for edges of several kinds, or of one that the fit does not have.
    """
    groups = held.get("boundary_conditions", {}).values()
    said = (x for g in groups if "bc_type" in g.attrs for x in np.ravel(g.attrs["bc_type"]))
    kinds = sorted({(x.decode() if isinstance(x, bytes) else str(x)).upper() for x in said})
    if len(kinds) > 1 or (kinds and kinds[0] not in ENDS):
        raise ValueError(
            f"{path} has edges of the kind {' and '.join(kinds)}, and the fit takes all four as one of "
            f"{', '.join(ENDS.values())}: pass boundary=…; “open” is right for any."
        )
    return ENDS[kinds[0]] if kinds else None
