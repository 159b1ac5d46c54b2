"""regrid(): a plane that was sampled here and there as a uniform picture, without a value made up."""

import numpy as np
import xarray as xr
from jaxtyping import Float, Int
from scipy.spatial import cKDTree


def regrid(plane: xr.Dataset, side: int | None = None) -> xr.Dataset:
    """A uniform picture of a refined plane: every pixel shows the run that is nearest to it.

    No value is made up between points: what is shown was computed. Cliffs stand where two runs caught them.

    Args:
        plane: from `adaptive.refine`.
        side: pixels along each side; by default two for each cell of the lattice, so that no pixel's middle
            lies as near to one end of a cell as to the other.

    Returns:
        Dataset over the two parameters (values at the pixels' middles) and `state`, with the variables of
        `plane`.
    """
    number = nearest_run(plane, side or 2 * int(plane.attrs["side"]))
    down, across = str(plane.attrs["axes"]).split()
    coords = {name: middles(plane, name, len(number)) for name in (down, across)}
    variables = {
        name: ((down, across, *variable.dims[1:]), variable.values[number], variable.attrs)
        for name, variable in plane.data_vars.items()
    }
    return xr.Dataset(variables, coords=coords, attrs=plane.attrs)


def nearest_run(plane: xr.Dataset, side: int) -> Int[np.ndarray, "side side"]:
    """For each pixel the number of the run nearest to its middle, in cells of the lattice."""
    middle = (np.arange(side) + 0.5) * int(plane.attrs["side"]) / side
    pixels = np.stack(np.meshgrid(middle, middle, indexing="ij"), axis=-1)
    _, number = cKDTree(np.stack([plane.row.values, plane.column.values], axis=1)).query(pixels)
    return np.asarray(number)


def middles(plane: xr.Dataset, name: str, side: int) -> Float[np.ndarray, " side"]:
    """A parameter's values at the middles of so many pixels."""
    low, high = plane.attrs[f"{name}_low"], plane.attrs[f"{name}_high"]
    return np.asarray(low + (np.arange(side) + 0.5) * (high - low) / side)
