"""The name of a result: a hash of the function, its code, its arguments, and what computes."""

import hashlib
import inspect
import platform
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from lib import sources
from lib.running import engines
from lib.running.codes import code_of, files_behind, is_own, refuse_unnamed, text_of
from lib.running.contents import around, described

#: Packages whose version may change a number, by the names they are imported and installed under.
NUMERICAL = {
    "torch": "torch", "numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "cma": "cma",
    "ot": "POT", "sympy": "sympy", "pysindy": "pysindy",
}  # fmt: skip

#: Whoever imports one of these simulates, or may.
SIMULATING = sources.PACKAGE / "simulate.py", sources.PACKAGE / "backends"


def key(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """The key of a call: 32 hexadecimal digits. Two calls share it if they must give the same result.

    Args:
        function: of a module that can be imported. What it reaches in `lib` counts, and for one of a
            person's own all that it reads around itself.
        args, kwargs: its arguments, positional and named ones alike.

    Raises:
        TypeError: for an argument, or something around the function, whose content cannot be told from its
            address; for a module that runs code which its imports do not name.
        lib.sources.SourcesChanged: if code was edited since it was imported.
    """
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    # Where results are kept changes none of them.
    bound.arguments.pop("cache", None)
    total = hashlib.sha256(identity(function).encode())
    for part in described(dict(bound.arguments)):
        total.update(part)
    if is_own(function.__module__):
        for part in around(function, {}):
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
def versions(reached: frozenset[Path]) -> tuple[str, ...]:
    """Name and version of every package that computes here; torch's without the name of its build."""
    imported = sources.outside(reached) | {"torch", "numpy", "scipy"}
    names = sorted(NUMERICAL[name] for name in imported & NUMERICAL.keys())
    return tuple(f"{name} {metadata.version(name).split('+')[0]}" for name in names)
