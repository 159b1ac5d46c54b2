"""between_runs(): a refined plane as a continuous surface, for a walker who needs a slope everywhere.

Heights between runs are linear over the triangles that three of them span. That is no measurement: it lends
every cliff a slope, as wide as the runs on its sides are apart. Pictures of a plane show `nearest.regrid`.
"""

import numpy as np
import xarray as xr
from scipy.interpolate import LinearNDInterpolator

from lib.studies.landscapes.coarse import on_grid_only
from lib.studies.landscapes.nearest import lattice, nearest_to, share


def between_runs(plane: xr.Dataset, every: int = 1) -> xr.Dataset:
    """Losses on the lattice, linear between the runs, and how the nearest run ended.

    Args:
        plane: from `adaptive.refine`.
        every: only every so-manieth line of the lattice.

    Returns:
        Dataset over the two parameters and `state`; NaN where a corner of the triangle has no loss.
    """
    axes = {name: values[::every] for name, values in lattice(plane).items()}
    down, across = axes
    sides = [share(plane, name, values) for name, values in axes.items()]
    runs = np.stack([share(plane, name, plane[name].values) for name in axes], axis=1)
    number = nearest_to(plane, *sides)
    variables = {"outcome": ((down, across, "state"), plane.outcome.values[number], plane.outcome.attrs)}
    for name in str(plane.attrs["losses"]).split(", "):
        # A loss of the coarse grid alone is known nowhere else.
        known = plane.grid.values == 1 if on_grid_only(plane, name) else slice(None)
        height = LinearNDInterpolator(runs[known], plane[name].values[known])(
            *np.meshgrid(*sides, indexing="ij")
        )
        variables[name] = ((down, across, "state"), height, plane[name].attrs)
    return xr.Dataset(variables, coords={**axes, "state": plane.state}, attrs=plane.attrs)
