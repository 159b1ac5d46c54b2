"""Experiments as threads of one process that share a GPU, each on a stream of its own."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import joblib
import torch

from lib.backends.offload import this_thread

#: Experiments that share a GPU: eight simulations each fill the 132 multiprocessors of an H100.
TOGETHER = 16


def side_by_side(calls: Iterable[tuple[Callable, tuple, dict]], together: int) -> Iterator[Any]:
    """The results of joblib's delayed calls in order, so many at a time, in threads that share the GPU.

    Stopped in the middle, experiments that run end with their next simulation.
    """
    stopped = threading.Event()
    own = (joblib.delayed(on_own_stream)(stopped, *call) for call in calls)
    try:
        yield from joblib.Parallel(n_jobs=together, backend="threading", return_as="generator")(own)
    finally:
        stopped.set()


def on_own_stream(stopped: threading.Event, function: Callable, args: tuple, kwargs: dict) -> Any:
    """Make a call on this thread's stream, with one thread of torch's: others work beside it."""
    torch.set_num_threads(1)
    this_thread.stopped = stopped
    with own_stream():
        return function(*args, **kwargs)


def own_stream() -> AbstractContextManager:
    """This thread's stream, made at its first call. A machine that only asks a cluster's GPUs has none."""
    if not torch.cuda.is_available():
        return nullcontext()
    if not hasattr(this_thread, "stream"):
        this_thread.stream = torch.cuda.Stream()
    return torch.cuda.stream(this_thread.stream)
