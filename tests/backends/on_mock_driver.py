"""The launch path on a mock driver: run by `test_launch_path` in a process whose libcuda.so.1 is replaced.

What Python asks goes through the real cuda-bindings to `mock_driver.cpp`, which checks it against the machine
code and runs the emulated kernels. Only torch's own view of a GPU is imitated here.
"""

import ctypes
import os
import re
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch

from lib.backends import cuda, cuda_compile, cuda_device, gpu_clock
from lib.backends.compiler import CompilerError
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from tests.backends.emulated import Emulated, built
from tests.backends.test_adjoint import gradients

CPU, STREAM = torch.device("cpu"), 4711

mock = ctypes.CDLL("libcuda.so.1")
mock.mock_fault.restype = mock.mock_log.restype = ctypes.c_char_p


class Event:
    """A stamp of a clock that goes on by one second each time."""

    now = 0

    def record(self):
        Event.now += 1
        self.at = Event.now

    def query(self):
        return True

    def synchronize(self):
        pass

    def elapsed_time(self, other):
        return 1000.0 * (other.at - self.at)


@contextmanager
def current(device):
    mock.mock_current(1)
    try:
        yield
    finally:
        mock.mock_current(0)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """Torch's answers about an H100 whose memory is the processor's."""
    mock.mock_reset()
    # NVRTC asks whatever libcuda.so.1 it finds for more than the mock knows, so all is compiled beforehand.
    monkeypatch.setenv("GRAYSCOTT_CACHE", os.environ["COMPILED_BEFORE"])
    stream = SimpleNamespace(cuda_stream=STREAM, synchronize=lambda: None)
    properties = SimpleNamespace(major=9, minor=0, multi_processor_count=132, name="Mock H100")
    answers = {
        "is_available": lambda: True,
        "current_device": lambda: 0,
        "get_device_properties": lambda device: properties,
        "get_device_capability": lambda device: (9, 0),
        "current_stream": lambda: stream,
        "device": current,
        "Event": lambda enable_timing: Event(),
        "mem_get_info": lambda device: (10**9, 2 * 10**9),
        "memory_reserved": lambda device: 3_000_000,
        "memory_allocated": lambda device: 1_000_000,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(torch.cuda, name, answer)
    monkeypatch.setattr(cuda, "gpu_of", lambda device: CPU)
    cuda_device._loaded.clear()
    gpu_clock._clocks.clear()
    for size in (64, 128, 256):
        assert mock.mock_use(size * size // 64, str(built(size)).encode())


@pytest.fixture
def launches(monkeypatch):
    """C types of the arguments of every launch, by kernel."""
    seen, launch = {}, cuda_device.Gpu.launch

    def noted(self, name, simulations, *arguments):
        seen[name] = cuda_device.packed(arguments)[1]
        return launch(self, name, simulations, *arguments)

    monkeypatch.setattr(cuda_device.Gpu, "launch", noted)
    return seen


def logged():
    """Kernel, blocks, threads, shared bytes and stream of every launch."""
    return [(name, *map(int, rest)) for name, *rest in map(str.split, mock.mock_log().decode().splitlines())]


def params(batch=1):
    return Params(*(torch.full((batch,), float(p)) for p in TRUTH))


def run(size=64, batch=2, steps=5, tol=None):
    return cuda.forward(params(batch), initial_state(batch, size=size, patch=20), steps, tol, 1.0)


@pytest.mark.parametrize("size", [64, 128, 256])
def test_a_run_through_the_driver_has_the_bits_of_the_kernels_called_directly(size, monkeypatch):
    through = run(size)
    monkeypatch.setattr(cuda, "kernels_for", lambda state: Emulated(size))
    directly = run(size)
    assert all(map(torch.equal, through, directly))


@pytest.mark.parametrize("tol", [None, 1e-3])
def test_every_kernel_gets_arguments_of_the_kind_and_size_it_declares(launches, tol):
    """Sizes from the machine code, kinds from the source: an int taken for a float has the same size."""
    gradients(cuda.differentiable_forward, TRUTH, initial_state(2, size=64, patch=20), 40, tol)
    assert set(launches) == {"remember", "retreat", *(["watch", "measure"] if tol else ["advance"])}
    functions = cuda_device.gpu(64, CPU).functions
    for name, types in launches.items():
        sizes = (ctypes.c_int * 16)()
        number = mock.mock_parameters(ctypes.c_void_p(int(functions[name])), sizes)
        assert [ctypes.sizeof(kind) for kind in types] == list(sizes[:number])
        assert list(types) == declared(name)


def declared(name):
    """C types of a kernel's parameters as cuda.cu writes them."""
    (signature,) = re.findall(rf"^{name}\(([^)]*)\)", cuda_compile.SOURCE.read_text(), flags=re.MULTILINE)
    kinds = {"int": ctypes.c_int, "float": ctypes.c_float}
    return [ctypes.c_void_p if "*" in one else kinds[one.split()[-2]] for one in signature.split(",")]


@pytest.mark.parametrize(("size", "blocks", "threads"), [(64, 3, 64), (128, 3, 256), (256, 12, 256)])
def test_a_launch_has_a_block_or_a_cluster_for_each_simulation_on_torchs_stream(size, blocks, threads):
    run(size, batch=3, steps=2)
    assert logged() == [("advance", blocks, threads, cuda_device.shared_bytes(size, 8)["advance"], STREAM)]


def test_the_driver_says_how_many_clusters_run_side_by_side():
    """Thirty-two, where 132 multiprocessors divided by four are 33: the last one would take a second turn."""
    with current(CPU):
        assert cuda_device.Gpu(256, CPU).concurrent == 32
        assert cuda_device.Gpu(128, CPU).concurrent == 132
        assert cuda_device.Gpu(64, CPU).concurrent == 4 * 132


def test_a_gpu_without_room_for_a_cluster_is_said_with_the_remedy():
    mock.mock_limits(227 << 10, 0)
    with pytest.raises(CompilerError, match="no room for a simulation of 256 × 256 cells.*backend='eager'"):
        cuda_device.Gpu(256, CPU)


def test_little_shared_memory_means_fewer_rows_ahead_and_too_little_a_sentence():
    mock.mock_limits(99 << 10, 32)
    assert cuda_device.Gpu(128, CPU).shared == cuda_device.shared_bytes(128, 4)
    mock.mock_limits(48 << 10, 32)
    with pytest.raises(CompilerError, match="those of Mock H100 have 48 KB"):
        cuda_device.Gpu(128, CPU)


def test_kernels_are_loaded_once_for_many_calls():
    run(), run(steps=3), run(128)
    assert mock.mock_loads() == 2


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ("cuModuleLoadData", 209),
        ("cuModuleGetFunction", 500),
        ("cuFuncSetAttribute", 1),
        ("cuCtxGetDevice", 201),
    ],
)
def test_what_the_driver_refuses_is_said_by_supports_with_the_remedy(entry, status):
    mock.mock_refuse(entry.encode(), status)
    cuda._loading_error.cache_clear()
    answer = cuda.supports(64, 64, torch.float32, CPU)
    cuda._loading_error.cache_clear()
    assert "refused the on-chip engine with CUDA_ERROR" in answer
    assert "backend='eager'" in answer


