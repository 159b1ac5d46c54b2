"""Where expensive results live and how they are keyed.

joblib.Memory does the work: a result is stored under a hash of the arguments, written whole or
not at all. To the arguments we add a fingerprint of the code that computes, so that a changed
kernel or loss never meets an old number.
"""

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

import joblib
import torch

from lib.backends import offload

ROOT = Path(__file__).resolve().parent

#: The sources that decide what a simulation or a loss evaluates to.
COMPUTING = (
    "model.py",
    "initial.py",
    "simulate.py",
    "losses.py",
    "features.py",
    "landscape.py",
    "backends/*.py",
    "backends/*.c",
    "backends/*.h",
    "backends/*.cu*",
)


def memory(folder: Path | str | None = None) -> joblib.Memory:
    """The store for computed results.

    Args:
        folder: where; by default the environment variable GRAYSCOTT_CACHE, else `_build/cache`
            beside `lib`.

    Raises:
        PermissionError: if nothing can be written there.
    """
    where = Path(folder or os.environ.get("GRAYSCOTT_CACHE") or ROOT.parent / "_build" / "cache")
    check_writable(where)
    return joblib.Memory(where, verbose=0, compress=("zlib", 1))


def check_writable(folder: Path) -> None:
    """Try it: joblib would only warn, compute everything, and keep nothing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise PermissionError(
            f"The cache folder {folder} cannot be written ({error.strerror}), so hours of work "
            "could be lost. Make it writable, or set GRAYSCOTT_CACHE to a folder that is."
        ) from error


def fingerprint(*also: str) -> str:
    """What a result depends on beside its arguments: the sources, and whether a GPU simulates.

    Args:
        also: patterns of further files in `lib` that a result depends on.
    """
    return fingerprint_of_sources(*also) + ("-cuda" if offload.wanted() else "")


@lru_cache
def fingerprint_of_sources(*also: str) -> str:
    """A hash of every source file that computes, and of torch's version."""
    digest = hashlib.sha256(torch.__version__.split("+")[0].encode())
    for pattern in (*COMPUTING, *also):
        for source in sorted(ROOT.glob(pattern)):
            digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:16]
