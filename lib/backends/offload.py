"""Simulations of CPU tensors computed on the GPU, where a notebook has asked for it (`lib.device.use`).

A GPU is full with a hundred simulations, and most experiments run eight at a time and go on from what they
find. So with a GPU `lib.parallel` runs such experiments as threads of one process, each on a stream of its
own: their kernels share the GPU, and everything else they do stays on the processor.
"""

import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import joblib
import torch

from lib.backends import cuda
from lib.backends.cuda_compile import SIZES
from lib.model import State

#: The setting, in the environment so that processes started from here have it too: "cuda", or not.
VARIABLE = "GRAYSCOTT_OFFLOAD"

#: Experiments that share a GPU: eight simulations each fill the 132 multiprocessors of an H100.
TOGETHER = 16

_thread = threading.local()


class WithdrawnError(RuntimeError):
    """The work to which a simulation belongs has been stopped."""


def wanted() -> bool:
    """Whether simulations go to the GPU wherever their tensors are."""
    return os.environ.get(VARIABLE) == "cuda"


def want(device: str) -> None:
    """From now on send them there ("cuda"), or leave them where their tensors are."""
    os.environ[VARIABLE] = device


def takes(state: State) -> bool:
    """Whether these fields are to be brought to the GPU; what it cannot hold stays on the processor.

    Raises:
        WithdrawnError: in a thread whose work has been stopped.
    """
    stopped: threading.Event | None = getattr(_thread, "stopped", None)
    if stopped is not None and stopped.is_set():
        raise WithdrawnError("This experiment was withdrawn, because the work around it stopped.")
    if not wanted() or state.u.device.type != "cpu" or not torch.cuda.is_available():
        return False
    height, width = state.u.shape[-2:]
    if state.u.dtype != torch.float32 or height != width or width not in SIZES:
        return False
    reason = cuda.supports(height, width, state.u.dtype, state.u.device)
    if reason is not None:
        warnings.warn(f"{reason} The processor computes instead, many times slower.", stacklevel=3)
    return reason is None


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
    _thread.stopped = stopped
    with own_stream():
        return function(*args, **kwargs)


def own_stream() -> AbstractContextManager:
    """This thread's stream, made at its first call. A machine that only asks a cluster's GPUs has none."""
    if not torch.cuda.is_available():
        return nullcontext()
    if not hasattr(_thread, "stream"):
        _thread.stream = torch.cuda.Stream()
    return torch.cuda.stream(_thread.stream)
