"""Compile a C file of ours at its first use, keep the result, load it.

Any C compiler does: the system's cc, gcc or clang, or the one in pip's `ziglang` wheel. Results are
kept in a folder under a name that hashes the source, the compiler, its flags and the CPU, so that
nothing stale or foreign is ever loaded.
"""

import ctypes
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lib.backends.kept_library import CompilerError, cannot_be_kept, load
from lib.folders import compiled_folder

__all__ = ["CompilerError", "compiler", "description", "identity", "library", "vectors"]

#: Multiplications and additions may fuse; NaN and infinity keep their meaning.
FLAGS = (
    "-std=gnu11",
    "-O3",
    "-ffp-contract=fast",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-shared",
    "-fPIC",
)

#: Setting: compiler flags that choose the processor, such as "-march=x86-64-v3", instead of this one.
CPU_FLAGS = "GRAYSCOTT_CPU_FLAGS"

#: Longest wait for the compiler, in seconds; on two busy cores it takes two, and `ziglang` half a minute.
PATIENCE = 300.0

_loaded: dict[Path, ctypes.CDLL] = {}


def library(source: Path, macros: Mapping[str, object]) -> ctypes.CDLL:
    """The compiled C file, loaded; compiled first where that was not done before.

    Args:
        source: the C file.
        macros: preprocessor definitions, name to value.

    Raises:
        CompilerError: if there is no compiler, it fails, or the result cannot be kept or loaded.
    """
    command = [*compiler(), *FLAGS, *cpu_flags(), *(f"-D{name}={value}" for name, value in macros.items())]
    path = compiled_folder() / f"{source.stem}-{_key(source, command)}.so"
    if path not in _loaded:
        _loaded[path] = load(path, lambda target: _compile([*command, str(source)], target))
    return _loaded[path]


class Vectors(NamedTuple):
    """What the compiled engine computes with.

    Args:
        bytes: length of a vector.
        fused: whether a multiplication and the addition after it round once, not twice.
    """

    bytes: int
    fused: bool


def vectors() -> Vectors:
    """The vectors of this compiler and this processor.

    Raises:
        CompilerError: where there is no compiled engine.
    """
    macros = {"WIDTH": 16, "REAL": "float", "REAL_BYTES": 4}
    probe = library(Path(__file__).with_name("cpu_vectors.c"), macros)
    return Vectors(probe.vector_bytes(), bool(probe.fused()))


def identity() -> str:
    """What the bits of a CPU result depend on, for the key under which it is kept.

    "fused" wherever multiplications and additions fuse: on x86-64 since 2013 and on Arm, vectors of 4, 8
    and 16 lanes and every compiler give the same bits, fields and gradients alike. "separate" on older
    processors, whose results differ from those by round-off. "eager" where nothing can be compiled.
    """
    try:
        return "fused" if vectors().fused else "separate"
    except CompilerError:
        return "eager"


def description() -> str:
    """The engine on this machine in words, for a record: vectors, rounding, compiler and flags."""
    try:
        size, fused = vectors()
    except CompilerError as error:
        return str(error)
    return (
        f"{size // 4} lanes of float32, multiplications and additions {'fused' if fused else 'separate'}, "
        f"{_version().splitlines()[0]}, {' '.join(cpu_flags())}"
    )


@cache
def compiler() -> tuple[str, ...]:
    """Command of the first C compiler found: $CC, cc, gcc, clang, or the `ziglang` wheel's.

    Raises:
        CompilerError: if there is none, or CC names something else.
    """
    named = os.environ.get("CC", "").split()
    for command in [named] if named else [["cc"], ["gcc"], ["clang"]]:
        if found := shutil.which(command[0]):
            return (found, *command[1:])
    if named:
        raise CompilerError(
            f"The environment variable CC is {' '.join(named)!r}, and no such program was found: correct it, "
            "or unset it to use cc, gcc or clang."
        )
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", "cc")
    raise CompilerError(
        "The compiled CPU engine needs a C compiler and none of cc, gcc and clang was found: "
        "install one, or run `pip install ziglang`, which contains one."
    )


def cpu_flags() -> tuple[str, ...]:
    """Flags that let the compiler use all of this CPU, 512-bit vectors included, or those asked for."""
    if asked := os.environ.get(CPU_FLAGS, "").split():
        return tuple(asked)
    if platform.machine().lower() in ("x86_64", "amd64"):
        return ("-march=native", "-mprefer-vector-width=512")
    return () if sys.platform == "darwin" else ("-mcpu=native",)


def _key(source: Path, command: list[str]) -> str:
    parts = (*_texts(source), *command, _version(), _cpu())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def _texts(source: Path) -> list[str]:
    """The file, and those of ours it includes."""
    text = source.read_text(encoding="utf-8")
    included = re.findall(r'^#include "(.+)"', text, flags=re.MULTILINE)
    return [text, *(part for name in included for part in _texts(source.with_name(name)))]


@cache
def _version() -> str:
    """What the compiler says about itself."""
    return _run([*compiler(), "--version"]).stdout


@cache
def _cpu() -> str:
    """Model and features of this CPU: a result made for another one may not run here."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.platform() + platform.processor()
    named = ("model name", "flags", "Features", "CPU part")
    return platform.machine() + "".join(sorted({line for line in lines if line.startswith(named)}))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Call the compiler; what it writes is kept."""
    try:
        return subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise CompilerError(
            f"The C compiler {' '.join(compiler())} has not finished within {PATIENCE:g} s, which it does in "
            "a few: it may wait for a licence or for a disk. Name another one in the environment variable CC."
        ) from None
    except OSError as error:
        raise CompilerError(
            f"The C compiler {' '.join(compiler())} cannot be started ({error.strerror}): name another one "
            "in the environment variable CC."
        ) from error


def _compile(command: list[str], target: Path) -> None:
    """Write the library to `target`."""
    answer = _run([*command, "-o", str(target)])
    if answer.returncode == 0 and target.stat().st_size > 0:
        return
    said = answer.stderr.strip().splitlines()
    if any("No space left" in line for line in said):
        raise CompilerError(cannot_be_kept(target.parent, "No space left on device"))
    reason = next((line for line in said if "error" in line), said[-1] if said else "it did not say why")
    raise CompilerError(
        f"The C compiler {' '.join(compiler())} could not compile {Path(command[-1]).name} "
        f"({reason.strip()[:300]}): name another one in the environment variable CC."
    )
