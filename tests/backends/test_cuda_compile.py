"""The GPU's kernels compile without a GPU, stay in registers, and what is missing is said in a sentence."""

import ctypes
import errno
import importlib.util
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from lib.backends import cuda_compile, cuda_device
from lib.backends.compiler import CompilerError
from lib.backends.cuda_compile import Machine, Use
from lib.backends.kept_library import checksum_file, is_whole

needs_nvrtc = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not importlib.util.find_spec("cuda"), reason="no NVRTC here"
)


@needs_nvrtc
@pytest.mark.parametrize(
    ("arch", "size"),
    [("sm_80", 128), ("sm_90", 128), ("sm_100", 128), ("sm_90", 64), ("sm_90", 256), ("sm_100", 256)],
)
def test_the_kernels_compile_for_each_gpu_and_stay_in_registers(arch, size):
    """A thread has 255 registers and needs 128 for its cells. Spills of `advance` and `measure` lie in the
    steps whose change is measured, one in 256; a disassembly shows none in the loop over plain steps."""
    code, uses = cuda_compile.compile_now(Machine(arch, size))
    assert code.startswith(b"\x7fELF")
    assert set(uses) == set(cuda_device.KERNELS)
    assert all(128 < use.registers <= 255 for use in uses.values())
    allowed = {"remember": 0, "watch": 0, "advance": 24, "retreat": 48, "measure": 256}
    if size == 256:  # eight cells side by side leave fewer registers for the rest
        allowed |= {"remember": 8, "retreat": 96, "measure": 512}
    assert {name: use.spilled for name, use in uses.items() if use.spilled > allowed[name]} == {}


@needs_nvrtc
def test_machine_code_is_compiled_once_per_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    compiled = []
    monkeypatch.setattr(
        cuda_compile, "compile_now", lambda machine: (compiled.append(machine) or b"code", {})
    )
    machines = Machine("sm_90", 64), Machine("sm_90", 128), Machine("sm_80", 64)
    for machine in (*machines, *machines):
        assert cuda_compile.cubin(machine) == b"code"
    assert compiled == list(machines)
    assert len(list((tmp_path / "compiled").glob("*.cubin"))) == 3


def test_threads_that_ask_at_the_same_time_compile_once(monkeypatch, tmp_path):
    """Sixteen experiments begin together, and the compiler takes seconds."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    monkeypatch.setattr(cuda_compile, "_version", lambda: (13, 0))
    compiled = []

    def slowly(machine):
        compiled.append(machine)
        time.sleep(0.2)
        return b"code", {}

    monkeypatch.setattr(cuda_compile, "compile_now", slowly)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(cuda_compile.cubin, [Machine("sm_90", 64)] * 8)) == {b"code"}
    assert len(compiled) == 1


DAMAGES = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:2]),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\0garbage"),
    "flipped bit": lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 16]) + path.read_bytes()[1:]),
    "no checksum": lambda path: checksum_file(path).unlink(),
    "a damaged checksum": lambda path: checksum_file(path).write_bytes(b"\xff\xfe"),
}


@pytest.fixture
def compiled(monkeypatch, tmp_path):
    """What was compiled, machine after machine, by a stand-in for the compiler."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    monkeypatch.setattr(cuda_compile, "_version", lambda: (13, 0))
    machines = []
    monkeypatch.setattr(
        cuda_compile, "compile_now", lambda machine: (machines.append(machine) or b"code", {})
    )
    return machines


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_machine_code_is_compiled_again_and_never_handed_to_the_driver(damage, compiled, tmp_path):
    machine = Machine("sm_90", 64)
    cuda_compile.cubin(machine)
    (path,) = tmp_path.rglob("*.cubin")
    damage(path)
    assert cuda_compile.cubin(machine) == b"code"
    assert cuda_compile.cubin(machine) == b"code"
    assert compiled == [machine] * 2
    assert is_whole(path)


def test_machine_code_in_a_shared_cache_can_be_read_by_others(compiled, tmp_path):
    cuda_compile.cubin(Machine("sm_90", 64))
    (path,) = tmp_path.rglob("*.cubin")
    assert [file.stat().st_mode & 0o777 for file in (path, checksum_file(path))] == [0o644] * 2


def test_machine_code_that_others_keep_is_read_where_nothing_can_be_written(compiled, monkeypatch):
    """A lock is a file, and a shared cache may be read-only."""
    cuda_compile.cubin(Machine("sm_90", 64))
    monkeypatch.setattr(cuda_compile, "FileLock", lambda path: pytest.fail("This needs no lock."))
    assert cuda_compile.cubin(Machine("sm_90", 64)) == b"code"


def test_machine_code_that_finds_no_room_leaves_nothing_behind(compiled, monkeypatch, tmp_path):
    def full(path, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CompilerError, match=r"cannot be kept in .* \(No space left on device\)"):
        cuda_compile.cubin(Machine("sm_90", 64))
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


@needs_nvrtc
def test_a_gpu_the_compiler_does_not_know_is_said_with_the_remedy():
    with pytest.raises(CompilerError, match="GPU needs a newer torch"):
        cuda_compile.compile_now(Machine("sm_999", 64))


def test_without_nvrtc_a_sentence_says_how_to_get_it(monkeypatch):
    cuda_compile._nvrtc.cache_clear()
    monkeypatch.setitem(sys.modules, "cuda.bindings", None)
    with pytest.raises(CompilerError, match="pip install cuda-bindings nvidia-cuda-nvrtc"):
        cuda_compile.compile_now(Machine("sm_90", 64))
    cuda_compile._nvrtc.cache_clear()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a driver")
def test_without_a_driver_a_sentence_says_so():
    with pytest.raises(CompilerError, match="install NVIDIA's driver"):
        cuda_device._driver()


def test_the_compilers_log_is_read():
    log = (
        "ptxas info : Compiling entry function 'advance' for 'sm_90'\n"
        "0 bytes stack frame, 4 bytes spill stores, 8 bytes spill loads\nUsed 244 registers"
    )
    assert cuda_compile.uses(log) == {"advance": Use(244, 8)}


def test_arguments_go_to_the_driver_as_pointers_ints_and_floats():
    tensor = torch.zeros(3)
    values, types = cuda_device.packed((tensor, 5, 0.5))
    assert values == (tensor.data_ptr(), 5, 0.5)
    assert types == (ctypes.c_void_p, ctypes.c_int, ctypes.c_float)


@pytest.mark.parametrize(("ring", "limit"), [(8, 110_000), (4, 99 * 1024)])
@pytest.mark.parametrize("size", [64, 128])
def test_shared_memory_fits_into_what_gpus_have(size, ring, limit):
    """163 KB and more on data-centre GPUs since sm_80, 99 KB on the others."""
    assert cuda_device.shared_together(size, ring) <= limit


def test_four_multiprocessors_hold_256_cells_with_the_shared_memory_of_data_centre_gpus():
    """227 KB from sm_90 on."""
    assert cuda_device.shared_together(256, 8) <= 227 * 1024
