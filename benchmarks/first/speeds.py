"""How many steps does a microsecond hold: kernels alone, whole calls, and plain torch on the same card?"""

import gc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from benchmarks.engines import torch_loop
from benchmarks.engines.ours import copies, differentiate, leaves
from benchmarks.first.bits import everywhere
from benchmarks.first.card import Card, Plan
from benchmarks.race import quartiles
from lib.backends import CHECK_EVERY
from lib.backends.adjoint import differentiable
from lib.backends.cuda_adjoint import OnGpu
from lib.backends.cuda_run import coefficients_on, march
from lib.model import State

#: Simulations of which states on the way back may take memory when a kernel alone is timed: a full GPU's.
RIVALS = (1, 132, 1024)


def kernels_alone(card: Card, plan: Plan, pattern: State, left_out: list[str]) -> Iterator[dict[str, Any]]:
    """`advance` over batches; `remember` and `retreat` on a full GPU."""
    size = pattern.u.shape[-1]
    for batch in plan.batches:
        yield row(card, plan, "advance", size, batch, plan.pieces[0], advance(card, pattern, batch, plan))
    steps = 128
    batch = min(card.kernels(size).concurrent, max(plan.batches))
    for name, do in way_back(card, pattern, batch, steps).items():
        yield row(card, plan, name, size, batch, steps, do)


def advance(card: Card, pattern: State, batch: int, plan: Plan) -> Callable[[], object]:
    """One launch of many steps."""
    kernels, state = card.kernels(pattern.u.shape[-1]), copies(pattern, batch, str(card.device))
    fields = torch.stack([*state], dim=1).contiguous()
    coefficients, steps = coefficients_of(card, batch), plan.pieces[0]
    asked = torch.full((batch,), 2 * steps, dtype=torch.int32, device=card.device)

    def launch() -> None:
        progress = torch.zeros(batch, 5, dtype=torch.int32, device=card.device)
        kernels.launch("advance", batch, fields, coefficients, asked, 0, steps, CHECK_EVERY, 0, progress)

    return launch


def way_back(card: Card, pattern: State, batch: int, steps: int) -> dict[str, Callable[[], object]]:
    """One segment forward with every state kept, and the adjoint back along it."""
    kernels, state = card.kernels(pattern.u.shape[-1]), copies(pattern, batch, str(card.device))
    fields = torch.stack([*state], dim=1).contiguous()
    run = (
        coefficients_of(card, batch),
        torch.full((batch,), steps, dtype=torch.int32, device=card.device),
        0,
    )
    states = torch.empty(batch, steps, *fields.shape[1:], device=card.device)
    sums = torch.zeros(batch, 4, dtype=torch.float64, device=card.device)
    return {
        "remember": lambda: kernels.launch("remember", batch, fields, *run, 0, steps, states, steps),
        "retreat": lambda: kernels.launch(
            "retreat", batch, fields.clone(), *run, 0, 0, steps, states, steps, sums
        ),
    }


def coefficients_of(card: Card, batch: int) -> torch.Tensor:
    """Those of the truth, for each simulation."""
    return coefficients_on(card.device, everywhere(batch), batch, 1.0)


def whole_calls(card: Card, plan: Plan, pattern: State, left_out: list[str]) -> Iterator[dict[str, Any]]:
    """Forward runs and gradients as the library makes them, tensors on the card."""
    size = pattern.u.shape[-1]
    for task, steps, ready in (
        ("simulation", plan.pieces[0], simulation),
        ("gradient", plan.pieces[1], gradient),
    ):
        for batch in plan.batches:
            try:
                yield row(card, plan, f"cuda, {task}", size, batch, steps, ready(card, pattern, batch, steps))
            except (MemoryError, torch.OutOfMemoryError) as error:
                left_out.append(f"{task} of {batch} at {size} × {size}: {str(error).splitlines()[0][:150]}")
                break


def simulation(card: Card, pattern: State, batch: int, steps: int) -> Callable[[], object]:
    """A whole forward call."""
    state, kernels = copies(pattern, batch, str(card.device)), card.kernels(pattern.u.shape[-1])
    params = everywhere(batch)
    return lambda: march(kernels, params, state, steps, None, 1.0)


def gradient(card: Card, pattern: State, batch: int, steps: int) -> Callable[[], object]:
    """A whole call with its way back."""
    engine = OnGpu(card.kernels(pattern.u.shape[-1]))
    params, start = leaves(copies(pattern, batch, str(card.device)))

    def both() -> None:
        differentiate(differentiable(engine, params, start, steps, None, 1.0).v, params, start)

    return both


def rivals(card: Card, plan: Plan, pattern: State, left_out: list[str]) -> Iterator[dict[str, Any]]:
    """Plain torch, eager and compiled, with and without a tape."""
    size, device = pattern.u.shape[-1], str(card.device)
    loops = {
        "torch eager, simulation": torch_loop.simulation,
        "torch eager, gradient": torch_loop.gradient,
        "torch.compile, simulation": torch_loop.compiled_simulation,
        "torch.compile, gradient": torch_loop.compiled_gradient,
    }
    for name, prepare in loops.items():
        for batch in [b for b in RIVALS if b <= max(plan.batches)]:
            try:
                loop = prepare(copies(pattern, batch, device), device)
                yield row(card, plan, name, size, batch, plan.rival_steps, partial(loop, plan.rival_steps))
            except Exception as error:  # whatever a compiler raises: the others go on
                said = " ".join(str(error).split())[:150]
                left_out.append(f"{name} of {batch}: {type(error).__name__}: {said}")
                break


def row(
    card: Card, plan: Plan, what: str, size: int, batch: int, steps: int, do: Callable[[], object]
) -> dict[str, Any]:
    """Steps of all simulations per µs, in quartiles; the first call, which makes ready, does not count."""
    do()
    times = [card.seconds(do) for _ in range(plan.rounds)]
    gc.collect()
    speeds = [batch * steps / seconds / 1e6 for seconds in times]
    return {"what": what, "size": size, "batch": batch, "steps": steps, "speed": quartiles(speeds)}
