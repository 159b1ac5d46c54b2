"""Which program may have made the images: its Laplacian, and how its fields end."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from lib.residual.lattice import BOUNDARIES, SPECTRAL, STENCILS, Lattice
from lib.residual.looks.doubts import CLEARLY, EXPLAINED, Doubt, Remains, Trial, Try, times
from lib.residual.snapshot import Snapshot

#: How many times more is left over in the outermost cells than beside them where edges do not fit the inside.
TORN = 3.0

#: Cells with whole neighbourhoods that it takes to tell Laplacians apart: four unknowns fit a few equations
#: with any of them.
TELLING = 64


def other_lattices(
    snap: Snapshot, given: Trial, attempt: Try, remains: Remains, image: int
) -> tuple[list[Doubt], Tensor]:
    """Doubts about stencil and edges, and how far stencils that fit as well lie apart, (4,), in cells."""
    spread = torch.zeros(4, dtype=torch.float64)
    misfit = float(given.misfit[image])
    telling = int(remains(snap, given.params)[image].isfinite().sum())
    if not misfit > EXPLAINED or telling < TELLING:
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
        b for b in BOUNDARIES if least[b] < CLEARLY * least[boundary] and torn(remains(snap, own[b])[image])
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
                f"The equations hold {times(here_left, stencils[best])} times better with the {best} "
                f"Laplacian than with the {here.stencil} one: another program made the images. "
                f"Pass stencil={best!r}.",
                arguments={"stencil": best},
            )
        )
    equal = [s for s, x in stencils.items() if x < stencils[best] / CLEARLY]
    apart = torch.stack([tried[s, boundary].params[image].cpu() for s in equal] + [given.params[image].cpu()])
    return doubts, (apart - given.params[image].cpu()).abs().amax(dim=0)


def torn(left: Float[Tensor, "height width"]) -> bool:
    """Whether what is left jumps at the edges: a pattern that still changes leaves as much beside them."""
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
    return Doubt(
        "edges",
        f"Taken as {told}, the edges do not fit the inside ({times(least[told], least[found])} times more is "
        f"left unexplained): it looks like {looks}. Pass boundary={found!r}.",
        arguments={"boundary": found},
    )
