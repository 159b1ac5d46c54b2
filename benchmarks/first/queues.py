"""Sixteen experiments side by side, each on a stream of its own: with 8 hardware queues and with 32.

The driver reads their number when CUDA starts, so each is a process: `python -m benchmarks.first.queues`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import joblib
import torch

from benchmarks.first.bits import everywhere
from benchmarks.first.card import Card, this_gpu
from lib.backends.cuda_run import march
from lib.initial_states import initial_state
from lib.model import State
from lib.running.gpu_threads import TOGETHER, side_by_side

ROOT = Path(__file__).resolve().parents[2]
SETTING = "CUDA_DEVICE_MAX_CONNECTIONS"
#: Simulations of an experiment, calls it makes one after the other, and their steps.
BATCH, CALLS, STEPS = 8, 6, 8064


def compared(numbers: tuple[int, ...] = (8, 32)) -> Iterator[tuple[str, float]]:
    """Steps per µs of all experiments together, by the number of queues.

    Raises:
        RuntimeError: with the last thing a process said, if it failed.
    """
    for number in numbers:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.first.queues"],
            cwd=ROOT,
            env=os.environ | {SETTING: str(number)},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        if done.returncode:
            last = ([line for line in done.stderr.splitlines() if line.strip()] or ["without a word"])[-1]
            raise RuntimeError(f"the process with {number} queues ended with {done.returncode}: {last[:200]}")
        yield f"{number} queues", float(json.loads(done.stdout)["speed"])


def together(
    card: Card, batch: int = BATCH, calls: int = CALLS, steps: int = STEPS, size: int = 128
) -> float:
    """Steps per µs of sixteen experiments in threads; a first round makes ready and does not count."""
    state = State(*(x.to(card.device) for x in initial_state(batch, size=size)))
    kernels, params = card.kernels(size), everywhere(batch)

    def experiment(length: int) -> None:
        for _ in range(calls):
            march(kernels, params, state, length, None, 1.0)

    for length in (2, steps):
        begin = time.perf_counter()
        list(side_by_side([joblib.delayed(experiment)(length)] * TOGETHER, TOGETHER))
        if card.device.type == "cuda":
            torch.cuda.synchronize()
    return TOGETHER * calls * batch * steps / (time.perf_counter() - begin) / 1e6


if __name__ == "__main__":
    print(json.dumps({"speed": float(f"{together(this_gpu()):.4g}")}))
