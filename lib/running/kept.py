"""kept(): a function and its calls in, results out in order: loaded where they are known, else computed.

The key of a result holds everything it depends on (`lib.running.keys`), so a result can never be stale, and
results of several versions of the code live side by side. What is missing is computed side by side by
`lib.running.parallel`: on the cores of this machine, as threads that share a GPU, or on a cluster.
"""

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lib.folders import Folder, open_folder
from lib.running import engines, parallel, programs, store
from lib.running.keys import identity, key
from lib.running.torch_settings import usual_settings


class DamagedResult(UserWarning):
    """A stored result was damaged, and is computed again. The build knows this remark and goes on."""


class Arguments(NamedTuple):
    """The arguments of one call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def arguments(*args: Any, **kwargs: Any) -> Arguments:
    """The arguments of one call, for `kept`."""
    return Arguments(args, kwargs)


def kept(
    function: Callable[..., Any],
    calls: Iterable[Arguments],
    jobs: int = -1,
    *,
    threads: int | None = None,
    cache: Folder = None,
) -> Iterator[Any]:
    """Results of a function for many arguments, in their order.

    Args:
        function: of a module; it must depend on its arguments, on its code and on what it reads around itself
            alone. A file that it opens is seen where its `Path` is an argument or stands around it.
        calls: made with `arguments`.
        jobs, threads: as for `lib.running.parallel.results`.
        cache: folder of the results.

    Raises:
        PermissionError: if nothing can be written to the folder.
        lib.sources.SourcesChanged: if the code was edited since it was imported.
    """
    folder = open_folder(cache)
    found = [(call, place(function, call, folder)) for call in calls]
    missing = [(function, call, path) for call, path in found if not path.is_file()]
    asked = programs.program() if missing else ""
    computed = parallel.results(
        ((compute_for, (asked, *each), {}) for each in missing), jobs, threads=threads
    )
    awaited = {path for _, _, path in missing}
    for call, path in found:
        yield next(computed) if path in awaited else load(function, call, path)
    next(computed, None)  # asked once more, it knows that all are done


def kept_result(function: Callable[..., Any], *args: Any, cache: Folder = None, **kwargs: Any) -> Any:
    """The result of a single call, computed in this process (or on a cluster) where it is missing."""
    return next(kept(function, [arguments(*args, **kwargs)], jobs=1, cache=cache))


def checkpoint(function: Callable[..., Any], *args: Any, cache: Folder = None, **kwargs: Any) -> Path:
    """The file where a long call may keep what it has so far: it belongs to this call and its data alone."""
    name = key(function, args, kwargs)
    return (
        open_folder(cache) / "unfinished" / f"{function.__module__}.{function.__qualname__}" / f"{name}.part"
    )


def is_kept(function: Callable[..., Any], call: Arguments, cache: Folder = None) -> bool:
    """Whether a result is there already."""
    return place(function, call, open_folder(cache)).is_file()


def place(function: Callable[..., Any], call: Arguments, folder: Path) -> Path:
    """The file of a result."""
    name = key(function, call.args, call.kwargs)
    return folder / "results" / f"{function.__module__}.{function.__qualname__}" / name[:2] / f"{name}.result"


def load(function: Callable[..., Any], call: Arguments, path: Path) -> Any:
    """A stored result; where it is missing or damaged, a computed one."""
    try:
        return stored(path)
    except FileNotFoundError:
        pass
    except store.Damaged as error:
        warnings.warn(f"{error} It is computed again.", DamagedResult, stacklevel=2)
        path.unlink(missing_ok=True)
    return compute(function, call, path)


def stored(path: Path) -> Any:
    """What a file holds, if it is the result of this very call.

    Raises:
        lib.running.store.Damaged: if it is another's, or no result at all.
    """
    record = store.read(path)
    if not isinstance(record, dict) or not {"result", "key"} <= record.keys():
        raise store.Damaged(f"{path} holds no result.")
    if record["key"] != path.stem:
        raise store.Damaged(f"{path} holds the result of another call.")
    return record["result"]


def compute_for(program: str, function: Callable[..., Any], call: Arguments, path: Path) -> Any:
    """`compute` for a program of that text, whose own functions come along by value."""
    before = programs.asking.set(program)
    try:
        return compute(function, call, path)
    finally:
        programs.asking.reset(before)


def compute(function: Callable[..., Any], call: Arguments, path: Path) -> Any:
    """Make the call and store its result.

    In a process of its own the code may be newer than where the key was made: then the key differs here, and
    nothing is stored under a name that belongs to other code.

    Raises:
        RuntimeError: if code, versions, engine, or what the function reads around itself differ here.
        lib.sources.SourcesChanged: if the code was edited since it was imported.
    """
    if place(function, call, path.parents[3]) != path:
        raise RuntimeError(
            f"{function.__module__} is not the same here as where this result was asked for: code, versions "
            "or engine differ, or a list, dict or file that it reads has changed since. Start the same "
            "again; a function that is kept must not change what it reads around itself."
        )
    if path.is_file():  # another call or process has been faster
        return load(function, call, path)
    begin = time.perf_counter()
    with usual_settings():
        result = function(*call.args, **call.kwargs)
    seconds = time.perf_counter() - begin
    identity(function)  # which ends here if the code was edited, for it may have been imported meanwhile
    store.write(path, {"result": result, "key": path.stem, "seconds": seconds, "engine": engines.identity()})
    return result
