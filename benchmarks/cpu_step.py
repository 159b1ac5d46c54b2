"""How long does one step take? The compiled engine beside a plain C loop, torch, JAX and py-pde.

One step of one 128 × 128 simulation in float32, from the pattern that the truth has made after
10,000 steps. Every loop is timed in turn, round after round, so that a machine whose clock varies
disturbs all of them alike; the table gives the median and the spread between the quartiles.

Run it with `python -m benchmarks.cpu_step`, about a minute.
"""

import ctypes
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import torch

from benchmarks.engines import SIMULATION, jax_scan, pde_stepper, refusal
from benchmarks.engines.ours import pattern, per_simulation
from lib.backends import compiler, cpu, eager
from lib.model import State
from lib.paper import TRUTH

ROUNDS = 15
STRAIGHTFORWARD = Path(__file__).with_name("straightforward.c")


def main() -> None:
    """Print the table."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=true")
    cores = joblib.cpu_count()
    state = pattern(128)
    loops = {
        "compiled engine, 1 thread": (200, lambda n: run_cpu(state, n, 1, 1)),
        f"compiled engine, {cores} threads": (200, lambda n: run_cpu(state, n, 2 * cores, cores)),
        "compiled engine, 1 thread, same batch": (200, lambda n: run_cpu(state, n, 2 * cores, 1)),
        "compiled engine, 1 thread, with tol": (200, lambda n: run_cpu(state, n, 1, 1, tol=1e-12)),
        "straightforward C": (200, straightforward(state)),
    }
    times = measure({name: (20 * n, loop) for name, (n, loop) in loops.items()}, ROUNDS)
    for threads in dict.fromkeys((1, torch.get_num_threads())):
        torch.set_num_threads(threads)
        for batch in (1, 4):
            name = f"torch eager, {threads} thread{'s' * (threads > 1)}, batch {batch}"
            times |= measure({name: (40, partial(run_eager, state, batch=batch))}, 7)
    for name, others in (("JAX", jax_scan), ("py-pde", pde_stepper)):
        if reason := refusal(name, "cpu", SIMULATION, 128):
            print(f"{name}: {reason}")
        else:
            times |= measure({name: (500, one(others.simulation(state, "cpu")))}, 5)
    report(times, cores)


def measure(loops: dict[str, tuple[int, Callable[[int], int]]], rounds: int) -> dict[str, np.ndarray]:
    """Microseconds per simulation and step of each loop, in every round.

    A loop takes the number of steps, and returns how many simulations took them.
    """
    times: dict[str, list[float]] = {name: [] for name in loops}
    for steps, loop in loops.values():
        loop(steps)  # compile, and fill the caches
    for _ in range(rounds):
        for name, (steps, loop) in loops.items():
            start = time.perf_counter()
            simulations = loop(steps)
            times[name].append((time.perf_counter() - start) / (steps * simulations) * 1e6)
    return {name: np.array(values) for name, values in times.items()}


def run_cpu(state: State, steps: int, batch: int, threads: int, tol: float | None = None) -> int:
    """The compiled engine on `batch` copies."""
    copies = State(*(field.expand(batch, -1, -1) for field in state))
    cpu.forward(per_simulation(copies), copies, steps, tol, 1.0, threads)
    return batch


def run_eager(state: State, steps: int, batch: int) -> int:
    """The torch loop on `batch` copies."""
    copies = State(*(field.repeat(batch, 1, 1) for field in state))
    eager.forward(per_simulation(copies), copies, steps, None, 1.0)
    return batch


def straightforward(state: State, processor: Sequence[str] = ("-march=native",)) -> Callable[[int], int]:
    """The plain C loop, compiled as one would; `processor`: the flags that choose one."""
    target = Path(tempfile.mkdtemp()) / "straightforward.so"
    flags = ["-O3", *processor, "-ffast-math", "-shared", "-fPIC"]
    subprocess.run([*compiler.compiler(), *flags, str(STRAIGHTFORWARD), "-o", str(target)], check=True)
    run = ctypes.CDLL(str(target)).run
    run.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_int] * 3 + [ctypes.c_float] * 4
    run.restype = None

    def loop(steps: int) -> int:
        u, v = (field.clone() for field in state)
        run(u.data_ptr(), v.data_ptr(), *u.shape[-2:], steps, *TRUTH)
        return 1

    return loop


def one(loop: Callable[[int], object]) -> Callable[[int], int]:
    """A loop over one simulation, saying so."""

    def counted(steps: int) -> int:
        loop(steps)
        return 1

    return counted


def report(times: dict[str, np.ndarray], cores: int) -> None:
    """Print every loop's time, and the ratios that matter."""
    own = np.median(times["compiled engine, 1 thread"])
    print(f"{'loop':40} {'µs a step':>10} {'quartiles':>16} {'× compiled engine':>18}")
    for name, values in times.items():
        low, middle, high = np.percentile(values, (25, 50, 75))
        print(f"{name:40} {middle:10.2f} {low:7.2f} …{high:7.2f} {middle / own:18.2f}")
    best = min(np.median(values) for name, values in times.items() if name.startswith("torch eager"))
    # Ratios are taken within each round, where both loops met the same clock.
    plain = np.median(times["compiled engine, 1 thread"] / times["straightforward C"])
    more = np.median(
        times["compiled engine, 1 thread, same batch"] / times[f"compiled engine, {cores} threads"]
    )
    print(f"time of the compiled engine / straightforward C:  {plain:.2f}")
    print(f"speed of {cores} threads / one thread:                 {more:.2f}")
    print(f"time of torch eager at its best / the engine:     {best / own:.1f}")


if __name__ == "__main__":
    main()
