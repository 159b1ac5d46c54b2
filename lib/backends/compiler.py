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
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lib.folders import compiled_folder

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

_loaded: dict[Path, ctypes.CDLL] = {}


class CompilerError(RuntimeError):
    """The compiled engine cannot be had on this machine; the message says why and what to do."""


def library(source: Path, macros: Mapping[str, object]) -> ctypes.CDLL:
    """The compiled C file, loaded; compiled first where that was not done before.

    Args:
        source: the C file.
        macros: preprocessor definitions, name to value.

    Raises:
        CompilerError: if there is no compiler, it fails, or the result cannot be kept.
    """
    command = [*compiler(), *FLAGS, *cpu_flags(), *(f"-D{name}={value}" for name, value in macros.items())]
    path = compiled_folder() / f"{source.stem}-{_key(source, command)}.so"
    if path not in _loaded:
        if not path.exists():
            _compile([*command, str(source)], path)
        _loaded[path] = ctypes.CDLL(str(path))
    return _loaded[path]


@cache
def compiler() -> tuple[str, ...]:
    """Command of the first C compiler found: $CC, cc, gcc, clang, or the `ziglang` wheel's.

    Raises:
        CompilerError: if there is none.
    """
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        command = name.split()
        if command and (found := shutil.which(command[0])):
            return (found, *command[1:])
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", "cc")
    raise CompilerError(
        "The compiled CPU engine needs a C compiler and none of cc, gcc and clang was found: "
        "install one, or run `pip install ziglang`, which contains one."
    )


def cpu_flags() -> tuple[str, ...]:
    """Flags that let the compiler use all of this CPU, 512-bit vectors included."""
    if platform.machine().lower() in ("x86_64", "amd64"):
        return ("-march=native", "-mprefer-vector-width=512")
    return () if sys.platform == "darwin" else ("-mcpu=native",)


def identity() -> str:
    """What the bits of a result depend on: the vectors that are asked for, or "eager" without a compiler."""
    try:
        compiler()
    except CompilerError:
        return "eager"
    return " ".join((platform.machine().lower(), *cpu_flags(), _cpu()[:0]))


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
    answer = subprocess.run([*compiler(), "--version"], capture_output=True, text=True, check=False)
    return answer.stdout


@cache
def _cpu() -> str:
    """Model and features of this CPU: a result made for another one may not run here."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.platform() + platform.processor()
    named = ("model name", "flags", "Features", "CPU part")
    return platform.machine() + "".join(sorted({line for line in lines if line.startswith(named)}))


def _compile(command: list[str], path: Path) -> None:
    """Write the library at once or not at all: several processes may do this at the same time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".so", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise CompilerError(
            f"The compiled CPU engine cannot be kept in {path.parent} ({error.strerror}): make that folder "
            "writable, or set the environment variable GRAYSCOTT_CACHE to one that is."
        ) from error
    try:
        answer = subprocess.run([*command, "-o", name], capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise CompilerError(
                f"The C compiler {' '.join(compiler())} could not compile {Path(command[-1]).name}: name "
                f"another one in the environment variable CC. It said:\n{answer.stderr.strip()[-2000:]}"
            )
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
