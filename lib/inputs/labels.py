"""What the entries of a labelled object are called, so that nothing with labels is read by its order.

Dicts, xarray's datasets and arrays, pandas' tables and rows, NumPy's records and named tuples have labels.
A set has neither labels nor an order. No library is imported for this: what an object offers says what it is.
"""

from collections.abc import Iterable, Mapping, Set, ValuesView
from importlib import import_module
from typing import Any

import numpy as np
from torch import Tensor


def entries(name: str, value: Any) -> dict[Any, Any] | None:
    """Each entry under its label; None where there are none, so that the order counts.

    Args:
        name: of the whole, for the message.
        value: what was handed over.

    Raises:
        ValueError: for a set, for a dict's values alone, for labels that are there twice, or for a table
            whose rows have names and whose columns have not.
    """
    if isinstance(value, (Tensor, list, str, bytes)):
        return None
    if isinstance(value, Set):
        raise ValueError(
            f"{name} came as a {type(value).__name__}, which has no order: give names and values in a dict, "
            "or a tuple."
        )
    if isinstance(value, ValuesView):
        raise ValueError(f"{name} came as the values of a dict, without their names: give the dict itself.")
    if isinstance(value, Mapping):
        return in_one_order(name, dict(value)) if hasattr(value, "data_vars") else dict(value)
    if isinstance(value, tuple):
        fields = getattr(value, "_fields", None)
        return None if fields is None else named(name, fields, value)
    if isinstance(value, (np.ndarray, np.void)):
        fields = value.dtype.names
        return None if fields is None else {field: value[field] for field in fields}
    if hasattr(value, "dims") and hasattr(value, "coords"):
        return of_labelled_array(name, value)
    if hasattr(value, "columns"):
        return of_table(name, value)
    if hasattr(value, "index") and hasattr(value, "to_dict"):
        return None if counted(value.index) else named(name, value.index, value)
    return None


def has_places(value: Any) -> bool:
    """Whether an object may know where its cells lie: one of xarray's, or a table of pandas."""
    kinds = (("dims", "coords"), ("columns", "index"))
    return any(all(hasattr(value, part) for part in kind) for kind in kinds)


def refuse_other_side(name: str, image: Any, side: float = 1.0) -> None:
    """A sentence for an image whose coordinates say another side of its cells than is counted with."""
    if has_places(image):
        import_module("lib.labelled_images").refuse_step(name, image, side)


def in_one_order(name: str, images: Mapping[Any, Any]) -> dict[Any, Any]:
    """Images by name; those whose dimensions have names too, with these in the order of the first of them.

    Raises:
        ValueError: where two have as many dimensions and not the same ones.
    """
    first: dict[int, tuple[Any, Any]] = {}
    found = dict(images)
    for one, image in images.items():
        if has_places(image) and hasattr(image, "dims"):
            other, dims = first.setdefault(image.ndim, (one, image.dims))
            if set(image.dims) != set(dims):
                raise ValueError(
                    f"{name} has {other} along {', '.join(map(str, dims))} and {one} along "
                    f"{', '.join(map(str, image.dims))}: both must show the same cells."
                )
            found[one] = image.transpose(*dims)
    return found


def of_table(name: str, table: Any) -> dict[Any, Any] | None:
    """The columns of a table, as arrays."""
    if not counted(table.columns):
        return named(name, table.columns, np.asarray(table).T)
    if any(isinstance(row, str) for row in getattr(table, "index", ())):
        raise ValueError(
            f"{name} came as a table whose rows have names and whose columns have none: transpose it, so "
            "that each column has its name."
        )
    return None


def of_labelled_array(name: str, array: Any) -> dict[Any, Any] | None:
    """The parts of a labelled array along the first of its dimensions whose labels are words."""
    for axis, dimension in enumerate(array.dims):
        labels = np.asarray(array.coords[dimension]).tolist() if dimension in array.coords else []
        if any(isinstance(label, str) for label in labels):
            if array.ndim < 3:
                return named(name, labels, np.moveaxis(np.asarray(array), axis, 0))
            return named(name, labels, [array.isel({dimension: i}) for i in range(len(labels))])
    return None


def counted(labels: Iterable[Any]) -> bool:
    """Whether these labels are 0, 1, 2 …, which libraries give to what nobody has named."""
    found = list(labels)
    return not any(isinstance(x, str) for x in found) and found == list(range(len(found)))


def named(name: str, labels: Iterable[Any], values: Iterable[Any]) -> dict[Any, Any]:
    """Values under their labels, each of which is there once."""
    keys = list(labels)
    if len(set(keys)) != len(keys):
        raise ValueError(f"{name} came with the labels {', '.join(map(str, keys))}: give each of them once.")
    return dict(zip(keys, values, strict=True))
