"""The readable engine: a step in plain torch, any dtype and device; the oracle of the compiled one."""

from functools import cache

import sympy
import torch
from jaxtyping import Float
from torch import Tensor

from lib.backends import CHECK_EVERY
from lib.models.problem import Ended, Grid
from lib.models.value import ReactionDiffusion

Fields = Float[Tensor, "batch fields height width"]
Table = Float[Tensor, "batch parameters"]


def right_hand_sides(model: ReactionDiffusion, params: Table, fields: Fields, grid: Grid) -> Fields:
    """∂x_f/∂t = D_f ∇²x_f + R_f(x; p) of every field, per unit time."""
    named = {name: params[:, i, None, None] for i, name in enumerate(model.names)}
    state = {name: fields[:, i] for i, name in enumerate(model.fields)}
    spread = laplacian(fields, grid)
    rates = []
    for i, name in enumerate(model.fields):
        rate = evaluated(model, name)(**state, **named) + torch.zeros_like(fields[:, i])
        rates.append(rate + named[model.diffusion[name]] * spread[:, i] if name in model.diffusion else rate)
    return torch.stack(rates, 1)


@cache
def evaluated(model: ReactionDiffusion, name: str):  # type: ignore[no-untyped-def]  # a function of all names
    """The reaction of a field as a function of tensors, each by its name."""
    return sympy.lambdify(list(model.symbols.values()), model.rates[name], modules=["torch", torch])


def laplacian(fields: Fields, grid: Grid) -> Fields:
    """∇² with five or nine points and the grid's boundary."""
    padded = around(around(fields, -2, grid), -1, grid)
    middle, rows, columns = slice(1, -1), (slice(None, -2), slice(2, None)), (slice(None, -2), slice(2, None))
    sides = (padded[..., rows[0], middle] + padded[..., rows[1], middle]) + (
        padded[..., middle, columns[0]] + padded[..., middle, columns[1]]
    )
    if grid.stencil == 5:
        return (sides - 4 * fields) / grid.dx**2
    corners = sum(padded[..., row, column] for row in rows for column in columns)
    return (4 * sides + corners - 20 * fields) / (6 * grid.dx**2)


def around(x: Tensor, axis: int, grid: Grid) -> Tensor:
    """One cell more at both ends of an axis: from across the boundary, or the last one before the wall."""
    first, last = x.narrow(axis, 0, 1), x.narrow(axis, x.shape[axis] - 1, 1)
    ends = (last, x, first) if grid.boundary == "periodic" else (first, x, last)
    return torch.cat(ends, axis)


def forward(
    model: ReactionDiffusion, params: Table, fields: Fields, steps: int, tol: float | None, grid: Grid,
    threads: int | None = None,
) -> Ended:  # fmt: skip
    """Run every simulation, as `compiled.forward` does; autograd differentiates through it."""
    batch = len(fields)
    running = torch.ones(batch, dtype=torch.bool, device=fields.device)
    taken = torch.zeros(batch, dtype=torch.int64, device=fields.device)
    change = torch.full((batch,), torch.nan, dtype=fields.dtype, device=fields.device)
    for n in range(1, steps + 1):
        after = fields + grid.dt * right_hand_sides(model, params, fields, grid)
        taken = taken + running
        if n % CHECK_EVERY == 0 or n == steps:
            largest = (after - fields).detach().abs().amax(dim=(1, 2, 3))
            change = torch.where(running, largest, change)
            done = ~change.isfinite() | (change == 0) | (change < (-1 if tol is None else tol))
        else:
            done = ~running
        fields = torch.where(running[:, None, None, None], after, fields)
        running = running & ~done
        if not bool(running.any()):
            break
    return Ended(fields, taken, change)
