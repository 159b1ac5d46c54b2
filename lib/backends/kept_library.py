"""A compiled library on disk: whole and of this machine, or made anew.

Beside each library stands the checksum of its bytes, because the system's loader trusts what it is given:
a file cut short by a full disk would end the process with a bus error, hours later perhaps.
"""

import ctypes
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from lib import unfinished
from lib.folders import CACHE


class CompilerError(RuntimeError):
    """The compiled engine cannot be had on this machine; the message says why and what to do."""


def load(path: Path, make: Callable[[Path], None]) -> ctypes.CDLL:
    """The library at this path, loaded; made first where it is missing, damaged or of another machine.

    Args:
        path: where it is kept.
        make: writes the library to the path it is given, and raises CompilerError if it cannot.

    Raises:
        CompilerError: if it cannot be made, kept, or loaded even after it was made.
    """
    if is_whole(path):
        try:
            return ctypes.CDLL(str(path))
        except OSError:
            pass  # whole, but of another machine: a folder that was copied
    write(path, make)
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise CompilerError(
            f"The compiled CPU engine cannot be loaded ({error}), so its C compiler makes code for another "
            "kind of machine than Python's: name another one in the environment variable CC."
        ) from error


def is_whole(path: Path) -> bool:
    """Whether library and checksum are there, readable, and belong together."""
    try:
        return checksum_file(path).read_text(encoding="ascii") == checksum(path)
    except (OSError, UnicodeDecodeError):
        return False


def checksum_file(path: Path) -> Path:
    """Where a library's checksum is kept."""
    return path.with_suffix(".sha256")


def checksum(path: Path) -> str:
    """Of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path: Path, make: Callable[[Path], None]) -> None:
    """Make a library and its checksum, each put in its place at once or not at all.

    Raises:
        CompilerError: if it cannot be made or kept.
    """
    try:
        put(path, make, mode=0o755)
    except OSError as error:
        raise CompilerError(cannot_be_kept(path.parent, error.strerror or str(error))) from error


def put(path: Path, make: Callable[[Path], object], mode: int = 0o644) -> None:
    """Write a file of compiled code and its checksum; what is unfinished goes when that fails.

    Several processes may do this at the same time: what each of them makes is the same, and a library
    that others have loaded stays theirs.

    Args:
        path: where it is kept.
        make: writes the code to the path it is given.
        mode: who may read and run it. A cache may be shared, and temporary files are hidden from others.
    """
    made: list[Path] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            handle, name = tempfile.mkstemp(prefix=unfinished.prefix(), dir=path.parent)
            os.close(handle)
            made.append(Path(name))
        code, sum_ = made
        make(code)
        sum_.write_text(checksum(code), encoding="ascii")
        for part, target, bits in ((code, path, mode), (sum_, checksum_file(path), 0o644)):
            part.chmod(bits)
            part.replace(target)
    finally:
        for part in made:
            part.unlink(missing_ok=True)


def cannot_be_kept(folder: Path, reason: str) -> str:
    """What to say when the folder takes no more."""
    return (
        f"The compiled CPU engine cannot be kept in {folder} ({reason}): make room there or make that folder "
        f"writable, or set the environment variable {CACHE} to another one."
    )
