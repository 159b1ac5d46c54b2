"""What a module outside `lib` says: its text, and that of every module of the same person that it imports.

Packages that are installed are not read: their versions are known by name. A text that is edited while the
program runs would give the old code's results the new code's name, so it ends the work with a sentence.
"""

import hashlib
import importlib.util
import inspect
import sys
import sysconfig
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lib import sources
from lib.running.hidden_code import refuse_hidden_code

#: The module that a program is while it runs, and in a worker the text of the program that asked.
MAIN = "__main__"
asking: ContextVar[str] = ContextVar("asking", default="")

#: Where Python and installed packages live.
INSTALLED = {
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")
}


class File(NamedTuple):
    """A file of somebody's own, and the package whose modules it knows as `.name`."""

    path: Path
    package: str


#: What files said when they were first looked at; a program's own, when it imported `lib`.
known: dict[Path, sources.Source] = {}


def own_text(module: str) -> str:
    """The text of a module and of all that it imports outside `lib` and what is installed.

    A worker's own `__main__` is another one than the program's that asked. It is told whose to take.

    Raises:
        TypeError: if it has none, as what is typed at a prompt; if one of the files runs code that its
            imports do not name.
        lib.sources.SourcesChanged: if one of these files was edited since it was first looked at.
    """
    if module == MAIN and asking.get():
        return asking.get()
    place = file_of(module)
    if place is None:
        raise TypeError(
            f"Results of a function of {module!r} cannot be kept, because its code is in no file: move it "
            "into a module, where a change of it can be seen."
        )
    package = sys.modules[module].__package__ or ""
    found: dict[Path, str] = {}
    seen: set[File] = set()
    waiting = [File(place, package), *files_of(package)]
    while waiting:
        file = waiting.pop()
        if file not in seen:  # the same file may be known by two names, inside a package and outside
            seen.add(file)
            found[file.path] = unchanged(file.path)
            if not installed(file.path):
                refuse_hidden_code(file.path.name, found[file.path])
            waiting += imported(found[file.path], file.package)
    return "\n".join(found[path] for path in [place, *sorted(found.keys() - {place})])


def program() -> str:
    """The text of the program that runs, for its workers; nothing where it has none, as at a prompt."""
    try:
        return own_text(MAIN)
    except TypeError:
        return ""


def file_of(module: str) -> Path | None:
    """The file of a module that was imported; None where it has none that can be read as Python."""
    try:
        path = Path(inspect.getsourcefile(sys.modules[module]) or "")
    except (KeyError, TypeError):
        return None
    return path.resolve() if path.suffix == ".py" and path.is_file() else None


def unchanged(path: Path) -> str:
    """A file's text, which must be the one that was found first."""
    if path not in known:
        before = sources.stamp(path)
        content = path.read_bytes()
        if path.suffix == ".py":
            text = importlib.util.decode_source(content)  # in the encoding that it names
        else:  # a compiled module
            text = f"# {hashlib.sha256(content).hexdigest()}"
        known[path] = sources.Source(text, before)
    if sources.stamp(path) != known[path].stamp:
        raise sources.SourcesChanged(
            f"{path.name} was edited while this program runs the text it had before, so nobody could say "
            "which of the two made a result. Nothing was stored: start again."
        )
    return known[path].text


@cache
def imported(text: str, package: str) -> tuple[File, ...]:
    """Files of the modules that a text of a package imports, but for `lib` and what is installed."""
    names = [
        name for module, name in sources.imports_of(text, package) for name in (module, f"{module}.{name}")
    ]
    return tuple(file for name in dict.fromkeys(names) for file in files_of(name))


@cache
def files_of(name: str) -> tuple[File, ...]:
    """The files that importing a module runs, if it is somebody's own: its packages' and its own."""
    found = []
    parts = name.split(".")
    for i in range(len(parts)):
        module = ".".join(parts[: i + 1])
        path = origin(module)
        if path is not None and path.is_file():
            found.append(File(path, module if path.name == "__init__.py" else ".".join(parts[:i])))
    return tuple(found)


def origin(name: str) -> Path | None:
    """The file of a module by its name, if it is somebody's own."""
    package = name.split(".")[0]
    if not package or package in sources.NAMES or package in sys.stdlib_module_names:
        return None
    found = file_by_name(package)
    # Whatever lies in a package is looked for by importing it: not for one that is installed.
    return file_by_name(name) if found and name != package else found


def file_by_name(name: str) -> Path | None:
    """The file of a module that is not installed; None for any other."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, ValueError):  # no module: a name that is taken from one
        return None
    if spec is None:
        return None
    path = Path(spec.origin or next(iter(spec.submodule_search_locations or ()), "")).resolve()
    return None if installed(path) else path


def installed(path: Path) -> bool:
    """Whether a file belongs to Python or to a package that was installed."""
    return any(place in path.parents for place in INSTALLED) or "dist-packages" in path.parts


if (_main := file_of(MAIN)) is not None:
    unchanged(_main)
