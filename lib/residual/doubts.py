"""What a fit takes for granted, and what the images look like instead.

A fit is only as good as its assumptions: concentrations between 0 and 1, u and v not exchanged, edges that
end as told, the Laplacian that made the images, a pattern at rest, little noise. Each can be looked at in the
images themselves: where the equations leave more than a thousandth unexplained, the images are read in other
ways, and a way that leaves less than half as much is what they look like.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from lib.model import Params, State
from lib.residual.lattice import BOUNDARIES, SPECTRAL, STENCILS, Lattice
from lib.residual.noise import Levels
from lib.residual.snapshot import Snapshot

#: Unexplained share of the equations below which there is nothing to explain.
EXPLAINED = 1e-3

#: Another reading must leave less than this share of what the given one leaves.
CLEARLY = 0.5

#: Unexplained share above which the images are not solutions, whatever else.
UNEXPLAINED = 0.03

#: How many times more is left over in the outermost cells than beside them where edges do not fit the inside.
TORN = 3.0

#: Bias, relative to the parameter, above which a number is no longer that parameter's.
BIASED = 0.01

#: More values than this are no grey levels: 8 bits, and 10 or 12 bits of a camera.
GREYS = 4096

#: How far a concentration may leave [0, 1]: rounding, and a little noise.
SLACK = 0.02


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


def scaled(divisor: float) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    return lambda u, v: (u / divisor, v / divisor)


def grey_step(x: Tensor) -> float:
    """The step between grey levels of an image stored in few of them; 0 where it was not."""
    values = x.unique()
    steps = values.diff()
    if not 1 < len(values) <= GREYS:
        return 0.0
    step = float(steps.min())
    off = (steps / step - (steps / step).round()).abs().max()
    return step if float(off) < 1e-3 else 0.0


#: Other ways to read a pair of images (batch, height, width).
READINGS: Mapping[str, Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "u and v exchanged": lambda u, v: (v, u),
    "v transposed": lambda u, v: (u, v.mT),
    "v upside down": lambda u, v: (u, v.flip(-2)),
    "v mirrored": lambda u, v: (u, v.flip(-1)),
    "v turned by 180°": lambda u, v: (u, v.flip((-2, -1))),
    "v turned by 90°": lambda u, v: (u, v.rot90(1, (-2, -1))),
    "v turned by 270°": lambda u, v: (u, v.rot90(3, (-2, -1))),
    "half a grey level added": lambda u, v: (u + grey_step(u) / 2, v + grey_step(v) / 2),
    "percent": scaled(100),
    "8-bit grey levels": scaled(255),
    "16-bit grey levels": scaled(65535),
}

#: The readings that are a matter of units, by the largest value they allow.
SCALES = {"percent": 100, "8-bit grey levels": 255, "16-bit grey levels": 65535}

#: What a picture has whose grey levels were cut off instead of rounded. Half a level is little: it shows
#: where it leaves less than this share, and only after the noise of rounding was dealt with.
CUT, NOTICEABLE = "half a grey level added", 0.8

#: The readings that need a square image.
TURNED = ("v transposed", "v turned by 90°", "v turned by 270°")


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


def readings(snap: Snapshot, given: Trial, attempt: Try, image: int, levels: Levels | None) -> list[Doubt]:
    """Doubts about units, about which field is which, and about how one lies on the other."""
    found = units(snap, attempt, image, 5 * max(levels or (0.0, 0.0)))
    # The other readings presuppose concentrations and whole images.
    if found or float(given.misfit[image]) < EXPLAINED or not bool(snap.seen.all()):
        return found
    best, least = "", CLEARLY * float(given.misfit[image])
    for name in (n for n in READINGS if n not in SCALES and n != CUT):
        if name in TURNED and snap.u.shape[-2] != snap.u.shape[-1]:
            continue
        tried = attempt(read(snap, name))
        if float(tried.misfit[image]) < least and bool((tried.params[image] > 0).all()):
            best, least = name, float(tried.misfit[image])
    if best:
        found = [
            Doubt(
                "orientation" if best != "u and v exchanged" else "exchanged",
                f"The equations hold {float(given.misfit[image]) / least:.3g} times better with {best}: "
                + (
                    "pass them as fit(v, u)."
                    if best == "u and v exchanged"
                    else "turn it back before the fit."
                ),
                best,
            )
        ]
    return found or cut_off(snap, given, attempt, image)


def cut_off(snap: Snapshot, given: Trial, attempt: Try, image: int) -> list[Doubt]:
    """Grey levels that were cut off to whole numbers: every value is half a level low on average."""
    if not all(grey_step(x[image]) > 0 for x in snap.state):
        return []
    better = float(attempt(read(snap, CUT)).misfit[image])
    if not better < NOTICEABLE * float(given.misfit[image]):
        return []
    return [
        Doubt(
            "cut off",
            f"The equations hold {float(given.misfit[image]) / better:.2g} times better with {CUT}: the "
            "levels seem to have been cut off to whole numbers instead of rounded. Add half a level to both "
            "images.",
            CUT,
        )
    ]


def read(snap: Snapshot, name: str) -> Snapshot:
    """A snapshot read in another way."""
    u, v = READINGS[name](snap.u, snap.v)
    return snap._replace(u=u, v=v)


def units(snap: Snapshot, attempt: Try, image: int, noise: float) -> list[Doubt]:
    """Doubts about what the numbers are, `noise` beyond their range allowed."""
    values = {n: x[image][snap.seen[image]] for n, x in zip("uv", snap.state, strict=True)}
    low = min(float(x.min()) for x in values.values())
    top = max(float(x.max()) for x in values.values())
    where = f"u runs from {extent(values['u'])}, v from {extent(values['v'])}"
    if low < -SLACK * max(1.0, top) - noise:
        return [
            Doubt(
                "negative",
                f"{where}, and a concentration is never negative: a mean seems to be taken off, or the image "
                "standardised. Undo that.",
            )
        ]
    if top > 1 + 5 * SLACK + noise:
        return [too_large(snap, attempt, image, top, where)]
    full = [n for n, x in values.items() if float(x.min()) == 0 and float(x.max()) == 1]
    if full and float(values[full[0]].std()) > 0:
        return [
            Doubt(
                "stretched",
                f"{where}: {' and '.join(full)} touching both ends looks stretched to the full range, which "
                "no pattern of the model fills. Undo the stretching; the lost minimum and maximum cannot be "
                "fitted.",
            )
        ]
    return blank(values, snap, image)


def extent(x: Tensor) -> str:
    return f"{float(x.min()):.3g} to {float(x.max()):.3g}"


def too_large(snap: Snapshot, attempt: Try, image: int, top: float, where: str) -> Doubt:
    """Values above 1: in which units they make sense."""
    fitting = [name for name, largest in SCALES.items() if top <= largest * (1 + SLACK)]
    if not fitting or top < 2:
        return Doubt(
            "range", f"{where}, and no concentration of the model exceeds 1: divide by what stands for 1."
        )
    tried = {name: float(attempt(read(snap, name)).misfit[image]) for name in fitting}
    best = min(tried, key=lambda name: tried[name])
    return Doubt(
        "units",
        f"{where}: these look like {best}, not fractions. Divide both by {SCALES[best]}; D follows the "
        "square of the unit, so nothing said about D here is right.",
        best,
    )


def blank(values: Mapping[str, Tensor], snap: Snapshot, image: int) -> list[Doubt]:
    """Cells in which both fields are exactly zero: no solution has them, frames and masks do."""
    nothing = (snap.u[image] == 0) & (snap.v[image] == 0) & snap.seen[image]
    if not bool(nothing.any()) or float(values["u"].std()) == 0:
        return []
    return [
        Doubt(
            "blank",
            f"u and v are exactly 0 in {int(nothing.sum())} cells, which feeding never allows: that looks "
            "like a frame, or a mask filled with zeros. Leave them out with observed=(u != 0).",
            arguments={"observed": ~nothing, "boundary": "open"},
        )
    ]


def repeated(snap: Snapshot, image: int) -> list[Doubt]:
    """Every pixel twice: an image scaled up by repetition."""
    v = snap.v[image]
    for axis in (0, 1):
        pairs = v.narrow(axis, 0, v.shape[axis] // 2 * 2).unflatten(axis, (-1, 2))
        first, second = pairs.unbind(axis + 1)
        if float(v.std()) > 0 and bool((first == second).all()):
            return [
                Doubt(
                    "repeated",
                    "Neighbouring pixels are equal in pairs: the image was scaled up by repetition. Take "
                    "every second pixel, with its dx.",
                )
            ]
    return []


def other_lattices(
    snap: Snapshot, given: Trial, attempt: Try, remains: Remains, image: int
) -> tuple[list[Doubt], Tensor]:
    """Doubts about stencil and edges, and how far stencils that fit as well lie apart, (4,), in cells."""
    spread = torch.zeros(4, dtype=torch.float64)
    misfit = float(given.misfit[image])
    if not misfit > EXPLAINED:
        return [], spread
    tried = {
        (stencil, boundary): attempt(snap.on(Lattice(stencil, boundary)))
        for boundary in BOUNDARIES
        for stencil in (*STENCILS, SPECTRAL)
        if not (stencil == SPECTRAL and (boundary == "open" or not bool(snap.seen.all())))
    }
    here = snap.lattice
    doubts, boundary = [], here.boundary
    least = {b: min(float(t.misfit[image]) for (_, x), t in tried.items() if x == b) for b in BOUNDARIES}
    own = {b: tried.get((here.stencil, b), given).params for b in BOUNDARIES}
    others = [
        b
        for b in BOUNDARIES
        if least[b] < CLEARLY * least[boundary]
        and torn(remains(snap, own[b])[image])
    ]
        )
    ]
    if others:
        # Walls use every cell and tell more; without them the edge cells are left out.
        boundary = "no-flux" if "no-flux" in others and least["no-flux"] < 2 * least["open"] else others[-1]
        doubts.append(edges(here.boundary, boundary, least))
    stencils = {s: float(t.misfit[image]) for (s, b), t in tried.items() if b == boundary}
    best = min(stencils, key=lambda s: stencils[s])
    here_left = stencils.get(here.stencil, misfit)
    if stencils[best] < CLEARLY * here_left:
        doubts.append(
            Doubt(
                "stencil",
                f"The equations hold {here_left / stencils[best]:.3g} times better with the {best} Laplacian "
                f"than with the {here.stencil} one: another program made the images. Pass stencil={best!r}.",
                arguments={"stencil": best},
            )
        )
    equal = [s for s, x in stencils.items() if x < stencils[best] / CLEARLY]
    apart = torch.stack([tried[s, boundary].params[image].cpu() for s in equal] + [given.params[image].cpu()])
    return doubts, (apart - given.params[image].cpu()).abs().amax(dim=0)


def torn(left: Float[Tensor, "height width"]) -> bool:
    """Whether what is left over jumps at the edges: a pattern that still changes leaves as much beside them."""
    height, width = left.shape
    if min(height, width) < 8:
        return False
    within = torch.minimum(rings(height)[:, None], rings(width)).to(left.device)
    outer, inner = (left[(within == ring) & left.isfinite()].square().mean().sqrt() for ring in (0, 1))
    return bool(outer > TORN * inner)


def rings(cells: int) -> Tensor:
    """Distance of each cell of a line from its nearer end."""
    at = torch.arange(cells)
    return torch.minimum(at, at.flip(0))


def edges(told: str, found: str, least: Mapping[str, float]) -> Doubt:
    """The sentence about edges that do not end as told."""
    looks = {
        "open": "a piece of a larger picture, or a frame around it",
        "no-flux": "walls that nothing flows through",
        "periodic": "a whole period",
    }[found]
    ratio = least[told] / max(least[found], 1e-300)
    return Doubt(
        "edges",
        f"Taken as {told}, the edges do not fit the inside ({ratio:.3g} times more is left unexplained): it "
        f"looks like {looks}. Pass boundary={found!r}.",
        arguments={"boundary": found},
    )


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
    worst = int(relative.nan_to_num(0).argmax())
    moves = f"moves {Params._fields[worst]} by {float((bias / p)[worst]):+.0%} through"
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
            return [Doubt("unsettled", f"{misfit:.0%} of the reaction is left unexplained. " + AGE[frames])]
        largest = 2 / -float(lattice.eigenvalues(64, 64).min())
        if dx == 1 and misfit > EXPLAINED and float(p[:2].max()) > largest and lattice.stencil != SPECTRAL:
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
    "times=…, or wait.",
    True: "Frames that lie too far apart do not show the rate of change: take them closer together.",
}


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
