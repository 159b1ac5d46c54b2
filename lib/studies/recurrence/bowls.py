"""The residual loss of a settled picture: a paraboloid in some parameters, and what it is in the others."""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from lib.folders import Folder
from lib.models import fit, linear_parameters, loss
from lib.studies.recurrence.cases import CASES
from lib.studies.recurrence.data import settled_picture

#: Points of a cut and of a profile.
POINTS = 41


@dataclass(frozen=True)
class Bowl:
    """What one picture's residual loss looks like.

    Args:
        linear, others: how many parameters enter linearly, and how many do not.
        third: largest third difference of the loss along the linear ones, as a share of its largest value.
        bent: the same along the others; None without one.
        error: largest relative error of the closed-form fit, the others being known.
        minima: local minima of the loss over the others, minimised over the linear ones; None without one.
        profile_error: relative error of the lowest of them, to the grid of the profile; None without one.
    """

    linear: int
    others: int
    third: float
    bent: float | None
    error: float
    minima: int | None
    profile_error: float | None


def cuts(name: str, *, size: int, settle: int, seed: int = 0, cache: Folder = None) -> xr.Dataset:
    """Residual loss along every parameter over its range, the others true: `loss` over (parameter, place).

    `place` runs from 0 to 1 over the range.
    """
    case = CASES[name]
    picture, place = settled_picture(name, size, settle, seed, cache), np.linspace(0, 1, POINTS)
    truth = torch.tensor(list(case.model.parameters.values()), dtype=torch.float64)
    rows = []
    for i, (low, high) in enumerate(case.model.ranges[n] for n in case.model.names):
        params = truth.repeat(POINTS, 1)
        params[:, i] = torch.as_tensor(low + (high - low) * place)
        rows.append(loss(case.model, params, picture, case.grid).numpy())
    coords = {"parameter": list(case.model.names), "place": place}
    return xr.Dataset(
        {"loss": (("parameter", "place"), np.array(rows))}, coords=coords, attrs={"system": name}
    )


def bowl(
    name: str, along: xr.Dataset, *, size: int, settle: int, seed: int = 0, cache: Folder = None
) -> Bowl:
    """The picture's bowl in numbers.

    Args:
        name: of the case.
        along: its `cuts`.
        size, settle, seed, cache: as for them.
    """
    model, grid = CASES[name].model, CASES[name].grid
    picture, truth = settled_picture(name, size, settle, seed, cache), model.parameters
    linear = linear_parameters(model)
    others = [n for n in model.names if n not in linear]
    found = fit(model, picture, grid, {n: truth[n] for n in others})
    error = max(abs(found.params[n] / truth[n] - 1) for n in linear)
    third = {n: bend(along.loss.sel(parameter=n).values) for n in model.names}
    most = max(third[n] for n in linear)
    if not others:
        return Bowl(len(linear), 0, most, None, error, None, None)
    (other,) = others
    values = np.linspace(*model.ranges[other], POINTS)
    profile = np.array([fit(model, picture, grid, {other: float(value)}).loss for value in values])
    padded = np.concatenate([[np.inf], profile, [np.inf]])
    minima = int(((padded[1:-1] < padded[:-2]) & (padded[1:-1] < padded[2:])).sum())
    off = abs(float(values[profile.argmin()]) / truth[other] - 1)
    return Bowl(len(linear), 1, most, third[other], error, minima, off)


def bend(values: np.ndarray) -> float:
    """Largest third difference as a share of the largest value."""
    return float(np.abs(np.diff(values, 3)).max() / np.abs(values).max())
