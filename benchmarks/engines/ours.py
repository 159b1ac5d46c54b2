"""Our own compiled engines, through the functions that `simulate` calls."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from lib.backends import Result, cpu, cuda
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH

#: Steps of one run. Longer timings repeat it, since a pattern may come to rest after some ten thousand.
PIECE = 4032


def simulation(state: State, device: str) -> Callable[[int], object]:
    """Forward runs, on as many threads as torch has been given."""
    engine, threads = (cuda if device == "cuda" else cpu), torch.get_num_threads()
    params = per_simulation(state)

    def loop(steps: int) -> None:
        for piece in pieces(steps):
            refuse_rest(engine.forward(params, state, piece, None, 1.0, threads), piece)
        wait(device)

    return loop


def gradient(state: State, device: str) -> Callable[[int], object]:
    """Runs and their adjoints: Σ v² by all parameters and by the initial state."""
    engine, threads = (cuda if device == "cuda" else cpu), torch.get_num_threads()
    params, start = leaves(state)

    def loop(steps: int) -> None:
        for piece in pieces(steps):
            result = engine.differentiable_forward(params, start, piece, None, 1.0, threads)
            refuse_rest(result, piece)
            differentiate(result.v, params, start)
        wait(device)

    return loop


def pieces(steps: int) -> Iterator[int]:
    """Runs to take one after the other, each from the same start."""
    for done in range(0, steps, PIECE):
        yield min(PIECE, steps - done)


def refuse_rest(result: Result, steps: int) -> None:
    """Stop if a run came to rest: our engines leave off then, and steps that nobody takes are fast."""
    if int(result.steps.min()) < steps:
        raise RuntimeError(f"a run came to rest within {steps} steps, so its time says nothing about them")


def pattern(size: int) -> State:
    """The truth's pattern after 10,000 steps, (1, size, size): what long runs spend their time on."""
    start = initial_state(1, size=size)
    run = cpu.forward(per_simulation(start), start, 10_000, None, 1.0)
    return State(run.u, run.v)


def copies(state: State, batch: int, device: str = "cpu") -> State:
    """A batch of one state."""
    return State(*(field.to(device).repeat(batch, 1, 1) for field in state))


def per_simulation(state: State) -> Params:
    """The truth, once for each simulation, where the fields are."""
    batch, device = len(state.u), state.u.device
    return Params(*(torch.full((batch,), float(value), device=device) for value in TRUTH))


def leaves(state: State) -> tuple[Params, State]:
    """Parameters and initial states that ask for derivatives."""
    params = Params(*(torch.as_tensor(value).requires_grad_() for value in per_simulation(state)))
    return params, State(*(field.clone().requires_grad_() for field in state))


def differentiate(v: Tensor, params: Params, state: State) -> tuple[Tensor, ...]:
    """Derivatives of Σ v² by the parameters and the initial fields."""
    return torch.autograd.grad(v.square().sum(), [x for x in (*params, *state) if isinstance(x, Tensor)])


def wait(device: str) -> None:
    """Until the GPU has done what it was asked for."""
    if device == "cuda":
        torch.cuda.synchronize()
