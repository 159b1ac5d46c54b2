"""What a module outside `lib` says: its text, and that of every module of the same person that it imports.

Packages that are installed are not read: their versions are known by name. A text that is edited while the
program runs would give the old code's results the new code's name, so it ends the work with a sentence.
"""

import importlib.util
import inspect
import sys
import sysconfig
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from lib import sources

#: The module that a program is while it runs, and in a worker the text of the program that asked.
MAIN = "__main__"
asking: ContextVar[str] = ContextVar("asking", default="")

#: Where Python and installed packages live.
INSTALLED = {
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")
}

#: What files said when they were first looked at; a program's own, when it imported `lib`.
known: dict[Path, sources.Source] = {}


def own_text(module: str) -> str:
    """The text of a module and of all that it imports outside `lib` and what is installed.

    A worker's own `__main__` is another one than the program's that asked. It is told whose to take.

    Raises:
        TypeError: if it has none, as what is typed at a prompt.
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
    found: dict[Path, str] = {}
    waiting = [place]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = unchanged(path)
            waiting += imported(found[path])
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
        text = importlib.util.decode_source(path.read_bytes())  # in the encoding that it names
        known[path] = sources.Source(text, before)
    if sources.stamp(path) != known[path].stamp:
        raise sources.SourcesChanged(
            f"{path.name} was edited while this program runs the text it had before, so nobody could say "
            "which of the two made a result. Nothing was stored: start again."
        )
    return known[path].text


@cache
def imported(text: str) -> tuple[Path, ...]:
    """Files of the modules that a text imports, but for `lib` and what is installed."""
    names = [name for module, name in sources.imports_of(text) for name in (module, f"{module}.{name}")]
    found = (origin(name) for name in dict.fromkeys(names))
    return tuple(path for path in found if path is not None and path.suffix == ".py")


def origin(name: str) -> Path | None:
    """The file of a module by its name, if it is somebody's own."""
    package = name.split(".")[0]
    if package in sources.NAMES or package in sys.stdlib_module_names:
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
    installed = any(place in path.parents for place in INSTALLED) or "dist-packages" in path.parts
    return None if installed else path


if (_main := file_of(MAIN)) is not None:
    unchanged(_main)
