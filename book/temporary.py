"""Temporary files of one build: in a folder of its own, which goes when it ends, or when the next one begins.

Kernels, workers and Sphinx make some, and none of them can tidy when it is killed.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import util
from pathlib import Path

from lib.unfinished import machine

#: Names of sockets have 108 characters at the most, 104 on macOS, of which Python takes 37.
LONGEST = 60


@contextmanager
def own_temporary(root: Path) -> Iterator[None]:
    """Let this process, and all that it starts, put temporary files into a folder of this build.

    What builds of the same project left when they were killed is removed first. Where no folder can be made,
    or its name would be too long, all is as it was.

    Args:
        root: of the project, in which no other build is at work.
    """
    before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    try:
        folder = made(root)
    except OSError:
        yield
        return
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        os.environ.pop("TMPDIR", None)
        if variable is not None:
            os.environ["TMPDIR"] = variable
        for path in folder.iterdir():
            if not path.name.startswith("pymp-"):  # Python's own, which goes with this process
                remove(path)


def made(root: Path) -> Path:
    """This process's folder; those of earlier builds of this project are removed.

    Raises:
        OSError: if there can be none.
    """
    place = Path(tempfile.gettempdir())
    name = f"book-{hashlib.sha256(f'{machine()} {root.resolve()}'.encode()).hexdigest()[:8]}-"
    folder = place / f"{name}{os.getpid()}"
    if len(str(folder)) > LONGEST:
        raise OSError("The folder for temporary files has too long a name.")
    for left in place.glob(f"{name}*"):
        if left != folder:
            remove(left)
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
        # After Python has removed what is its own there.
        util.Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=-200)
    return folder


def remove(path: Path) -> None:
    """Remove a file or a folder, unless somebody else is doing that."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
