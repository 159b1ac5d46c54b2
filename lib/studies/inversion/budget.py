"""One currency: simulated cell-steps, in units of one full simulation, counted where the work is done.

A forward equivalent is one simulation of all its steps on the whole grid. A run that dies early costs what
it took. A gradient costs its measured ratio. Everything else (linear algebra, networks) has a fixed price in
cell-steps (`lib.studies.inversion.prices`): the same attempt costs the same on every machine, at every time.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from lib.initial_states import initial_state
from lib.inputs import real, whole
from lib.model import Params, State
from lib.paper import TRUTH
from lib.simulate import Run, simulate

#: What a run with its exact gradient costs, in runs: 4.6 and 5.2 measured at 64² (batches of 8), 5.9 at 128²
#: when this price was fixed. The way back is shorter since (4.1 to 4.8 at 128²); the price stays, so that
#: what was recorded can be compared.
GRADIENT = 5.2

#: What a run costs by its precision: float64 needs twice the memory traffic and vectors.
PRECISION = {torch.float32: 1.0, torch.float64: 2.0}

#: Runs side by side: the compiled engine is at its best there, and more would overrun the budget further.
TOGETHER = 16

#: How often the simulator's speed is looked at.
LOOKS = 5

Points = Float[np.ndarray, "points 4"]


class Exhausted(Exception):
    """The budget is spent. Searches end on it; it is no failure."""


class Budget:
    """What a method may spend, what it has spent, and the best it had at each moment.

    Args:
        limit: forward equivalents.
        steps: of a full simulation.
        size: cells along each side.

    Raises:
        ValueError: for a limit that is no positive number, which no search would ever reach.
    """

    def __init__(self, limit: Any, *, steps: Any, size: Any) -> None:
        self.limit, self.steps, self.size = limit_of(limit), whole("steps", steps, 1), whole("size", size, 1)
        self.spent = 0.0
        self.best = float("inf")
        self.history: list[tuple[float, ...]] = []

    def simulate(self, points: Points, state: State, steps: int | None = None) -> Run:
        """Runs of many parameter sets, each from its own state or all from one.

        Args:
            points: (points, 4).
            state: fields of batch `points`, or 1.
            steps: a full run by default.

        Raises:
            Exhausted: before a batch, if nothing is left. So at most one batch is spent beyond the limit.
        """
        steps = steps or self.steps
        pieces = []
        for first in range(0, len(points), TOGETHER):
            self.refuse_beyond_limit()
            part = slice(first, first + TOGETHER)
            params = Params(*torch.as_tensor(points[part]).to(state.u.dtype).unbind(1))
            run = simulate(params, batch_of(state, len(points), part), steps, threads=1)
            self.charge(PRECISION[state.u.dtype] * int(run.steps.sum()) / self.steps)
            pieces.append(run)
        u, v, taken, change, outcome = (
            torch.cat(column) for column in zip(*(p[:5] for p in pieces), strict=True)
        )
        return Run(u, v, taken, change, outcome, pieces[0].engine)

    def differentiable(self, params: Params, state: State, steps: int | None = None) -> Run:
        """A run whose gradient will be asked for; it is paid for at once."""
        self.refuse_beyond_limit()
        run = simulate(params, state, steps or self.steps, threads=1)
        self.charge(GRADIENT * int(run.steps.sum()) / self.steps)
        return run

    @property
    def cells_of_a_run(self) -> int:
        """Cell-steps of one forward equivalent."""
        return self.steps * self.size**2

    def work(self, cell_steps: float) -> None:
        """Pay for work that is no simulation, at its price in cell-steps."""
        self.charge(cell_steps / self.cells_of_a_run)

    def charge(self, forward_equivalents: float) -> None:
        """Pay."""
        self.spent += forward_equivalents

    def refuse_beyond_limit(self) -> None:
        """Stop a search whose budget is spent."""
        if self.spent >= self.limit:
            raise Exhausted(f"All {self.limit:g} forward equivalents are spent.")

    def note(self, point: Float[np.ndarray, "4"], loss: float) -> None:
        """What the method would answer now, if its loss is the lowest so far."""
        if np.isfinite(loss) and loss < self.best:
            self.best = float(loss)
            self.answer(point)

    def answer(self, point: Float[np.ndarray, "4"]) -> None:
        """What the method would answer now, whatever it answered before."""
        self.history.append((self.spent, *(float(x) for x in point)))


def limit_of(value: Any) -> float:
    """Forward equivalents that may be spent: a positive number, and an end."""
    limit = real("The limit, in forward equivalents,", value)
    if limit <= 0:
        raise ValueError(f"The limit is {limit:g} forward equivalents: give a positive number.")
    return limit


def batch_of(state: State, count: int, part: slice) -> State:
    """A part of the states of a batch; one state is repeated."""
    if len(state.u) == 1:
        return State(*(x.expand(len(range(count)[part]), -1, -1).contiguous() for x in state))
    return State(*(x[part].contiguous() for x in state))


def spend(budget: Budget, search: Callable[[], None]) -> bool:
    """Search until it returns by itself (True) or the budget is spent (False)."""
    try:
        search()
    except Exhausted:
        return False
    return True


@cache
def cell_steps_per_second(size: int = 64, steps: int = 2000) -> float:
    """The simulator's speed in this process, on one core, in batches of `TOGETHER`; processor time.

    The fastest of a few looks: what else runs on the machine can only make one slower.
    """
    state = initial_state(TOGETHER, size=size)
    simulate(TRUTH, state, 100, threads=1)
    taken = []
    for _ in range(LOOKS):
        begin = time.process_time()
        simulate(TRUTH, state, steps // LOOKS, threads=1)
        taken.append(time.process_time() - begin)
    return TOGETHER * size**2 * (steps // LOOKS) / min(taken)
