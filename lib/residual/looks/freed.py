"""Assumptions that can be let go one at a time: that u is 1 where nothing reacts, and that cells are square.

Each adds terms to the equations that stay linear. Where they hold clearly better with them, the data are not
what the fit assumes, and the freed coefficient says how far off.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from lib.residual.equations import one_frame
from lib.residual.looks.doubts import CLEARLY, Doubt
from lib.residual.snapshot import Snapshot

#: A unit or a ratio this close to 1 is 1.
CLOSE = 0.002

#: The Laplacian that is a sum over the axes, so that each may have a diffusion of its own.
ALONG_AXES = "five-point"


def other_terms(snap: Snapshot, misfit: float, image: int) -> list[Doubt]:
    """What single frames look like if one assumption about their numbers is dropped.

    Args:
        snap: the images.
        misfit: share of the reaction that the equations leave unexplained as they are.
        image: which of them.
    """
    one = snap._replace(
        u=snap.u[image : image + 1], v=snap.v[image : image + 1], usable=snap.usable[image : image + 1]
    )
    return unit_of_u(one, misfit) or square_cells(one, misfit)


def unit_of_u(one: Snapshot, misfit: float) -> list[Doubt]:
    """u where nothing reacts, as a free number: Du ∇²u − F u + F a = u v²."""
    A, y, cells = equations(one)
    plain = torch.cat([A[:, :, cells], source(cells)], dim=1)
    p, left = solved(plain, y[:, cells])
    F = float(p[2])
    if not F > 0:
        return []
    a = 1 + float(p[4]) / F
    if not (left < CLEARLY * misfit and abs(a - 1) > CLOSE and a > 0):
        return []
    return [
        Doubt(
            "scale",
            f"The equations hold {misfit / max(left, 1e-300):.3g} times better if u is {a:.4g} instead of 1 "
            "where nothing reacts: it seems to be stored in another unit, or with an offset. Give u and v "
            "as concentrations; no picture at rest tells in which unit v is.",
        )
    ]


def square_cells(one: Snapshot, misfit: float) -> list[Doubt]:
    """Neighbours along rows and along columns with a diffusion of their own."""
    if one.lattice.stencil != ALONG_AXES:
        return []
    A, y, cells = equations(one)
    rows = [one.lattice.within(lambda x: x.roll(1, -2) + x.roll(-1, -2) - 2 * x, f)[0] for f in one.state]
    extra = torch.zeros(2, 2, *cells.shape, dtype=A.dtype, device=A.device)
    extra[0, 0], extra[1, 1] = rows
    p, left = solved(torch.cat([A, extra], dim=1)[:, :, cells], y[:, cells])
    ratios = (p[:2] + p[4:]) / p[:2]
    if not (
        left < CLEARLY * misfit and bool((ratios > 0).all()) and bool((ratios.log().abs() > CLOSE).all())
    ):
        return []
    mean = float(ratios.log().mean().exp())
    if float((ratios / mean - 1).abs().max()) > abs(mean - 1) / 2:
        return []
    return [
        Doubt(
            "cells",
            f"The equations hold {misfit / max(left, 1e-300):.3g} times better if diffusion along columns "
            f"counts {mean:.3g} times as much as along rows: the cells seem to be {mean**-0.5:.3g} times as "
            "high as wide. Bring the images to square cells, from the data that they were made of.",
        )
    ]


def equations(one: Snapshot) -> tuple[Tensor, Tensor, Tensor]:
    """A (2, 4, height, width), y (2, height, width) and the usable cells of a single image."""
    system = one_frame(one)
    return system.A[0], system.y[0], one.usable[0]


def source(cells: Tensor) -> Float[Tensor, "2 1 cells"]:
    """A constant in u's equation."""
    constant = torch.zeros(2, 1, int(cells.sum()), dtype=torch.float64, device=cells.device)
    constant[0] = 1
    return constant


def solved(
    A: Float[Tensor, "2 terms cells"], y: Float[Tensor, "2 cells"]
) -> tuple[Float[Tensor, " terms"], float]:
    """Least squares over both equations, and the share of the reaction that is left."""
    columns, target = A.transpose(1, 2).flatten(0, 1), y.flatten()
    size = columns.norm(dim=0).clamp(min=1e-300)
    unit = columns / size
    p = torch.linalg.pinv(unit.T @ unit, hermitian=True) @ (unit.T @ target)
    left = (unit @ p - target).norm() / target.norm().clamp(min=1e-300)
    return p / size, float(left)
