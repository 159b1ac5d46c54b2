"""What runs near the Hopf point do, in numbers: is there a cycle, do they flash, does the stop rule fire?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.paper import TRUTH
from lib.studies.bifurcation import homogeneous, normal_form
from lib.studies.bifurcation.flashes import LENGTHS, LONG_CALM, Fate, period, predicted_period, rhythm, unison

#: (kill rate, seed) → what was recorded there.
Records = Mapping[tuple[float, int], xr.Dataset]
Fates = Mapping[tuple[float, int], Fate]


@dataclass(frozen=True)
class Unison:
    """The model without space, at the lowest kill rate that was watched.

    Args:
        k: that kill rate.
        lyapunov, lyapunov_map: first Lyapunov coefficient at the truth's F, of the equations and of their map
            with dt = 1; positive where no stable cycle is born.
        period: of the oscillation by linear theory, in steps.
        efold: steps in which it grows by a factor e; None where it fades.
        efold_half: time in which it fades by a factor e with dt = 1/2; None where it grows.
        dies: step at which v dies after a disturbance of 1 %; None while it lives.
        dies_half: the same with dt = 1/2, in its steps.
    """

    k: float
    lyapunov: float | None
    lyapunov_map: float | None
    period: float | None
    efold: float | None
    efold_half: float | None
    dies: int | None
    dies_half: int | None


def without_space(kills: tuple[float, ...], steps: int) -> Unison:
    """Everything that follows from two numbers, u and v, for the lowest of the kill rates.

    Args:
        kills: kill rates.
        steps: of a full run; the disturbance is followed over `LENGTHS` of them.
    """
    k = min(kills)
    growth, growth_half = normal_form.growth_per_step(k), normal_form.growth_per_step(k, dt=0.5)
    long = predicted_period(k)
    return Unison(
        k=k,
        lyapunov=normal_form.lyapunov(),
        lyapunov_map=normal_form.lyapunov(dt=1.0),
        period=long if np.isfinite(long) else None,
        efold=1 / growth if growth is not None and growth > 0 else None,
        efold_half=-0.5 / growth_half if growth_half is not None and growth_half < 0 else None,
        dies=unison(k, LENGTHS * steps),
        dies_half=unison(k, 2 * LENGTHS * steps, dt=0.5),
    )


@dataclass(frozen=True)
class Flashing:
    """Runs from the patch near and beyond the Hopf point.

    Args:
        runs, seeds: how many; `beyond` of them beyond the map's Hopf point, and `between` of these not beyond
            that of the equations.
        uniform, uniform_low, uniform_high: share of the second half of the run in which the field looks
            uniform, median and range over the runs beyond; None without any.
        flashes, flashes_high: flashes after long calms in it, median and largest.
        crossings: times the spread rises through the threshold at all, median.
        long_calm: steps of a calm that counts as long, at the lowest kill rate.
        period: measured at the lowest kill rate, first seed, in steps.
        pulsing: runs that still pulse in unison after `LENGTHS` run lengths.
        died: runs whose v has died by then; `died_first`, `died_last` the steps at which it did.
        stopped: share of the runs that the stop rule cuts off although v lives, as the field looks uniform.
        stopped_lowest, stopped_others: the same at the lowest kill rate, and at the others.
        stop_step: the median step at which it does.
    """

    runs: int
    seeds: int
    beyond: int
    between: int
    uniform: float | None
    uniform_low: float | None
    uniform_high: float | None
    flashes: float | None
    flashes_high: int | None
    crossings: float | None
    long_calm: float | None
    period: float | None
    pulsing: int
    died: int
    died_first: int | None
    died_last: int | None
    stopped: float
    stopped_lowest: float
    stopped_others: float | None
    stop_step: float | None


def flashing(records: Records, fates: Fates, steps: int) -> Flashing:
    """From `flashes.records` and `flashes.fates` over the same kill rates and seeds."""
    lowest, seeds = min(k for k, _ in records), {seed for _, seed in records}
    hopf, flow = homogeneous.hopf_k(float(TRUTH.F), 1.0), homogeneous.hopf_k(float(TRUTH.F))
    beyond = [rhythm(run, after=steps // 2) for (k, _), run in records.items() if hopf is None or k > hopf]
    calm = LONG_CALM * predicted_period(lowest)
    deaths = [fate.died for fate in fates.values() if fate.died is not None]
    stops = [fate.stop for fate in fates.values() if fate.mistaken and fate.stop is not None]
    others = [fate.mistaken for (k, _), fate in fates.items() if k > lowest]
    late = records[lowest, min(seeds)].sel(time=slice(steps // 2, None))
    return Flashing(
        runs=len(records),
        seeds=len(seeds),
        beyond=len(beyond),
        between=sum(flow is not None and (hopf is None or k > hopf) and k <= flow for k, _ in records),
        uniform=middle([r.uniform_share for r in beyond]),
        uniform_low=min((r.uniform_share for r in beyond), default=None),
        uniform_high=max((r.uniform_share for r in beyond), default=None),
        flashes=middle([r.flashes for r in beyond]),
        flashes_high=max((r.flashes for r in beyond), default=None),
        crossings=middle([r.crossings for r in beyond]),
        long_calm=calm if np.isfinite(calm) else None,
        period=period(late["mean"].values, float(late.attrs["every"])),
        pulsing=sum(fate.pulses for fate in fates.values()),
        died=len(deaths),
        died_first=min(deaths, default=None),
        died_last=max(deaths, default=None),
        stopped=float(np.mean([fate.mistaken for fate in fates.values()])),
        stopped_lowest=float(np.mean([fate.mistaken for (k, _), fate in fates.items() if k == lowest])),
        stopped_others=float(np.mean(others)) if others else None,
        stop_step=middle(stops),
    )


def middle(values: list[float] | list[int]) -> float | None:
    """The median; None of nothing."""
    return float(np.median(values)) if values else None
