"""Does the engine keep its distance from a plain C loop where vectors are short? One core, 128 × 128.

The engine and the loop (`straightforward.c`) are compiled with the same flags for the processor: those that
the engine takes by itself, and those of any processor with AVX2. Each pair runs in a process of its own,
which should be bound to one core (`taskset -c 0 python -m benchmarks.vector_width`); times are of the process
and not of the clock, so that other work disturbs them little. The gradient goes back through as many steps.

Run it with `python -m benchmarks.vector_width`, about a minute.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from benchmarks.cpu_step import run_cpu, straightforward
from benchmarks.engines.ours import pattern, per_simulation
from lib.backends import compiler, cpu
from lib.model import State

ROUNDS, STEPS = 5, 2000

#: Any processor with AVX2 and fused multiplication, whatever this one has beside them.
AVX2 = "-march=x86-64-v3"


def main(asked: list[str] | None = None) -> None:
    """A row for the flags in use; without arguments one for each kind of vector, each in a new process."""
    if (asked or sys.argv[1:]) == ["--here"]:
        print(row())
        return
    print(
        f"{'lanes':>5} {'engine, µs':>11} {'plain C, µs':>12} {'ratio':>6} {'gradient / forward':>19}  flags"
    )
    for flags in (None, AVX2):
        settings = dict(os.environ) | ({compiler.CPU_FLAGS: flags} if flags else {})
        subprocess.run([sys.executable, "-m", __spec__.name, "--here"], env=settings, check=True)


def row() -> str:
    """Medians over the rounds; ratios are taken within each, where both met the same clock."""
    state = pattern(128)
    flags = compiler.cpu_flags()
    plain = straightforward(state, flags)
    loops: tuple[Callable[[], object], ...] = (
        lambda: run_cpu(state, STEPS, 1, 1), lambda: plain(STEPS), lambda: gradient(state, STEPS)
    )  # fmt: skip
    for loop in loops:
        loop()  # compile, and fill the caches
    times = np.array([[spent(loop) for loop in loops] for _ in range(ROUNDS)]) / STEPS * 1e6
    own, other, back = times.T
    return (
        f"{compiler.vectors().bytes // 4:5} {np.median(own):11.2f} {np.median(other):12.2f} "
        f"{np.median(own / other):6.2f} {np.median(back / own):19.2f}  {' '.join(flags)}"
    )


def gradient(state: State, steps: int) -> None:
    """A run and the way back through all of it."""
    count, zero = torch.tensor([steps]), torch.zeros_like(state.v)
    cpu.adjoint(per_simulation(state), state, count, 1.0, zero, torch.ones_like(zero), threads=1)


def spent(loop: Callable[[], object]) -> float:
    """Seconds of this process."""
    begin = time.process_time()
    loop()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
