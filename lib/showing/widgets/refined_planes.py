"""A refined plane as the explorer takes it: its runs, and for every place of the lattice the nearest of them.

The browser draws one cell a place, in the colour of that run, so that a cliff is as thin as it was found.
What is known on another grid (shorter runs, the residual) brings its own axes along.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from lib.showing.widgets.planes import (
    LABELS,
    ORDER,
    ROOTED,
    UNTRUSTED,
    bowl_of,
    floats,
    frame,
    outcome_codes,
    sheet,
)
from lib.studies.landscapes.coarse import coarse_grid, on_grid_only
from lib.studies.landscapes.derived_maps import Bowl, around
from lib.studies.landscapes.nearest import lattice, nearest_on_lattice


def refined_plane(
    refined: xr.Dataset,
    *,
    more: Mapping[str, xr.DataArray] | None = None,
    early: xr.Dataset | None = None,
    bowl: Bowl | None = None,
) -> dict[str, Any]:
    """A refined plane as traits of a widget.

    Args:
        refined: from `adaptive.refine`.
        more: further losses by name, each over a grid of its own of the same two parameters.
        early: losses and outcomes after shorter runs over a grid, from `intermediate_times.sweep_in_time`.
        bowl: the residual's paraboloid over the plane.

    Returns:
        What `js/atlas.js` reads. Layers and endings hold one value a run, or one a point of their own axes.
    """
    axes = lattice(refined)
    up, across = axes
    return {
        **frame(axes, around(refined)),
        "runs": {
            "across": refined[across].values.tolist(),
            "up": refined[up].values.tolist(),
            "number": nearest_on_lattice(refined).astype("<u2").tobytes(),
        },
        "layers": layers(refined, more or {}, early),
        "outcomes": outcomes(refined, early),
        "bowl": bowl_of(bowl) if bowl else None,
        "sheet": tiled(refined.v.values),
    }


def layers(
    refined: xr.Dataset, more: Mapping[str, xr.DataArray], early: xr.Dataset | None
) -> list[dict[str, Any]]:
    """Every loss at every run length; one colour scale for each loss."""
    last = int(refined.attrs["steps"])
    found = []
    for loss in (name for name in ORDER if name in refined or name in more):
        source = None if loss in more else known_of(refined, loss)
        maps = {last: more[loss] if source is None else source[loss].mean("state", skipna=False)}
        trusted = {last: maps[last].values}
        if source is not None:
            trusted[last] = maps[last].where(trustworthy(source)).values
        if early is not None and loss in early:
            for time in map(int, early.time.values):
                one = early.sel(time=time)
                maps[time] = one[loss].mean("state", skipna=False)
                trusted[time] = maps[time].where(trustworthy(one)).values
        seen = np.concatenate([values.ravel() for values in trusted.values()])
        scale = {
            "low": float(np.nanmin(seen)),
            "high": float(np.nanmax(seen)),
            "scale": "root" if loss in ROOTED else "linear",
        }
        kind = f" ({refined.attrs['features']})" if loss == "gram" and loss in refined else ""
        for time, values in maps.items():
            about = {"loss": loss, "label": LABELS[loss] + kind, "time": time, "values": floats(values)}
            found.append(about | scale | own_axes(values))
    return found


def known_of(refined: xr.Dataset, loss: str) -> xr.Dataset:
    """Where a loss is known: all runs, or the coarse grid as a plane of its own."""
    return coarse_grid(refined) if on_grid_only(refined, loss) else refined


def outcomes(refined: xr.Dataset, early: xr.Dataset | None) -> list[dict[str, Any]]:
    """How the runs ended, one byte a run or a point of the shorter runs' axes."""
    maps = {int(refined.attrs["steps"]): refined}
    if early is not None:
        maps |= {int(time): early.sel(time=time) for time in early.time.values}
    found = []
    for time, one in maps.items():
        codes = outcome_codes(one)
        found.append({"time": time, "codes": codes.values.astype(np.uint8).tobytes(), **own_axes(codes)})
    return found


def trustworthy(dataset: xr.Dataset) -> xr.DataArray:
    """Where none of the runs diverged or flickered."""
    return ~dataset.outcome.isin(UNTRUSTED).any("state")


def own_axes(values: xr.DataArray) -> dict[str, Any]:
    """The axes of what is known on a grid; nothing for what is known of the runs."""
    if values.dims == ("point",):
        return {}
    up, across = values.dims
    return {"at": {"across": values[across].values.tolist(), "up": values[up].values.tolist()}}


def tiled(v: np.ndarray) -> dict[str, Any]:
    """The pictures of all runs, (run, height, width), on a sheet about as high as it is wide."""
    wide = int(np.ceil(np.sqrt(len(v))))
    high = -(-len(v) // wide)
    whole = np.zeros((high * wide, *v.shape[1:]), dtype=v.dtype)
    whole[: len(v)] = v
    return sheet(whole.reshape(high, wide, *v.shape[1:])) | {"columns": wide}
