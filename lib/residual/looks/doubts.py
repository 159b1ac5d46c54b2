"""What a fit takes for granted, and what the images look like instead.

A fit is only as good as its assumptions: concentrations between 0 and 1, u and v not exchanged, edges that
end as told, the Laplacian that made the images, a pattern at rest, little noise. Each can be looked at in the
images themselves: where the equations leave more than a thousandth unexplained, the images are read in other
ways (`lib.residual.looks.readings`, `origin`), and one that leaves less than half as much is what they look
like.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jaxtyping import Float
from torch import Tensor

from lib.model import Params, State
from lib.residual.lattice import SPECTRAL, Lattice
from lib.residual.noise import Levels
from lib.residual.snapshot import Snapshot

#: Unexplained share of the equations below which there is nothing to explain.
EXPLAINED = 1e-3

#: Another reading must leave less than this share of what the given one leaves.
CLEARLY = 0.5

#: Unexplained share above which the images are not solutions, whatever else.
UNEXPLAINED = 0.01

#: Bias, relative to the parameter, above which a number is no longer that parameter's.
BIASED = 0.01


#: Unexplained share that is round-off, whatever is computed.
ROUND_OFF = 1e-16


def times(given: float, other: float) -> str:
    """How many times more the given reading leaves unexplained than another, which may leave nothing."""
    ratio = given / max(other, ROUND_OFF)
    if ratio >= 1e6:
        return "over a million"
    return f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}"


@dataclass(frozen=True)
class Doubt:
    """One assumption that the images seem to violate.

    Args:
        name: of the assumption, for programs.
        sentence: what it looks like, and what to do.
        reading: name of the way to read the images instead, in `READINGS`; empty for as they are.
        arguments: what to pass to the fit instead.
    """

    name: str
    sentence: str
    reading: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def curable(self) -> bool:
        """Whether following the advice needs no further data."""
        return bool(self.reading or self.arguments)


class Trial(NamedTuple):
    """How a reading of the images fares.

    Args:
        misfit: unexplained share of the equations, (batch,).
        params: its minimiser, (batch, 4), in cells.
    """

    misfit: Float[Tensor, " batch"]
    params: Float[Tensor, "batch 4"]


#: Fits a snapshot read in another way.
Try = Callable[[Snapshot], Trial]

#: What parameters (batch, 4) leave over in each cell of a snapshot, root mean square over the equations.
Remains = Callable[[Snapshot, Tensor], Tensor]


def noisy(
    levels: Levels | None,
    bias: Float[Tensor, "4"],
    p: Float[Tensor, "4"],
    varied: Levels,
    rank: int,
    told: bool,
) -> list[Doubt]:
    """Doubts about noise: images that hold little else, and numbers that it moves.

    Args:
        levels: of the noise, told or measured.
        bias: how far noise of that level moves each parameter; NaN where it drowns them.
        p: the parameters.
        varied: standard deviations of the images.
        rank: how many directions are determined; where not all are, the measured noise says nothing new.
        told: whether the levels were told.
    """
    if levels is None or max(levels) == 0:
        return []
    said = f"{levels[0]:.2g} in u and {levels[1]:.2g} in v"
    if any(level > 0.5 * s > 0 for level, s in zip(levels, varied, strict=True)):
        return [
            Doubt(
                "noise",
                f"Noise ({said}) is more than half of what the images vary by: they show little of a "
                "pattern, and the numbers describe the noise.",
            )
        ]
    relative = (bias / p).abs()
    drowned = bool(bias.isnan().any())
    if rank < 4 and not told or not (drowned or rank < 4 or bool((relative > BIASED).any())):
        return []
    worst = int(relative.nan_to_num(0, posinf=0).argmax())
    share = float((bias / p)[worst])  # of a parameter that is 0 there is none
    moves = f"moves {Params._fields[worst]}{f' by {share:+.0%}' if math.isfinite(share) else ''} through"
    return [
        Doubt(
            "noise",
            f"Noise of about {said} {'drowns' if drowned or rank < 4 else moves} the Laplacian, and more "
            "cells do not help: use the weak form with errors in variables, weak=1.5, corrected=True.",
            arguments={"weak": 1.5, "corrected": True},
        )
    ]


class Facts(NamedTuple):
    """What a fit left over, for each image.

    Args:
        misfit, expected: unexplained share of the reaction, and how much of that noise would leave.
        bias, covariance: of the parameters, in cells.
        levels: of the noise.
    """

    misfit: Float[Tensor, " batch"]
    expected: Float[Tensor, " batch"]
    bias: Float[Tensor, "batch 4"]
    covariance: Float[Tensor, "batch 4 4"]
    levels: tuple[Levels | None, ...]

    def left_over(
        self, image: int, p: Float[Tensor, "4"], lattice: Lattice, frames: bool, dx: float
    ) -> list[Doubt]:
        """Doubts about the equations: signs that cannot be, and a remainder that nothing explains."""
        errors = self.covariance[image].diagonal().sqrt().cpu()
        negative = [n for n, x, e in zip(Params._fields, p, errors, strict=True) if float(x) < -3 * float(e)]
        if negative:
            return [
                Doubt(
                    "sign", f"Negative: {', '.join(negative)}. No Gray-Scott pattern has that: another model?"
                )
            ]
        misfit = float(self.misfit[image])
        if not math.isfinite(misfit):
            dead = "Nothing reacts anywhere, so the equations hold for p = 0: v has died, or is not v."
            return [Doubt("trivial", dead)] if bool((p == 0).any()) else []
        if misfit**2 > UNEXPLAINED**2 + 1.5 * float(self.expected[image]) ** 2:
            unknown = UNMEASURED if self.levels[image] is None else ""
            left = f"{misfit:.2g} of the reaction is left unexplained. "
            return [Doubt("unsettled", left + AGE[frames] + unknown)]
        largest = 2 / -float(lattice.eigenvalues(64, 64).min())
        beyond = misfit**2 > EXPLAINED**2 + 1.5 * float(self.expected[image]) ** 2
        if dx == 1 and beyond and float(p[:2].max()) > largest and lattice.stencil != SPECTRAL:
            return [
                Doubt(
                    "scaled up",
                    f"A diffusion of {float(p[:2].max()):.2g} cells² per time is more than an explicit step "
                    f"of 1 can take ({largest:.2g}), and {misfit:.1%} is left unexplained: the image looks "
                    "scaled up by interpolation. Fit it as it was made, or with the dx of its pixels and "
                    "their errors in mind.",
                )
            ]
        return []


#: What to do about a remainder that nothing explains, for single frames and for several.
AGE = {
    False: "It looks like a pattern that has not settled, or another model: give a second frame with "
    "times=…, or wait. Blurred, resampled or compressed images look the same.",
    True: "Frames that lie too far apart do not show the rate of change: take them closer together.",
}


#: What may be the matter besides, where nobody told the noise.
UNMEASURED = " Or it is noise, which could not be measured here: pass noise=…, its standard deviation."


def no_rate(rate: State, snap: Snapshot) -> None:
    """Raise if a rate of change looks like a frame.

    Raises:
        ValueError: a frame resembles the images, a rate of change does not.
    """
    for name, change, image in zip("uv", rate, snap.state, strict=True):
        size = image.norm()
        if float(size) > 0 and float((change.detach() - image.detach()).norm() / size) < 0.5:
            raise ValueError(
                f"The rate of {name} is nearly {name} itself, so it looks like a second frame: give the "
                "change divided by the time between, or both frames as a stack with times=…."
            )
