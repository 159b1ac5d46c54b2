"""Gradients at a steady state without a run: implicit differentiation (paper, Section 5.1).

A steady state x satisfies x = G(x, p). A loss ℓ(x) there has the gradient

    dℓ/dp = λᵀ ∂G/∂p,      (I − J)ᵀ λ = ∂ℓ/∂x,      J = ∂G/∂x,

while T unrolled steps from x give the first T terms of λ = Σ (Jᵀ)ⁿ ∂ℓ/∂x. Moving the whole pattern
changes nothing in the model, so I − J is nearly singular in two directions. They matter for a loss of
pixels and drop out of one of power spectra.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy import sparse
from scipy.sparse.linalg import eigs, splu
from torch import Tensor

from lib.linearisation import jacobian, pack
from lib.model import Params, State
from lib.residual.equations import linear_system
from lib.simulate import simulate

#: A loss of a state (batch of one), a scalar.
Loss = Callable[[State], Tensor]


class ValueAndSlope(NamedTuple):
    """A loss and its derivative by (Du, Dv, F, k), (4,)."""

    loss: float
    slope: np.ndarray


def implicit(params: Params, steady: State, loss: Loss, *, still: float = 0.0) -> ValueAndSlope:
    """Gradient of a loss of the steady state, by one linear solve.

    Args:
        params: four numbers.
        steady: a state that the model does not change, float64 fields (1, size, size).
        loss: differentiable.
        still: modes that grow or fade by less than this per step are damped out of λ: translations,
            along which I − J is all but singular. Whatever is older than 1 / still steps is forgotten.
    """
    value, pull = pulled(steady, loss)
    matrix = jacobian(params, pack(steady))
    matrix = matrix - still * sparse.identity(matrix.shape[0])
    adjoint = splu(matrix.T.tocsc()).solve(-pull)
    return ValueAndSlope(value, by_parameters(steady) @ adjoint)


def unrolled(params: Params, start: State, steps: int, loss: Loss) -> ValueAndSlope:
    """Gradient of a loss of the end of a run, through all its steps."""
    leaves = [torch.tensor([float(p)], dtype=start.u.dtype, requires_grad=True) for p in params]
    found = loss(simulate(Params(*leaves), start, steps, threads=1).state)
    slopes = torch.autograd.grad(found, leaves)
    return ValueAndSlope(float(found.detach()), torch.cat(slopes).numpy())


def pulled(steady: State, loss: Loss) -> tuple[float, Float[np.ndarray, " cells"]]:
    """The loss and its derivative by u's and then v's cells."""
    leaf = State(*(x.detach().clone().requires_grad_() for x in steady))
    value = loss(leaf)
    # A loss of v alone does not depend on u.
    grads = torch.autograd.grad(value, [*leaf], allow_unused=True)
    parts = [torch.zeros_like(x) if g is None else g for x, g in zip(leaf, grads, strict=True)]
    return float(value.detach()), torch.cat([x.flatten() for x in parts]).numpy()


def by_parameters(state: State) -> Float[np.ndarray, "4 cells"]:
    """∂G/∂p: the columns of the residual's linear system, u's cells first."""
    A, _ = linear_system(State(*(x.double() for x in state)))
    return A[0].transpose(0, 1).flatten(1).numpy()


def slowest(params: Params, steady: State, count: int = 6) -> Float[np.ndarray, " count"]:
    """Growth rates per step of the modes closest to standing still, by size; two of them are translations."""
    matrix = jacobian(params, pack(steady))
    # A small shift keeps the factorisation regular where a mode stands still exactly.
    rates = eigs(matrix, k=count, sigma=1e-7, return_eigenvectors=False, v0=np.ones(matrix.shape[0]))
    return np.sort_complex(rates)[np.argsort(np.abs(np.sort_complex(rates)))].real
