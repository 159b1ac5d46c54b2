"""A step's linearisation: sparse Jacobian, Laplacian matrix, fields as vectors and back."""

import math
from functools import cache
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from jaxtyping import Float

from lib.inputs import params_of, real, shown, whole
from lib.model import Params, State, residual

Vector = Float[np.ndarray, " unknowns"]


def rates(params: Any, y: Vector) -> Vector:
    """The right-hand sides of both equations, from `lib.model.residual`, as one vector."""
    return pack(State(*residual(params_of(params), unpack(y))))


def jacobian(params: Any, y: Vector) -> sp.csc_array:
    """The derivative of `rates`, sparse."""
    Du, Dv, F, k = (real(name, p) for name, p in params_of(params)._asdict().items())
    lattice = laplacian_matrix(side(y))
    u, v = np.split(y, 2)
    return sp.block_array([
        [Du * lattice - sp.diags_array(v * v + F), sp.diags_array(-2 * u * v)],
        [sp.diags_array(v * v), Dv * lattice + sp.diags_array(2 * u * v - F - k)],
    ]).tocsc()  # fmt: skip


@cache
def laplacian_matrix(size: int) -> sp.csr_array:
    """The five-point Laplacian of a periodic size × size lattice, (size², size²); nobody can write to it.

    Raises:
        ValueError: under 3 cells a side, where a cell would be its own second neighbour.
    """
    if whole("size", size) < 3:
        raise ValueError(f"The lattice has {size} cells along each side: take at least 3.")
    ones = np.ones(size)
    ring = sp.diags_array(
        [ones[:1], ones[:-1], -2 * ones, ones[:-1], ones[:1]], offsets=[1 - size, -1, 0, 1, size - 1]
    )
    identity = sp.identity(size)
    found = sp.csr_array(sp.kron(ring, identity) + sp.kron(identity, ring))
    for part in (found.data, found.indices, found.indptr):
        part.flags.writeable = False
    return found


def rate_by(name: str, y: Vector) -> Vector:
    """The derivative of `rates` by one parameter, which a ValueError tells from other names."""
    if name not in Params._fields:
        raise ValueError(f"There is no parameter {shown(name)}: choose one of {', '.join(Params._fields)}.")
    lattice = laplacian_matrix(side(y))
    u, v = np.split(y, 2)
    zero = np.zeros_like(u)
    parts = {"Du": (lattice @ u, zero), "Dv": (zero, lattice @ v), "F": (1 - u, -v), "k": (zero, -v)}
    return np.concatenate(parts[name])


def side(y: Vector) -> int:
    """Cells along each side of the lattice; a ValueError for what is no two square fields."""
    size = math.isqrt(len(y) // 2) if np.ndim(y) == 1 else 0
    if size == 0 or 2 * size * size != len(y):
        raise ValueError(
            f"The vector has shape {np.shape(y)}: two square fields one after the other, 2 · size² numbers, "
            "are needed, as `pack` makes them."
        )
    return size


def pack(state: State) -> Vector:
    """One simulation's fields, (1, size, size) each, as one vector.

    Raises:
        ValueError: for several simulations or an oblong grid: the vector would look like one square's.
    """
    if any(field.ndim != 3 or len(field) != 1 or field.shape[1] != field.shape[2] for field in state):
        shapes = " and ".join(str(tuple(field.shape)) for field in state)
        raise ValueError(
            f"The fields have shapes {shapes}: one square simulation, (1, size, size), is needed."
        )
    return np.concatenate([field.detach().cpu().double().numpy().ravel() for field in state])


def unpack(y: Vector, dtype: torch.dtype = torch.float64) -> State:
    """The fields of one vector, (1, size, size) each."""
    # A copy: joblib hands large arrays to its workers read-only.
    u, v = torch.tensor(y, dtype=dtype, device="cpu").reshape(2, 1, side(y), side(y))
    return State(u, v)


def tile(y: Vector, times: int) -> Float[np.ndarray, " more"]:
    """The same pattern repeated times × times: a steady pattern of the larger dish as well."""
    return np.tile(y.reshape(2, side(y), side(y)), (1, times, times)).ravel()
