"""The GPU's kernels on a CPU: `cuda.cu` unchanged, compiled by the system's C++ compiler."""

import ctypes
import hashlib
import platform
import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import torch

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


class Emulated:
    """The kernels for one grid; simulations run one after the other."""

    def __init__(self, size, ring=8, concurrent=2, free=10**9):
        self.device, self.concurrent, self.free = torch.device("cpu"), concurrent, free
        self.library = library(size, ring)

    def launch(self, name, simulations, *arguments):
        values, types = cuda_device.packed(arguments)
        own = [c_type(value) for value, c_type in zip(values, types, strict=True)]
        pointers = (ctypes.c_void_p * len(own))(*(ctypes.addressof(x) for x in own))
        with one_at_a_time:
            assert self.library.launch(name.encode(), simulations, pointers)

    def free_bytes(self):
        return self.free


@cache
def library(size, ring):
    sources = (SOURCE, cuda_compile.SOURCE, cuda_compile.HEADER)
    flags = (*FLAGS, *native(), f"-I{cuda_compile.SOURCE.parent}", f"-DSIZE={size}", f"-DRING={ring}")
    texts = [path.read_text(encoding="utf-8") for path in sources]
    key = hashlib.sha256("\0".join([*texts, *flags]).encode()).hexdigest()[:20]
    path = folders.compiled_folder() / f"emulate-{key}.so"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*cplusplus(), *flags, str(SOURCE), "-o", str(path)], check=True)
    return ctypes.CDLL(str(path))


def cplusplus():
    """A C++ compiler: the system's, or the one in the `ziglang` wheel."""
    for name in ("c++", "g++", "clang++"):
        if found := shutil.which(name):
            return (found,)
    return (sys.executable, "-m", "ziglang", "c++")


def native():
    """fmaf is one instruction there, and a slow function elsewhere."""
    return ("-march=native",) if platform.machine().lower() in ("x86_64", "amd64") else ()
