"""A step's linearisation: sparse Jacobian, Laplacian matrix, fields as vectors and back."""

from functools import cache

import numpy as np
import scipy.sparse as sp
import torch
from jaxtyping import Float

from lib.model import Params, State, residual

Vector = Float[np.ndarray, " unknowns"]


def rates(params: Params, y: Vector) -> Vector:
    """The right-hand sides of both equations, from `lib.model.residual`, as one vector."""
    return pack(State(*residual(params, unpack(y))))


def jacobian(params: Params, y: Vector) -> sp.csc_array:
    """The derivative of `rates`, sparse."""
    Du, Dv, F, k = (float(p) for p in params)
    u, v = np.split(y, 2)
    lattice = laplacian_matrix(side(y))
    return sp.block_array([
        [Du * lattice - sp.diags_array(v * v + F), sp.diags_array(-2 * u * v)],
        [sp.diags_array(v * v), Dv * lattice + sp.diags_array(2 * u * v - F - k)],
    ]).tocsc()  # fmt: skip


@cache
def laplacian_matrix(size: int) -> sp.csr_array:
    """The five-point Laplacian of a periodic size × size lattice, (size², size²)."""
    ones = np.ones(size)
    ring = sp.diags_array(
        [ones[:1], ones[:-1], -2 * ones, ones[:-1], ones[:1]], offsets=[1 - size, -1, 0, 1, size - 1]
    )
    identity = sp.identity(size)
    return sp.csr_array(sp.kron(ring, identity) + sp.kron(identity, ring))


def rate_by(name: str, y: Vector) -> Vector:
    """The derivative of `rates` by one parameter."""
    u, v = np.split(y, 2)
    lattice = laplacian_matrix(side(y))
    zero = np.zeros_like(u)
    parts = {"Du": (lattice @ u, zero), "Dv": (zero, lattice @ v), "F": (1 - u, -v), "k": (zero, -v)}
    return np.concatenate(parts[name])


def side(y: Vector) -> int:
    """Cells along each side of the lattice."""
    return int(round((len(y) / 2) ** 0.5))


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
