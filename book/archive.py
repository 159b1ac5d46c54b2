"""The source archive: everything that is needed to make the book again, as one file beside the pages.

The same sources give the same bytes, so a rebuild changes nothing: entries are sorted and carry no time.
"""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

#: Where the front page finds it.
ARCHIVE = Path("book/_generated/gray-scott-inverted.zip")
#: The folder that it unpacks into.
TOP = "gray-scott-inverted"

#: What belongs in it, below the project's root; what is not there is left out.
SOURCES = (
    "lib", "book", "notebooks", "tests", "benchmarks", ".github", "_config.yml", "_toc.yml",
    "requirements.txt", "pyproject.toml", "environment.yml", "postBuild", "Makefile", "README.md",
    "CONTRIBUTING.md", "CITATION.cff", "LICENSE", ".gitignore", "gray_scott_landscapes.py",
)  # fmt: skip
#: What is made from it, and so does not.
GENERATED = (
    ("book", "chapters"), ("book", "_generated"), ("notebooks", "data"), ("notebooks", "claims"),
    ("notebooks", "figures"),
)  # fmt: skip
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", ".hypothesis", ".ruff_cache", ".mypy_cache", ".pytest_cache"}


def write_archive(root: Path) -> Path:
    """Write the archive of the sources below `root`; returns its path."""
    path = root / ARCHIVE
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for source in sources(root):
            archive.writestr(entry(root, source), source.read_bytes())
    part.replace(path)
    return path


def sources(root: Path) -> Iterator[Path]:
    """Every file of the archive, in a fixed order."""
    for name in sorted(SOURCES):
        place = root / name
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in found if path.is_file() and belongs(path.relative_to(root)))


def belongs(path: Path) -> bool:
    """Whether a file is a source; paths are below the root."""
    made = path.parts[:2] in GENERATED or path.suffix in {".pyc", ".ipynb"}
    return not made and LEFT_OUT.isdisjoint(path.parts)


def entry(root: Path, source: Path) -> zipfile.ZipInfo:
    """A file's entry: no time of its own, but whether it may be executed."""
    made = zipfile.ZipInfo(f"{TOP}/{source.relative_to(root).as_posix()}")
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = (0o755 if os.access(source, os.X_OK) else 0o644) << 16
    return made
