"""Which globals some code looks up, followed through modules of the same person: `helper.part.SCALE`."""

import builtins
import dis
import importlib
import inspect
import sys
from collections.abc import Mapping, Sequence
from importlib.util import resolve_name
from types import CodeType
from typing import Any

from lib.running import programs
from lib.running.codes import is_own

#: How a global is looked up, and how an attribute is.
GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_CLASSDEREF"}
ATTRIBUTE = {"LOAD_ATTR", "LOAD_METHOD"}
#: Instructions that stand between others and do nothing themselves.
NOTHING = {"EXTENDED_ARG", "CACHE", "PUSH_NULL", "NOP"}


def read_by(code: CodeType, around: Mapping[str, Any]) -> dict[str, Any]:
    """Values that some code, and code within it, reads from around it, by dotted names.

    A module of the same person stands for what is taken from it; handed about as a whole, for all it holds.

    Args:
        code: of a function.
        around: the globals it sees.

    Raises:
        TypeError: for code that looks up globals of others by way of `sys.modules`.
    """
    found: dict[str, Any] = {}
    steps = [step for step in dis.get_instructions(code) if step.opname not in NOTHING]
    for at, step in enumerate(steps):
        if step.opname == "IMPORT_NAME":
            found |= imported(step.argval, steps[at - 2].argval, steps[at - 1].argval, around)
        elif step.opname in GLOBAL and step.argval in around:
            found |= followed(step.argval, around[step.argval], steps[at + 1 :])
        elif step.opname in GLOBAL and step.argval == "globals" and hasattr(builtins, "globals"):
            found |= {name: value for name, value in around.items() if not name.startswith("__")}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= read_by(constant, around)
    return found


def followed(name: str, value: Any, steps: Sequence[dis.Instruction]) -> dict[str, Any]:
    """A global and the attributes that are taken from it, as long as it is somebody's own module."""
    for step in steps:
        if value is sys and step.opname in ATTRIBUTE and step.argval == "modules":
            raise TypeError(
                "A result cannot be kept of code that takes modules from sys.modules: what it reads there "
                "cannot be followed. Import them by their names."
            )
        taken = inspect.ismodule(value) and is_own(value.__name__) and step.opname in ATTRIBUTE
        if not taken or not hasattr(value, step.argval):
            break
        name, value = f"{name}.{step.argval}", getattr(value, step.argval)
    return {name: value}


def imported(name: str, level: int, names: Sequence[str] | None, around: Mapping[str, Any]) -> dict[str, Any]:
    """What an import inside a function takes: names from a module of the same person, or all it holds."""
    module = resolve_name("." * level + name, around.get("__package__") or "") if level else name
    if module not in sys.modules and programs.origin(module) is None:
        return {}
    if module in sys.modules and not is_own(module):
        return {}
    try:
        home = importlib.import_module(module)
        parts = {part: part_of(home, part) for part in names or ()}
    except (ImportError, AttributeError):  # the function itself will say so
        return {}
    return {f"{module}.{part}": value for part, value in parts.items()} if names else {module: home}


def part_of(home: Any, name: str) -> Any:
    """What `from home import name` gives."""
    if not hasattr(home, name):
        importlib.import_module(f"{home.__name__}.{name}")
    return getattr(home, name)
