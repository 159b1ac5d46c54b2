"""The GPU's kernels on a CPU: `cuda.cu` unchanged, compiled by the system's C++ compiler.

`emulate.cpp` says what it is strict about; beside that, here, a kernel may write to its tensors only.
"""

import ctypes
import hashlib
import math
import platform
import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from lib import folders
from lib.backends import cuda_compile, cuda_device

SOURCE = Path(__file__).with_name("emulate.cpp")
#: As in the GPU's code, a multiplication and an addition are one only where the source says so.
FLAGS = (
    "-std=c++17",
    "-O2",
    "-ffp-contract=off",
    "-fno-strict-aliasing",
    "-U_FORTIFY_SOURCE",
    "-shared",
    "-fPIC",
)

#: Blocks share the emulated multiprocessor's memory.
one_at_a_time = threading.Lock()


class EmulationError(RuntimeError):
    """A kernel did what a GPU answers with an error, a hang, or bits left to chance."""


class Emulated:
    """The kernels for one grid; simulations run one after the other.

    Args:
        size, ring: as in `cuda_compile.Machine`.
        concurrent, free: simulations side by side and bytes, as the engine is told.
        schedule: which warps go first: 0 the first ones, 1 the last ones, else a seed.
        folder: with other sources than `lib/backends`, if any.
        shared: bytes of shared memory of each kernel, if not those that `Gpu` asks for.
    """

    def __init__(
        self,
        size: int,
        ring: int = 8,
        concurrent: int = 2,
        free: int = 10**9,
        schedule: int = 0,
        folder: Path | None = None,
        shared: dict[str, int] | None = None,
    ) -> None:
        self.device, self.concurrent, self.free = torch.device("cpu"), concurrent, free
        self.library, self.schedule = library(size, ring, folder), schedule
        self.shared = shared or cuda_device.shared_bytes(size, ring)

    def launch(self, name: str, simulations: int, *arguments: Tensor | float) -> None:
        fenced = {i: Fenced(x) for i, x in enumerate(arguments) if isinstance(x, Tensor)}
        own_tensors = tuple(fenced[i].inner if i in fenced else x for i, x in enumerate(arguments))
        values, types = cuda_device.packed(own_tensors)
        own = [c_type(value) for value, c_type in zip(values, types, strict=True)]
        pointers = (ctypes.c_void_p * len(own))(*(ctypes.addressof(x) for x in own))
        bytes_of_block = ctypes.c_size_t(self.shared[name])
        with one_at_a_time:
            fault = self.library.launch(name.encode(), simulations, bytes_of_block, self.schedule, pointers)
        if fault:
            raise EmulationError(f"{name}: {fault.decode()}")
        if not all(each.taken_back() for each in fenced.values()):
            raise EmulationError(f"{name}: it wrote outside of the tensors that it was given")

    def free_bytes(self) -> int:
        return self.free


class Fenced:
    """A copy of a tensor between two stretches of NaN as long as itself, which no kernel may write to.

    Args:
        tensor: what a kernel is to work on, 32 or 64 bits an element, in one piece.
    """

    def __init__(self, tensor: Tensor) -> None:
        if not tensor.is_contiguous():
            raise EmulationError("a tensor with gaps was given to a kernel, which knows of none")
        self.tensor = tensor.view(torch.int32).flatten()
        words = len(self.tensor)
        self.width = math.ceil(words / 16) * 16
        self.whole = torch.full((words + 2 * self.width,), -1, dtype=torch.int32)
        self.inner = self.whole[self.width : self.width + words]
        self.inner.copy_(self.tensor)

    def taken_back(self) -> bool:
        """Bring what was changed to where it came from; False where something else was written to."""
        if not torch.equal(self.inner, self.tensor):
            self.tensor.copy_(self.inner)
        around = self.whole[: self.width], self.whole[self.width + len(self.inner) :]
        return all(bool((x == -1).all()) for x in around)


def library(size: int, ring: int = 8, folder: Path | None = None) -> ctypes.CDLL:
    """The emulated kernels, loaded."""
    loaded = ctypes.CDLL(str(built(size, ring, folder)))
    loaded.launch.restype = ctypes.c_char_p
    return loaded


@cache
def built(size: int, ring: int = 8, folder: Path | None = None) -> Path:
    """Path of the emulated kernels, compiled where that was not done before.

    A library holds the fibers of one launch, so there is one file for each grid and ring.
    """
    folder = folder or cuda_compile.SOURCE.parent
    sources = (SOURCE, folder / cuda_compile.SOURCE.name, folder / cuda_compile.HEADER.name)
    flags = (*FLAGS, *native(), f"-I{folder}", f"-DSIZE={size}", f"-DRING={ring}")
    texts = [path.read_text(encoding="utf-8") for path in sources]
    key = hashlib.sha256("\0".join([*texts, *flags]).encode()).hexdigest()[:20]
    path = folders.compiled_folder() / f"emulate-{key}.so"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*cplusplus(), *flags, str(SOURCE), "-o", str(path)], check=True)
    return path


def cplusplus() -> tuple[str, ...]:
    """A C++ compiler: the system's, or the one in the `ziglang` wheel."""
    for name in ("c++", "g++", "clang++"):
        if found := shutil.which(name):
            return (found,)
    return (sys.executable, "-m", "ziglang", "c++")


def native() -> tuple[str, ...]:
    """fmaf is one instruction there, and a slow function elsewhere."""
    return ("-march=native",) if platform.machine().lower() in ("x86_64", "amd64") else ()
