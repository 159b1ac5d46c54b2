"""How long the GPU has computed for this process: kernels that run side by side count once.

Every launch stands between two events, which the GPU itself stamps. Nobody waits for them: they are read when
they have passed. With GRAYSCOTT_GPU_LOG in the environment, a folder, the total is also kept in a file there,
so that whoever started the process can read it after the end.
"""

import atexit
import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

#: The folder that totals are written to, where it is set; one file a process.
VARIABLE = "GRAYSCOTT_GPU_LOG"

#: Milliseconds after which times are counted from a later event: they come in float32, with seven digits.
FRESH = 10_000.0

#: Launches whose events are kept before those that have passed are read.
MANY = 512


class Clock:
    """The union of many spans of time on one device.

    Args:
        event: makes an event that can be recorded on the current stream.
    """

    def __init__(self, event: Callable[[], Any]) -> None:
        self.event, self.lock = event, threading.Lock()
        self.waiting: deque[tuple[Any, Any]] = deque()
        self.reference: Any = None
        self.since = 0.0
        self.spans: list[tuple[float, float]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is queued on the current stream within."""
        begin, end = self.event(), self.event()
        begin.record()
        yield
        end.record()
        with self.lock:
            self.waiting.append((begin, end))
            many = len(self.waiting) >= MANY
        if many:
            self.read(wait=False)
            keep_total(wait=False)

    def seconds(self, wait: bool = True) -> float:
        """Time in which at least one span was open, up to now; waits for what is queued, or leaves it out."""
        self.read(wait)
        with self.lock:
            return sum(end - begin for begin, end in self.spans) / 1000

    def read(self, wait: bool) -> None:
        """Turn events that have passed into spans: all of them, or as many as have passed in their order."""
        with self.lock:
            while self.waiting and (wait or self.waiting[0][1].query()):
                begin, end = self.waiting.popleft()
                end.synchronize()
                self.spans.append(self.span(begin, end))
            self.spans = united(self.spans)

    def span(self, begin: Any, end: Any) -> tuple[float, float]:
        """Begin and end in milliseconds after the first event of all."""
        if self.reference is None:
            self.reference = begin
        passed = self.reference.elapsed_time(begin)
        if passed > FRESH:
            self.reference, self.since, passed = begin, self.since + passed, 0.0
        return self.since + passed, self.since + self.reference.elapsed_time(end)


def united(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same time in spans that do not overlap, in order."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


_clocks: dict[torch.device, Clock] = {}
_making = threading.Lock()


def clock(device: torch.device) -> Clock:
    """That of a GPU, started at the first call."""
    with _making:
        if device not in _clocks:
            _clocks[device] = Clock(lambda: torch.cuda.Event(enable_timing=True))
        return _clocks[device]


def gpu_seconds(wait: bool = True) -> float:
    """Seconds in which GPUs computed for this process, summed over them; 0 where none did."""
    return sum(each.seconds(wait) for each in list(_clocks.values()))


def keep_total(wait: bool = True) -> None:
    """Write the total where GRAYSCOTT_GPU_LOG says; nothing without it, or where no GPU was used."""
    folder = os.environ.get(VARIABLE)
    if folder and _clocks and Path(folder).is_dir():
        (Path(folder) / f"{os.getpid()}.json").write_text(
            json.dumps({"gpu_seconds": gpu_seconds(wait)}), encoding="utf-8"
        )


def total_in(folder: Path) -> float:
    """What processes have written there, in seconds."""
    return sum(
        float(json.loads(path.read_text(encoding="utf-8"))["gpu_seconds"]) for path in folder.glob("*.json")
    )


atexit.register(keep_total)
