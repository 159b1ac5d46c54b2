"""The name of a result: a hash of the function, its code, its arguments, and what computes."""

import dataclasses
import enum
import hashlib
import inspect
import platform
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import torch
from torch import nn

from lib import sources
from lib.running import engines, programs

#: Packages whose version may change a number, by the names they are imported and installed under.
NUMERICAL = {
    "torch": "torch", "numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "cma": "cma",
    "ot": "POT", "sympy": "sympy", "pysindy": "pysindy",
}  # fmt: skip

#: What may be read from around a function and tells its content; lists and mappings there are for notes.
DATA = (bool, int, float, complex, str, bytes, tuple, frozenset, np.ndarray, np.generic, torch.Tensor)

#: Whoever imports one of these simulates, or may.
SIMULATING = sources.PACKAGE / "simulate.py", sources.PACKAGE / "backends"


def key(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """The key of a call: 32 hexadecimal digits. Two calls share it if they must give the same result.

    Args:
        function: of a module that can be imported; what it reaches in `lib` counts, all else does not.
        args, kwargs: its arguments, positional and named ones alike.

    Raises:
        TypeError: for an argument whose content cannot be told from its address.
        lib.sources.SourcesChanged: if code was edited since it was imported.
    """
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    # Where results are kept changes none of them.
    bound.arguments.pop("cache", None)
    total = hashlib.sha256(identity(function).encode())
    read = globals_of(function) if sources.path_of(function.__module__) is None else {}
    for part in described([dict(bound.arguments), read] if read else dict(bound.arguments)):
        total.update(part)
    return total.hexdigest()[:32]


def identity(function: Callable[..., Any]) -> str:
    """Code, versions and engine behind a function, as one text."""
    refuse_unnamed(function)
    module = function.__module__
    text = text_of(module)
    reached = files_behind(module, text)
    sources.refuse_changes(reached)
    simulates = any(SIMULATING[0] == path or SIMULATING[1] in path.parents for path in reached)
    parts = (
        f"{module}.{function.__qualname__}",
        code_of(module, text),
        platform.python_version(),
        *versions(reached),
        engines.identity() if simulates else engines.processor(),
    )
    return "\0".join(parts)


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
    found: Any = sys.modules.get(module or "")
    for part in (name or "").split("."):
        found = getattr(found, part, None)
    by_value = module == programs.MAIN and programs.asking.get()  # it came along to a worker
    if module is None or name is None or "<" in name or (found is not function and not by_value):
        raise TypeError(
            f"Results of {name or type(function).__name__!r} cannot be kept: its name does not tell what it "
            "does (it is a lambda, a function made by another, a method of an object, or a partial one). "
            "Write a plain function of a module that gets all it needs as arguments."
        )


def globals_of(function: Any, seen: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Data that a function outside `lib`, and what it calls of its module, read from there: name → value."""
    found: dict[str, Any] = {}
    code = getattr(inspect.unwrap(function), "__code__", None)
    around = getattr(inspect.unwrap(function), "__globals__", {})
    for name in sorted(names_in(code) & around.keys() - seen) if code else ():
        value = around[name]
        if inspect.isfunction(value) and value.__module__ == function.__module__:
            found |= globals_of(value, seen | {name})
        elif isinstance(value, DATA):
            found[name] = value
    return found


def names_in(code: CodeType) -> set[str]:
    """Every name that some code, or code within it, looks up."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*(names_in(each) for each in inner))


@cache
def versions(reached: frozenset[Path]) -> tuple[str, ...]:
    """Name and version of every package that computes here; torch's without the name of its build."""
    imported = sources.outside(reached) | {"torch", "numpy", "scipy"}
    names = sorted(NUMERICAL[name] for name in imported & NUMERICAL.keys())
    return tuple(f"{name} {metadata.version(name).split('+')[0]}" for name in names)


def described(value: Any) -> Any:
    """A value as bytes that say its type and content, piece by piece.

    The same content gives the same bytes in every process. Order counts in sequences, not in mappings.
    """
    kind = type(value)
    name = f"<{kind.__module__}.{kind.__qualname__}>".encode()
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, Path, range, slice)):
        yield name + repr(value).encode()
    elif isinstance(value, enum.Enum):
        yield name + value.name.encode()
    elif isinstance(value, np.generic):
        yield from described(np.asarray(value))
    elif kind is np.ma.MaskedArray:
        yield name
        yield from described([np.ma.getmaskarray(value), value.filled()])
    elif kind in (np.ndarray, np.memmap) and value.dtype != object:
        yield f"<array {value.dtype.descr if value.dtype.names else value.dtype.str} {value.shape}>".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, torch.Tensor) and value.layout == torch.strided:
        yield f"<tensor {value.dtype} {value.device.type} {tuple(value.shape)}>".encode()
        plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
        yield plain.flatten().view(torch.uint8).numpy().tobytes()
    elif isinstance(value, nn.Module):
        yield name + repr(value).encode()
        yield from described([settings_of(each) for each in value.modules()])
    elif isinstance(value, Mapping):
        yield name + b"{"
        for each in sorted(value, key=repr):
            yield from described(each)
            yield from described(value[each])
        yield b"}"
    elif isinstance(value, (tuple, list)):
        yield name + b"("
        for each in value:
            yield from described(each)
        yield b")"
    elif isinstance(value, (set, frozenset)):
        yield name + b"".join(sorted(b"".join(described(each)) for each in value))
    elif dataclasses.is_dataclass(value):
        yield name
        yield from described({f.name: getattr(value, f.name) for f in dataclasses.fields(value)})
    elif isinstance(value, (torch.dtype, torch.device, np.dtype)):
        yield name + str(value).encode()
    elif inspect.isfunction(value) or inspect.isclass(value):
        refuse_unnamed(value)
        code = code_of(value.__module__, text_of(value.__module__))
        yield f"<{value.__module__}.{value.__qualname__}>".encode() + code.encode()
        if inspect.isfunction(value) and sources.path_of(value.__module__) is None:
            yield from described(globals_of(value))
    else:
        raise TypeError(
            f"A result cannot be kept under an argument of type {kind.__module__}.{kind.__qualname__}: "
            "its content is not known here. Hand over numbers, texts, arrays, tensors, or tuples, lists, "
            "dicts and dataclasses of them."
        )


def settings_of(module: nn.Module) -> dict[str, Any]:
    """What decides what a module does beside its submodules: weights, buffers, and its own attributes.

    Raises:
        TypeError: for one with hooks, which are code that nobody knows here.
    """
    own = vars(module)
    if any(value for name, value in own.items() if name.endswith("_hooks") and isinstance(value, dict)):
        raise TypeError(
            f"A result cannot be kept under a {type(module).__name__} with hooks: what they do is not known "
            "here. Hand over one without."
        )
    tensors = {name: dict(own[name]) for name in ("_parameters", "_buffers")}
    return tensors | {name: value for name, value in own.items() if not name.startswith("_")}
