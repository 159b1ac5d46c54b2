"""The code that a function belongs to: the text of its module and of all that it can reach."""

import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from lib import sources
from lib.running import programs


@cache
def files_behind(module: str, text: str) -> frozenset[Path]:
    """Files of `lib` that a module can reach, whether it is one of `lib` or a script of that text."""
    return sources.closure_of_text(text) if text else sources.closure(module)


@cache
def code_of(module: str, text: str) -> str:
    """Hash of a module's code, which is `text` outside `lib`, and of all that it reaches in `lib`."""
    return sources.digest(files_behind(module, text)) + hashlib.sha256(text.encode()).hexdigest()[:16]


def text_of(module: str) -> str:
    """The text of a module outside `lib`; nothing for one of `lib`, whose files are known."""
    return "" if sources.path_of(module) is not None else programs.own_text(module)


def refuse_unnamed(function: Any) -> None:
    """Refuse what a name and the text of its module do not tell: the key would not know it from another.

    Raises:
        TypeError: for lambdas, functions within functions, methods of an object, and partial ones.
    """
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    by_value = module == programs.MAIN and programs.asking.get()  # it came along to a worker
    if module is None or name is None or "<" in name or not (found_by_name(function) or by_value):
        raise TypeError(
            f"Results of {name or type(function).__name__!r} cannot be kept: its name does not tell what it "
            "does (it is a lambda, a function made by another, a method of an object, or a partial one). "
            "Write a plain function of a module that gets all it needs as arguments."
        )


def found_by_name(value: Any) -> bool:
    """Whether a function or class is what its module holds under its name."""
    found: Any = sys.modules.get(getattr(value, "__module__", None) or "")
    for part in (getattr(value, "__qualname__", None) or "").split("."):
        found = getattr(found, part, None)
    return found is value


def is_own(module: str) -> bool:
    """Whether a module is somebody's own: neither of `lib`, nor of Python, nor installed.

    One that is not known, such as the `__main__` of another process, counts as own: it is looked at.
    """
    top = module.split(".")[0]
    if top in sources.NAMES or (top in sys.stdlib_module_names and module != programs.MAIN):
        return False
    for found in (sys.modules.get(module), sys.modules.get(top)):
        place = getattr(found, "__file__", None) or next(iter(getattr(found, "__path__", ())), None)
        if place:
            return module == programs.MAIN or not programs.installed(Path(place).resolve())
    return True


def edition(module: str) -> str:
    """A module's name; the version of its package with it, where that is installed and says one."""
    version = getattr(sys.modules.get(module.split(".")[0]), "__version__", "")
    return f"{module} {str(version).split('+')[0]}".strip()
