"""Rows of the four parameters: by name where they have names, else by their order."""

from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor

from lib.inputs import params_of, shown, tensor_of
from lib.inputs.labels import entries
from lib.model import Params


def rows_of(name: str, value: Any) -> Shaped[Tensor, "*batch 4"]:
    """Any number of parameter sets as one tensor, its last axis over Du, Dv, F and k; still differentiable.

    Args:
        name: of the argument, for messages.
        value: an array or nested lists in that order; a table, dict or named tuple of columns; or a list of
            single sets, each of which may have names.

    Raises:
        ValueError: for what has other names, no order, or rows of another length.
    """
    found = stacked(name, value)
    if not found.ndim or found.shape[-1] != len(Params._fields):
        raise ValueError(
            f"{name} has shape {tuple(found.shape)}: give rows of {', '.join(Params._fields)}, (points, 4). "
            "If the parameters are its rows, transpose it."
        )
    return found


def stacked(name: str, value: Any) -> Tensor:
    """The same before its shape is looked at."""
    columns = entries(name, value)
    if columns is not None:
        return joined(name, [tensor_of(n, x) for n, x in params_of(columns)._asdict().items()])
    if isinstance(value, (list, tuple)) and value:
        if all(isinstance(one, Tensor) for one in value):
            return joined(name, [tensor_of(name, one) for one in value], 0)
        if any(entries(name, one) is not None for one in value):
            return joined(name, [stacked(name, one) for one in value], 0)
    return tensor_of(name, value)


def joined(name: str, parts: list[Tensor], axis: int = -1) -> Tensor:
    """Parts of one shape, or single numbers beside them, along a new axis."""
    try:
        kind = parts[0].dtype
        for part in parts:
            kind = torch.promote_types(kind, part.dtype)
        return torch.stack(torch.broadcast_tensors(*(part.to(kind) for part in parts)), axis)
    except RuntimeError:
        shapes = ", ".join(str(tuple(part.shape)) for part in parts)
        raise ValueError(f"{name} is {shown(parts)} of shapes {shapes}: make them of one length.") from None
