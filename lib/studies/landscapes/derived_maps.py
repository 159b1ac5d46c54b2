"""More maps of the same plane: other losses and other floors over the points of a sweep.

A sweep (`lib.studies.landscapes.sweep`) keeps the final v of every point's first initial state. What can be
said of that picture alone needs no new simulation.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float

from lib import grid, losses
from lib.features import at_hand
from lib.folders import Folder
from lib.model import Params, State
from lib.paper import TRUTH
from lib.residual import quadratic
from lib.residual.snapshot import snapshot
from lib.running import threads
from lib.running.kept import arguments, kept
from lib.simulate import Outcome

#: Fields described by VGG-19 in one piece of work: a second or two.
PIECE = 16


def residual_map(plane: xr.Dataset, state: State) -> xr.DataArray:
    """The residual loss of one snapshot at every point of a plane, from its paraboloid.

    Args:
        plane: from `landscape.sweep` over two parameters.
        state: the truth's steady fields (batch, height, width); the first one is used.

    Returns:
        Loss over the plane's two dimensions, in squared concentration per squared unit time.
    """
    bowl = quadratic(snapshot(*(field[:1] for field in state)))
    values = bowl.value(torch.as_tensor(points_of(plane)))
    return over(plane, values.numpy())


class Bowl(NamedTuple):
    """The residual's paraboloid over a plane: lowest + ½ dᵀ H d, with d the way from its minimum.

    Args:
        hessian: H, (2, 2), the parameter drawn across first.
        minimum: (across, up) of the lowest point within the plane.
        lowest: the loss there.
    """

    hessian: Float[np.ndarray, "2 2"]
    minimum: Float[np.ndarray, "2"]
    lowest: float


def residual_bowl(plane: xr.Dataset, state: State) -> Bowl:
    """The residual loss of one snapshot over a plane, as a formula; arguments as for `residual_map`."""
    whole = quadratic(snapshot(*(field[:1] for field in state)))
    here = [Params._fields.index(name) for name in reversed(list(axes_of(plane)))]
    point = torch.tensor(around(plane), dtype=torch.float64)
    hessian = whole.hessian[0][here][:, here]
    # One Newton step inside the plane is exact, whatever it starts from.
    point[here] -= torch.linalg.solve(hessian, whole.gradient(point)[0][here])
    return Bowl(hessian.numpy(), point[here].numpy(), float(whole.value(point)))


def gram_map(plane: xr.Dataset, *, every: int = 1, jobs: int = -1, cache: Folder = None) -> xr.DataArray:
    """The Gram loss of every point's first picture against the truth's.

    Args:
        plane: from `landscape.sweep` over two parameters, with the truth among its points.
        every: describe every so-manieth point along both axes; the points between take the value of
            the nearest one described. The features cost a tenth of a second a picture.
        jobs: processes; −1 for one per core.
        cache: where the pieces are kept; the usual folder by default.

    Returns:
        Loss over the plane's two dimensions, NaN where the run diverged.
    """
    rows, columns = (np.arange(n) // every * every for n in plane.v.shape[:2])
    described = plane.v.values[np.unique(rows)][:, np.unique(columns)]
    fields = np.nan_to_num(described.reshape(-1, *described.shape[2:]))
    different, which = np.unique(fields, axis=0, return_inverse=True)
    pieces = [different[i : i + PIECE] for i in range(0, len(different), PIECE)]
    goal, filters = picture_at_truth(plane), at_hand().label
    calls = (arguments(piece, goal, filters) for piece in pieces)
    found = np.concatenate(list(kept(gram_losses, calls, jobs, cache=cache)))
    values = found[which.ravel()].reshape(described.shape[:2])
    everywhere = values[rows[:, None] // every, columns // every]
    return over(plane, np.where(lost(plane), np.nan, everywhere))


def gram_losses(
    fields: Float[np.ndarray, "batch height width"], goal: np.ndarray, filters: str
) -> Float[np.ndarray, " batch"]:
    """Gram loss of each field against one, with the filters of that label, which must be those at hand."""
    with threads.single_thread(), torch.no_grad():
        found = losses.gram(torch.as_tensor(fields), torch.as_tensor(goal)[None], reduction="none")
        return found.numpy()


def floor_maps(plane: xr.Dataset, floors: Sequence[float]) -> xr.DataArray:
    """The spectral loss of every point's first picture under other floors ε in log(P + ε).

    Args:
        plane: from `landscape.sweep` over two parameters, with the truth among its points.
        floors: values of ε.

    Returns:
        Loss over (floor, and the plane's two dimensions), NaN where the run diverged.
    """
    v = torch.as_tensor(plane.v.values).flatten(0, 1).nan_to_num(0)
    goal = torch.as_tensor(picture_at_truth(plane))[None]
    maps = []
    for floor in floors:
        found = losses.spectral(v, goal, floor=floor, reduction="none").numpy()
        maps.append(over(plane, np.where(lost(plane).ravel(), np.nan, found)))
    return xr.concat(maps, xr.Variable("floor", list(floors)))


def in_time(early: xr.Dataset, plane: xr.Dataset) -> xr.DataArray:
    """The spectral loss of the first initial state after shorter runs and after the full one.

    Args:
        early: from `intermediate.sweep_in_time` over the plane's axes.
        plane: from `landscape.sweep`.

    Returns:
        Loss over (time, and the plane's two dimensions).
    """
    last = plane.spectral.isel(state=0).expand_dims(time=[int(plane.attrs["steps"])])
    maps = xr.concat(
        [early.spectral.isel(state=0), last], "time", join="override", coords="minimal", compat="override"
    )
    return maps.transpose("time", *axes_of(plane))


class Walls(NamedTuple):
    """Since which run length a wall stands on either side of the truth; None where there is none.

    Args:
        below, above: along the plane's second axis, at values below and above the truth's.
    """

    below: int | None
    above: int | None


def walls(maps: xr.DataArray, height: float = 0.5) -> Walls:
    """When walls appear on the cut through the truth along the second axis.

    Args:
        maps: loss over (time, up, across), from `in_time`.
        height: share of a cut's range that a single step between neighbours must take.
    """
    cut = cut_through_truth(maps)
    across = str(cut.dims[1])
    steps = np.abs(cut.diff(across).values) / np.ptp(cut.values, axis=1, keepdims=True)
    right = cut[across].values[:-1] >= getattr(TRUTH, across)
    found = [np.flatnonzero((steps[:, side] > height).any(axis=1)) for side in (~right, right)]
    return Walls(*(int(cut[cut.dims[0]].values[x[0]]) if len(x) else None for x in found))


def cut_through_truth(maps: xr.DataArray) -> xr.DataArray:
    """Maps over (frame, up, across) along their last axis, at the value of `up` nearest to the truth's."""
    up = str(maps.dims[1])
    return maps.sel({up: getattr(TRUTH, up)}, method="nearest")


def axes_of(plane: xr.Dataset) -> Mapping[str, np.ndarray]:
    """The two varied parameters with their values: upwards first, then across."""
    up, across = plane.outcome.dims[:2]
    return {str(up): plane[up].values, str(across): plane[across].values}


def around(plane: xr.Dataset) -> Params:
    """The parameters a sweep was made around; the varied ones at the truth."""
    return Params(
        *(float(plane.attrs.get(f"around_{n}", t)) for n, t in zip(Params._fields, TRUTH, strict=True))
    )


def points_of(plane: xr.Dataset) -> Float[np.ndarray, "points 4"]:
    """All four parameters at every point of a plane, row by row."""
    return grid.grid_points(axes_of(plane), around(plane))


def picture_at_truth(plane: xr.Dataset) -> Float[np.ndarray, "height width"]:
    """The first initial state's final v at the truth.

    Raises:
        ValueError: if the plane does not pass through the truth.
    """
    place = {name: getattr(TRUTH, name) for name in axes_of(plane)}
    missing = [name for name, value in place.items() if value not in plane[name].values]
    if missing:
        raise ValueError(
            f"The truth is not among the plane's values of {', '.join(missing)}, so there is no picture to "
            "compare with: make its axes with landscape.axes_over."
        )
    return plane.v.sel(place).values


def lost(plane: xr.Dataset) -> np.ndarray:
    """Points whose first run diverged, in the plane's shape."""
    return (plane.outcome.isel(state=0) == Outcome.DIVERGED).values


def over(plane: xr.Dataset, values: np.ndarray) -> xr.DataArray:
    """Values, one for each point, as an array over the plane."""
    axes = axes_of(plane)
    shape = [len(x) for x in axes.values()]
    return xr.DataArray(values.reshape(shape), coords=axes, dims=list(axes))
