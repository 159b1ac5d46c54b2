"""A value as bytes that say its type and content: what two results are told apart by."""

import collections
import dataclasses
import enum
import hashlib
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from lib import sources
from lib.running import surroundings
from lib.running.codes import code_of, edition, is_own, refuse_unnamed, text_of

#: What has been described on the way to a value around a function, by address: once is enough.
Seen = dict[int, Any]


class UnknownContent(TypeError):
    """A value whose content cannot be told from its address."""

    def __init__(self, value: Any) -> None:
        self.kind = f"{type(value).__module__}.{type(value).__qualname__}"
        super().__init__(
            f"A result cannot be kept under an argument of type {self.kind}: its content is not known here. "
            "Hand over numbers, texts, arrays, tensors, or tuples, lists, dicts and dataclasses of them."
        )


def described(value: Any, seen: Seen | None = None) -> Iterator[bytes]:
    """A value as bytes that say its type and content, piece by piece.

    The same content gives the same bytes in every process. Order counts in sequences, not in mappings.

    Args:
        value: an argument, or what a function reads around itself.
        seen: for the latter, what came before it. An argument must have a name or a known content; around a
            function, lambdas, partial functions and objects of a person's own classes are looked into.

    Raises:
        TypeError: for what has neither.
    """
    kind = type(value)
    name = f"<{kind.__module__}.{kind.__qualname__}>".encode()
    if kind.__module__ != "builtins" and is_own(kind.__module__):
        yield from around(kind, {} if seen is None else seen)  # its methods may be asked
    if isinstance(value, Path):
        yield name + repr(value).encode() + file_content(value)
    elif value is None or isinstance(value, (bool, int, float, complex, str, bytes, range, slice)):
        yield name + repr(value).encode()
    elif isinstance(value, enum.Enum):
        yield name + value.name.encode()
        yield from described(value.value, seen) if is_own(kind.__module__) else ()
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
        for each in value.modules():
            yield from described(settings_of(each), seen)
            own = is_own(type(each).__module__)
            yield from around(type(each), {} if seen is None else seen) if own else ()
    elif isinstance(value, Mapping):
        yield name + b"{"
        if isinstance(value, collections.defaultdict):
            yield from described(value.default_factory, seen)
        for each in sorted(value, key=repr):
            yield from described(each, seen)
            yield from described(value[each], seen)
        yield b"}"
    elif isinstance(value, (tuple, list)):
        yield name + b"("
        for each in value:
            yield from described(each, seen)
        yield b")"
    elif isinstance(value, (set, frozenset)):
        # Each by itself: they come in any order.
        copies = (None if seen is None else dict(seen) for _ in value)
        yield name + b"".join(sorted(b"".join(described(*pair)) for pair in zip(value, copies, strict=True)))
    elif dataclasses.is_dataclass(value) and not inspect.isclass(value):
        yield name
        yield from described({f.name: getattr(value, f.name) for f in dataclasses.fields(value)}, seen)
    elif isinstance(value, (torch.dtype, torch.device, np.dtype)):
        yield name + str(value).encode()
    elif seen is not None:
        yield from around(value, seen)
    elif inspect.isfunction(value) or inspect.isclass(value):
        refuse_unnamed(value)
        if is_own(value.__module__):
            yield from around(value, {})
        else:
            yield from named(value)
    else:
        raise UnknownContent(value)


def around(value: Any, seen: Seen) -> Iterator[bytes]:
    """What code reads around itself, and code itself: functions, classes, modules, and what holds them."""
    if id(value) in seen:
        yield f"<again {list(seen).index(id(value))}>".encode()
        return
    seen[id(value)] = value  # kept alive, so that its address is not another's meanwhile
    name = surroundings.known_name(value)
    if name:
        yield f"<{type(value).__qualname__} {name}>".encode()
        return
    if surroundings.is_of_lib(value):
        yield from named(value)
        return
    parts = surroundings.parts(value)
    if parts is None:
        raise UnknownContent(value)
    yield f"<{type(value).__qualname__} {getattr(value, '__qualname__', '')}>".encode()
    for part, content in parts.items():
        yield f"<{part}>".encode()
        try:
            yield from described(content, seen)
        except UnknownContent as error:
            if not part.startswith(surroundings.READ):
                raise
            raise TypeError(
                f"Results of {value.__module__}.{value.__qualname__} cannot be kept, because it reads "
                f"{part.removeprefix(surroundings.READ)!r} around itself, which is or holds a {error.kind}, "
                "whose content is not known here. Make it inside the function, or of numbers, texts, arrays, "
                "tensors, or tuples, lists, dicts and dataclasses of them."
            ) from error


def named(value: Any) -> Iterator[bytes]:
    """A function or class by its name; the code of its module with it, or the version of its package."""
    module = value.__module__
    code = code_of(module, text_of(module)) if sources.path_of(module) is not None else edition(module)
    yield f"<{module}.{value.__qualname__}>".encode() + code.encode()


def file_content(path: Path) -> bytes:
    """A hash of what a path leads to, if it is there.

    Raises:
        TypeError: for a folder.
    """
    if path.is_dir():
        raise TypeError(
            f"A result cannot be kept under the folder {path}: what lies in it may change and nobody would "
            "know. Hand over the files themselves, or what they hold."
        )
    return hash_of(path, sources.stamp(path)) if path.is_file() else b""


@cache
def hash_of(path: Path, stamp: sources.Stamp) -> bytes:
    """The hash of a file as it was at that stamp."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


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
