"""How long a GPU simulated while a notebook ran, as the notebook's own process counted it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.backends.gpu_clock import VARIABLE, total_in


@contextmanager
def counted() -> Iterator[Callable[[], float]]:
    """Let processes started within count; the function says how many seconds, once they have ended."""
    before = os.environ.get(VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        try:
            yield lambda: total_in(Path(folder))
        finally:
            os.environ.pop(VARIABLE)
            if before is not None:
                os.environ[VARIABLE] = before
