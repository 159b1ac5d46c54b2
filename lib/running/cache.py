"""Where expensive results live and how they are keyed.

joblib.Memory does the work: a result is stored under a hash of the arguments, written whole or
not at all. To the arguments we add a fingerprint of the code that computes, so that a changed
kernel or loss never meets an old number.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import joblib
import torch

from lib.backends import offload
from lib.folders import ROOT, check_writable, results_folder

#: The sources that decide what anything computed evaluates to: all but those that show and publish.
SHOWING = ("showing", "publishing")


def memory(folder: Path | str | None = None) -> joblib.Memory:
    """The store for computed results.

    Args:
        folder: where; by default the environment variable GRAYSCOTT_CACHE, else `_build/cache`
            beside `lib`.

    Raises:
        PermissionError: if nothing can be written there.
    """
    where = Path(folder) if folder else results_folder()
    check_writable(where)
    return joblib.Memory(where, verbose=0, compress=("zlib", 1))


def fingerprint(*also: str) -> str:
    """What a result depends on beside its arguments: the sources, and whether a GPU simulates."""
    return fingerprint_of_sources() + ("-cuda" if offload.wanted() else "")


@lru_cache
def fingerprint_of_sources(*also: str) -> str:
    """A hash of every source file that computes, and of torch's version."""
    digest = hashlib.sha256(torch.__version__.split("+")[0].encode())
    for source in sorted(
        p for pattern in ("*.py", "*.c", "*.h", "*.cu", "*.cuh") for p in ROOT.rglob(pattern)
    ):
        if source.relative_to(ROOT).parts[0] not in SHOWING:
            digest.update(source.relative_to(ROOT).as_posix().encode() + source.read_bytes())
    return digest.hexdigest()[:16]
