"""JAX: jitted loops over a step; gradients through a scan of scans that keeps the outer one's states only."""

from collections.abc import Callable
from typing import Any

import torch

from lib.model import State
from lib.paper import TRUTH

#: Steps between two kept states of a gradient.
SEGMENT = 64


def simulation(state: State, device: str) -> Callable[[int], object]:
    """Forward runs; the number of steps is a number to the compiled loop, not part of it."""
    import jax

    params, carry = arrays(state, device)
    run = jax.jit(lambda p, c, n: jax.lax.fori_loop(0, n, lambda _, now: step(p, now), c))

    def loop(steps: int) -> None:
        jax.block_until_ready(run(params, carry, steps))

    return loop


def gradient(state: State, device: str) -> Callable[[int], object]:
    """Σ v² by all parameters and by the initial state; compiled anew for each number of steps."""
    import jax

    params, carry = arrays(state, device)
    run = jax.jit(jax.grad(loss, argnums=(0, 1)), static_argnums=2)

    def loop(steps: int) -> None:
        jax.block_until_ready(run(params, carry, steps))

    return loop


def loss(params: Any, carry: Any, steps: int) -> Any:
    """Σ v² after `steps` steps, a multiple of SEGMENT."""
    import jax

    @jax.checkpoint
    def segment(now: Any, _: None) -> tuple[Any, None]:
        return jax.lax.scan(lambda c, _: (step(params, c), None), now, None, SEGMENT)[0], None

    return (jax.lax.scan(segment, carry, None, steps // SEGMENT)[0][1] ** 2).sum()


def step(params: Any, carry: Any) -> Any:
    """One step of a batch, (batch, height, width)."""
    (Du, Dv, F, k), (u, v) = params, carry
    reaction = u * v * v
    return u + Du * laplacian(u) - reaction + F * (1 - u), v + Dv * laplacian(v) + reaction - (F + k) * v


def laplacian(x: Any) -> Any:
    """Five points, periodic."""
    from jax.numpy import roll

    return roll(x, 1, 1) + roll(x, -1, 1) + roll(x, 1, 2) + roll(x, -1, 2) - 4 * x


def arrays(state: State, device: str) -> tuple[Any, Any]:
    """Parameters, (batch, 1, 1) each, and fields, as JAX's arrays on the device."""
    import jax

    place = jax.devices("gpu" if device == "cuda" else "cpu")[0]
    batch = len(state.u)
    params = (torch.full((batch, 1, 1), float(value)) for value in TRUTH)
    return tuple(tuple(jax.device_put(x.cpu().numpy(), place) for x in group) for group in (params, state))  # type: ignore[return-value]


def refuse_gpu() -> str | None:
    """Why JAX cannot use the GPU, a sentence; None where it can."""
    import jax

    try:
        jax.devices("gpu")
    except RuntimeError:
        return "the JAX that is installed computes on the CPU only (its CUDA build is an extra: jax[cuda13])."
    return None
