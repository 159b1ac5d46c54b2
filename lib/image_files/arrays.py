"""Plain arrays of NumPy: .npy of one, .npz of several by name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from lib.image_files.fields import Images, named, unnamed
from lib.image_files.settings import STORED, Settings, stored


def from_npy(path: Path, wanted: str, passed: Settings) -> Images:
    """The array of a file, which says nothing but its numbers."""
    try:
        found = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise ValueError(not_plain(f"{path}", error)) from error
    if not isinstance(found, np.ndarray):
        raise ValueError(f"{path} is an archive of several arrays: let its name end in .npz.")
    return unnamed(found, path, wanted)._replace(**passed._asdict())


def from_npz(path: Path, wanted: str, passed: Settings) -> Images:
    """Arrays by name, with `times` and `dx` beside them where they are."""
    if not is_zipfile(path):
        raise ValueError(f"{path} cannot be read as npz: it is no archive. Is it complete?")
    with np.load(path, allow_pickle=False) as held:
        u, v = named([n for n in held.files if n not in STORED], path, wanted)
        fields = [member(path, held, n) if n else None for n in (u, v)]
        said = stored(path, held.files, lambda name: member(path, held, name), passed)
        return Images(fields[0], fields[1], *said)


def member(path: Path, held: Mapping[str, Any], name: str) -> np.ndarray:
    """One array of an archive.

    Raises:
        ValueError: for pickled objects, and what is no array.
    """
    try:
        found = held[name]
    except ValueError as error:
        raise ValueError(not_plain(f"{name} in {path}", error)) from error
    if not isinstance(found, np.ndarray):
        raise ValueError(f"{name} in {path} is no array: write the archive with numpy.savez.")
    return found


def not_plain(what: str, error: ValueError) -> str:
    """A sentence for what NumPy does not take for numbers; pickles stay closed."""
    if "pickle" in str(error):
        return (
            f"{what} is no plain array of numbers but, it seems, a pickle: objects of Python, stored as a "
            "program that runs when they are opened, so they stay closed. Save the numbers alone, as "
            "numpy.asarray(x, dtype=float)."
        )
    said = str(error).splitlines()[0].split(". ")[0].rstrip(".") if str(error) else "damaged"
    return f"{what} is no plain array of numbers ({said[:200]}): save it as one, with numpy.save or savez."
