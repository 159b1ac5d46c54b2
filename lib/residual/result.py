"""What a fit says: parameters with errors, what is determined, what is left over, and what it looks like."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.backends.ambient import at_home
from lib.inputs import real, shown, whole
from lib.model import Params, State
from lib.residual.bowl import Quadratic
from lib.residual.identifiability import Identifiability
from lib.residual.lattice import Lattice
from lib.residual.looks.doubts import EXPLAINED, Doubt
from lib.residual.noise import Levels


@dataclass(frozen=True)
class Fit:
    """What a snapshot says about the parameters.

    Args:
        params: the minimiser, each entry (batch,); `NaN` where the data do not determine it. Diffusion in dx²
            per time, rates per time, in the units of dx and of the times.
        covariance: of Du, Dv, F, k, (batch, 4, 4), from the scatter of the residuals.
        quadratic: the paraboloid, over the same parameters in the same units.
        condition: largest over smallest eigenvalue of its Hessian in cells, (batch,).
        rms: root mean square of the residual at the minimum, (batch,), concentration per time.
        verdicts: what is determined, one for each image.
        bias: how far noise of the given level (the measured one without) moves each parameter; `NaN` where
            that is not known. Taken off already where noise was corrected for.
        discretisation: how far the parameters differ between Laplacians that fit as well or better, and
            between rules that relate frames.
        misfit: share of the reaction that the equations leave unexplained, (batch,).
        expected: what noise of that level leaves unexplained, likewise; 0 where it was not measured.
        noise: the levels used for the bias, one pair for each image; None where they could not be measured.
        residual: the remainder of both equations, concentration per time; `NaN` where it cannot be computed.
        contrast: what the images vary by, root mean square over both fields, (batch,).
        lattice: Laplacian and edges.
        dx: side of a cell.
        doubts: for each image, what it looks like instead of what was assumed.
        scheme: how the change between frames was used; empty for single frames.
        corrected: whether what noise adds was taken off.
        unsure: relative error of the noise's variance, which a correction inherits.
    """

    params: Params
    covariance: Float[Tensor, "batch 4 4"]
    quadratic: Quadratic
    condition: Float[Tensor, " batch"]
    rms: Float[Tensor, " batch"]
    verdicts: tuple[Identifiability, ...]
    bias: Params
    discretisation: Params
    misfit: Float[Tensor, " batch"]
    expected: Float[Tensor, " batch"]
    noise: tuple[Levels | None, ...]
    residual: State
    contrast: Float[Tensor, " batch"]
    lattice: Lattice
    dx: float
    doubts: tuple[tuple[Doubt, ...], ...]
    scheme: str = ""
    corrected: bool = False
    unsure: float = 0.0

    @property
    def standard_errors(self) -> Params:
        """Square roots of the covariance's diagonal: scatter alone."""
        return Params(*self.covariance.diagonal(dim1=-2, dim2=-1).sqrt().unbind(-1))

    @property
    def errors(self) -> Params:
        """Scatter, bias by noise and discretisation together, each (batch,)."""
        scatter, bias, apart = (stacked(x) for x in (self.standard_errors, self.bias, self.discretisation))
        bias = bias.nan_to_num(0) * (self.unsure if self.corrected else 1)
        parts = torch.stack([scatter, bias.to(scatter), apart.to(scatter)])
        return Params(*parts.square().sum(dim=0).sqrt().unbind(0))

    @property
    def turnover(self) -> Float[Tensor, " batch"]:
        """How long the remainder, if it is change, takes to change the images by what they vary by."""
        return self.contrast / self.rms

    @at_home
    def __str__(self) -> str:
        return "\n".join(line for i in range(len(self.verdicts)) for line in self.lines(i))

    def lines(self, image: int) -> list[str]:
        """The report on one image."""
        lines = [
            said(name, float(value), float(error), self.unit(name))
            for name, value, error in zip(
                Params._fields, stacked(self.params)[:, image], stacked(self.errors)[:, image], strict=True
            )
        ]
        return [*lines, self.verdicts[image].sentence, self.steadiness(image)]

    def unit(self, name: str) -> str:
        """The unit of a parameter."""
        length = "cells²" if self.dx == 1 else "length²"
        return f"{length} per time" if name.startswith("D") else "per time"

    def steadiness(self, image: int) -> str:
        """How far from steady one image is, in words."""
        misfit, expected = float(self.misfit[image]), float(self.expected[image])
        if not math.isfinite(misfit):
            return "Nothing reacts here, so nothing shows whether it is steady."
        rule = f" by the {self.scheme} rule" if self.scheme else ""
        noise = (
            f", {expected:.2g} of it as noise would"
            if misfit > EXPLAINED and 0.67 * misfit < expected < 1.5 * misfit
            else ""
        )
        left = f"Left unexplained{rule}: {misfit:.2g} of the reaction{noise}."
        turnover = float(self.turnover[image])  # infinite where nothing at all is left
        if self.scheme or noise or not float(self.contrast[image]) > 1e-6 or not math.isfinite(turnover):
            return left
        return f"{left} If that is change, another pattern is {turnover:.2g} time units away."


