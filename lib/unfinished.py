"""Unfinished files: named after who writes them, and removed when that process is gone.

A process that is killed cannot tidy. Its files are known by their names, which begin with `.part-`, the
machine and the process; whoever comes next on that machine sees that the process is gone.
"""

import contextlib
import os
import platform
import time
from pathlib import Path

#: How the names of unfinished files begin.
PART = ".part-"


def prefix() -> str:
    """How the names of this process's unfinished files begin; random letters without a hyphen follow."""
    return f"{PART}{machine()}-{os.getpid()}-"


def machine() -> str:
    """Where numbers of processes mean the same: a computer, or a container on it."""
    try:
        space = f".{os.stat('/proc/self/ns/pid').st_ino}"  # noqa: PTH116 - a link that leads to no file
    except OSError:
        space = ""
    return f"{platform.node()}{space}".replace("/", "_")


def clear(folder: Path, age: float = 3600.0) -> None:
    """Remove what processes of this machine left when they were killed, and all that is old.

    Younger files of other machines, and of processes that live, may belong to somebody at work.

    Args:
        folder: everything below it is looked at.
        age: seconds since the last change, for files of other machines.
    """
    limit = time.time() - age
    for path in folder.rglob(f"{PART}*"):
        with contextlib.suppress(OSError):  # another build may be tidying too
            if is_abandoned(path.name) or path.stat().st_mtime < limit:
                path.unlink()


def is_abandoned(name: str) -> bool:
    """Whether the process that wrote a file of this name ran on this machine and is gone."""
    where, _, number = name.removeprefix(PART).rpartition("-")[0].rpartition("-")
    return where == machine() and number.isdecimal() and not is_alive(int(number))


def is_alive(number: int) -> bool:
    """Whether there is a process of this number, ours or not."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True
