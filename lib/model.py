"""The Gray-Scott model of Section 2.1: its parameters, its state, one explicit step, its residual.

    ∂u/∂t = Du ∇²u − u v² + F (1 − u)
    ∂v/∂t = Dv ∇²v + u v² − (F + k) v

on a periodic square lattice with spacing dx = 1. Nothing here imports anything else of ours.
"""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

Field = Float[Tensor, "batch height width"]


class Params(NamedTuple):
    """The four parameters, each a number or a tensor with one entry per simulation.

    Args:
        Du: diffusion of u, in cells² per unit time; 0 < Du ≤ 1/4 at dt = 1.
        Dv: diffusion of v, likewise.
        F: feed rate, per unit time; the paper searches (0, 0.1).
        k: kill rate, per unit time; the paper searches (0, 0.1).
    """

    Du: float | Float[Tensor, " batch"]
    Dv: float | Float[Tensor, " batch"]
    F: float | Float[Tensor, " batch"]
    k: float | Float[Tensor, " batch"]


class State(NamedTuple):
    """The two concentration fields, each of shape (batch, height, width)."""

    u: Field
    v: Field


class Residual(NamedTuple):
    """The right-hand sides of the two equations at a state: zero where the state is steady."""

    u: Field
    v: Field


def laplacian(x: Field) -> Field:
    """Five-point Laplacian with periodic boundaries, dx = 1.

    The sum is grouped as (up + down) + (left + right), so that transposing the field
    transposes the result bit for bit.
    """
    vertical = x.roll(1, -2) + x.roll(-1, -2)
    horizontal = x.roll(1, -1) + x.roll(-1, -1)
    return (vertical + horizontal) - 4 * x


def residual(params: Params, state: State) -> Residual:
    """Right-hand sides of the two equations (paper, equations 1 and 2).

    Args:
        params: numbers, or tensors of shape (batch,).
        state: fields of shape (batch, height, width).

    Returns:
        ∂u/∂t and ∂v/∂t, each (batch, height, width), in concentration per unit time.
    """
    Du, Dv, F, k = (per_field(p) for p in params)
    u, v = state
    reaction = u * v * v
    return Residual(
        Du * laplacian(u) - reaction + F * (1 - u),
        Dv * laplacian(v) + reaction - (F + k) * v,
    )


def step(params: Params, state: State, dt: float = 1.0) -> State:
    """One explicit Euler step (paper, equations 3 and 4); arguments as in `residual`."""
    rate = residual(params, state)
    return State(state.u + dt * rate.u, state.v + dt * rate.v)


def per_field(parameter: float | Float[Tensor, " batch"]) -> float | Float[Tensor, "batch 1 1"]:
    """A parameter, shaped so that it multiplies fields of shape (batch, height, width)."""
    return parameter[:, None, None] if isinstance(parameter, Tensor) and parameter.ndim else parameter
