"""What a picture says about a model's parameters: the residual, where it is linear in them, and its minimum.

    residual_f = D_f ∇²x_f + R_f(x; p)       loss(p) = mean over cells and fields of residual²

In parameters that enter linearly the loss is a paraboloid, whatever the picture, and its minimum is the
solution of a small linear system.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import sympy
import torch
from jaxtyping import Float
from torch import Tensor

from lib.models.eager import right_hand_sides
from lib.models.problem import Grid
from lib.models.value import ReactionDiffusion

Picture = Float[Tensor, "fields height width"]


def linear_parameters(model: ReactionDiffusion) -> tuple[str, ...]:
    """The parameters in which all right-hand sides are linear together, the others being fixed.

    Where two enter only as a product, the first one of the model's order counts as linear.
    """
    found: list[str] = []
    for name in (*model.diffusions, *(n for n in model.names if n not in model.diffusions)):
        if all(is_zero(model, name, other) for other in (*found, name)):
            found.append(name)
    return tuple(name for name in model.names if name in found)


def is_zero(model: ReactionDiffusion, name: str, other: str) -> bool:
    """Whether no right-hand side has a second derivative by these two parameters."""
    p, q = model.symbols[name], model.symbols[other]
    return all(sympy.simplify(rate.diff(p, q)) == 0 for rate in model.rates.values())


def loss(
    model: ReactionDiffusion, params: Float[Tensor, "batch parameters"], picture: Picture, grid: Grid
) -> Float[Tensor, " batch"]:
    """Mean square of the residual of one picture at many parameter sets."""
    stacked = picture.expand(len(params), *picture.shape)
    return right_hand_sides(model, params, stacked, grid).square().mean(dim=(1, 2, 3))


class Fit(NamedTuple):
    """A closed-form fit.

    Args:
        params: all parameters; those that were not fitted as they were given.
        fitted: which of them were.
        condition: of the linear system, columns scaled to one; large where the picture cannot tell them
            apart.
        loss: the residual's mean square at the minimum.
    """

    params: dict[str, float]
    fitted: tuple[str, ...]
    condition: float
    loss: float


def fit(
    model: ReactionDiffusion, picture: Picture, grid: Grid, fixed: Mapping[str, float] | None = None
) -> Fit:
    """The minimum of the residual loss over the parameters that enter linearly.

    Args:
        model, grid: the equations and the discretisation of the picture.
        picture: the fields, in float64 for full accuracy.
        fixed: the parameters that do not enter linearly, and any others that are known.

    Raises:
        ValueError: if a parameter that does not enter linearly is not given.
    """
    given = dict(fixed or {})
    free = tuple(name for name in linear_parameters(model) if name not in given)
    if lost := set(model.names) - set(free) - set(given):
        raise ValueError(
            f"{', '.join(sorted(lost))} of {model.name} does not enter linearly, so no linear system gives "
            "it: hand it over in `fixed`, and search over it."
        )
    if not free:
        raise ValueError(f"All parameters of {model.name} are given, so there is nothing to fit.")
    origin = torch.tensor([[given.get(n, 0.0) for n in model.names]], dtype=picture.dtype)
    rows = origin.repeat(len(free) + 1, 1)
    for i, name in enumerate(free):
        rows[i + 1, model.names.index(name)] = 1.0
    stacked = picture.expand(len(rows), *picture.shape)
    sides = right_hand_sides(model, rows, stacked, grid).flatten(1).double().numpy()
    columns, target = (sides[1:] - sides[0]).T, -sides[0]
    size = np.linalg.norm(columns, axis=0)
    size = np.where(size > 0, size, 1.0)
    solution, _, _, singular = np.linalg.lstsq(columns / size, target, rcond=None)
    rest = columns / size @ solution - target
    condition = float(singular[0] / singular[-1]) if singular[-1] > 0 else float("inf")
    found = given | dict(zip(free, (solution / size).tolist(), strict=True))
    return Fit({n: found[n] for n in model.names}, free, condition, float(np.mean(rest**2)))
