"""Experiments on CPU tensors whose simulations run on a GPU: emulated everywhere, real where there is one."""

import itertools
import threading
import time
from contextlib import nullcontext

import joblib
import pytest
import torch

from lib import losses, simulate
from lib.backends import cpu, cuda, offload
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import PAPER_START, SAMPLED_SETS, TRUTH
from lib.running import device, engines, gpu_threads, keys, parallel
from lib.simulate import choose_engine
from lib.studies.training.iteration import Recipe
from lib.studies.training.runs import Plan, train_plans
from lib.studies.training.targets import settled_patterns, target_pool
from tests.backends.emulated import Emulated
from tests.backends.test_cuda import PLACES


def emulated(state):
    return Emulated(state.u.shape[-1])


@pytest.fixture
def launched():
    """Threads that launched kernels."""
    return []


@pytest.fixture(params=PLACES)
def offloading(request, monkeypatch, launched):
    """DEVICE=cuda, with a GPU or an emulated one."""
    monkeypatch.setenv(offload.VARIABLE, "cuda")
    if request.param == "gpu":
        kernels_for = cuda.kernels_for
    else:
        kernels_for = emulated
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(cuda, "supports", lambda height, width, dtype, device: None)
        monkeypatch.setattr(gpu_threads, "own_stream", nullcontext)
        monkeypatch.setattr(engines, "on_gpu", lambda: "emulated")

    def noted(state):
        launched.append(threading.get_ident())
        return kernels_for(state)

    monkeypatch.setattr(cuda, "kernels_for", noted)


def start(batch=2):
    return initial_state(batch, size=64, patch=20, seed=3)


def test_cpu_tensors_travel_there_and_back(offloading, launched):
    run = simulate(TRUTH, start(), 300)
    there = cuda.forward(Params(*(torch.full((2,), p) for p in TRUTH)), start(), 300, None, 1.0)
    assert len(launched) == 2
    assert run.u.device.type == "cpu"
    assert torch.equal(run.u, there.u)
    assert torch.equal(run.v, there.v)
    assert (run.v - simulate(TRUTH, start(), 300, backend="cpu").v).abs().max() < 1e-4


def test_their_gradients_are_those_of_the_cpu_engine(offloading, launched):
    found = []
    for backend in ("auto", "cpu"):
        params = Params(*(torch.tensor(p, requires_grad=True) for p in SAMPLED_SETS[1]))
        run = simulate(params, start(), 200, backend=backend)
        losses.spectral(run.v, start().v).mean().backward()
        found.append(torch.stack([p.grad for p in params]))
    assert launched
    assert torch.allclose(*found, rtol=1e-3)


def test_what_the_gpu_cannot_hold_stays_on_the_processor(offloading):
    assert choose_engine("auto", start()) is cuda
    double = State(*(x.double() for x in start()))
    for fields in (double, initial_state(1, size=32, patch=10), State(*(x[:, :32] for x in start()))):
        assert choose_engine("auto", fields) is cpu
    assert choose_engine("cpu", start()) is cpu


def test_a_gpu_that_does_not_work_is_named_and_the_processor_computes(offloading, monkeypatch):
    monkeypatch.setattr(cuda, "supports", lambda height, width, dtype, device: "Its driver is too old.")
    with pytest.warns(UserWarning, match=r"driver is too old\. The processor computes instead"):
        assert choose_engine("auto", start()) is cpu


def test_experiments_share_the_gpu_in_threads_and_give_the_same_bits(offloading, launched, tmp_path):
    setting = {"size": 64, "steps": 600, "tol": 1e-3}
    alone = target_pool(48, jobs=1, cache=tmp_path / "alone", **setting)
    launched.clear()
    together = target_pool(48, cache=tmp_path / "together", **setting)
    assert torch.equal(alone, together)
    assert len(set(launched)) > 1
    assert threading.get_ident() not in launched


def test_trainings_share_the_gpu_and_give_the_same_bits(offloading, launched, tmp_path):
    recipe = Recipe(size=64, steps=300, tol=1e-3, pool=8)
    plan = Plan([list(PAPER_START)] * 3, 2, recipe, range(3))
    traces = [
        train_plans({"p": plan}, jobs=jobs, folder=tmp_path / str(jobs))["p"].drop_vars(
            "seconds", errors="ignore"
        )
        for jobs in (1, 3)
    ]
    assert launched
    assert traces[0].equals(traces[1])


def test_experiments_that_run_end_when_the_work_is_stopped(offloading):
    steps = itertools.count()

    def endless():
        while True:
            simulate(TRUTH, start(1), 1)
            next(steps)

    found = parallel.results([joblib.delayed(abs)(-1), *[joblib.delayed(endless)()] * 3])
    assert next(found) == 1
    with pytest.warns(UserWarning, match="have been cancelled"):
        found.close()
    time.sleep(1)
    before = next(steps)
    time.sleep(0.5)
    assert next(steps) == before + 1


def test_results_of_the_gpu_are_kept_apart(monkeypatch):
    monkeypatch.setattr(engines, "on_gpu", lambda: "cuda sm_90")
    call = settled_patterns, ((1,), 64, 100, 1e-4, 0), {}
    monkeypatch.setenv(offload.VARIABLE, "cpu")
    processor = keys.key(*call)
    offload.want("cuda")
    assert keys.key(*call) != processor


def test_a_gpu_that_is_not_there_is_refused_and_nothing_changes(monkeypatch):
    monkeypatch.setenv(offload.VARIABLE, "cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="torch sees no GPU here"):
        device.use("cuda")
    assert not offload.wanted()
    assert device.use("auto") == "cpu"
