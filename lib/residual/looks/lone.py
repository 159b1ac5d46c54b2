"""What v alone looks like if it is not what `fit_v` takes for granted: whole, steady, without noise."""

from math import isfinite
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float

from lib.model import Params
from lib.residual import noise as noises
from lib.residual.looks.doubts import EXPLAINED, Doubt
from lib.residual.looks.origin import torn

#: A parameter known to less than this share of itself is not known.
VAGUE = 0.1


class Left(NamedTuple):
    """What the fit left over.

    Args:
        r: v's residual in the cells that were used.
        used: which of the image's these are.
        misfit: its size, relative to that of u v².
        edge: parameters at a bound of the search.
    """

    r: Float[np.ndarray, " cells"]
    used: Bool[np.ndarray, "height width"]
    misfit: float
    edge: list[str]


def doubts(
    image: Float[np.ndarray, "height width"], params: Params, errors: list[float], left: Left, boundary: str,
    width: float, noise: float,
) -> tuple[Doubt, ...]:  # fmt: skip
    """The first thing that v contradicts, since the others follow from it; nothing where all is well.

    Args:
        image: v.
        params, errors: of the fit, in cells.
        left: what it left over.
        boundary, width, noise: as it was asked for.
    """
    low, top = float(image.min()), float(image.max())
    if not is_concentration(image):
        said = f"v runs from {low:.3g} to {top:.3g}, and a concentration of the model stays between 0 and 1"
        return (Doubt("range", f"{said}: divide by what stands for 1."),)
    if boundary == "periodic" and left.misfit > EXPLAINED and torn(field(left)):
        return (edges(),)
    measured = noises.level(torch.as_tensor(image.copy()), boundary == "periodic")
    level = max(noise, measured)
    # The Laplacian of white noise has 20 times its variance; a test function leaves little of it.
    rough = abs(float(params.Dv)) * np.sqrt(20) * level / max(rms(left) / max(left.misfit, 1e-300), 1e-300)
    if not width and left.misfit > EXPLAINED and rough > left.misfit / 3:
        said = (
            f"Noise of about {level:.2g} in v moves the Laplacian, and with it Du and Dv, further than the "
            f"errors say: pass width=1.5, noise={level:.2g}, and expect less of v alone than of both fields."
        )
        return (Doubt("noise", said, arguments={"width": 1.5, "noise": level}),)
    if left.edge:
        said = (
            f"The best {' and '.join(left.edge)} lies at a bound of the search, so nothing was found: v "
            "alone does not determine it, or is no steady picture of the model."
        )
        return (Doubt("bound", said),)
    negative = [n for n, x in zip(Params._fields, params, strict=True) if float(x) < 0]
    if negative:
        return (Doubt("sign", f"Negative: {', '.join(negative)}. No Gray-Scott pattern has that."),)
    explained = noise / max(rms(left) / max(left.misfit, 1e-300), 1e-300) if width else 0.0
    if left.misfit**2 > (2 * EXPLAINED) ** 2 + explained**2:
        said = (
            f"{left.misfit:.2g} of the reaction is left unexplained: v looks like a pattern that has not "
            "settled, another model or Laplacian, or an image that was blurred or resampled."
        )
        return (Doubt("unsettled", said),)
    told = [(n, abs(float(x)), e) for n, x, e in zip(Params._fields, params, errors, strict=True)]
    vague = [f"{n} to {e / x:.0%}" for n, x, e in told if VAGUE * x <= e and x > 0 and isfinite(e / x)]
    silent = [n for n, x, e in told if not (isfinite(e) and x > 0 and isfinite(e / x))]
    if silent:
        also = f", and {', '.join(vague)} only" if vague else ""
        said = f"v alone does not tell how well {', '.join(silent)} are known{also}"
        return (Doubt("vague", f"{said}: give u too, or a larger picture."),)
    if vague:
        return (Doubt("vague", f"v alone tells {', '.join(vague)} only: give u too, or a larger picture."),)
    return ()


def is_concentration(image: Float[np.ndarray, "height width"]) -> bool:
    """Whether v stays where the model keeps it, but for a little noise."""
    return float(image.min()) >= -0.1 and float(image.max()) <= 1.1


def edges() -> Doubt:
    """The sentence about an image that does not continue at its opposite edge."""
    said = (
        "The equations fail at the edges, where opposite ones are taken for neighbours: v looks like a piece "
        "of a larger picture, or like one between walls. Pass boundary='open', or 'no-flux'."
    )
    return Doubt("edges", said, arguments={"boundary": "open"})


def field(left: Left) -> torch.Tensor:
    """The residual in its place; NaN in cells that were not used."""
    whole = np.full(left.used.shape, np.nan)
    whole[left.used] = np.abs(left.r)
    return torch.as_tensor(whole)


def rms(left: Left) -> float:
    return float(np.sqrt(np.mean(left.r**2)))
