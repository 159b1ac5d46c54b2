"""The one door for images: whatever holds numbers on a grid comes in, two matching stacks go out.

NumPy (any byte order, any strides, float16, integers, masked arrays), torch, xarray, pandas, Pillow and
nested lists all pass. What cannot be an image of a concentration is refused with a sentence that says why.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.inputs import refuse_layout
from lib.inputs.labels import entries, has_places, refuse_other_side

#: Anything the door takes; only its shape and its numbers are checked, so that a wrong one meets a sentence.
Image = Any

#: A last axis this short beside two long ones is one of colours, not of cells.
CHANNELS = (1, 2, 3, 4)


class Numbers(NamedTuple):
    """One array behind the door.

    Args:
        values: (batch, height, width), float32 or float64, still attached to the graph of a tensor.
        seen: where it holds a number, (batch, height, width); all but what a masked array masks.
        precision: relative spacing of the numbers it came in.
        rounding: standard deviation of the error that storing it left; 0 where that is below float32's.
    """

    values: Float[Tensor, "batch height width"]
    seen: Bool[Tensor, "batch height width"]
    precision: float
    rounding: float


def opened(
    u: Image,
    v: Image | None,
    *,
    times: Any = None,
    dx: float | None = None,
    boundary: str | None = None,
    scale: Any = None,
    rate: Any = None,
) -> tuple[Image, Image | None, Any, float, str | None]:
    """Images, times, dx and boundary, with names of files replaced by what the files hold.

    What was passed counts, a known `rate` against times too. What a file says, or what stands beside the
    fields or in their coordinates, fills in the rest; cells whose side nothing says have 1.

    Raises:
        ValueError: for a name beside an array, and whatever `lib.image_files` cannot read.
    """
    named = [isinstance(x, str | Path) for x in (u, v) if x is not None]
    if any(named) and not all(named):
        raise ValueError(
            "One field is the name of a file and the other an array: give both as files or as arrays."
        )
    # Only here: NetCDF, HDF5 and pictures need packages that a fit of plain arrays does without.
    if any(named):
        read = import_module("lib.image_files").read
        files = (x for x in (u, v) if x is not None)
        found = read(*files, scale=scale, times=times, dx=dx, boundary=boundary)
    else:
        beside = {} if v is not None else beside_fields(u)
        u, v = unpacked(u) if v is None else (u, v)
        if not (beside or has_places(u) or has_places(v)):
            return u, v, times, 1.0 if dx is None else dx, boundary
        settings = import_module("lib.image_files.settings").Settings(times, dx, boundary)
        found = import_module("lib.labelled_images").read(u, v, beside, settings)
    several = rate is None and np.ndim(found.u) == 3 and len(found.u) > 1
    if times is None and several:
        times = found.times
    return found.u, found.v, times, 1.0 if found.dx is None else found.dx, found.boundary


def beside_fields(both: Image) -> dict[str, Any]:
    """`times` and `dx` of an object that holds both fields, and these by name."""
    labelled = entries("The data", both) or {}
    return {name: labelled[name] for name in ("times", "dx") if labelled.get(name) is not None}


def pair(u: Image, v: Image | None = None) -> tuple[Numbers, Numbers]:
    """Both fields behind the door, checked against each other.

    Args:
        u, v: images (height, width) or stacks (batch, height, width). Without v, u is a pair of them: a
            `State`, a tuple, or a dataset or mapping with variables called u and v.

    Raises:
        ValueError: for what cannot be a pair of images, or shapes that do not match.
    """
    first, second = unpacked(u) if v is None else (u, v)
    found = numbers("u", first), numbers("v", second)
    shapes = [tuple(x.values.shape) for x in found]
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"The images u and v have shapes {shapes[0]} and {shapes[1]} (image, row, column): both must "
            "show the same cells, as (height, width) or a stack (batch, height, width)."
        )
    return found


def unpacked(both: Image) -> tuple[Image, Image]:
    """u and v out of one object that holds both."""
    labelled = entries("The data", both)
    if labelled is not None:
        missing = [name for name in ("u", "v") if name not in labelled]
        if missing:
            raise ValueError(
                f"There is no variable {' nor '.join(missing)} in the data, only "
                f"{', '.join(map(str, labelled))}: pass "
                "the two fields by themselves, as fit(data['…'], data['…'])."
            )
        return labelled["u"], labelled["v"]
    if isinstance(both, tuple | list) and len(both) == 2:
        return both[0], both[1]
    raise ValueError(
        "Only one image was given: the fit needs u and v, as fit(u, v) or fit((u, v)). From v alone, "
        "`residual.fit_v` computes the unseen u."
    )


def numbers(name: str, x: Image) -> Numbers:
    """One array behind the door.

    Args:
        name: what sentences call it.
        x: the array.

    Raises:
        ValueError: for text, complex or logical values, and shapes that are no images.
    """
    if isinstance(x, Tensor):
        refuse_layout(name, x)
        x = x.resolve_neg()
        tensor, seen = x, torch.ones(x.shape, dtype=torch.bool, device=x.device)
        kind = "complex" if x.is_complex() else "bool" if x.dtype == torch.bool else str(x.dtype)
    else:
        refuse_other_side(name, x)
        array, mask = bare(x)
        kind = array.dtype.name
        check_kind(name, array.dtype.kind, kind)
        tensor, seen = torch.from_numpy(native(array)), torch.from_numpy(np.array(~mask))
    check_kind(name, {"complex": "c", "bool": "b"}.get(kind, "f"), kind)
    check_shape(name, tuple(tensor.shape))
    precision, rounding = spacing(tensor, kind)
    values = tensor if tensor.dtype in (torch.float32, torch.float64) else tensor.to(torch.float64)
    stacked = (values, seen) if values.ndim == 3 else (values[None], seen[None])
    return Numbers(*stacked, precision, rounding)


def bare(x: Image) -> tuple[np.ndarray, np.ndarray]:
    """An array and the mask it brought along, without the library it came from."""
    if hasattr(x, "to_numpy"):  # a table or a labelled array
        x = x.to_numpy()
    mask = np.ma.getmaskarray(x) if isinstance(x, np.ma.MaskedArray) else None
    try:
        array = np.asarray(np.ma.getdata(x) if mask is not None else x)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{type(x).__name__} does not hold a grid of numbers: {error}") from error
    return array, np.zeros(array.shape, dtype=bool) if mask is None else np.array(mask)


def native(array: np.ndarray) -> np.ndarray:
    """The same numbers in this machine's byte order, in memory that torch can look into.

    Unsigned integers beyond a byte, which torch knows in part only, become float64; so do long doubles.
    """
    if array.dtype.kind == "u" and array.dtype.itemsize > 1 or array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    # Copies read-only memory and turned or mirrored views, which torch cannot share.
    return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")


def check_kind(name: str, kind: str, said: str) -> None:
    """A sentence for what is not a real number."""
    if kind in "fiu":
        return
    if kind == "c":
        remedy = "take its real part, or its absolute value if it is a Fourier transform undone"
    elif kind == "b":
        remedy = (
            "a picture of true and false holds no concentrations: give the field before it was thresholded"
        )
    else:
        remedy = "convert it to numbers first, with numpy.asarray(x, dtype=float)"
    raise ValueError(f"{name} holds values of type {said}, and a concentration is a real number: {remedy}.")


def check_shape(name: str, shape: tuple[int, ...]) -> None:
    """A sentence for what is not an image or a stack of them."""
    if len(shape) == 3 and shape[-1] in CHANNELS and min(shape[:2]) > max(CHANNELS):
        raise ValueError(
            f"{name} has shape {shape}, which looks like a colour picture with {shape[-1]} channels, not "
            f"like {shape[0]} images of {shape[1]} × {shape[2]} cells: give the one channel that is "
            f"proportional to the concentration, as {name}[..., 0]."
        )
    if len(shape) not in (2, 3) or 0 in shape:
        raise ValueError(
            f"{name} has shape {shape}: both fields must show the same cells, as (height, width) or a stack "
            "(batch, height, width), none of them empty. A flattened picture needs reshape(height, width)."
        )


def spacing(tensor: Tensor, kind: str) -> tuple[float, float]:
    """Relative spacing of an array's numbers, and the standard deviation of its rounding where it matters."""
    if tensor.dtype in (torch.float32, torch.float64):
        return torch.finfo(tensor.dtype).eps, 0.0
    if tensor.is_floating_point():
        # Rounded to nearest, the error is uniform over one spacing, which doubles with every power of two.
        size = tensor.detach().double().abs()
        relative = torch.finfo(tensor.dtype).eps
        step = relative * torch.exp2(torch.log2(size.clamp(min=1e-30)).floor())
        return relative, float((step.square().nanmean() / 12).sqrt())
    return 1.0, float(1 / np.sqrt(12))
