"""The runs near the Hopf point again with half the time step, and in double precision.

What one scheme shows could be the scheme's own. Flashes are no orbit that another precision could follow cell
by cell; what has to stay is what is claimed: how long the field looks uniform, how often it flashes after a
calm, and whether the stop rule takes it for uniform.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from lib.initial_states import patched_state
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import simulate
from lib.studies.bifurcation.flashes import EVERY, LOOKS_UNIFORM, STOP, Rhythm, rhythm, series
from lib.studies.bifurcation.homogeneous import hopf_k
from lib.studies.scheme import DOUBLE, HALF, Scheme


class Again(NamedTuple):
    """One run: the rhythm of its second half, and whether the stop rule fires on a living, uniform field."""

    rhythm: Rhythm
    mistaken: bool


@dataclass(frozen=True)
class Checked:
    """One initial state at every kill rate under both schemes; medians, of kill rates beyond the Hopf point.

    Args:
        checks: runs under each scheme, at all kill rates.
        uniform_half, uniform_double: share of the second half of the run in which the field looks uniform.
        flashes_half, flashes_double: flashes after long calms in it.
        stopped_half, stopped_double: share of all kill rates at which the stop rule fires on a living field
            that looks uniform; the rule per unit of time.
    """

    checks: int
    uniform_half: float | None
    uniform_double: float | None
    flashes_half: float | None
    flashes_double: float | None
    stopped_half: float
    stopped_double: float


def check(kills: Sequence[float], seed: int, *, size: int, steps: int) -> Checked:
    """Run, or load, both schemes at every kill rate.

    Args:
        kills: kill rates; the other parameters are the truth's.
        seed: of the initial state.
        size, steps: cells along each side, and length of the runs in units of time.
    """
    keys = list(product((HALF, DOUBLE), kills))
    calls = [arguments(k, size, steps, seed, *scheme) for scheme, k in keys]
    found = dict(zip(keys, kept(run_again, calls), strict=True))
    half, double = ({k: found[scheme, k] for k in kills} for scheme in (HALF, DOUBLE))
    return Checked(
        checks=len(kills),
        uniform_half=median(half, "uniform_share", HALF.dt),
        uniform_double=median(double, "uniform_share", DOUBLE.dt),
        flashes_half=median(half, "flashes", HALF.dt),
        flashes_double=median(double, "flashes", DOUBLE.dt),
        stopped_half=float(np.mean([run.mistaken for run in half.values()])),
        stopped_double=float(np.mean([run.mistaken for run in double.values()])),
    )


def median(runs: dict[float, Again], name: str, dt: float) -> float | None:
    """Of one number of the rhythm, over the kill rates beyond the Hopf point of the map with this step."""
    hopf = hopf_k(float(TRUTH.F), dt)
    beyond = [getattr(run.rhythm, name) for k, run in runs.items() if hopf is None or k > hopf]
    return float(np.median(beyond)) if beyond else None


@single_thread()
def run_again(k: float, size: int, steps: int, seed: int, dt: float, double: bool) -> Again:
    """One run from the paper's patch under a scheme; `steps` in units of time."""
    state = Scheme(dt, double).state(patched_state(size=size, seed=seed))
    params = TRUTH._replace(k=k)
    record, _ = series(k, state, steps, 0, dt)
    early = simulate(params, state, round(steps / dt), tol=STOP * dt, dt=dt, threads=1)
    fired = float(early.change) < STOP * dt
    living = float(early.v.mean()) > LOOKS_UNIFORM > float(early.v.std())
    return Again(rhythm(record.assign_attrs(k=k, every=EVERY), after=steps // 2), fired and living)
