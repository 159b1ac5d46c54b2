"""One build at a time in one folder, and a fresh place for it to work in."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from book.errors import BuildError


@contextmanager
def workplace(root: Path) -> Iterator[Path]:
    """A folder for unfinished things, on the disk of the finished ones, so that publishing is a rename.

    What an earlier build left there when it was killed is removed first.

    Raises:
        BuildError: if another build is at work below `root`.
    """
    folder = root / "_build" / "running"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (root / "_build" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildError("Another build is at work in this folder: wait for it, or stop it.") from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
