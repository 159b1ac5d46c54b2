"""How much memory a build takes: all its processes together, looked at every two seconds.

What processes share, as forks share the libraries they have loaded, counts once (the proportional set size,
where the system tells it).
"""

import threading
from types import TracebackType

import psutil

#: Seconds between two looks. Reading the sizes takes a few milliseconds.
EVERY = 2.0

#: Bytes that `make book` may take on a machine with as many cores as notebooks at a time.
MOST = 4_000_000_000


class Meter:
    """Watches this process and all that it starts, while its `with` block runs."""

    def __init__(self) -> None:
        self.peak = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self) -> "Meter":
        self.look()
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.thread.join()

    def watch(self) -> None:
        """Look until the block is over."""
        while not self.over.wait(EVERY):
            self.look()

    def look(self) -> None:
        """Look once."""
        self.peak = max(self.peak, taken(psutil.Process()))

    @property
    def said(self) -> str:
        """The peak in words."""
        return f"at most {self.peak / 1e9:.2f} GB of memory, all processes together"


def taken(process: psutil.Process) -> int:
    """Bytes of a process and all its descendants, what they share counted once."""
    return sum(size(each) for each in (process, *process.children(recursive=True)))


def size(process: psutil.Process) -> int:
    """Bytes of one process; 0 where it is gone or not ours to ask."""
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.uss)
    except psutil.Error:
        return 0
