"""Plain torch: a loop over `model.step`, as it stands or through torch.compile, and autograd's tape.

The loop does nothing else: no test for settled or diverged runs, which the library's eager engine adds.
"""

from collections.abc import Callable

import torch

from benchmarks.engines.ours import differentiate, leaves, per_simulation, wait
from lib.model import Params, State, step

Step = Callable[[Params, State], State]


def simulation(state: State, device: str, take: Step = step) -> Callable[[int], object]:
    """Forward runs without a tape."""
    params = per_simulation(state)

    @torch.no_grad()
    def loop(steps: int) -> None:
        after = state
        for _ in range(steps):
            after = take(params, after)
        wait(device)

    return loop


def gradient(state: State, device: str, take: Step = step) -> Callable[[int], object]:
    """Σ v² by all parameters and by the initial state, through a tape of every step."""
    params, start = leaves(state)

    def loop(steps: int) -> None:
        after = start
        for _ in range(steps):
            after = take(params, after)
        differentiate(after.v, params, start)
        wait(device)

    return loop


def compiled_simulation(state: State, device: str) -> Callable[[int], object]:
    """The same loop over a compiled step."""
    return simulation(state, device, torch.compile(step))


def compiled_gradient(state: State, device: str) -> Callable[[int], object]:
    """The same tape over a compiled step and its compiled derivative."""
    return gradient(state, device, torch.compile(step))
