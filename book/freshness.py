"""Whether something has to be made again: keys over everything that decides what it will be."""

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import jupytext

from book.contents import Chapter
from book.errors import BuildError
from book.execute import Parameters
from book.record import recorded
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
        BuildError: if the library was edited since this build began.
    """
    text, reached = read(chapter)
    try:
        sources.refuse_changes(reached)
    except sources.SourcesChanged as error:
        raise BuildError(f"notebooks/{chapter.name}.py: {error}") from error
    settings = [parameters, surroundings, sys.version, versions(reached), sources.digest(reached)]
    parts = [json.dumps(settings, sort_keys=True), text, shaping(chapter.root / "book")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def read(chapter: Chapter) -> tuple[str, frozenset[Path]]:
    """The text of a notebook, and the files of `lib` that it reaches.

    Raises:
        BuildError: for one that is no text, or no Python.
    """
    try:
        text = chapter.source.read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            raise BuildError(
                f"notebooks/{chapter.name}.py begins with a byte order mark, behind which its header is not "
                "found: save it in UTF-8 without one."
            )
        return text, sources.closure_of_text(code_of(text))
    except UnicodeDecodeError as error:
        raise BuildError(
            f"notebooks/{chapter.name}.py is not in UTF-8 (byte {error.start}): save it in that encoding."
        ) from error
    except SyntaxError as error:
        raise BuildError(
            f"The code of notebooks/{chapter.name}.py is no Python ({error.msg}: "
            f"{(error.text or '').strip() or 'its end'}): mend that line."
        ) from error


class Begun(NamedTuple):
    """What a notebook is made from, fixed when the build begins.

    Args:
        key: as `chapter_key` gives it.
        stamp: of the notebook's file.
    """

    key: str
    stamp: sources.Stamp


def begin(chapter: Chapter, parameters: Parameters, surroundings: dict[str, str]) -> Begun:
    """Fix what a notebook is made from.

    Raises:
        BuildError: as `chapter_key`.
    """
    stamp = sources.stamp(chapter.source)  # first, so that an edit while the key is made is noticed
    return Begun(chapter_key(chapter, parameters, surroundings), stamp)


def refuse_edits(
    chapter: Chapter, begun: Begun, parameters: Parameters, surroundings: dict[str, str]
) -> None:
    """Stop before publishing a notebook if anything it is made from was edited since the build began.

    Even where all is as it was: the notebook, which starts later, may have read what stood there between.

    Raises:
        BuildError: naming what was edited.
    """
    try:
        edited = sources.stamp(chapter.source) != begun.stamp
    except OSError:
        edited = True
    if edited:
        raise BuildError(
            f"notebooks/{chapter.name}.py was edited while it was executed, so nobody could say which of its "
            "texts made the page. Nothing of it was published: run the build again."
        )
    if chapter_key(chapter, parameters, surroundings) != begun.key:
        raise BuildError(
            f"While notebooks/{chapter.name}.py was executed, a package was installed or the build itself "
            "was edited, so nobody could say what made the page. Nothing of it was published: run the build "
            "again."
        )


def code_of(text: str) -> str:
    """The code of a notebook as one module, without the cells of other languages and magics."""
    cells = [cell for cell in jupytext.reads(text, fmt="py:percent").cells if cell.cell_type == "code"]
    python = (cell.source for cell in cells if not cell.source.lstrip().startswith("%%"))
    lines = [line for source in python for line in source.splitlines()]
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
    record = recorded(chapter.record)
    if record is None or record["key"] != key:
        return False
    damaged = altered(chapter.published.parent, record["sha256"])
    if damaged:
        print(f"{chapter.name}: {damaged[0]} is gone or was altered, so it is made again")
    return not damaged


def altered(folder: Path, sums: Mapping[str, str]) -> list[str]:
    """The files that are not what was written: gone, shortened or altered; by name."""
    return [
        name
        for name, value in sums.items()
        if not (folder / name).is_file() or checksum(folder / name) != value
    ]


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
