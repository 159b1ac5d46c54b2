"""The paper's three losses between fields of v (Sections 2.1 and 4.2).

    spectral           mean over pixels of (log P − log P_target)²,  P = |fft2(v − mean v)|²
    windowed spectral  the same inside 16 × 16 windows; the mean removed is the whole image's
    Gram               mean square difference of the Gram matrices of VGG-19's relu3_4 features

Each takes v and a target of shape (batch, height, width), or a target of batch 1 shared by all,
and returns the mean over the batch, or with reduction="none" one loss per sample. Inside torch.vmap it is
computed in double precision, and is infinite where outside a sentence says that it is beyond its type.
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from lib.backends.precision import Product, full_precision
from lib.features import Features, at_hand
from lib.inputs import real, shown, some_of, tensor_of, whole
from lib.large_fields import in_range

#: Added to the power before the logarithm (original code). It sets the height of the plateau:
#: a uniform field has log P = log ε at every wave number.
LOG_FLOOR = 1e-8

#: A floor beyond it leaves single precision together with any power.
HIGHEST_FLOOR = 1e30

#: Fields that features are computed of at a time; a GPU is full with these.
FIELDS_AT_ONCE = 64

#: Cells along a side that the two poolings of the Gram loss's network leave something of.
SMALLEST = 4

Fields = Float[Tensor, "batch height width"]
#: What `check_pair` checks, so that anything else is answered with a sentence.
Pair = Any
Loss = Float[Tensor, ""] | Float[Tensor, " batch"]


def spectral(v: Pair, target: Pair, *, floor: Any = LOG_FLOOR, reduction: Any = "mean") -> Loss:
    """Mean square difference of the log power spectra (equations 5 and 6).

    Args:
        v, target: fields (batch, height, width).
        floor: ε in log(P + ε).
        reduction: "mean" for a scalar, "none" for (batch,).

    Raises:
        ValueError: for shapes that do not match or an unknown reduction.
    """
    v, target = check_pair(v, target, floor, reduction)
    return answered(partial(log_power, floor=float(floor)), v, target, reduction)


def windowed_spectral(
    v: Pair, target: Pair, *, window: Any = 16, floor: Any = LOG_FLOOR, reduction: Any = "mean"
) -> Loss:
    """The same inside non-overlapping windows without taper (original code, commit 08addb1).

    The mean removed is the whole image's, so each window keeps its own constant term.

    Args:
        v, target, floor, reduction: as in `spectral`.
        window: side of the windows in cells; must divide both sides of the field.
    """
    v, target = check_pair(v, target, floor, reduction)
    window = whole("window", window, 1)
    return answered(partial(windowed_log_power, window=window, floor=float(floor)), v, target, reduction)


def gram(v: Pair, target: Pair, *, features: Any = None, reduction: Any = "mean") -> Loss:
    """Mean square difference of Gram matrices, G = f fᵀ / 200 (original code, commit 4387869).

    Args:
        v, target, reduction: as in `spectral`.
        features: a map (batch, height, width) → (batch, channels, rows, columns); by default
            `features.at_hand()`, whose `label` says whether its filters are pretrained or random.
    """
    if features is not None and not callable(features):
        raise ValueError(
            f"features is {shown(features)}, and a map from fields to feature images is needed: leave it out "
            "for the usual filters, or hand over lib.features.Features(layers, label)."
        )
    v, target = check_pair(v, target, LOG_FLOOR, reduction)
    if min(v.shape[1:]) < SMALLEST:
        raise ValueError(
            f"The fields have {v.shape[1]} × {v.shape[2]} cells: the Gram loss halves them twice and "
            f"needs at least {SMALLEST} each way."
        )
    ours = features is None or isinstance(features, Features)  # which take double precision too
    return answered(partial(gram_matrix, features=features), v, target, reduction, ours)


def log_power(v: Fields, floor: float = LOG_FLOOR) -> Fields:
    """log(|fft2(v − mean v)|² + ε), (batch, height, width), zero wave number first."""
    return log_of_power(v - v.mean(dim=(-2, -1), keepdim=True), floor)


def windowed_log_power(
    v: Fields, window: int = 16, floor: float = LOG_FLOOR
) -> Float[Tensor, "batch rows columns window window"]:
    """log_power of every window, (batch, rows of windows, columns of windows, window, window)."""
    if window < 1 or v.shape[-2] % window or v.shape[-1] % window:
        raise ValueError(
            f"Windows of {window} cells do not tile {v.shape[-2]} × {v.shape[-1]} cells: choose a divisor."
        )
    centred = v - v.mean(dim=(-2, -1), keepdim=True)
    return log_of_power(centred.unfold(-2, window, window).unfold(-2, window, window), floor)


def log_of_power(
    x: Float[Tensor, "*stack height width"], floor: float
) -> Float[Tensor, "*stack height width"]:
    """log(|fft2 x|² + ε) over the last two axes, unnormalised transform."""
    transform = torch.fft.fft2(x)
    return (transform.real.square() + transform.imag.square() + floor).log()


def gram_matrix(v: Fields, features: Any = None) -> Float[Tensor, "batch channels channels"]:
    """f fᵀ / 200 with f the features flattened over space; 200 is the original code's constant.

    So many fields at a time: between its layers the network holds some 13 MB for each of 128 × 128 cells.
    """
    network = at_hand() if features is None else features
    with full_precision():
        flats = (images_of(network, piece).flatten(start_dim=2) for piece in v.split(FIELDS_AT_ONCE))
        return torch.cat([Product.apply(flat, flat.transpose(1, 2)) / 200 for flat in flats])


def images_of(network: Callable[[Fields], Tensor], v: Fields) -> Float[Tensor, "batch channels rows columns"]:
    """What a map makes of fields; a ValueError unless these are feature images."""
    found = network(v)
    if not isinstance(found, Tensor) or found.ndim != 4 or len(found) != len(v):
        raise ValueError(
            f"The features of {len(v)} fields are {shown(found)}: they must be a tensor (batch, channels, "
            "rows, columns)."
        )
    return found


def check_pair(v: Any, target: Any, floor: Any, reduction: Any) -> tuple[Tensor, Tensor]:
    """Two stacks of fields on the same grid, the target's batch equal or 1; NumPy's arrays become tensors.

    NaN passes: it is how a diverged run looks, and its loss is NaN.
    """
    v, target = tensor_of("v", v), tensor_of("target", target)
    added = real("floor", floor)
    if added <= 0:
        raise ValueError(f"floor is {floor!r}: the logarithm of an empty wave needs a positive one.")
    if added > HIGHEST_FLOOR:
        raise ValueError(f"floor is {added:g}, which drowns every wave: the paper's is {LOG_FLOOR:g}.")
    check_reduction(reduction)
    if not (v.is_floating_point() and target.is_floating_point()):
        raise ValueError(f"v and target are of {v.dtype} and {target.dtype}: convert both to concentrations.")
    if torch.float16 in (v.dtype, target.dtype) or torch.bfloat16 in (v.dtype, target.dtype):
        raise ValueError("v or target has half precision, in which powers overflow: make both float32.")
    if 0 in v.shape or 0 in target.shape:
        raise ValueError(
            f"v and target have shapes {tuple(v.shape)} and {tuple(target.shape)}: one of them is empty."
        )
    if v.ndim != 3 or target.ndim != 3 or v.shape[1:] != target.shape[1:]:
        raise ValueError(
            f"v and target have shapes {tuple(v.shape)} and {tuple(target.shape)}: "
            "both must be (batch, height, width) on the same grid."
        )
    if target.shape[0] not in (1, v.shape[0]):
        raise ValueError(
            f"There are {v.shape[0]} fields and {target.shape[0]} targets: give one each, or one for all."
        )
    if v.device != target.device:
        raise ValueError(f"v is on {v.device} and target on {target.device}: move both to one device.")
    return v, target


def distance(descriptor: Tensor, target: Tensor, reduction: Any = "mean") -> Loss:
    """Mean square difference of two descriptors, per sample or over the batch."""
    check_reduction(reduction)
    per_sample = (descriptor - target).square().flatten(start_dim=1).mean(dim=1)
    return per_sample.mean() if reduction == "mean" else per_sample


def answered(
    describe: Callable[[Fields], Tensor], v: Tensor, target: Tensor, reduction: Any, doubles: bool = True
) -> Loss:
    """The distance of both fields' descriptors; `doubles` as `large_fields.in_range` has it."""
    per_sample = in_range(lambda x, y: distance(describe(x), describe(y), "none"), v, target, doubles)
    return per_sample.mean() if reduction == "mean" else per_sample


def check_reduction(reduction: Any) -> None:
    """Refuse a way of averaging that nobody has written."""
    if not isinstance(reduction, str) or reduction not in ("mean", "none"):
        raise ValueError(f"There is no reduction {shown(reduction)}: choose 'mean' or 'none'.")


#: What each loss compares. Every loss of the paper is a mean square `distance` between descriptors,
#: so a landscape computes its target's descriptor once.
DESCRIPTORS: dict[str, Callable[[Fields], Tensor]] = {
    "spectral": log_power,
    "windowed": windowed_log_power,
    "gram": gram_matrix,
}


def descriptor(name: str) -> Callable[[Fields], Tensor]:
    """What the loss of that name compares; a ValueError that lists the names if there is none."""
    if name not in DESCRIPTORS:
        raise ValueError(f"There is no loss {name!r}: choose one of {', '.join(DESCRIPTORS)}.")
    return DESCRIPTORS[name]


def names_of(losses: Any, known: Collection[str] = DESCRIPTORS) -> tuple[str, ...]:
    """Names of losses that exist, from one or several; a ValueError for all else."""
    return some_of("loss", "losses", losses, known)
