"""How long a step takes on this machine."""

import time

import numpy as np

from lib.initial_states import initial_state
from lib.paper import TRUTH
from lib.simulate import simulate


def step_time(size: int = 128, *, steps: int = 4000, repeats: int = 5, seed: int = 0) -> float:
    """Median time of one step of one patterned simulation on one core, in microseconds.

    Args:
        size: cells along each side.
        steps: length of each timed run; as many are run untimed first, so that a pattern is there.
        repeats: timed runs.
        seed: of the initial state.
    """
    state = simulate(TRUTH, initial_state(1, size=size, seed=seed), steps, threads=1, backend="cpu").state
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        simulate(TRUTH, state, steps, threads=1, backend="cpu")
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)) / steps * 1e6