def stacked(params: Params) -> Float[Tensor, "4 batch"]:
    """The four parameters in rows."""
    return torch.stack([torch.as_tensor(x) for x in params])


def said(name: str, value: float, error: float, unit: str) -> str:
    """One parameter with as many digits as its error allows."""
    if math.isnan(value):
        return f"{name:>2} not determined"
    if value == 0:
        return f"{name:>2} = 0 {unit}"
    if math.isnan(error):
        return f"{name:>2} = {value:.4g} (no error: too few cells) {unit}"
    # No more than seven digits: what float32 images can carry.
    smallest = 10.0 ** (math.floor(math.log10(abs(value))) - 6)
    decimals = max(0, 1 - math.floor(math.log10(max(error, smallest, 1e-300))))
    shown = (
        f"{value:.{decimals}f}"
        if abs(value) >= 1e-3 or value == 0
        else f"{value:.{digits(value, decimals)}e}"
    )
    return f"{name:>2} = {shown} ± {max(error, smallest):.2g} {unit}"


def digits(value: float, decimals: int) -> int:
    """Digits after the point of a number's mantissa that show so many of its decimals."""
    return max(0, decimals + math.floor(math.log10(abs(value))))


@at_home
def ellipse(
    found: Any, first: Any, second: Any, *, level: Any = 0.95, image: Any = 0
) -> Float[np.ndarray, "121 2"]:
    """The boundary of the confidence region of two parameters, (121 points, 2).

    Args:
        found: a fit.
        first, second: names of parameters.
        level: probability inside, under a normal approximation.
        image: which image of the batch.

    Raises:
        ValueError: for other names, levels or images, and where the fit does not determine the two.
    """
    if not isinstance(found, Fit):
        raise ValueError(f"{shown(found)} is no fit: hand over what residual.fit returned.")
    for name in (first, second):
        if not isinstance(name, str) or name not in Params._fields:
            raise ValueError(f"There is no parameter {shown(name)}: name two of {', '.join(Params._fields)}.")
    level, image = real("level", level), whole("image", image, 0)
    if not 0 < level < 1 or image >= len(found.covariance) or first == second:
        raise ValueError(
            f"An ellipse of {first} and {second} at level {level:g} of image {image} cannot be drawn: take "
            f"two parameters, a level between 0 and 1, and one of {len(found.covariance)} images, from 0."
        )
    i, j = (Params._fields.index(name) for name in (first, second))
    block = found.covariance[image][[i, j]][:, [i, j]].numpy()
    centre = np.array([float(torch.as_tensor(found.params[n])[image].detach()) for n in (i, j)])
    if not (np.isfinite(block).all() and np.isfinite(centre).all()):
        raise ValueError(f"The images do not determine {first} and {second}, so they have no such region.")
    eigenvalues, vectors = np.linalg.eigh(block)
    angle = np.linspace(0, 2 * np.pi, 121)
    # The square of the radius has the χ² distribution with two degrees of freedom, an exponential one.
    circle = np.stack([np.cos(angle), np.sin(angle)]) * np.sqrt(-2 * np.log1p(-level))
    return centre + (vectors @ (np.sqrt(eigenvalues.clip(min=0))[:, None] * circle)).T
