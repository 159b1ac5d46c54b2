"""coarse_grid(): the uniform part of a refined plane, as rectangular arrays.

Where neighbours are compared, or a share of points is to mean a share of the plane, the crowds along its
cliffs would count too much. The coarse grid is spread evenly, but for the lines through the truth.
"""

import numpy as np
import xarray as xr


def coarse_grid(plane: xr.Dataset, lines: int | None = None) -> xr.Dataset:
    """The points of the coarse grid, as `landscape.sweep` returns a plane.

    Args:
        plane: from `adaptive.refine`.
        lines: only so many evenly spaced lines along each side; by default all, with the truth's.

    Returns:
        Dataset over the two parameters, in the order of the plane's ranges, and `state`.

    Raises:
        ValueError: if the coarse grid has no such lines.
    """
    chosen = plane.grid.values == 1 if lines is None else on_lines(plane, lines)
    here = plane.isel(point=np.flatnonzero(chosen))
    here = here.isel(point=np.lexsort((here.column.values, here.row.values)))
    shape = (len(np.unique(here.row)), len(np.unique(here.column)))
    down, across = str(plane.attrs["axes"]).split()
    axes = {down: here[down].values.reshape(shape)[:, 0], across: here[across].values.reshape(shape)[0]}
    variables = {}
    for name, variable in here.data_vars.items():
        folded = variable.values.reshape(*shape, *variable.shape[1:])
        variables[name] = ((down, across, *variable.dims[1:]), folded, variable.attrs)
    # What the whole plane has cost is told by the whole plane.
    about = {name: value for name, value in plane.attrs.items() if name not in ("core_seconds", "cached")}
    return xr.Dataset(variables, coords={**axes, "state": plane.state}, attrs=about)


def on_lines(plane: xr.Dataset, lines: int) -> np.ndarray:
    """Which points lie on so many evenly spaced lines along both sides, (point,)."""
    side = int(plane.attrs["side"])
    apart, left = divmod(side, lines - 1) if lines > 1 else (side, side)
    here = (plane.row.values % apart == 0) & (plane.column.values % apart == 0) & (plane.grid.values == 1)
    if left or np.count_nonzero(here) != lines**2:
        raise ValueError(
            f"This coarse grid, on a lattice of {side} cells, has no {lines} evenly spaced lines: ask for "
            "one more than a divisor of its coarse cells."
        )
    return np.asarray(here)


def on_grid_only(plane: xr.Dataset, loss: str) -> bool:
    """Whether a loss was evaluated on the coarse grid alone."""
    beyond = plane[loss].values[plane.grid.values != 1]
    return bool(beyond.size) and bool(np.isnan(beyond).all())
