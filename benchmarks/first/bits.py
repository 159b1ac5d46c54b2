"""Does the GPU give the bits of the emulation? And the same bits each time, however many run side by side?

The emulation runs `cuda.cu` itself on the processor, thread by thread, and every fused multiplication is
written out there: equal bits are expected, not close ones.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from benchmarks.first.card import Card, Plan
from lib.backends.adjoint import differentiable
from lib.backends.cuda_adjoint import OnGpu
from lib.backends.cuda_run import march
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH

#: case → tolerance, time step, factor on the initial fields. Fifty times as much overflows in a few steps.
CASES: dict[str, tuple[float | None, float, float]] = {
    "plain": (None, 1.0, 1.0),
    "tolerance": (1e-3, 1.0, 1.0),
    "a tolerance soon met": (1e-2, 1.0, 1.0),
    "half a time step": (None, 0.5, 1.0),
    "overflow": (None, 1.0, 50.0),
    "overflow with a tolerance": (1e-6, 1.0, 50.0),
}

IDENTICAL = 3


def bits(card: Card, plan: Plan, emulated: Card) -> Iterator[dict[str, Any]]:
    """Every case on every grid, on the card and emulated."""
    for size, steps in zip(plan.sizes, plan.steps, strict=True):
        for case, (tol, dt, factor) in CASES.items():
            state = State(*(factor * x for x in initial_state(2, size=size, patch=size // 4)))
            both = [forward(each, size, state, steps, tol, dt) for each in (card, emulated)]
            yield compared(size, case, *both)
        state = initial_state(2, size=size, patch=size // 4)
        yield compared(
            size, "gradient", *(gradient(each, size, state, steps // 4) for each in (card, emulated))
        )


def races(card: Card, plan: Plan) -> Iterator[dict[str, Any]]:
    """Full GPUs, three times: all runs of one simulation have to end in the same bits."""
    for size, steps in zip(plan.sizes, plan.steps, strict=True):
        kernels = card.kernels(size)
        for task, waves in (("simulation", plan.waves), ("gradient", 1)):
            number = waves * kernels.concurrent + IDENTICAL
            one = initial_state(number - IDENTICAL, size=size, patch=size // 4, seed=1)
            state = State(*(torch.cat([x, x[:1].expand(IDENTICAL, -1, -1)]) for x in one))
            do = forward if task == "simulation" else gradient
            runs = [do(card, size, state, steps) for _ in range(3)]
            different = sum(not same(a, b) for run in runs[1:] for a, b in zip(run, runs[0], strict=True))
            twins = sum(not same(x[:1].expand_as(x[-IDENTICAL:]), x[-IDENTICAL:]) for x in runs[0])
            yield {"size": size, "task": task, "simulations": number, "different": different, "twins": twins}


def forward(
    card: Card, size: int, state: State, steps: int, tol: float | None = None, dt: float = 1.0
) -> list[Tensor]:
    """Fields, steps taken and last change, on the processor."""
    there = State(*(x.to(card.device).contiguous() for x in state))
    result = march(card.kernels(size), everywhere(len(state.u)), there, steps, tol, dt)
    return [x.cpu() for x in result]


def gradient(card: Card, size: int, state: State, steps: int) -> list[Tensor]:
    """Derivatives of Σ v² by parameters and fields, on the processor."""
    given = [*everywhere(len(state.u)), *state]
    leaves = [torch.as_tensor(x).to(card.device).clone().requires_grad_() for x in given]
    engine, params, start = OnGpu(card.kernels(size)), Params(*leaves[:4]), State(*leaves[4:])
    run = differentiable(engine, params, start, steps, None, 1.0)
    return [x.cpu() for x in torch.autograd.grad(run.v.square().sum(), leaves)]


def everywhere(batch: int) -> Params:
    """The truth, once for each simulation."""
    return Params(*(torch.full((batch,), float(p)) for p in TRUTH))


def compared(size: int, case: str, found: list[Tensor], expected: list[Tensor]) -> dict[str, Any]:
    """Whether all bits are the same, and how far apart the finite values are."""
    apart = max(
        float((a.double() - b.double()).nan_to_num(0, 0, 0).abs().max())
        for a, b in zip(found, expected, strict=True)
    )
    equal = all(same(a, b) for a, b in zip(found, expected, strict=True))
    return {"size": size, "case": case, "equal": equal, "apart": float(f"{apart:.3g}")}


def same(a: Tensor, b: Tensor) -> bool:
    """Equal in every number, NaN equal to NaN: their bits differ between makers of arithmetic."""
    return torch.equal(a.isnan(), b.isnan()) and torch.equal(a.nan_to_num(0), b.nan_to_num(0))
