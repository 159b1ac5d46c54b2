"""Results on disk: each in a file of its own, with a checksum, written whole or not at all."""

import contextlib
import hashlib
import os
import pickle
import tempfile
import zlib
from pathlib import Path
from typing import Any

import cloudpickle

from lib import unfinished
from lib.folders import CACHE

#: Every file of a result begins so; another number means another layout, and the result is made again.
MAGIC = b"Gray-Scott result 1\n"


class Damaged(ValueError):
    """A stored file is not what was written: shortened, altered, or not a result at all."""


class CannotKeep(OSError):
    """The folder of results takes no more; the message says why and what to do."""


def write(path: Path, content: Any) -> None:
    """Store a result. Readers see the old file or the new one, never a part of it.

    Raises:
        CannotKeep: if the disk is full, or the folder cannot be written.
    """
    body = zlib.compress(cloudpickle.dumps(content), 1)
    write_bytes(path, MAGIC + hashlib.sha256(body).digest() + body)


def read(path: Path) -> Any:
    """A stored result.

    It is a pickle: whoever may write to this folder may run code here, as the how-to says.

    Raises:
        FileNotFoundError: if there is none.
        Damaged: if its checksum does not fit.
    """
    data = path.read_bytes()
    begin = len(MAGIC) + hashlib.sha256().digest_size
    body = data[begin:]
    if data[: len(MAGIC)] != MAGIC or data[len(MAGIC) : begin] != hashlib.sha256(body).digest():
        raise Damaged(f"{path} was shortened or altered.")
    try:
        return pickle.loads(zlib.decompress(body))
    except Exception as error:  # whatever a class of another version raises
        raise Damaged(f"{path} cannot be read by this version ({error}).") from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file under another name, then rename it; nothing is left behind when it fails."""
    try:
        renamed_when_whole(path, data)
    except OSError as error:
        raise CannotKeep(
            f"A result cannot be kept in {path.parent} ({error.strerror or error}); what was kept before is "
            f"whole. Make room, or set {CACHE} to a folder with more, and run the same again to go on."
        ) from error


def renamed_when_whole(path: Path, data: bytes) -> None:
    """Write a file under a name of its own in the same folder, and give it its name in the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=unfinished.prefix(), dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp lets nobody else read it; a shared folder is for several people.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise
