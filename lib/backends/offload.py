"""Simulations of CPU tensors computed on the GPU, where a notebook has asked for it (`use` in
`lib.running.device`).

A GPU is full with a hundred simulations, and most experiments run eight at a time and go on from what they
find. So with a GPU `lib.running.parallel` runs such experiments as threads of one process, each on a stream
of its own: their kernels share the GPU, and everything else they do stays on the processor.
"""

import os
import threading
import warnings

import torch

from lib.backends import SlowEngine, cuda
from lib.backends.cuda_compile import SIZES
from lib.model import State

#: The setting, in the environment so that processes started from here have it too: "cuda", or not.
VARIABLE = "GRAYSCOTT_OFFLOAD"


#: What a thread knows of itself: its stream, and whether its work was stopped (`lib.running.gpu_threads`).
this_thread = threading.local()


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
    stopped: threading.Event | None = getattr(this_thread, "stopped", None)
    if stopped is not None and stopped.is_set():
        raise WithdrawnError("This experiment was withdrawn, because the work around it stopped.")
    if not wanted() or state.u.device.type != "cpu" or not torch.cuda.is_available():
        return False
    height, width = state.u.shape[-2:]
    if state.u.dtype != torch.float32 or height != width or width not in SIZES:
        return False
    reason = cuda.supports(height, width, state.u.dtype, state.u.device)
    if reason is not None:
        warnings.warn(
            f"{reason} The processor computes instead, many times slower.", SlowEngine, stacklevel=3
        )
    return reason is None
