"""The paper's three losses between fields of v (Sections 2.1 and 4.2).

    spectral           mean over pixels of (log P − log P_target)²,  P = |fft2(v − mean v)|²
    windowed spectral  the same inside 16 × 16 windows; the mean removed is the whole image's
    Gram               mean square difference of the Gram matrices of VGG-19's relu3_4 features

Each takes v and a target of shape (batch, height, width), or a target of batch 1 shared by all,
and returns the mean over the batch, or with reduction="none" one loss per sample.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from lib.features import Features, vgg19

#: Added to the power before the logarithm (original code). It sets the height of the plateau:
#: a uniform field has log P = log ε at every wave number.
LOG_FLOOR = 1e-8

#: Fields that features are computed of at a time; a GPU is full with these.
FIELDS_AT_ONCE = 64

Fields = Float[Tensor, "batch height width"]
#: What `check_pair` checks, so that a wrong shape is answered with a sentence.
Pair = Float[Tensor, "..."]
Loss = Float[Tensor, ""] | Float[Tensor, " batch"]


def spectral(v: Pair, target: Pair, *, floor: float = LOG_FLOOR, reduction: str = "mean") -> Loss:
    """Mean square difference of the log power spectra (equations 5 and 6).

    Args:
        v, target: fields (batch, height, width).
        floor: ε in log(P + ε).
        reduction: "mean" for a scalar, "none" for (batch,).

    Raises:
        ValueError: for shapes that do not match or an unknown reduction.
    """
    check_pair(v, target)
    return distance(log_power(v, floor), log_power(target, floor), reduction)


def windowed_spectral(
    v: Pair, target: Pair, *, window: int = 16, floor: float = LOG_FLOOR, reduction: str = "mean"
) -> Loss:
    """The same inside non-overlapping windows without taper (original code, commit 08addb1).

    The mean removed is the whole image's, so each window keeps its own constant term.

    Args:
        v, target, floor, reduction: as in `spectral`.
        window: side of the windows in cells; must divide both sides of the field.
    """
    check_pair(v, target)
    return distance(
        windowed_log_power(v, window, floor), windowed_log_power(target, window, floor), reduction
    )


def gram(v: Pair, target: Pair, *, features: Features | None = None, reduction: str = "mean") -> Loss:
    """Mean square difference of Gram matrices, G = f fᵀ / 200 (original code, commit 4387869).

    Args:
        v, target, reduction: as in `spectral`.
        features: a map (batch, height, width) → (batch, channels, rows, columns); by default
            `features.vgg19()`, whose `label` says whether its filters are pretrained or random.
    """
    check_pair(v, target)
    return distance(gram_matrix(v, features), gram_matrix(target, features), reduction)


def log_power(v: Fields, floor: float = LOG_FLOOR) -> Fields:
    """log(|fft2(v − mean v)|² + ε), (batch, height, width), zero wave number first."""
    return log_of_power(v - v.mean(dim=(-2, -1), keepdim=True), floor)


def windowed_log_power(
    v: Fields, window: int = 16, floor: float = LOG_FLOOR
) -> Float[Tensor, "batch rows columns window window"]:
    """log_power of every window, (batch, rows of windows, columns of windows, window, window)."""
    if v.shape[-2] % window or v.shape[-1] % window:
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


def gram_matrix(v: Fields, features: Features | None = None) -> Float[Tensor, "batch channels channels"]:
    """f fᵀ / 200 with f the features flattened over space; 200 is the original code's constant.

    So many fields at a time: between its layers the network holds some 13 MB for each of 128 × 128 cells.
    """
    network = features or vgg19()
    flats = (network(piece).flatten(start_dim=2) for piece in v.split(FIELDS_AT_ONCE))
    return torch.cat([flat @ flat.transpose(1, 2) / 200 for flat in flats])


def check_pair(v: Pair, target: Pair) -> None:
    """Same grid and a batch that is equal or 1."""
    if v.ndim != 3 or target.ndim != 3 or v.shape[1:] != target.shape[1:]:
        raise ValueError(
            f"v and target have shapes {tuple(v.shape)} and {tuple(target.shape)}: "
            "both must be (batch, height, width) on the same grid."
        )
    if target.shape[0] not in (1, v.shape[0]):
        raise ValueError(
            f"There are {v.shape[0]} fields and {target.shape[0]} targets: give one each, or one for all."
        )


def distance(descriptor: Tensor, target: Tensor, reduction: str = "mean") -> Loss:
    """Mean square difference of two descriptors, per sample or over the batch."""
    if reduction not in ("mean", "none"):
        raise ValueError(f"There is no reduction {reduction!r}: choose 'mean' or 'none'.")
    per_sample = (descriptor - target).square().flatten(start_dim=1).mean(dim=1)
    return per_sample.mean() if reduction == "mean" else per_sample


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
