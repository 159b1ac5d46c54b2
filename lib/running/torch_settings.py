"""Torch's settings of the process, put to what they are in a fresh one while a result is made.

A result is kept under what it depends on. A session's own default precision or modes are not part of that,
so they must not reach it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from lib.backends.ambient import home
from lib.backends.precision import no_autocast

_lock = threading.Lock()
#: The default precision outside, once for each thread that is inside: it is one for the whole process, so
#: the first thread sets it and the last one puts it back.
_outside: list[torch.dtype] = []


@contextmanager
def usual_settings() -> Iterator[None]:
    """Single precision and processor by default, derivatives on, nothing rounded: as after `import torch`."""
    with _lock:
        _outside.append(_outside[0] if _outside else torch.get_default_dtype())
        torch.set_default_dtype(torch.float32)
    try:
        with torch.inference_mode(False), torch.enable_grad(), home(), no_autocast():
            yield
    finally:
        with _lock:
            before = _outside.pop()
            if not _outside:
                torch.set_default_dtype(before)
