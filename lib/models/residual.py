"""What a picture says about a model's parameters: the residual, where it is linear in them, and its minimum.

    residual_f = D_f ∇²x_f + R_f(x; p)       loss(p) = mean over cells and fields of residual²

In parameters that enter linearly the loss is a paraboloid, whatever the picture, and its minimum is the
solution of a small linear system.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import sympy
import torch
from jaxtyping import Float
from torch import Tensor

from lib.backends.transforms import is_batched, refuse_transformed, tensors_in
from lib.models.eager import right_hand_sides
from lib.models.names import fields_of, table_of
from lib.models.problem import Grid, checked_grid
from lib.models.value import ReactionDiffusion, listed, model_of, numbers_of

Picture = Float[Tensor, "fields height width"]

#: Condition numbers above this share of 1/round-off leave no digit of the answer certain.
DETERMINED = 0.1

#: Terms up to here can be squared and added up without leaving the floating-point numbers.
LARGEST = 1e150


def linear_parameters(model: Any) -> tuple[str, ...]:
    """The parameters in which all right-hand sides are linear together, the others being fixed.

    Where two enter only as a product, the first one of the model's order counts as linear.
    """
    model = model_of(model)
    found: list[str] = []
    for name in (*model.diffusions, *(n for n in model.names if n not in model.diffusions)):
        if all(is_zero(model, name, other) for other in (*found, name)):
            found.append(name)
    return tuple(name for name in model.names if name in found)


def is_zero(model: ReactionDiffusion, name: str, other: str) -> bool:
    """Whether no right-hand side has a second derivative by these two parameters."""
    p, q = model.symbols[name], model.symbols[other]
    return all(sympy.simplify(rate.diff(p, q)) == 0 for rate in model.rates.values())


def loss(model: Any, params: Any, picture: Any, grid: Any) -> Float[Tensor, " batch"]:
    """Mean square of the residual of one picture at many parameter sets, (batch,).

    Args:
        model, grid: the equations and the discretisation of the picture.
        params: a row for each set, in the model's order, (batch, parameters); or what has the parameters'
            names, as in `lib.models.names.table_of`.
        picture: (fields, height, width), or fields under their names.

    Returns:
        The losses, (batch,), differentiable by parameters and picture in any way but torch.vmap.

    Raises:
        ValueError: a sentence, for what does not fit together.
        NotImplementedError: inside torch.vmap.
    """
    model, grid = model_of(model), checked_grid(grid)
    if any(map(is_batched, tensors_in((params, picture)))):
        raise NotImplementedError(
            "models.loss cannot be looked into by torch.vmap: give all parameter sets as rows, and one "
            "picture after the other."
        )
    picture, table = checked_picture(model, picture, grid), table_of(model, params)
    if table.ndim != 2 or table.shape[1] != len(model.names):
        raise ValueError(
            f"The parameters have shape {tuple(table.shape)}, and {model.name} needs rows of "
            f"{len(model.names)}: {', '.join(model.names)}."
        )
    if not bool(table.detach().isfinite().all()):
        raise ValueError("The parameters hold NaN or infinite numbers: give finite ones.")
    stacked = picture.expand(len(table), *picture.shape)
    return right_hand_sides(model, table.to(picture), stacked, grid).square().mean(dim=(1, 2, 3))


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


def fit(model: Any, picture: Any, grid: Any, fixed: Any = None) -> Fit:
    """The minimum of the residual loss over the parameters that enter linearly.

    Args:
        model, grid: the equations and the discretisation of the picture.
        picture: the fields at rest, (fields, height, width) or under their names, in float64 for full
            accuracy.
        fixed: the parameters that do not enter linearly, and any others that are known.

    Raises:
        ValueError: a sentence, for fields that are none of this model's, if a parameter that does not enter
            linearly is not given, and where the picture does not determine all that are not.
        NotImplementedError: inside torch.func or torch.vmap, and for tangents.
    """
    model, grid = model_of(model), checked_grid(grid)
    refuse_transformed("models.fit", picture, fixed)
    picture = checked_picture(model, picture, grid).detach()
    given = numbers_of(model, "parameter", fixed, model.names)
    free = tuple(name for name in linear_parameters(model) if name not in given)
    if lost := set(model.names) - set(free) - set(given):
        raise ValueError(
            f"{listed(lost)} of {model.name} does not enter linearly, so no linear system gives "
            "it: hand it over in `fixed`, and search over it."
        )
    if not free:
        raise ValueError(f"All parameters of {model.name} are given, so there is nothing to fit.")
    sides = terms(model, picture, grid, free, given)
    if not np.abs(sides).max() < LARGEST:
        raise ValueError(
            f"What {model.name} makes of this picture leaves the floating-point numbers (its largest value "
            f"is {np.abs(np.asarray(picture)).max():.3g}): divide the picture by its unit first."
        )
    refuse_nothing(model, free, sides)
    columns, target = (sides[1:] - sides[0]).reshape(len(free), -1).T, -sides[0].ravel()
    size = np.linalg.norm(columns, axis=0)
    size = np.where(size > 0, size, 1.0)
    solution, _, _, singular = np.linalg.lstsq(columns / size, target, rcond=None)
    condition = float(singular[0] / singular[-1]) if singular[-1] > 0 else float("inf")
    lowest = singular[0] * torch.finfo(picture.dtype).eps / DETERMINED
    if singular[-1] <= lowest:
        empty = np.linalg.svd(columns / size, full_matrices=False)[2][singular <= lowest]
        loose = [name for name, weights in zip(free, empty.T, strict=True) if np.abs(weights).max() > 0.1]
        raise ValueError(
            f"The picture does not tell {', '.join(loose)} of {model.name}: what they do to it is nothing, "
            "or cannot be told apart. Take a picture with a pattern, or give what is known in `fixed`."
        )
    rest = columns / size @ solution - target
    found = given | dict(zip(free, (solution / size).tolist(), strict=True))
    return Fit({n: found[n] for n in model.names}, free, condition, float(np.mean(rest**2)))


def terms(
    model: ReactionDiffusion, picture: Picture, grid: Grid, free: tuple[str, ...], given: Mapping[str, float]
) -> Float[np.ndarray, "rows fields cells"]:
    """The right-hand sides with all free parameters 0, and with one of them 1 after the other."""
    bare = [[given.get(n, 0.0) for n in model.names]]
    rows = torch.tensor(bare, dtype=picture.dtype, device=picture.device).repeat(len(free) + 1, 1)
    for i, name in enumerate(free):
        rows[i + 1, model.names.index(name)] = 1.0
    stacked = picture.expand(len(rows), *picture.shape)
    return right_hand_sides(model, rows, stacked, grid).flatten(2).double().numpy()


def refuse_nothing(
    model: ReactionDiffusion, free: tuple[str, ...], sides: Float[np.ndarray, "rows fields cells"]
) -> None:
    """An equation all of whose terms have a free factor is solved by zeros, whatever the picture shows."""
    acts = np.abs(sides[1:] - sides[0]).max(axis=2) > 0
    bare = np.abs(sides[0]).max(axis=1) == 0
    idle = [name for name, on in zip(free, acts, strict=True) if on.any() and not on[~bare].any()]
    if idle:
        raise ValueError(
            f"Every term that {', '.join(idle)} of {model.name} stands in has a free factor, so zeros "
            "explain a picture at rest, which tells these by their ratios only: give one of them in `fixed`."
        )


def checked_picture(model: ReactionDiffusion, picture: Any, grid: Grid) -> Picture:
    """The fields as a tensor of the right shape, finite; what has names is read by them."""
    found = fields_of("picture", model, picture, 0, grid).cpu()
    if found.ndim != 3 or len(found) != len(model.fields) or min(found.shape) == 0:
        raise ValueError(
            f"The picture has shape {tuple(found.shape)}, and {model.name} needs "
            f"({len(model.fields)}, height, width), its fields being {', '.join(model.fields)}."
        )
    if found.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"The picture is {found.dtype}: make it float32 or float64.")
    if not bool(found.detach().isfinite().all()):
        raise ValueError("The picture holds NaN or infinite numbers, and every cell is needed.")
    return found
