"""The adjoint backwards in time: how strongly the final loss feels the state n steps before the end.

If λ = ∂loss/∂state after a step, then before it λ is Jᵀλ with the step's Jacobian J. The five-point
Laplacian is its own transpose, so that

    λu ← λu + Du ∇²λu − (v² + F) λu + v² λv
    λv ← λv + Dv ∇²λv − 2uv λu + (2uv − F − k) λv

with u, v before the step. This is the readable version, which the compiled engine is held against.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.model import Field, Params, State, laplacian, step

#: Steps between kept states; the states in between are computed again on the way back.
SEGMENT = 200


@torch.no_grad()
def adjoint_norms(
    params: Params, state: State, steps: int, grad_u: Field, grad_v: Field, every: int = 1
) -> tuple[np.ndarray, Float[Tensor, "times batch"]]:
    """Norm of the adjoint at regular times from the end of a run back to its start.

    Args:
        params: four numbers.
        state: where the run starts, (batch, height, width).
        steps: its length.
        grad_u, grad_v: the adjoint at the end, each (batch, height, width).
        every: steps between two norms.

    Returns:
        Steps back from the end (times,), starting with 0, and the norm of (λu, λv) there, (times, batch).
    """
    kept = kept_states(params, state, steps)
    adjoint = State(grad_u, grad_v)
    back, norms = [0], [norm(adjoint)]
    for first in sorted(kept, reverse=True):
        for number, before in reversed(
            list(segment(params, kept[first], first, min(first + SEGMENT, steps)))
        ):
            adjoint = pulled_back(params, before, adjoint)
            if (steps - number) % every == 0:
                back.append(steps - number)
                norms.append(norm(adjoint))
    return np.array(back), torch.stack(norms)


def pulled_back(params: Params, state: State, adjoint: State) -> State:
    """The adjoint before a step, from that after it; `state` is the one before the step."""
    Du, Dv, F, k = params
    (u, v), (a, b) = state, adjoint
    return State(
        a + Du * laplacian(a) - (v * v + F) * a + v * v * b,
        b + Dv * laplacian(b) - 2 * u * v * a + (2 * u * v - F - k) * b,
    )


def kept_states(params: Params, state: State, steps: int) -> dict[int, State]:
    """The state at the start of every segment, by step."""
    kept = {}
    for number in range(steps):
        if number % SEGMENT == 0:
            kept[number] = state
        state = step(params, state)
    return kept


def segment(params: Params, state: State, first: int, stop: int) -> list[tuple[int, State]]:
    """The states before steps first … stop − 1, with their numbers."""
    states = []
    for number in range(first, stop):
        states.append((number, state))
        state = step(params, state)
    return states


def norm(adjoint: State) -> Float[Tensor, " batch"]:
    """Euclidean norm over both fields."""
    return torch.sqrt(adjoint.u.square().sum(dim=(1, 2)) + adjoint.v.square().sum(dim=(1, 2)))
