"""Whether something has to be made again: keys over everything that decides what it will be."""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from book.contents import Chapter
from book.execute import Parameters


def chapter_key(chapter: Chapter, parameters: Parameters, surroundings: dict[str, str]) -> str:
    """Key of an executed notebook: its source, parameters, the library, the tools, the machine's ways.

    Args:
        surroundings: what else the outcome depends on, such as the device and the features in use.
    """
    root = chapter.root
    settings = json.dumps([parameters, surroundings, sys.version], sort_keys=True)
    sources = [chapter.source, root / "requirements.txt", *files_below(root / "lib"), *root.glob("book/*.py")]
    return digest(settings, sources, root)


def is_fresh(chapter: Chapter, key: str) -> bool:
    """Whether the published notebook and all its files are complete and were made under this key."""
    try:
        record = json.loads(chapter.record.read_text())
    except (OSError, ValueError):
        return False
    folder = chapter.published.parent
    return record["key"] == key and all(
        (folder / name).is_file() and checksum(folder / name) == value
        for name, value in record["sha256"].items()
    )


def digest(settings: str, paths: Iterable[Path], root: Path) -> str:
    """One hash over settings and files, names and contents."""
    total = hashlib.sha256(settings.encode())
    for path in sorted(paths):
        total.update(f"\n{path.relative_to(root).as_posix()} {checksum(path)}".encode())
    return total.hexdigest()[:24]


def files_below(folder: Path) -> list[Path]:
    """All files of a folder but Python's and editors' leftovers."""
    return [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.name[0] != "."]


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
