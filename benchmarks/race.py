"""Engines against each other at one task on one grid: timed in turn, each in a process of its own.

Batches grow. Within a round every engine is timed once, so that a machine whose clock varies disturbs all
of them alike. An engine drops out, with a sentence, where its shortest timing would take too long or its
memory too much, or where it fails.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
import torch

from benchmarks.engines import ENGINES

ROOT = Path(__file__).resolve().parent.parent

#: JAX takes GPU memory as it needs it, not most of it at once; torch keeps what it compiled with our caches.
SURROUNDINGS = {
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "TORCHINDUCTOR_CACHE_DIR": str(ROOT / "_build" / "compiled" / "inductor"),
}


#: How often the steps of a timing are changed at most, and by how much at once.
LOOKS, GROWTH = 8, 10


class Budget(NamedTuple):
    """What a race may take.

    Args:
        rounds: timings of each number.
        target: seconds that a timing should take at least, if more steps make it so.
        longest: seconds that the shortest timing of an engine may take.
        share: the part of the free memory that all engines together may take.
    """

    rounds: int = 5
    target: float = 0.08
    longest: float = 0.4
    share: float = 0.8


@dataclass
class Runner:
    """An engine in its process.

    Args:
        engine, device, threads, task, size: what it times.
        process: None once it has dropped out.
        steps: of a timing at the current batch.
        per_step, memory: seconds of a step of the whole batch and bytes, at the last batch.
    """

    engine: str
    device: str
    threads: int | None
    task: str
    size: int
    process: subprocess.Popen[str] | None = None
    steps: int = 0
    per_step: float = 0.0
    memory: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def fewest(self) -> int:
        """Steps of its shortest timing."""
        return ENGINES[self.engine].fewest[self.task]

    @property
    def name(self) -> str:
        """For sentences."""
        threads = f", {self.threads} thread{'s' * (self.threads > 1)}" if self.threads else ""
        where = f" on the {'GPU' if self.device == 'cuda' else 'CPU'}" if self.engine != self.device else ""
        return f"{self.engine}{where}{threads}"

    def start(self) -> None:
        """Start the process; it makes itself ready while others do."""
        command = [sys.executable, "-m", "benchmarks.worker", "--engine", self.engine]
        command += ["--device", self.device, "--task", self.task, "--size", str(self.size)]
        command += ["--threads", str(self.threads)] if self.threads else []
        self.said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            encoding="utf-8",
            cwd=ROOT,
            env=os.environ | SURROUNDINGS,
        )

    def ask(self, batch: int) -> None:
        """Tell it to time `steps` steps; `hear` waits for the answer."""
        assert self.process
        assert self.process.stdin
        with suppress(BrokenPipeError):  # it has died, which `hear` finds out
            print(json.dumps({"batch": batch, "steps": self.steps}), file=self.process.stdin, flush=True)

    def hear(self) -> dict[str, Any]:
        """Its answer, with "error" in it if it failed or died."""
        assert self.process
        assert self.process.stdout
        if line := self.process.stdout.readline():
            return dict(json.loads(line))
        status = self.process.wait()
        self.said.seek(0)
        last = ([line.strip() for line in self.said if line.strip()] or ["without a word"])[-1]
        return {"error": f"its process ended with status {status}: {last[:200]}"}

    def stop(self) -> None:
        """End the process and free its memory."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def race(runners: Sequence[Runner], batches: Sequence[int], budget: Budget) -> Iterator[dict[str, Any] | str]:
    """Time every runner at every batch; yields measured rows, and a sentence for all that is left out."""
    room = {device: free_memory(device) * budget.share for device in {r.device for r in runners}}
    each = {device: free / sum(r.device == device for r in runners) for device, free in room.items()}
    try:
        for runner in runners:
            runner.start()
        before = 0
        for batch in batches:
            for runner in running(runners):
                if before and (reason := too_much(runner, batch / before, budget, each[runner.device])):
                    yield drop(runner, batch, reason)
            yield from make_ready(running(runners), batch)
            for runner in running(runners):
                yield from settle_on_steps(runner, batch, budget.target)
            for _ in range(budget.rounds):
                yield from time_each(running(runners), batch)
            yield from (row(runner, batch) for runner in running(runners))
            before = batch
    finally:
        for runner in runners:
            runner.stop()


