"""Torch's settings of the process around us change no number."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
import torch

from lib import TRUTH, initial_state, losses, simulate
from lib.coordinates import random_starts, to_params, to_unconstrained
from lib.features import at_hand, build
from lib.history import history
from lib.initial_states import patched_state
from lib.landscape import evaluate, sweep_model
from lib.linearisation import unpack
from lib.models import GRAY_SCOTT
from lib.models import simulate as simulate_model
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

STATE = initial_state(2, size=32)
BOTH = torch.stack(list(STATE), 1)
MODEL = TRUTH._asdict()


def slope(backend: str) -> torch.Tensor:
    """The derivative of a run by k."""
    k = torch.tensor(TRUTH.k, requires_grad=True, device="cpu")
    with torch.enable_grad():
        run = simulate(TRUTH._replace(k=k), STATE, 30, backend=backend)
        return torch.autograd.grad(run.v.square().sum(), k)[0]


def model_slope(backend: str) -> torch.Tensor:
    """The same of a model's run."""
    k = torch.tensor(TRUTH.k, requires_grad=True, device="cpu")
    with torch.enable_grad():
        run = simulate_model(GRAY_SCOTT, MODEL | {"k": k}, BOTH, 30, backend=backend)
        return torch.autograd.grad(run.fields.square().sum(), k)[0]


def gram() -> torch.Tensor:
    """A Gram loss by filters that are made for it."""
    at_hand.cache_clear()
    return losses.gram(STATE.v, STATE.v.roll(1, 0) ** 2)


def landscape(**setting: object) -> torch.Tensor:
    """Losses at a point, kept nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        found = evaluate([[0.16, 0.08, 0.03, 0.06]], states=2, steps=30, jobs=1, cache=folder, **setting)
    return torch.from_numpy(found.spectral.values)


def model_landscape() -> torch.Tensor:
    """The same of a model."""
    with tempfile.TemporaryDirectory() as folder:
        found = sweep_model(GRAY_SCOTT, {"F": [0.03, 0.04]}, BOTH, 30, jobs=1, cache=folder)
    return torch.from_numpy(found.spectral.values)


#: What most people call. The studies behind it run in settings of their own (`lib.running.torch_settings`).
DOORS: dict[str, Callable[[], torch.Tensor]] = {
    **{f"{b} run": (lambda b=b: simulate(TRUTH, STATE, 30, tol=1e-9, backend=b).v) for b in ("cpu", "eager")},
    **{f"{b} slope": (lambda b=b: slope(b)) for b in ("cpu", "eager")},
    "model's run": lambda: simulate_model(GRAY_SCOTT, None, BOTH, 30).fields,
    **{f"model's {b} slope": (lambda b=b: model_slope(b)) for b in ("compiled", "eager")},
    "history": lambda: torch.from_numpy(history(TRUTH, STATE, [0, 3, 9]).v.values),
    "Gram": gram,
    "landscape": lambda: landscape(size=32),
    "landscape of a picture": lambda: landscape(target=STATE.v[0].numpy()),
    "model's landscape": model_landscape,
    "unconstrained": lambda: to_unconstrained(TRUTH),
    "parameters": lambda: torch.stack(to_params([0.0, 0.1, 0.2, 0.3])),
    "starts": lambda: torch.tensor(random_starts(2), dtype=torch.float32, device="cpu"),
    "unpacked": lambda: unpack(np.arange(32.0)).u,
}


@contextmanager
def another_default_device() -> Iterator[None]:
    """As after torch.set_default_device."""
    torch.set_default_device("meta")
    try:
        yield
    finally:
        torch.set_default_device(None)


ELSEWHERE = [another_default_device, partial(torch.device, "meta")]


@pytest.mark.parametrize("around", ELSEWHERE, ids=["set_default_device", "with torch.device"])
@pytest.mark.parametrize("work", [*DOORS, *(name for name in WORKS if name != "network")])
def test_another_default_device_changes_no_bit(work: str, around: Callable) -> None:
    call = (DOORS | WORKS)[work]
    plain = call()
    with around():
        found = call()
    assert found.device.type == "cpu"
    assert torch.equal(found, plain)


@pytest.mark.parametrize("around", [*AMBIENT, torch.inference_mode])
@pytest.mark.parametrize("work", [name for name in DOORS if "slope" not in name])
def test_settings_of_the_process_change_no_bit_of_what_people_call(work: str, around: Callable) -> None:
    plain = DOORS[work]()
    with around():
        found = DOORS[work]()
    assert found.dtype == plain.dtype
    assert torch.equal(found.clone(), plain)


@pytest.mark.parametrize("around", AMBIENT)
@pytest.mark.parametrize("work", WORKS)
def test_settings_of_the_process_change_no_bit(work: str, around: Callable) -> None:
    plain = WORKS[work]()
    with around():
        found = WORKS[work]()
    assert found.dtype == plain.dtype
    assert torch.equal(found, plain)
