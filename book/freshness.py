"""Whether something has to be made again: keys over everything that decides what it will be."""

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import jupytext

from book.contents import Chapter
from book.execute import Parameters
from lib import sources

#: The modules of the build that decide what a published notebook holds; what they import counts too.
SHAPING = ("execute", "publish")


def chapter_key(chapter: Chapter, parameters: Parameters, surroundings: dict[str, str]) -> str:
    """Key of an executed notebook: its text, parameters, the code it reaches, versions, the machine's ways.

    A notebook runs again when something changes that it uses: a comment in `lib/losses.py` counts for those
    that import it, and a comment in the build for none.

    Args:
        surroundings: what else the outcome depends on, such as the device and the features in use.

    Raises:
        lib.sources.SourcesChanged: if the library was edited since this build began.
    """
    text = chapter.source.read_text(encoding="utf-8")
    reached = sources.closure_of_text(code_of(text))
    sources.refuse_changes(reached)
    settings = [parameters, surroundings, sys.version, versions(reached), sources.digest(reached)]
    parts = [json.dumps(settings, sort_keys=True), text, shaping(chapter.root / "book")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def code_of(text: str) -> str:
    """The code of a notebook as one module, without the cells of other languages and magics."""
    cells = jupytext.reads(text, fmt="py:percent").cells
    lines = [line for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines()]
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


def versions(reached: Iterable[Path]) -> dict[str, str]:
    """Installed versions of every package that these files import."""
    installed = distributions()
    names = {name for package in sources.outside(reached) for name in installed.get(package, ())}
    return {name: metadata.version(name).split("+")[0] for name in sorted(names)}


@cache
def distributions() -> dict[str, list[str]]:
    """Imported name → names under which it is installed."""
    return dict(metadata.packages_distributions())


def shaping(book: Path) -> str:
    """The build's own code as far as it decides what is published, comments and docstrings left out."""
    return "\n".join(ast.dump(without_docstrings(path)) for path in sorted(modules_behind(book, SHAPING)))


def modules_behind(book: Path, names: Iterable[str]) -> set[Path]:
    """Files of the build's modules of these names, and of those they import."""
    found: set[Path] = set()
    waiting = list(names)
    while waiting:
        path = (book / waiting.pop().replace(".", "/")).with_suffix(".py")
        if path.is_file() and path not in found:
            found.add(path)
            waiting += imported_from_book(path)
    return found


def imported_from_book(path: Path) -> Iterator[str]:
    """Names of the build's modules that one of them imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("book."):
            yield str(node.module).removeprefix("book.")


def without_docstrings(path: Path) -> ast.Module:
    """A module's syntax tree, in which texts that nothing uses are gone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:]
    return tree


def is_fresh(chapter: Chapter, key: str) -> bool:
    """Whether the published notebook and all its files are complete and were made under this key."""
    try:
        record = json.loads(chapter.record.read_text(encoding="utf-8"))
        made_under, sums = record["key"], record["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    folder = chapter.published.parent
    return made_under == key and all(
        (folder / name).is_file() and checksum(folder / name) == value for name, value in sums.items()
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
