"""One image, one length, one level of noise: what functions of single images are handed, or a sentence."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.images import numbers
from lib.inputs import real, refuse_layout, shown
from lib.inputs.labels import entries
from lib.residual.noise import Levels, refuse_louder

#: The Laplacian of fewer cells is no Laplacian: a cell would be its own second neighbour.
SMALLEST = 3

#: Numbers up to here can be squared and added up over any image without leaving the floating-point numbers.
LARGEST = 1e140

#: How far concentrations may leave [0, 1] by noise; grey levels and percents go further.
BEYOND = 1.0


def image(name: str, x: Any) -> Float[Tensor, "height width"]:
    """One whole image as float64.

    Args:
        name: what sentences call it.
        x: an array, tensor or labelled array, (height, width).

    Raises:
        ValueError: for anything else, for cells that are missing or not finite, and under 3 cells a side.
    """
    found = numbers(name, forward(readable(name, x)))
    if len(np.shape(forward(x))) != 2:
        raise ValueError(
            f"{name} has shape {tuple(np.shape(x))}, and one whole image (height, width) is needed: take "
            f"{name}[0] of a stack."
        )
    one = found.values[0].to(torch.float64)
    broken = ~(one.detach().isfinite() & found.seen[0])
    if bool(broken.any()):
        raise ValueError(
            f"{name} has {int(broken.sum())} cells that are missing or not finite, and a whole image "
            "is needed: fill them, or use residual.fit with observed=~isnan(...)."
        )
    if min(one.shape) < SMALLEST:
        raise ValueError(
            f"{name} has {one.shape[0]} × {one.shape[1]} cells: take at least {SMALLEST} along each side."
        )
    return one


def moderate(name: str, x: Any) -> Float[Tensor, "height width"]:
    """One whole image whose powers are numbers too.

    Raises:
        ValueError: as `image`, and for numbers beyond `LARGEST`.
    """
    one = image(name, x)
    top = float(one.detach().abs().max())
    if top > LARGEST:
        raise ValueError(
            f"{name} reaches {top:.3g}, and its square is beyond all floating-point numbers: divide it by "
            "its unit first."
        )
    return one


def readable(name: str, x: Any) -> Any:
    """The same, if it is no tensor that hides its numbers; a pair is looked at one by one.

    Raises:
        ValueError: for sparse, nested and quantised tensors, and for those of the device "meta".
    """
    if isinstance(x, tuple | list) and len(x) == 2:
        for part, each in zip("uv", x, strict=True):
            readable(part if name == "u" else f"{part} of the {name}", each)
    if isinstance(x, Tensor):
        refuse_layout(name, x)
    return x


def yes_or_no(name: str, value: Tensor) -> Bool[Tensor, "..."]:
    """A mask of True and False, or of 1 and 0, or a black and white picture, 255 and 0.

    Raises:
        ValueError: for a mask that holds anything else, NaN included.
    """
    value = readable(name, value)
    if value.dtype == torch.bool:
        return value
    held = value.detach().double()
    white = 255 if value.dtype == torch.uint8 and not bool((held == 1).any()) else 1
    wrong = (held != 0) & (held != white)
    if bool(wrong.any()):
        raise ValueError(
            f"{name} holds {float(held[wrong][0]):.4g} in {int(wrong.sum())} of its cells, and a mask holds "
            f"True and False, or 1 and 0: make it one by a comparison, such as {name}=~isnan(…)."
        )
    return value.bool()


def forward(x: Any) -> Any:
    """An array whose memory is walked forwards; torch takes no other, not even of one number."""
    backwards = isinstance(x, np.ndarray) and any(step < 0 for step in x.strides)
    return x.copy() if backwards else x


def concentrations(u: Any, v: Any) -> tuple[Float[Tensor, "height width"], Float[Tensor, "height width"]]:
    """Two images of the same cells, in the model's units.

    Raises:
        ValueError: as `image`, for other shapes, and for numbers that are no concentrations.
    """
    fields = image("u", u), image("v", v)
    if fields[0].shape != fields[1].shape:
        raise ValueError(
            f"u has {tuple(fields[0].shape)} cells and v {tuple(fields[1].shape)}: both must show the same."
        )
    for name, x in zip("uv", fields, strict=True):
        low, high = float(x.detach().min()), float(x.detach().max())
        if low < -BEYOND or high > 1 + BEYOND:
            raise ValueError(
                f"{name} goes from {low:.4g} to {high:.4g}, and concentrations lie between 0 and 1: divide "
                "grey levels by what white stands for. residual.fit says what such images look like."
            )
    return fields


def length(name: str, value: Any) -> float:
    """A finite number that is not negative.

    Raises:
        ValueError: for anything else.
    """
    found = real(name, value)
    if found < 0:
        raise ValueError(f"{name} is {found:g}: it must not be negative, and 0 means none.")
    return found


def pair_of_levels(noise: Any) -> Levels | None:
    """The noise of u and of v, from a pair or one number for both; None for none.

    Raises:
        ValueError: for anything else.
    """
    if noise is None:
        return None
    noise = by_field("noise", noise)
    pair = [noise, noise] if np.ndim(plain(noise)) == 0 else list(plain(noise))
    if len(pair) != 2:
        raise ValueError(f"noise is {shown(noise)}: give one standard deviation, or a pair for u and v.")
    levels = (
        length("the standard deviation of u's noise", pair[0]),
        length("the standard deviation of v's noise", pair[1]),
    )
    refuse_louder(max(levels))
    return levels


def by_field(name: str, value: Any) -> Any:
    """The two fields' parts in the order u, v, where they have names; all else as it is.

    Raises:
        ValueError: for other names, or for a set.
    """
    found = entries(name, value)
    if found is None:
        return value
    if set(found) != {"u", "v"}:
        raise ValueError(f"{name} names {', '.join(map(str, found))}: give what belongs to u and to v.")
    return found["u"], found["v"]


def plain(value: Any) -> Any:
    """A value that NumPy can look at; what it cannot is left to be refused."""
    try:
        return np.asarray(value.detach().resolve_neg() if isinstance(value, Tensor) else value)
    except (TypeError, ValueError, RuntimeError):
        return np.asarray(None)


def filter_of(transfer: Any, height: int, width: int) -> Float[Tensor, "height width"]:
    """The transfer function of a test function on a grid; one everywhere for None.

    Raises:
        ValueError: for what is no function, or gives no real number for every wave.
    """
    if transfer is None:
        return torch.ones(height, width, dtype=torch.float64)
    if not isinstance(transfer, Callable):  # type: ignore[arg-type]
        raise ValueError(
            f"transfer is {shown(transfer)}: give a function of height and width, such as "
            "denoise.gaussian_transfer(1.5)."
        )
    try:
        found = readable("what transfer gave", transfer(height, width))
    except Exception as error:  # whatever someone's own function raises
        said = " ".join(str(error).split()).rstrip(".")[:120]
        raise ValueError(
            f"transfer failed for a grid of {height} × {width} ({type(error).__name__}: {said}): give a "
            "function of height and width, such as denoise.gaussian_transfer(1.5)."
        ) from error
    right = isinstance(found, Tensor) and not found.is_complex() and found.shape == (height, width)
    if not right or not bool(found.isfinite().all()):
        raise ValueError(
            f"transfer gave {shown(found)} for a grid of {height} × {width}: a real, finite tensor of that "
            "shape is needed."
        )
    return found.to("cpu", torch.float64)
