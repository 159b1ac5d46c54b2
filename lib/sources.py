"""Which of our sources a function can reach, and what they said when they were imported.

A result belongs to the code that made it. `closure` follows the imports of a module, name by name, to every
module of `lib` it can reach, C and CUDA files included; `fingerprint` hashes their texts. The texts are those
of the moment when `lib` was first imported: an edit in between would give the old code's result the new
code's name, so it ends the work with a sentence instead.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Iterable
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parent

#: What the package is called inside, and in programs of others (`gray_scott_landscapes.py`).
NAMES = (PACKAGE.name, "gray_scott_landscapes")

#: Files that decide numbers or pages: Python, C, CUDA, and what browsers run.
SUFFIXES = (".py", ".c", ".h", ".cu", ".cuh", ".js", ".css")

#: Names of such files in Python text, as in `with_name("cpu.c")` or `esm("explorer.js")`.
NAMED = re.compile(r"""["']([\w./-]+\.(?:c|h|cu|cuh|js|css))["']""")
#: What one of them takes in: `#include "rows.h"` or `import { x } from "./js/y.js"`.
INCLUDED = re.compile(r"""(?:^#include\s+|\bfrom\s+)["']([\w./-]+)["']""", re.MULTILINE)


class SourcesChanged(RuntimeError):
    """A source was edited while code made from its older text still runs."""


class Stamp(NamedTuple):
    """By what a later edit of a file is noticed, even one that puts text and time of writing back."""

    modified: int
    changed: int
    size: int
    number: int


class Source(NamedTuple):
    """A file as it was found."""

    text: str
    stamp: Stamp


def stamp(path: Path) -> Stamp:
    """A file's times, size and number on its disk; the time of its last change cannot be set by hand."""
    state = path.stat()
    return Stamp(state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino)


def take_snapshot(folder: Path = PACKAGE) -> dict[Path, Source]:
    """Every source below a folder, as it is now."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and "__pycache__" not in path.parts and path.is_file():
            before = stamp(path)  # so that an edit while it is read counts as one after it
            found[path] = Source(path.read_text(encoding="utf-8"), before)
    return found


#: What the sources said when this process first imported `lib`.
SNAPSHOT = take_snapshot()


def fingerprint(module: str) -> str:
    """A hash over everything in `lib` that a module can reach; 16 hexadecimal digits.

    Args:
        module: dotted name, such as "lib.losses".

    Raises:
        SourcesChanged: if one of these files was edited since `lib` was imported.
    """
    reached = closure(module)
    refuse_changes(reached)
    return digest(reached)


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and texts of files in the snapshot."""
    total = hashlib.sha256()
    for path in sorted(paths):
        text = SNAPSHOT[path].text
        total.update(f"{path.relative_to(PACKAGE).as_posix()}\0{len(text)}\0{text}".encode())
    return total.hexdigest()[:16]


def refuse_changes(paths: Iterable[Path]) -> None:
    """Stop where a file is not the one that was imported any more."""
    for path in paths:
        try:
            same = stamp(path) == SNAPSHOT[path].stamp
        except OSError:
            same = False
        if not same:
            raise SourcesChanged(
                f"{path.relative_to(PACKAGE.parent)} was edited while this process runs the text it had "
                "before, so nobody could say which of the two made a result. Nothing was stored: start again."
            )


@cache
def closure(module: str) -> frozenset[Path]:
    """Files of every module of `lib` that a module can reach through imports, itself included.

    A name that a package only passes on leads to the module that defines it, not to all the package offers.
    """
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        path = path_of(waiting.pop())
        if path is None or path in found:
            continue
        found.update({path, *files_named_in(path)})
        package = ".".join(path.relative_to(PACKAGE.parent).parent.parts)
        waiting += reached_from(SNAPSHOT[path].text, package)
    return frozenset(found)


def closure_of_text(text: str) -> frozenset[Path]:
    """The same for a notebook or a script, whose own text is not part of it."""
    return frozenset(path for module in set(reached_from(text)) for path in closure(module))


def reached_from(text: str, package: str = "") -> list[str]:
    """The modules of `lib` that hold what a text imports, by either of the package's names."""
    found = []
    for module, name in imports_of(text, package):
        top, dot, inside = module.partition(".")
        if top in NAMES:
            module = f"{PACKAGE.name}{dot}{inside}"
            found.append(module if name is None else home_of(module, name))
    return found


@cache
def imports_of(text: str, package: str = "") -> tuple[tuple[str, str | None], ...]:
    """Every import in a text, each once: module, and name where one is taken from it.

    `from .b import c` is one of the package that the text belongs to; a text of none has no such import.
    Kept, since to read the whole library takes a second, and it is asked for each of a hundred modules.
    """
    found: dict[tuple[str, str | None], None] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(((alias.name, None), None) for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module"
        ):
            late = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            found.update(((name, None), None) for name in late)
        elif isinstance(node, ast.ImportFrom) and (package or not node.level):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            found.update(((origin, alias.name), None) for alias in node.names)
    return tuple(found)


@cache
def home_of(module: str, name: str) -> str:
    """The module that defines what `from module import name` gives."""
    path = path_of(module)
    if path_of(f"{module}.{name}") is not None:
        return f"{module}.{name}"
    if path is None or path.name != "__init__.py":
        return module
    for node in ast.parse(SNAPSHOT[path].text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE.name:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return home_of(str(node.module), alias.name)
    return module


@cache
def path_of(module: str) -> Path | None:
    """The file of a module of `lib`; None for any other module, a script's `__main__` included."""
    package, *inside = module.split(".")
    if package != PACKAGE.name:
        return None
    base = PACKAGE.joinpath(*inside)
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path in SNAPSHOT), None)


@cache
def files_named_in(path: Path) -> frozenset[Path]:
    """C, CUDA and browser files that a module names, and what these take in in turn."""
    waiting = [path.parent / name for name in NAMED.findall(SNAPSHOT[path].text)]
    found: set[Path] = set()
    while waiting:
        file = waiting.pop().resolve()
        if file in SNAPSHOT and file not in found:
            found.add(file)
            waiting += [file.parent / name for name in INCLUDED.findall(SNAPSHOT[file].text)]
    return frozenset(found)


def outside(paths: Iterable[Path]) -> set[str]:
    """Top-level names of the packages that these files import from elsewhere, Python's own left out."""
    texts = [SNAPSHOT[path].text for path in paths if path.suffix == ".py"]
    names = {module.split(".")[0] for text in texts for module, _ in imports_of(text)}
    return names - sys.stdlib_module_names - {PACKAGE.name}
