"""A process that dies, or loses the one that asked: a sentence, and nobody computes on for nobody."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import psutil
import pytest

from lib.running.parallel import WorkerDied, results

ROOT = Path(__file__).resolve().parents[2]

#: A process that asks for two long calls, and says who makes them.
ASKING = """
import os, time
from joblib import delayed
from lib.running.parallel import results
from tests.running.test_killed_workers import long
for _ in results([delayed(long)() for _ in range(2)], jobs=2):
    pass
"""


def long() -> None:
    """Work that nobody waits for to the end."""
    print(os.getpid(), flush=True)
    time.sleep(300)


def die() -> None:
    """What the system does to a process that takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_worker_is_a_sentence() -> None:
    with pytest.raises(WorkerDied, match="most often because memory ran out. What was finished is kept"):
        list(results([joblib.delayed(die)() for _ in range(2)], jobs=2))


def test_workers_end_when_the_process_that_asked_was_killed() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", ASKING], env=environment, stdout=subprocess.PIPE, text=True
    ) as asking:
        assert asking.stdout is not None
        workers = [psutil.Process(int(asking.stdout.readline())) for _ in range(2)]
        asking.kill()
    _, alive = psutil.wait_procs(workers, timeout=8)
    for process in alive:
        process.kill()
    assert alive == []
