"""How long does one step take? The compiled engine beside a plain C loop, torch, JAX and py-pde.

One step of one 128 × 128 simulation in float32, from the pattern that the truth has made after
10,000 steps. Every loop is timed in turn, round after round, so that a machine whose clock varies
disturbs all of them alike; the table gives the median and the spread between the quartiles.

Run it with `python -m benchmarks.cpu_step`, about a minute.
"""

import ctypes
import importlib.util
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import torch

from lib.backends import compiler, cpu, eager
from lib.initial import initial_state
from lib.model import TRUTH, Params, State

ROUNDS = 15
STRAIGHTFORWARD = Path(__file__).with_name("straightforward.c")


def main() -> None:
    """Print the table."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=true")
    cores = joblib.cpu_count()
    state = pattern()
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
            times |= measure({name: (40, lambda n, b=batch: run_eager(state, n, b))}, 7)
    for name, package, prepare in (("JAX, jitted scan", "jax", jax_scan), ("py-pde, numba", "pde", py_pde)):
        if importlib.util.find_spec(package) is None:
            print(f"{name}: {package} is not installed, so it is not timed.")
        else:
            times |= measure({name: (500, prepare(state))}, 5)
    report(times, cores)


def pattern() -> State:
    """The truth's pattern after 10,000 steps, (1, 128, 128)."""
    run = cpu.forward(per_entry(1), initial_state(1), 10_000, None, 1.0)
    return State(run.u, run.v)


def per_entry(batch: int) -> Params:
    """The truth, once per simulation."""
    return Params(*(torch.full((batch,), value) for value in TRUTH))


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
    cpu.forward(per_entry(batch), copies, steps, tol, 1.0, threads)
    return batch


def run_eager(state: State, steps: int, batch: int) -> int:
    """The torch loop on `batch` copies."""
    copies = State(*(field.repeat(batch, 1, 1) for field in state))
    eager.forward(per_entry(batch), copies, steps, None, 1.0)
    return batch


def straightforward(state: State) -> Callable[[int], int]:
    """The plain C loop, compiled as one would."""
    target = Path(tempfile.mkdtemp()) / "straightforward.so"
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    subprocess.run([*compiler.compiler(), *flags, str(STRAIGHTFORWARD), "-o", str(target)], check=True)
    run = ctypes.CDLL(str(target)).run
    run.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_int] * 3 + [ctypes.c_float] * 4
    run.restype = None

    def loop(steps: int) -> int:
        u, v = (field.clone() for field in state)
        run(u.data_ptr(), v.data_ptr(), *u.shape[-2:], steps, *TRUTH)
        return 1

    return loop


def jax_scan(state: State) -> Callable[[int], int]:
    """A jitted scan over steps."""
    import jax

    jnp = jax.numpy

    def lap(x):
        return jnp.roll(x, 1, 0) + jnp.roll(x, -1, 0) + jnp.roll(x, 1, 1) + jnp.roll(x, -1, 1) - 4 * x

    def step(carry, _):
        u, v = carry
        reaction = u * v * v
        u_next = u + TRUTH.Du * lap(u) - reaction + TRUTH.F * (1 - u)
        return (u_next, v + TRUTH.Dv * lap(v) + reaction - (TRUTH.F + TRUTH.k) * v), None

    run = jax.jit(lambda carry, steps: jax.lax.scan(step, carry, None, steps)[0], static_argnums=1)
    carry = tuple(jnp.asarray(field[0].numpy()) for field in state)

    def loop(steps: int) -> int:
        jax.block_until_ready(run(carry, steps))
        return 1

    return loop


def py_pde(state: State) -> Callable[[int], int]:
    """py-pde's numba backend, explicit Euler with a fixed step (it computes in float64)."""
    import pde

    u, v = (field[0].double().numpy() for field in state)
    grid = pde.CartesianGrid([[0, u.shape[0]], [0, u.shape[1]]], u.shape, periodic=True)
    fields = pde.FieldCollection([pde.ScalarField(grid, u), pde.ScalarField(grid, v)])
    equation = pde.PDE(
        {
            "u": f"{TRUTH.Du} * laplace(u) - u * v**2 + {TRUTH.F} * (1 - u)",
            "v": f"{TRUTH.Dv} * laplace(v) + u * v**2 - {TRUTH.F + TRUTH.k} * v",
        }
    )
    stepper = pde.ExplicitSolver(equation, backend="numba").make_stepper(fields, dt=1.0)

    def loop(steps: int) -> int:
        stepper(fields.copy(), 0.0, float(steps))
        return 1

    return loop


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
