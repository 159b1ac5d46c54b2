"""What people hand over to `lib`, turned into what it computes with, or refused with a sentence."""

import math
import operator
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lib.inputs.labels import entries, in_one_order, refuse_other_side
from lib.model import Params, State

#: The generators take 32 bits of a seed; one more bit would silently be another seed's twin.
SEEDS = 2**32


def whole(name: str, value: Any, least: int | None = None) -> int:
    """A whole number, of Python's or NumPy's; never a rounded one.

    Args:
        name: of the argument, for the message.
        value: what was handed over.
        least: the smallest that makes sense.

    Raises:
        ValueError: for anything else.
    """
    try:
        if is_no_number(value):
            raise TypeError
        number = operator.index(value)
    except (TypeError, RuntimeError):
        raise ValueError(
            f"{name} is {shown(value)}, and a whole number is needed: write int({name}) if that is meant."
        ) from None
    if least is not None and number < least:
        raise ValueError(f"{name} is {number}: it must be at least {least}.")
    return number


def seed_of(value: Any) -> int:
    """A seed from 0 to 2³² − 1, the ones that the generators tell apart.

    Raises:
        ValueError: for any other.
    """
    seed = whole("seed", value)
    if not 0 <= seed < SEEDS:
        raise ValueError(f"The seed is {seed}: choose a whole number from 0 to {SEEDS - 1}.")
    return seed


def real(name: str, value: Any) -> float:
    """A finite real number.

    Raises:
        ValueError: for anything else.
    """
    try:
        if is_no_number(value):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise ValueError(f"{name} is {shown(value)}, and one real number is needed.") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} is {number}: it must be finite.")
    return number


def some_of(one: str, several: str, names: Any, known: Collection[str]) -> tuple[str, ...]:
    """Names that exist, from one or several of them.

    Args:
        one, several: what they are names of, for messages.
        names: what was handed over.
        known: all that exist.

    Raises:
        ValueError: for none, for no names, or for one that is not known.
    """
    found = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, Iterable) else ()
    if not found or not all(isinstance(name, str) for name in found):
        raise ValueError(f"The {several} are {shown(names)}: choose some of {', '.join(known)}.")
    for name in found:
        if name not in known:
            raise ValueError(f"There is no {one} {name!r}: choose some of {', '.join(known)}.")
    return found


def is_no_number(value: Any) -> bool:
    """Whether Python makes a number of what is none: of a truth value, a text, or a complex number."""
    kind = str(getattr(value, "dtype", type(value).__name__))
    return isinstance(value, (str, bytes)) or kind.removeprefix("torch.").startswith(("bool", "complex"))


def tensor_of(name: str, value: Any) -> Tensor:
    """Numbers of any make as a tensor: a tensor as it is, all else by way of NumPy.

    NumPy's views of any order and byte order are welcome; what is not numbers is refused.

    Raises:
        ValueError: for what holds no real numbers, or holds masked ones.
    """
    if isinstance(value, Tensor):
        refuse_kind(name, value)
        return value.resolve_neg()  # of an imaginary part, whose memory NumPy cannot read
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(
            f"{name} is a masked array, and nothing here could respect its mask: fill it, or hand the mask "
            "over as `observed` where that is offered."
        )
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise ValueError(
            f"{name} is {shown(value)}, and an array or tensor of real numbers is needed: convert it with "
            "numpy.asarray(…, dtype='float32')."
        )
    if array.dtype.itemsize > 8:  # long double, which torch has not
        array = array.astype(np.float64)
    # A copy where torch cannot read: foreign byte orders, negative strides, read-only memory.
    if any(step < 0 for step in array.strides):  # of one number too, which NumPy takes for contiguous
        array = array.copy()
    native = np.require(array, array.dtype.newbyteorder("="), ["C", "W"])
    # By its letters: NumPy has two types of the same integers, and torch knows one of them.
    return torch.from_numpy(native.view(native.dtype.str))


def refuse_kind(name: str, value: Tensor) -> None:
    """Complex numbers are no concentrations."""
    refuse_layout(name, value)
    if value.is_complex():
        raise ValueError(f"{name} holds complex numbers, and real ones are needed: take .real.")


def refuse_layout(name: str, value: Tensor) -> None:
    """A ValueError for a tensor that hides its numbers, or has none."""
    if value.device.type == "meta":
        raise ValueError(
            f"{name} is on the device 'meta', where tensors have a shape and no numbers: make it on 'cpu'."
        )
    if value.is_nested or value.layout != torch.strided or value.is_quantized:
        kind = "nested" if value.is_nested else "quantised" if value.is_quantized else "sparse"
        way = {"nested": "torch.stack(x.unbind())", "quantised": "x.dequantize()", "sparse": "x.to_dense()"}
        raise ValueError(
            f"{name} is a {kind} tensor, and a number in every cell is needed: pass {way[kind]} of it."
        )


def state_of(state: Any) -> State:
    """A `State`, from one or from any pair of fields; plain arrays become tensors.

    What has names is read by them. One array of both fields is refused: in a batch of two nobody could tell
    its fields from its states.

    Raises:
        ValueError: if it is no pair.
    """
    found = entries("The state", state)
    if found is None and getattr(state, "ndim", 0) == 4:
        raise ValueError(
            f"The state is one array of shape {tuple(state.shape)}, and a pair of fields is needed: say "
            "which axis holds them, State(*array) for the first, State(*array.swapaxes(0, 1)) for the second."
        )
    try:
        if isinstance(state, (str, bytes)):
            raise TypeError
        u, v = state if found is None else (found[name] for name in ("u", "v"))
    except (TypeError, ValueError, KeyError, IndexError, RuntimeError):
        raise ValueError(
            f"The state is {shown(state)}, and a pair of fields is needed: State(u, v), each "
            "(batch, height, width)."
        ) from None
    fields = in_one_order("The state", {"u": u, "v": v})
    for name, field in fields.items():
        refuse_other_side(name, field)
    return State(*(tensor_of(name, field) for name, field in fields.items()))


def params_of(params: Any) -> Params:
    """`Params`, from them, from four numbers under their names, or from four single ones in their order.

    A dict, a labelled row, a record or a named tuple has names. A table of several sets without them is
    refused: with as many rows as columns nobody could tell which way it lies.

    Raises:
        ValueError: for anything else.
    """
    names = ", ".join(Params._fields)
    if isinstance(params, Params):
        return params
    found = entries("The parameters", params)
    if found is not None:
        if set(found) != set(Params._fields):
            raise ValueError(f"The parameters name {', '.join(map(str, found))}: give {names}, each once.")
        return Params(**found)
    if getattr(params, "ndim", 1) != 1:
        raise ValueError(
            f"The parameters are a table of shape {tuple(params.shape)}: say what its columns are, "
            f"Params(*table.T) where each row holds {names}."
        )
    try:
        four = tuple(params)
        single = all(np.ndim(each.detach() if isinstance(each, Tensor) else each) == 0 for each in four)
    except (TypeError, ValueError, RuntimeError):
        four, single = (), False
    if isinstance(params, (str, bytes)) or len(four) != 4 or not single:
        raise ValueError(
            f"The parameters are {shown(params)}: give Params({names}), each a number or a tensor with one "
            "entry per simulation."
        )
    return Params(*four)


def shown(value: Any) -> str:
    """A value in a message: short lines as they are, arrays by shape, others by their type."""
    if isinstance(value, (Tensor, np.ndarray)) and value.ndim:
        return f"an array of {value.dtype} and shape {tuple(value.shape)}"
    text = repr(value)
    return text if len(text) <= 40 and "\n" not in text else f"a {type(value).__name__}"
