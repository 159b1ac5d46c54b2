"""On what grid a model is stepped, and what a run of it returns."""

from typing import Any, NamedTuple

from jaxtyping import Float, Int
from torch import Tensor

from lib.inputs import real, shown

BOUNDARIES = ("periodic", "no-flux")
STENCILS = (5, 9)

#: Sides of a cell whose square is a number in single precision too.
SMALLEST_SIDE, LARGEST_SIDE = 1e-18, 1e18


class Grid(NamedTuple):
    """The discretisation: explicit Euler on square cells.

    Args:
        dx: side of a cell, in the model's unit of length.
        dt: time step, in the model's unit of time.
        boundary: "periodic", or "no-flux" for walls that nothing crosses.
        stencil: points in the Laplacian, 5 or 9; both are of second order, and the errors of the nine-point
            one are the same in all directions, (4·sides + corners − 20·centre) / 6 dx².
    """

    dx: float = 1.0
    dt: float = 1.0
    boundary: str = "periodic"
    stencil: int = 5

    @property
    def largest_rate(self) -> float:
        """Decay rate of the fastest wave at D = 1: 8/dx² with five points, 16/(3 dx²) with nine."""
        return (8 if self.stencil == 5 else 16 / 3) / self.dx**2

    @property
    def kind(self) -> tuple[str, int]:
        """What the code of a step depends on."""
        return self.boundary, self.stencil


class Ended(NamedTuple):
    """What an engine returns: final fields, steps taken, and the largest change in the last one."""

    fields: Float[Tensor, "batch fields height width"]
    steps: Int[Tensor, " batch"]
    change: Float[Tensor, " batch"]


def checked_grid(grid: Any) -> Grid:
    """The grid with plain numbers.

    Raises:
        ValueError: for anything but a grid of positive steps, a known boundary and a known Laplacian.
    """
    if not isinstance(grid, Grid):
        raise ValueError(f"The grid is {shown(grid)}: give lib.models.Grid(dx=…, dt=…).")
    dx, dt = real("dx", grid.dx), real("The time step dt", grid.dt)
    if dx <= 0 or dt <= 0:
        raise ValueError(f"dx is {dx:g} and dt is {dt:g}: both must be positive.")
    if not SMALLEST_SIDE <= dx <= LARGEST_SIDE:
        raise ValueError(
            f"dx is {dx:g}, and its square leaves the floating-point numbers: take a unit of length in which "
            f"a cell's side lies between {SMALLEST_SIDE:g} and {LARGEST_SIDE:g}."
        )
    if not isinstance(grid.boundary, str) or grid.boundary not in BOUNDARIES:
        raise ValueError(
            f"There is no boundary {shown(grid.boundary)}: choose one of {', '.join(BOUNDARIES)}."
        )
    if real("stencil", grid.stencil) not in STENCILS:
        raise ValueError(f"There is no Laplacian of {shown(grid.stencil)} points: choose 5 or 9.")
    return Grid(dx, dt, grid.boundary, int(grid.stencil))
