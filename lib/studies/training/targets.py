"""The pool of patterns that training takes its targets from (Section 2.1)."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.folders import Folder
from lib.initial_states import initial_state
from lib.model import State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import simulate

#: Patterns in the pool, and when each counts as settled (original code, commit 46bcabc).
POOL, SETTLED = 512, 1e-4

#: Patterns in one piece of work: under half a minute, so that little is lost when it is stopped.
PIECE = 16


def target_pool(
    count: int = POOL,
    *,
    size: int = 128,
    steps: int = 40_000,
    tol: float = SETTLED,
    seed: int = 1_000_000,
    jobs: int = -1,
    cache: Folder = None,
) -> Float[Tensor, "count size size"]:
    """Patterns made by the truth, each run until its change in one step falls below `tol`.

    Args:
        count: patterns; the first n of a larger pool are the pool of n.
        size, steps: grid, and steps at most.
        tol: largest change in one step at which a pattern counts as settled; 1e-4 in the paper.
        seed: of the initial states; far from the seeds of training batches.
        jobs: processes; −1 for one per core.
        cache: where the patterns are kept; the usual folder by default.

    Returns:
        Final v, (count, size, size), float32.
    """
    setting = {"size": size, "steps": steps, "tol": tol, "seed": seed}
    pieces = [range(start, min(start + PIECE, count)) for start in range(0, count, PIECE)]
    calls = (arguments(tuple(piece), **setting) for piece in pieces)
    return torch.from_numpy(np.concatenate(list(kept(settled_patterns, calls, jobs, cache=cache))))


def settled_patterns(numbers: tuple[int, ...], size: int, steps: int, tol: float, seed: int) -> np.ndarray:
    """The patterns of these numbers."""
    states = [initial_state(1, size=size, seed=seed + number) for number in numbers]
    state = State(*(torch.cat(fields) for fields in zip(*states, strict=True)))
    with single_thread():
        return simulate(TRUTH, state, steps, tol=tol, threads=1).v.numpy()
