"""What code reads around itself: globals, closures, defaults, and the methods and attributes of classes.

What is installed, and `lib` itself, is known by name: their versions and sources are part of a key. All else
is looked into, whatever module of a person's own it lies in.
"""

import functools
import inspect
import logging
import re
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from lib import sources
from lib.running import programs, reads
from lib.running.codes import code_of, edition, found_by_name, is_own, text_of

#: How parts are named that a function reads by that name.
READ = "reads "

#: Code of compiled modules, which has no globals.
BUILTIN = (
    types.MethodDescriptorType, types.WrapperDescriptorType, types.GetSetDescriptorType,
    types.MemberDescriptorType, types.ClassMethodDescriptorType,
)  # fmt: skip

#: Switches of torch that functions are decorated with; what they are set to is all they hold.
SWITCHES = (torch.no_grad, torch.enable_grad, torch.inference_mode, torch.set_grad_enabled)

#: Descriptors of named tuples: they hold a place and a text.
FIELD = type(typing.NamedTuple("Field", [("value", int)]).value)  # type: ignore[attr-defined]

#: Ufuncs do not say which module they are of.
UFUNCS = ("numpy", "scipy.special")


def known_name(value: Any) -> str:
    """The name and version of something installed that is found by this name; nothing for all else."""
    if inspect.ismodule(value):
        return "" if is_own(value.__name__) else edition(value.__name__)
    if isinstance(value, np.ufunc):
        homes = (home for home in UFUNCS if getattr(sys.modules.get(home), value.__name__, None) is value)
        return next((f"{edition(home)} {value.__name__}" for home in homes), "")
    if isinstance(value, BUILTIN):
        return f"{edition(value.__objclass__.__module__)} {value.__qualname__}"
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(module, str) and isinstance(name, str):
        known = not is_own(module) and sources.path_of(module) is None and found_by_name(value)
        return f"{edition(module)} {name}" if known else ""
    return f"{value.__self__.__module__} {name}" if is_of_class(value) else held_name(value)


def is_of_class(value: Any) -> bool:
    """Whether this is a compiled function that a class holds, such as `torch.sin` or `object.__new__`."""
    return (
        inspect.isbuiltin(value) and inspect.isclass(value.__self__) and not is_own(value.__self__.__module__)
    )


def held_name(value: Any) -> str:
    """The name by which the module of its type holds a single thing, such as `dataclasses.MISSING`."""
    module = type(value).__module__
    if is_own(module) or sources.path_of(module) is not None or module == "builtins":
        return ""
    names = vars(sys.modules[module]).items() if module in sys.modules else ()
    return next((f"{edition(module)} {name}" for name, held in names if held is value), "")


def is_of_lib(value: Any) -> bool:
    """Whether this is a function or class of `lib` under its own name, so that its module's code tells it."""
    module = getattr(value, "__module__", None)
    code = inspect.isfunction(value) or inspect.isclass(value)
    return code and sources.path_of(module or "") is not None and found_by_name(value)


def parts(value: Any) -> dict[str, Any] | None:
    """What decides what this does, by names of parts; None where that is not known."""
    for kinds, parts_of in KINDS:
        if isinstance(value, kinds):
            return parts_of(value)
    if inspect.ismodule(value):
        return of_module(value)
    if typing.get_origin(value) is not None:
        return {"origin": typing.get_origin(value), "arguments": typing.get_args(value)}
    plain = all(is_own(each.__module__) for each in type(value).__mro__[:-1])
    return {"state": vars(value)} if plain and hasattr(value, "__dict__") and not slots(value) else None


def slots(value: Any) -> bool:
    """Whether an object keeps something outside its `__dict__`."""
    return any(vars(each).get("__slots__") for each in type(value).__mro__)


def of_function(function: types.FunctionType) -> dict[str, Any]:
    """Code, defaults, closure, attributes (a decorator's `__wrapped__` is one), and what it reads."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    found = {
        "text": text_behind(function.__module__),
        "code": of_code(function.__code__),
        "defaults": (function.__defaults__, function.__kwdefaults__),
        "attributes": dict(vars(function)),
    }
    found |= {f"{READ}{name}": cell.cell_contents for name, cell in cells if filled(cell)}
    if is_own(str(function.__globals__.get("__name__"))):  # a decorator's own code may be installed
        read = reads.read_by(function.__code__, function.__globals__)
        found |= {f"{READ}{name}": value for name, value in sorted(read.items())}
    return found


def text_behind(module: str | None) -> str:
    """Hash of the texts of somebody's own module; nothing for others, and where there is no file."""
    if module is None or not is_own(module):
        return ""
    asked = module == programs.MAIN and programs.asking.get()
    return code_of(module, text_of(module)) if asked or programs.file_of(module) else ""


def filled(cell: types.CellType) -> bool:
    """Whether a variable of a closure has a value yet."""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def of_code(code: types.CodeType) -> tuple[Any, ...]:
    """Instructions, and the constants and names they use; which line they stand in does not matter."""
    constants = tuple(of_code(each) if inspect.iscode(each) else each for each in code.co_consts)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_code, constants, *names, code.co_argcount, code.co_kwonlyargcount, code.co_flags & 0xF


def of_class(kind: type) -> dict[str, Any]:
    """Its bases, and what it holds but for notes that Python makes, such as its documentation."""
    held = {
        name: value
        for name, value in vars(kind).items()
        if not isinstance(value, BUILTIN)
        and name != "_abc_impl"
        and (not (name.startswith("__") and name.endswith("__")) or inspect.isroutine(value))
    }
    return {"text": text_behind(kind.__module__), "kind": type(kind), "bases": kind.__bases__, "holds": held}


def of_module(module: types.ModuleType) -> dict[str, Any]:
    """All that a module holds, for whoever hands it about as a whole."""
    names = sorted(name for name in vars(module) if not name.startswith("__"))
    return {f"{READ}{name}": vars(module)[name] for name in names}


def of_property(value: property) -> dict[str, Any]:
    """Its three functions."""
    return {"get": value.fget, "set": value.fset, "del": value.fdel}


def of_partial(value: functools.partial[Any]) -> dict[str, Any]:
    """Function and arguments."""
    return {"function": value.func, "args": value.args, "kwargs": value.keywords}


#: What has known parts, in this order.
KINDS: tuple[tuple[Any, Callable[[Any], dict[str, Any]]], ...] = (
    (types.FunctionType, of_function),
    (type, of_class),
    (functools.partial, of_partial),
    (functools.partialmethod, of_partial),
    (property, of_property),
    ((staticmethod, classmethod), lambda value: {"function": value.__func__}),
    (types.MethodType, lambda value: {"function": value.__func__, "self": value.__self__}),
    (functools.cached_property, lambda value: {"function": value.func}),
    (functools._lru_cache_wrapper, lambda value: {"function": value.__wrapped__}),
    (types.BuiltinFunctionType, lambda value: {"name": value.__qualname__, "self": value.__self__}),
    (types.UnionType, lambda value: {"kinds": value.__args__}),
    (re.Pattern, lambda value: {"pattern": value.pattern, "flags": value.flags}),
    (logging.Logger, lambda value: {"name": value.name}),
    (FIELD, lambda value: {"field": value.__reduce__()[1]}),
    (SWITCHES, lambda value: vars(value)),
    (type(...), lambda value: {}),
)
