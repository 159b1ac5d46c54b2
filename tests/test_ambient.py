"""Torch's settings of the process around us change no number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch

from lib import TRUTH, initial_state, losses, simulate
from lib.features import build
from lib.initial_states import patched_state
from lib.studies.patterns.other_initial_states import KINDS, varied_states
from lib.studies.pinn.network import Network
from lib.studies.pinn.observation import observe


@contextmanager
def double_by_default() -> Iterator[None]:
    """As after torch.set_default_dtype(torch.float64)."""
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextmanager
def deterministic() -> Iterator[None]:
    """As after torch.use_deterministic_algorithms(True)."""
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


@contextmanager
def two_threads() -> Iterator[None]:
    """As where torch may use two cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def another_seed() -> Iterator[None]:
    """As after torch.manual_seed."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        yield


AMBIENT = [double_by_default, deterministic, two_threads, another_seed, torch.no_grad, torch.enable_grad]

WORKS: dict[str, Callable[[], torch.Tensor]] = {
    "initial state": lambda: initial_state(2, size=32).u,
    "disc": lambda: patched_state(9, size=32, disc=True).v,
    **{kind: (lambda kind=kind: varied_states(kind, 1, size=32).v) for kind in KINDS},
    "random filters": lambda: build(0)[0].weight.detach(),
    "simulation": lambda: simulate(TRUTH, initial_state(2, size=32), 200).v,
    "spectral": lambda: losses.spectral(*(initial_state(1, size=32, seed=s).v for s in (0, 1))),
    "windowed": lambda: losses.windowed_spectral(*(initial_state(1, size=32, seed=s).v for s in (0, 1))),
    "observation": lambda: observe(initial_state(1, size=16, patch=4), share=0.5, noise=0.1).v,
    "network": lambda: torch.cat([w.detach().flatten() for w in Network(16).weights()]),
}


@pytest.mark.parametrize("around", AMBIENT)
@pytest.mark.parametrize("work", WORKS)
def test_settings_of_the_process_change_no_bit(work: str, around: Callable) -> None:
    plain = WORKS[work]()
    with around():
        found = WORKS[work]()
    assert found.dtype == plain.dtype
    assert torch.equal(found, plain)