def test_a_refused_launch_is_an_error_and_not_a_result():
    mock.mock_refuse(b"cuLaunchKernel", 701)
    with pytest.raises(RuntimeError, match="CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"):
        run()


def test_free_memory_counts_what_torch_holds_without_using_it():
    assert cuda_device.Gpu(64, CPU).free_bytes() == 10**9 + 2_000_000


def test_the_gpus_time_is_counted_and_kept_where_the_environment_says(tmp_path, monkeypatch):
    """By a clock that moves on a second at each stamp, a launch takes one."""
    run(), run()
    assert gpu_clock.gpu_seconds() == 2
    monkeypatch.setenv(gpu_clock.VARIABLE, str(tmp_path))
    gpu_clock.keep_total()
    assert gpu_clock.total_in(tmp_path) == 2


def planted(name, monkeypatch):
    """Break the launch path in one place."""
    ask, shared = cuda_device.Gpu._ask, cuda_device.shared_bytes
    if name == "no room asked for":
        monkeypatch.setattr(cuda_device.Gpu, "_ask", lambda self, answer: ask(self, answer))
        driver = cuda_device._driver()
        shim = SimpleNamespace(**{n: getattr(driver, n) for n in dir(driver) if not n.startswith("__")})
        shim.cuFuncSetAttribute = lambda *_: (SimpleNamespace(value=0),)
        monkeypatch.setattr(cuda_device, "_driver", lambda: shim)
    elif name == "no control block":
        monkeypatch.setattr(
            cuda_device,
            "shared_bytes",
            lambda *a: {k: n - 16 * (k != "retreat") for k, n in shared(*a).items()},
        )
    elif name == "no totals":
        monkeypatch.setattr(
            cuda_device, "shared_bytes", lambda *a: shared(*a) | {"retreat": shared(*a)["retreat"] - 32 * 64}
        )
    elif name == "a block a simulation":
        layout = cuda_compile.layout
        monkeypatch.setattr(cuda_device, "layout", lambda size: layout(size)._replace(parts=1))
    elif name == "twice the threads":
        layout = cuda_compile.layout
        monkeypatch.setattr(
            cuda_device, "layout", lambda size: layout(size)._replace(threads=2 * layout(size).threads)
        )
    elif name == "no context":
        monkeypatch.setattr(torch.cuda, "device", lambda device: current_not())


@contextmanager
def current_not():
    yield


@pytest.mark.parametrize(
    ("fault", "size"),
    [
        ("no room asked for", 128),
        ("no control block", 64),
        ("no totals", 64),
        ("a block a simulation", 256),
        ("twice the threads", 64),
        ("no context", 64),
    ],
)
def test_planted_faults_of_the_launch_path_are_refused(fault, size, monkeypatch):
    planted(fault, monkeypatch)
    state = State(*(x[:, :size, :size] for x in initial_state(1, size=size, patch=20)))
    with pytest.raises((RuntimeError, CompilerError)):
        gradients(cuda.differentiable_forward, TRUTH, state, 300 if size == 64 else 6)


def test_after_a_kernel_failed_every_call_says_so(monkeypatch):
    planted("no control block", monkeypatch)
    with pytest.raises(RuntimeError, match="LAUNCH_FAILED"):
        run(steps=2)
    assert b"behind the shared memory" in mock.mock_fault()
    with pytest.raises(RuntimeError, match="LAUNCH_FAILED.*start Python anew"):
        run(steps=2)
