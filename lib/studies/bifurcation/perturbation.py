"""Steady patterns let go: the simulation's own answer to where a pattern ceases to attract.

The pattern is put exactly where Newton's method finds it, disturbed by a little noise, and run at one and the
same parameter. It either comes back or leaves. Unlike a carried pattern this has no rate of passage,
which delays the loss: a pattern that has become unstable needs time to show it.
"""

import numpy as np
import torch
from tqdm import tqdm

from lib import draws
from lib.linearisation import Vector, unpack
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import Outcome, simulate
from lib.studies.bifurcation.cliff_causes import Outline
from lib.studies.bifurcation.continuation import Branch
from lib.studies.bifurcation.newton import NoConvergence, settle
from lib.studies.bifurcation.parameter_sweeps import KICK

#: Width of the last bracket, as a share of the truth's value.
PRECISION = 1e-3

#: A pattern that still moves faster than this, per step, or whose mean v has changed by this share, has left.
MOVES, CHANGED = 1e-5, 0.01


@single_thread()
def returns(params: Params, y: Vector, steps: int, *, kick: float = KICK, seed: int = 0) -> bool:
    """Whether a steady pattern, disturbed, is still itself after a run."""
    generator, state = draws.generator(seed), unpack(y, torch.float32)
    noisy = State(*(field + kick * draws.normal(field.shape, generator) for field in state))
    run = simulate(params, noisy, steps, threads=1)
    alike = abs(float(run.v.mean() / state.v.mean()) - 1) < CHANGED
    return int(run.outcome) == Outcome.PATTERN and alike and float(run.change) < MOVES


def last_return(branch: Branch, steps: int) -> float:
    """How far along its branch, up to the fold, a released pattern returns; NaN if it does everywhere."""
    fold = int(np.abs(branch.values - branch.values[0]).argmax())
    back = [returns(at(branch, i), branch.ys[i], steps) for i in range(fold + 1)]
    if all(back):
        return float("nan")
    first = max(1, back.index(False))
    inside, outside, y = float(branch.values[first - 1]), float(branch.values[first]), branch.ys[first - 1]
    while abs(outside - inside) > PRECISION * float(getattr(TRUTH, branch.name)):
        middle = (inside + outside) / 2
        try:
            found = settle(TRUTH._replace(**{branch.name: middle}), y).y
        except NoConvergence:
            outside = middle
            continue
        if returns(TRUTH._replace(**{branch.name: middle}), found, steps):
            inside, y = middle, found
        else:
            outside = middle
    return (inside + outside) / 2


def at(branch: Branch, number: int) -> Params:
    """The parameters at one point of a branch."""
    return TRUTH._replace(**{branch.name: float(branch.values[number])})


def release_all(outlines: dict[tuple[str, int], Outline], steps: int) -> dict[tuple[str, int], float]:
    """`last_return` for several branches, side by side in processes; kept."""
    calls = [arguments(outline.branch, steps) for outline in outlines.values()]
    results = kept(let_go, calls, threads=1)  # Newton's method, which threads would only take in turn
    return dict(zip(outlines, tqdm(results, total=len(calls), desc="released", unit="branch"), strict=True))


def let_go(branch: Branch, steps: int) -> float:
    """The work of `release_all`."""
    return last_return(branch, steps)