def running(runners: Sequence[Runner]) -> list[Runner]:
    """Those that have not dropped out."""
    return [runner for runner in runners if runner.process]


def too_much(runner: Runner, more: float, budget: Budget, room: float) -> str | None:
    """Why a runner should not go on to a batch `more` times as large; None if it may."""
    if ENGINES[runner.engine].serial:
        return "it runs one simulation at a time."
    if (seconds := runner.per_step * runner.fewest * more) > budget.longest:
        allowed = f"a timing may take {budget.longest:g} s"
        return f"its shortest timing, {runner.fewest} steps, would take about {seconds:.1f} s; {allowed}."
    if (needed := runner.memory * more) > room:
        return f"it would need about {needed / 1e9:.1f} GB of memory, and its share is {room / 1e9:.1f} GB."
    return None


def make_ready(runners: Sequence[Runner], batch: int) -> Iterator[str]:
    """Let all compile and lay out the batch, side by side; drops those that fail."""
    for runner in runners:
        runner.steps = runner.fewest
        runner.ask(batch)
    for runner in runners:
        if "error" in (answer := runner.hear()):
            yield drop(runner, batch, answer["error"])


def settle_on_steps(runner: Runner, batch: int, target: float) -> Iterator[str]:
    """As many steps a timing as fill the target: more and more, since short timings say little."""
    for _ in range(LOOKS):
        yield from time_each([runner], batch)
        if not runner.process or runner.task in ENGINES[runner.engine].fixed:
            break
        missing = target / (runner.per_step * runner.steps)
        if missing < 1.2:
            break
        runner.steps = runner.fewest * math.ceil(min(missing, GROWTH) * runner.steps / runner.fewest)
    runner.times = []


def time_each(runners: Sequence[Runner], batch: int) -> Iterator[str]:
    """One timing of each, one after the other; drops those that fail."""
    for runner in runners:
        runner.ask(batch)
        if "error" in (answer := runner.hear()):
            yield drop(runner, batch, answer["error"])
        else:
            runner.per_step, runner.memory = answer["seconds"] / runner.steps, answer["memory"]
            runner.times.append(runner.per_step)


def drop(runner: Runner, batch: int, reason: str) -> str:
    """End a runner; returns the sentence that says where and why."""
    runner.stop()
    place = f"{runner.name}: {runner.task} at {runner.size} × {runner.size}, from a batch of {batch} on"
    return f"{place}: {reason}"


def row(runner: Runner, batch: int) -> dict[str, Any]:
    """What was measured: steps per µs of all simulations together, in quartiles."""
    return {
        "engine": runner.engine,
        "device": runner.device,
        "task": runner.task,
        "size": runner.size,
        "batch": batch,
        "rounds": len(runner.times),
        "steps": runner.steps,
        "speed": quartiles(batch / np.array(runner.times) / 1e6),
        "memory": runner.memory,
        **({"threads": runner.threads} if runner.threads else {}),
    }


def quartiles(values: Sequence[float] | np.ndarray) -> dict[str, float]:
    """The two outer ones and the median, with four digits: more were never measured."""
    found = np.percentile(values, (25, 50, 75)).tolist()
    return {name: float(f"{x:.4g}") for name, x in zip(("low", "median", "high"), found, strict=True)}


def free_memory(device: str) -> int:
    """Bytes that may still be had."""
    return int(torch.cuda.mem_get_info()[0] if device == "cuda" else psutil.virtual_memory().available)
