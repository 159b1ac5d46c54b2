"""Memory: how fast it is copied, and how much a gradient holds at its peak, after its end, and without it."""

import gc

import torch

from benchmarks.engines.ours import copies, differentiate, leaves
from benchmarks.first.bits import everywhere
from benchmarks.first.card import Card, Plan
from lib.backends.adjoint import differentiable
from lib.backends.cuda_adjoint import OnGpu
from lib.backends.cuda_run import march
from lib.model import State


def bandwidth(card: Card, plan: Plan, megabytes: int = 1024) -> dict[str, float]:
    """Gigabytes a second: read and written on the card, and to and from the processor's memory."""
    there = torch.empty(megabytes << 18, device=card.device)
    also, here = torch.empty_like(there), torch.empty(megabytes << 16)
    ways = {
        "on the card, read and written": (lambda: also.copy_(there), 2 * there.nbytes),
        "to the card": (lambda: there[: here.numel()].copy_(here), here.nbytes),
        "from the card": (lambda: here.copy_(there[: here.numel()]), here.nbytes),
    }
    found = {}
    for name, (do, moved) in ways.items():
        do()
        found[name] = float(f"{moved / min(card.seconds(do) for _ in range(plan.rounds)) / 1e9:.4g}")
    return found


def peaks(card: Card, plan: Plan, pattern: State) -> dict[str, float]:
    """Megabytes that a run takes at its peak, that a gradient takes, and that it holds when it is done."""
    size = pattern.u.shape[-1]
    batch, steps = min(card.kernels(size).concurrent, max(plan.batches)), plan.pieces[1]
    state = copies(pattern, batch, str(card.device))
    found = {}
    start_over()
    march(card.kernels(size), everywhere(batch), state, steps, None, 1.0)
    found["without a trail, peak"] = peak()
    params, start = leaves(state)
    start_over()
    result = differentiable(OnGpu(card.kernels(size)), params, start, steps, None, 1.0)
    found["with a trail, before the way back"] = held()
    differentiate(result.v, params, start)
    found["with a trail, peak"] = peak()
    found["with a trail, after the way back"] = held()
    return found


def start_over() -> None:
    """Count from now on."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def peak() -> float:
    """Megabytes of tensors on the card at most, since then."""
    return round(torch.cuda.max_memory_allocated() / 1e6, 1) if torch.cuda.is_available() else 0.0


def held() -> float:
    """Megabytes of tensors on the card now."""
    gc.collect()
    return round(torch.cuda.memory_allocated() / 1e6, 1) if torch.cuda.is_available() else 0.0
