"""Time on a GPU is counted once, whatever runs side by side, and to the microsecond even after hours."""

import numpy as np
import pytest

from lib.backends.gpu_clock import FRESH, Clock, united


class Stamps:
    """Events at given milliseconds, which tell distances in float32 as CUDA's do."""

    def __init__(self, *times):
        self.times = list(times)

    def __call__(self):
        return Stamp(self.times)


class Stamp:
    def __init__(self, times):
        self.times = times

    def record(self):
        self.at = self.times.pop(0)

    def query(self):
        return True

    def synchronize(self):
        pass

    def elapsed_time(self, other):
        return float(np.float32(other.at - self.at))


def test_spans_that_overlap_count_once():
    assert united([(5, 6), (0, 2), (1, 3)]) == [(0, 3), (5, 6)]
    clock = Clock(Stamps(0.0, 2000.0, 1000.0, 3000.0, 5000.0, 6000.0))
    for _ in range(3):
        with clock.running():
            pass
    assert clock.seconds() == 4


def test_microseconds_are_not_lost_after_hours():
    """Float32 milliseconds are a quarter of a millisecond wide after an hour."""
    begins = np.arange(0, 4 * 3600_000.0, 0.9 * FRESH)
    clock = Clock(Stamps(*(t for begin in begins for t in (begin, begin + 0.01))))
    for _ in begins:
        with clock.running():
            pass
    assert clock.seconds() == pytest.approx(len(begins) * 1e-5, rel=0.1)


def test_nothing_waits_for_a_kernel_that_still_runs():
    clock = Clock(Stamps(0.0, 1.0, 2.0, 3.0))
    with clock.running():
        pass
    with clock.running():
        pass
    clock.waiting[1][1].query = lambda: False
    clock.read(wait=False)
    assert len(clock.waiting) == 1
    assert clock.seconds() == 0.002
