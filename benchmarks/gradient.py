"""What does an exact gradient cost? The compiled adjoint beside torch's tape and JAX.

Eight 128 × 128 simulations in float32 at the truth, from the paper's initial states; the loss is
Σ v² at the end; its derivatives by all four parameters and by the initial state. The tape is measured
for as many steps as fit, the others over the full 40,000. Every entry runs in a process of its own, so
that its peak memory is its own; "memory" is that peak above what the process held before. Times are
medians of three rounds: the first one also waits for the system to hand out that memory.

Run it with `python -m benchmarks.gradient`, a minute or two (`--steps 4000` for a quick look).
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import torch

from benchmarks.engines import GRADIENT, jax_scan, refusal
from benchmarks.engines.ours import differentiate, leaves
from benchmarks.memory import largest_held
from lib.backends import cpu, eager
from lib.initial_states import initial_state

ROUNDS = 3


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--steps", type=int, default=40_000)
    arguments.add_argument("--batch", type=int, default=8)
    arguments.add_argument("--one", choices=list(ENGINES), help="time this one only, and print JSON")
    asked = arguments.parse_args()
    if asked.one:
        print(json.dumps(ENGINES[asked.one](asked.steps, asked.batch)))
        return
    print(f"{'gradient':18} {'steps':>7} {'forward':>9} {'with gradient':>14} {'ratio':>6} {'memory':>9}")
    own = in_a_process("compiled", asked.steps, asked.batch)
    tape = [in_a_process("tape", steps, asked.batch) for steps in (50, 100, 200)]
    more = 200 / (tape[-1]["GB"] - tape[0]["GB"]) * 0.75  # steps per GB, from the growth over 150 steps
    print(f"The tape holds about {more:.0f} steps in a GB: {asked.steps / more:.0f} GB for {asked.steps}.")
    per_step = tape[-1]["gradient"] / 200 / (own["gradient"] / asked.steps)
    print(f"A step of the tape takes {per_step:.0f} × as long as one of the compiled adjoint.")
    if reason := refusal("JAX", "cpu", GRADIENT, 128):
        print(f"JAX, checkpointed scan: {reason}")
    else:
        in_a_process("jax", min(asked.steps, 4_096), asked.batch)


def in_a_process(engine: str, steps: int, batch: int) -> dict[str, float]:
    """Measure, print the line, return the numbers."""
    command = [sys.executable, "-m", "benchmarks.gradient", "--one", engine]
    command += ["--steps", str(steps), "--batch", str(batch)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)
    times = f"{answer['forward']:7.2f} s {answer['gradient']:12.2f} s {answer['ratio']:6.2f}"
    print(f"{engine:18} {steps:7} {times} {answer['GB']:6.2f} GB", flush=True)
    return answer


def measure(forward: Callable[[], object], gradient: Callable[[], object]) -> dict[str, float]:
    """Medians over rounds in which both take turns, and the growth of the peak memory."""
    start = peak()
    rounds = [(seconds(forward), seconds(gradient)) for _ in range(ROUNDS)]
    forwards, gradients = zip(*rounds, strict=True)
    ratio = statistics.median(g / f for f, g in rounds)
    return {
        "forward": statistics.median(forwards),
        "gradient": statistics.median(gradients),
        "ratio": ratio,
        "GB": peak() - start,
    }


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peak() -> float:
    """The largest memory this process ever held, in GB (10⁹ bytes)."""
    return largest_held() / 1e9


def compiled(steps: int, batch: int) -> dict[str, float]:
    """The compiled engine on all cores."""
    params, state = leaves(initial_state(batch))

    def gradient() -> None:
        result = cpu.differentiable_forward(params, state, steps, None, 1.0)
        differentiate(result.v, params, state)

    cpu.forward(params, state, 100, None, 1.0)
    return measure(lambda: cpu.forward(params, state, steps, None, 1.0), gradient)


def tape(steps: int, batch: int) -> dict[str, float]:
    """Autograd through the torch loop, on one thread: two are often slower."""
    torch.set_num_threads(1)
    params, state = leaves(initial_state(batch))

    def forward() -> None:
        with torch.no_grad():
            eager.forward(params, state, steps, None, 1.0)

    def gradient() -> None:
        result = eager.forward(params, state, steps, None, 1.0)
        differentiate(result.v, params, state)

    return measure(forward, gradient)


def jax(steps: int, batch: int) -> dict[str, float]:
    """A jitted scan of scans of 64 steps, of which only the outer one's states are kept."""
    import jax

    state = initial_state(batch)
    gradient, forward = jax_scan.gradient(state, "cpu"), jax.jit(jax_scan.loss, static_argnums=2)
    params, carry = jax_scan.arrays(state, "cpu")
    jax.block_until_ready(forward(params, carry, steps))
    gradient(steps)
    return measure(
        lambda: jax.block_until_ready(forward(params, carry, steps)),
        lambda: gradient(steps),
    )


ENGINES = {"compiled": compiled, "tape": tape, "jax": jax}


if __name__ == "__main__":
    main()
