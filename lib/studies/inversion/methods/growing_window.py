"""Remedy (c), with frames between start and end: fit the first one, then one more, and so on.

    minimise Σ over the first n times of |v(t; p) − v*(t)|²,   n = 1, 2, …, each from where the last came to.

A pattern a hundred steps old depends on the parameters smoothly, pixel by pixel. Where it leads, the next
frame is close enough to be fitted too.
"""

from functools import partial

import numpy as np
import torch
from jaxtyping import Float

from lib.model import State
from lib.studies.inversion.budget import Budget, spend
from lib.studies.inversion.gauss_newton import refine, standard_errors
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import (
    HIGHEST,
    LOWEST,
    DoesNotApply,
    Recovery,
    concluded,
    latin_hypercube,
    to_box,
)

#: Starts for the first frame; the best of them is followed.
STARTS = 16

#: A window is believed while what is left of its newest frame is below this share of the frame's variance.
EXPLAINED = 0.1


def recover(
    data: Data, budget: Budget, seed: int, *, starts: int = STARTS, explained: float = EXPLAINED
) -> Recovery:
    """One frame more at a time.

    Raises:
        DoesNotApply: where the start is not known or v was seen at one time only.
    """
    if data.start is None or len(data.times) < 2:
        raise DoesNotApply("It needs the initial state and frames at several times.")
    start = State(*(torch.as_tensor(x, dtype=torch.float64)[None] for x in data.start))
    places = np.concatenate([[np.full(4, 0.5)], latin_hypercube(starts - 1, np.random.default_rng(seed))])
    errors: list[np.ndarray] = []

    def search() -> None:
        shown = partial(frames, start=start, data=data, budget=budget)
        first = [refine(x, partial(shown, count=1)) for x in places]
        here = min(first, key=lambda found: float(np.square(found.residuals).sum()))
        for count in range(1, len(data.times) + 1):
            if count > 1:
                here = refine(here.unit, partial(shown, count=count))
            newest = here.residuals.reshape(count, -1)[-1]
            if np.square(newest).mean() > explained * np.var(data.v[count - 1]):
                break
            budget.answer(to_box(here.unit))
            errors[:] = [standard_errors(here) * (HIGHEST - LOWEST)]
        if not budget.history:
            budget.answer(to_box(here.unit))

    with torch.no_grad():
        finished = spend(budget, search)
    return concluded(budget, finished, errors[0] if errors else None)


def frames(
    unit: Float[np.ndarray, "points 4"], start: State, data: Data, count: int, budget: Budget
) -> Float[np.ndarray, "points residuals"]:
    """What the first frames of v differ by, at every point."""
    state, now, parts = start, 0, []
    for frame, time in zip(data.v[:count], data.times, strict=False):
        run = budget.simulate(to_box(unit), state, time - now)
        state, now = State(run.u.nan_to_num(0), run.v.nan_to_num(0)), time
        parts.append((run.v - torch.as_tensor(frame)).flatten(1))
    return torch.cat(parts, dim=1).numpy()
