"""A process that runs the loops of one engine when it is told to, and answers how long they took.

Started by `race`, one for each engine, task and grid, so that memory measured here is this engine's own.
It reads a line of JSON for each timing, {"batch": 4, "steps": 64}, and answers with one:
{"seconds": …, "memory": …}, or {"error": …}.
"""

import argparse
import gc
import json
import os
import sys
import time
from typing import Any

import torch

from benchmarks.engines import ENGINES, TASKS, Loop
from benchmarks.engines.ours import copies, pattern
from benchmarks.memory import meter


def main() -> None:
    """Answer until the input ends."""
    asked = options()
    # Answers go out on a channel of their own: packages print what they like.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if asked.threads:
        torch.set_num_threads(asked.threads)
    timer = Timer(asked.engine, asked.device, asked.task, asked.size)
    for line in sys.stdin:
        print(json.dumps(timer.answer(**json.loads(line))), file=answers, flush=True)


def options() -> argparse.Namespace:
    """What to be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=list(ENGINES), required=True)
    parser.add_argument("--device", choices=["cpu", "cuda"], required=True)
    parser.add_argument("--task", choices=TASKS, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


class Timer:
    """One engine with the batch it was last asked for."""

    def __init__(self, engine: str, device: str, task: str, size: int) -> None:
        self.prepare, self.device = ENGINES[engine].prepare[task], device
        self.pattern, self.batch = pattern(size), 0
        self.loop: Loop | None = None
        self.memory = meter(engine, device)
        # JAX takes torch's fields over from the processor, whatever it computes on.
        self.place = "cpu" if engine == "JAX" else device

    def answer(self, batch: int, steps: int) -> dict[str, Any]:
        """Run the loop once; any failure is an answer too, since the other engines go on."""
        try:
            if self.loop is None or batch != self.batch:
                self.loop = None
                gc.collect()
                self.memory.start_over()
                self.loop = self.prepare(copies(self.pattern, batch, self.place), self.device)
                self.batch = batch
            begin = time.perf_counter()
            self.loop(steps)
            return {"seconds": time.perf_counter() - begin, "memory": self.memory.peak()}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}


if __name__ == "__main__":
    main()
