"""The name of a result: a hash of the function, its code, its arguments, and what computes."""

import dataclasses
import enum
import hashlib
import inspect
import platform
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from lib import sources
from lib.running import engines

#: Packages whose version may change a number, by the names they are imported and installed under.
NUMERICAL = {
    "torch": "torch", "numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "cma": "cma",
    "ot": "POT", "sympy": "sympy", "pysindy": "pysindy",
}  # fmt: skip

#: The module that a program is while it runs, and in a worker the text of the program that asked.
MAIN = "__main__"
asking: ContextVar[str] = ContextVar("asking", default="")

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
    for part in described(dict(bound.arguments)):
        total.update(part)
    return total.hexdigest()[:32]


def identity(function: Callable[..., Any]) -> str:
    """Code, versions and engine behind a function, as one text."""
    module = function.__module__
    reached = files_behind(module, script_text(module))
    sources.refuse_changes(reached)
    simulates = any(SIMULATING[0] == path or SIMULATING[1] in path.parents for path in reached)
    parts = (
        f"{module}.{function.__qualname__}",
        code_of(module, script_text(module)),
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


def program() -> str:
    """The text of the program that runs, for its workers; nothing where it has none, as at a prompt."""
    try:
        return script_text(MAIN)
    except TypeError:
        return ""


def script_text(module: str) -> str:
    """The text of a module outside `lib`; nothing for one of `lib`, whose files are known.

    A worker's own `__main__` is another one than the program's that asked. It is told whose to take.

    Raises:
        TypeError: if it has none, as a function typed at a prompt.
    """
    if sources.path_of(module) is not None:
        return ""
    if module == MAIN and asking.get():
        return asking.get()
    try:
        return inspect.getsource(sys.modules[module])
    except (KeyError, OSError, TypeError) as error:
        raise TypeError(
            f"Results of a function of {module!r} cannot be kept, because its code is in no file: move it "
            "into a module, where a change of it can be seen."
        ) from error


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
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield f"<array {value.dtype.str} {value.shape}>".encode() + np.ascontiguousarray(value).tobytes()
    elif isinstance(value, torch.Tensor):
        yield f"<tensor {value.dtype} {value.device.type}>".encode()
        yield from described(value.detach().cpu().contiguous().numpy())
    elif isinstance(value, nn.Module):
        yield name + repr(value).encode()
        yield from described(dict(value.state_dict()))
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
        code = code_of(value.__module__, script_text(value.__module__))
        yield f"<{value.__module__}.{value.__qualname__}>".encode() + code.encode()
    else:
        raise TypeError(
            f"A result cannot be kept under an argument of type {kind.__module__}.{kind.__qualname__}: "
            "its content is not known here. Hand over numbers, texts, arrays, tensors, or tuples, lists, "
            "dicts and dataclasses of them."
        )
