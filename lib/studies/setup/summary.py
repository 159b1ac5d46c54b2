"""Everything that Section 2 says in numbers."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.simulate import Outcome

#: A windowed loss above this is that of a few dots in an empty field, below it that of a full one.
FEW_DOTS = 100.0


@dataclass(frozen=True)
class SetupSummary:
    """What the page says.

    Args:
        ends: how most initial states of each set end.
        spectral, windowed: mean losses of the sets from shared initial states.
        independent: spectral losses of the first state's runs against targets from other initial states.
        states: initial states behind each mean.
        few: of these, those of set 7 that end with a few dots; few_loss, full_loss: their mean windowed
            loss, and that of the others. None where there are none.
        early_steps, early: a time of at most 1,000 steps, and the drift between single and double precision
            then.
        late_steps, late: the same at the last time.
        engines, exact: drift between the two engines, and the smaller of their drifts from double precision,
            at the last time.
        updates: cell updates of a full run.
    """

    ends: tuple[Outcome, ...]
    spectral: tuple[float, ...]
    windowed: tuple[float, ...]
    independent: tuple[float, ...]
    states: int
    few: int
    few_loss: float | None
    full_loss: float | None
    early_steps: int
    early: float
    late_steps: int
    late: float
    engines: float
    exact: float
    updates: int


def summarise(sets: xr.Dataset, independent: np.ndarray, drifts: xr.Dataset, updates: int) -> SetupSummary:
    """Everything about the seven sets and about round-off.

    Args:
        sets: losses and outcomes over (point, state).
        independent: losses of the first state's runs against targets from other initial states, (7,).
        drifts: from `lib.studies.setup.precision`.
        updates: cells times steps of a run.
    """
    seventh = sets.windowed.values[6]
    few = seventh > FEW_DOTS
    steps = drifts.steps.values
    early = int(np.flatnonzero(steps <= 1000)[-1])
    fast, plain, engines = drifts.difference.values
    return SetupSummary(
        ends=tuple(most(row) for row in sets.outcome.values),
        spectral=tuple(sets.spectral.mean("state").values.tolist()),
        windowed=tuple(sets.windowed.mean("state").values.tolist()),
        independent=tuple(np.asarray(independent).tolist()),
        states=sets.sizes["state"],
        few=int(few.sum()),
        few_loss=float(seventh[few].mean()) if few.any() else None,
        full_loss=float(seventh[~few].mean()) if not few.all() else None,
        early_steps=int(steps[early]),
        early=float(fast[early]),
        late_steps=int(steps[-1]),
        late=float(fast[-1]),
        engines=float(engines[-1]),
        exact=float(min(fast[-1], plain[-1])),
        updates=updates,
    )


def most(outcomes: np.ndarray) -> Outcome:
    """The outcome of most initial states; the first of several that are as frequent."""
    return max(Outcome, key=lambda outcome: int((outcomes == outcome).sum()))
