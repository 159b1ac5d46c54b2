"""The runs near the Hopf point again with half the time step, and in double precision.

What one scheme shows could be the scheme's own. Flashes are no orbit that another precision could follow cell
by cell; what has to stay is what is claimed: how long the field looks uniform, how often it flashes after a
calm, and whether the stop rule takes it for uniform.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
import xarray as xr

from lib.initial_states import patched_state
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import simulate
from lib.studies.bifurcation.flashes import EVERY, LOOKS_UNIFORM, STOP, Rhythm, rhythm, series
from lib.studies.bifurcation.homogeneous import hopf_k
from lib.studies.scheme import DOUBLE, HALF, PAPER, Scheme


class Again(NamedTuple):
    """One run: the rhythm of its second half, and whether the stop rule fires on a living, uniform field."""

    rhythm: Rhythm
    mistaken: bool


@dataclass(frozen=True)
class Checked:
    """One initial state at every kill rate under three schemes; medians, over the same kill rates for each.

    Args:
        checks: runs under each scheme, at all kill rates.
        common: those at kill rates beyond the Hopf points of both time steps' maps, where all are compared.
        uniform_usual, uniform_half, uniform_double: share of the second half of the run in which the field
            looks uniform: under the book's own scheme, with half the step, in double precision.
        flashes_usual, flashes_half, flashes_double: flashes after long calms in it.
        stopped_half, stopped_double: share of all kill rates at which the stop rule fires on a living field
            that looks uniform; the rule per unit of time.
    """

    checks: int
    common: int
    uniform_usual: float | None
    uniform_half: float | None
    uniform_double: float | None
    flashes_usual: float | None
    flashes_half: float | None
    flashes_double: float | None
    stopped_half: float
    stopped_double: float


def check(
    kills: Sequence[float], seed: int, usual: Mapping[float, xr.Dataset], *, size: int, steps: int
) -> Checked:
    """Run, or load, both other schemes at every kill rate.

    Args:
        kills: kill rates; the other parameters are the truth's.
        seed: of the initial state.
        usual: its records under the book's own scheme, by kill rate, from `flashes.records`.
        size, steps: cells along each side, and length of the runs in units of time.
    """
    keys = list(product((HALF, DOUBLE), kills))
    calls = [arguments(k, size, steps, seed, *scheme) for scheme, k in keys]
    found = dict(zip(keys, kept(run_again, calls), strict=True))
    half, double = ({k: found[scheme, k] for k in kills} for scheme in (HALF, DOUBLE))
    places = common(kills)
    ours = [rhythm(usual[k], after=steps // 2) for k in places]
    finer, longer = ([found[scheme, k].rhythm for k in places] for scheme in (HALF, DOUBLE))
    return Checked(
        checks=len(kills),
        common=len(places),
        uniform_usual=median(ours, "uniform_share"),
        uniform_half=median(finer, "uniform_share"),
        uniform_double=median(longer, "uniform_share"),
        flashes_usual=median(ours, "flashes"),
        flashes_half=median(finer, "flashes"),
        flashes_double=median(longer, "flashes"),
        stopped_half=float(np.mean([run.mistaken for run in half.values()])),
        stopped_double=float(np.mean([run.mistaken for run in double.values()])),
    )


def common(kills: Sequence[float]) -> list[float]:
    """The kill rates beyond the Hopf points of the maps with the usual and with half the time step."""
    points = [hopf_k(float(TRUTH.F), dt) for dt in (PAPER.dt, HALF.dt)]
    return [k for k in kills if all(point is None or k > point for point in points)]


def median(runs: Sequence[Rhythm], name: str) -> float | None:
    """Of one number of the rhythms; None of no run."""
    return float(np.median([getattr(run, name) for run in runs])) if runs else None


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
