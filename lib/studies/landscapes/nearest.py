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
    """For each pixel the number of the run nearest to its middle, the distances in widths of the plane."""
    middle = (np.arange(side) + 0.5) / side
    return nearest_to(plane, middle, middle)


def nearest_on_lattice(plane: xr.Dataset) -> Int[np.ndarray, "rows columns"]:
    """For each place of the lattice the number of the run nearest to it: of its own where it was run."""
    return nearest_to(plane, *(share(plane, name, values) for name, values in lattice(plane).items()))


def nearest_to(
    plane: xr.Dataset, down: Float[np.ndarray, " rows"], across: Float[np.ndarray, " columns"]
) -> Int[np.ndarray, "rows columns"]:
    """The number of the run nearest to each place of a grid, given in shares of the plane, 0 … 1."""
    runs = [share(plane, name, plane[name].values) for name in str(plane.attrs["axes"]).split()]
    _, number = cKDTree(np.stack(runs, axis=1)).query(
        np.stack(np.meshgrid(down, across, indexing="ij"), axis=-1)
    )
    return np.asarray(number)


def lattice(plane: xr.Dataset) -> dict[str, np.ndarray]:
    """Both parameters' values on the lattice, downwards first: evenly spaced but for the truth's."""
    axes = {}
    for name, place in zip(str(plane.attrs["axes"]).split(), (plane.row, plane.column), strict=True):
        low, high = plane.attrs[f"{name}_low"], plane.attrs[f"{name}_high"]
        axes[name] = np.linspace(low, high, int(plane.attrs["side"]) + 1)
        axes[name][place.values] = plane[name].values
    return axes


def share(plane: xr.Dataset, name: str, values: np.ndarray) -> np.ndarray:
    """Values of a parameter as shares of the plane's width in it."""
    low, high = plane.attrs[f"{name}_low"], plane.attrs[f"{name}_high"]
    return np.asarray((values - low) / (high - low))


def middles(plane: xr.Dataset, name: str, side: int) -> Float[np.ndarray, " side"]:
    """A parameter's values at the middles of so many pixels."""
    low, high = plane.attrs[f"{name}_low"], plane.attrs[f"{name}_high"]
    return np.asarray(low + (np.arange(side) + 0.5) * (high - low) / side)
