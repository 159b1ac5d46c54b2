"""Fields and parameter sets of a model that came under their names, in the model's order."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor

from lib.inputs import tensor_of
from lib.inputs.labels import entries, in_one_order, refuse_other_side
from lib.inputs.rows import joined
from lib.models.problem import Grid
from lib.models.value import ReactionDiffusion


def fields_of(
    name: str, model: ReactionDiffusion, given: Any, axis: int, grid: Grid
) -> Shaped[Tensor, "*shape"]:
    """Fields as one tensor: an array of all of them, or what has names, read by these.

    Args:
        name: of the whole, for messages.
        given: what was handed over; coordinates that it brings have to agree with the grid.
        axis: along which fields that have names are stacked.

    Raises:
        ValueError: for names that are not the model's, and cells whose side is not the grid's.
    """
    labelled = entries(f"The {name}", given)
    fields = in_one_order(f"The {name}", {name: given} if labelled is None else labelled)
    for said, x in fields.items():
        refuse_other_side(f"{said}", x, grid.dx)
    return tensor_of(name, given) if labelled is None else fields_by_name(model, fields, axis)


def fields_by_name(
    model: ReactionDiffusion, labelled: Mapping[Any, Any], axis: int
) -> Shaped[Tensor, "*shape"]:
    """Fields under their names, all of one shape, stacked along an axis in the model's order; of any shape.

    Raises:
        ValueError: for other names, or fields that are not alike.
    """
    if set(labelled) != set(model.fields):
        called = ", ".join(map(str, labelled))
        raise ValueError(
            f"The fields are called {called}: those of {model.name} are {', '.join(model.fields)}."
        )
    each = [tensor_of(name, labelled[name]) for name in model.fields]
    if len({(x.shape, x.dtype, x.device) for x in each}) > 1:
        shapes = ", ".join(f"{x.dtype} of shape {tuple(x.shape)} on {x.device}" for x in each)
        raise ValueError(f"The fields {', '.join(model.fields)} are {shapes}: make them alike.")
    return torch.stack(each, min(axis, each[0].ndim))


def table_of(model: ReactionDiffusion, params: Any) -> Shaped[Tensor, "*shape"]:
    """A row for each parameter set, in the model's order; what has names is read by them.

    Of an array the shape is the caller's to look at.

    Args:
        model: the equations.
        params: an array of rows; a table, dict or named tuple of columns, or of single numbers for one set;
            or a list of single sets, each of which may have names.

    Raises:
        ValueError: for other names, or what is no such table.
    """
    labelled = entries("The parameters", params)
    if labelled is not None:
        found = set_by_name(model, labelled)
        return found if found.ndim > 1 else found[None]
    if isinstance(params, (list, tuple)):
        each = [entries("The parameters", one) for one in params]
        if any(one is not None for one in each):
            return joined("params", [row(model, *pair) for pair in zip(params, each, strict=True)], 0)
        if params and all(isinstance(one, Tensor) for one in params):
            return joined("params", [tensor_of("params", one) for one in params], 0)
    return tensor_of("params", params)


def row(model: ReactionDiffusion, one: Any, labelled: Mapping[Any, Any] | None) -> Shaped[Tensor, "*numbers"]:
    """One set of a list of them."""
    return tensor_of("params", one) if labelled is None else set_by_name(model, labelled)


def set_by_name(model: ReactionDiffusion, labelled: Mapping[Any, Any]) -> Shaped[Tensor, "*batch parameters"]:
    """Columns or single numbers under their names, along a last axis in the model's order."""
    if set(labelled) != set(model.names):
        called, names = ", ".join(map(str, labelled)), ", ".join(model.names)
        raise ValueError(f"The parameters name {called}: {model.name} needs {names}, each once.")
    return joined("params", [tensor_of(name, labelled[name]) for name in model.names])
