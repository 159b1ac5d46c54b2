"""Compile `cuda.cu` for one kind of GPU at its first use, and keep the machine code.

NVRTC, NVIDIA's compiler as a library, comes with torch's CUDA builds and needs no GPU. Results are kept
under a name that hashes the sources, the options and the compiler's version, with a checksum beside them:
a driver trusts the code it is given.
"""

import hashlib
import re
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from filelock import FileLock

from lib.backends.compiler import CompilerError
from lib.backends.kept_library import is_whole, put
from lib.folders import compiled_folder

SOURCE = Path(__file__).with_name("cuda.cu")
HEADER = SOURCE.with_suffix(".cuh")

#: Grids that fit into the registers of one multiprocessor, or of four.
SIZES = (64, 128, 256)

#: A multiplication and an addition are one instruction only where the source says so.
OPTIONS = ("-std=c++17", "--fmad=false", "--ptxas-options=-v")


class Machine(NamedTuple):
    """What the machine code depends on.

    Args:
        arch: the GPU's architecture, such as "sm_90".
        size: cells along each side of the grid.
        ring: rows of states in shared memory ahead of the adjoint, 4 or 8.
    """

    arch: str
    size: int
    ring: int = 8


class Layout(NamedTuple):
    """How `cuda.cuh` lays out a simulation.

    Args:
        parts: blocks to a simulation: a cluster, if there are more than one.
        threads: of a block.
        quads: float4 in one row of a thread's cells.
    """

    parts: int
    threads: int
    quads: int


class Use(NamedTuple):
    """What one kernel takes of a GPU: registers a thread, and bytes spilled from them to memory."""

    registers: int
    spilled: int


def layout(size: int) -> Layout:
    """That of a grid: 64 cells a thread, and at most 256 threads on one multiprocessor."""
    parts = 4 if size > 128 else 1
    return Layout(parts, size * size // 64 // parts, 2 if parts > 1 else 1)


def cubin(machine: Machine) -> bytes:
    """Machine code of all kernels, compiled first where that was not done before or is damaged.

    That takes seconds: of processes and threads that ask at the same time one compiles, the others wait.

    Raises:
        CompilerError: if NVRTC is missing, fails, or the result cannot be kept; a sentence.
    """
    options = _options(machine)
    parts = (SOURCE.read_bytes(), HEADER.read_bytes(), repr(options).encode(), repr(_version()).encode())
    key = hashlib.sha256(b"\0".join(parts)).hexdigest()[:20]
    path = compiled_folder() / f"{SOURCE.stem}-{machine.arch}-{machine.size}-{key}.cubin"
    try:
        if not is_whole(path):  # a cache that others own may be read without a lock
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path.with_suffix(".lock")):
                if not is_whole(path):
                    put(path, partial(Path.write_bytes, data=compile_now(machine)[0]))
        return path.read_bytes()
    except OSError as error:
        raise CompilerError(
            f"The GPU's compiled kernels cannot be kept in {path.parent} ({error.strerror}): make that "
            "folder writable, or set the environment variable GRAYSCOTT_CACHE to one that is."
        ) from error


def compile_now(machine: Machine) -> tuple[bytes, dict[str, Use]]:
    """Machine code, and what each kernel takes of the GPU according to the compiler."""
    nvrtc = _nvrtc()
    header = HEADER.read_bytes()
    program = _ask(nvrtc.nvrtcCreateProgram(SOURCE.read_bytes(), b"cuda.cu", 1, [header], [b"cuda.cuh"]))
    options = [option.encode() for option in _options(machine)]
    (status,) = nvrtc.nvrtcCompileProgram(program, len(options), options)
    log = bytearray(_ask(nvrtc.nvrtcGetProgramLogSize(program)))
    nvrtc.nvrtcGetProgramLog(program, log)
    said = log.rstrip(b"\0").decode(errors="replace")
    if status != nvrtc.nvrtcResult.NVRTC_SUCCESS:
        raise CompilerError(
            f"NVRTC {'.'.join(map(str, _version()))} could not compile cuda.cu for {machine.arch}: a newer "
            f"GPU needs a newer torch, which brings its compiler along. It said:\n{said.strip()[-2000:]}"
        )
    code = bytearray(_ask(nvrtc.nvrtcGetCUBINSize(program)))
    _ask(nvrtc.nvrtcGetCUBIN(program, code))
    nvrtc.nvrtcDestroyProgram(program)
    return bytes(code), uses(said)


def uses(log: str) -> dict[str, Use]:
    """What the compiler's log says about each kernel."""
    found = {}
    for part in log.split("Compiling entry function '")[1:]:
        patterns = (r"Used (\d+) reg", r"(\d+) bytes spill st", r"(\d+) bytes spill l")
        numbers = (re.search(pattern, part) for pattern in patterns)
        registers, stores, loads = (int(match[1]) if match else 0 for match in numbers)
        found[part.split("'")[0]] = Use(registers, max(stores, loads))
    return found


def _options(machine: Machine) -> tuple[str, ...]:
    return (*OPTIONS, f"-arch={machine.arch}", f"-DSIZE={machine.size}", f"-DRING={machine.ring}")


@cache
def _nvrtc() -> ModuleType:
    """The compiler's Python module, with the compiler itself loaded."""
    try:
        from cuda.bindings import nvrtc

        nvrtc.nvrtcVersion()
    except (ImportError, RuntimeError) as error:
        raise CompilerError(
            "The on-chip GPU engine is compiled by NVRTC, which was not found: it comes with torch's CUDA "
            "builds, or by `pip install cuda-bindings nvidia-cuda-nvrtc`."
        ) from error
    return nvrtc


def nvrtc_version() -> tuple[int, int]:
    """Of the compiler: major, minor."""
    return _version()


def _version() -> tuple[int, int]:
    _, major, minor = _nvrtc().nvrtcVersion()
    return major, minor


def _ask(answer: tuple) -> Any:
    """The value of an answer that starts with a status."""
    status, *values = answer
    if status.value:
        raise CompilerError(
            f"NVRTC failed with {status.name}, which nothing here should cause: reinstall torch."
        )
    return values[0] if values else None
