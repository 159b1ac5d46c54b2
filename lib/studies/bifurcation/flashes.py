"""Dishes near the Hopf point: how long they look uniform, how often they flash, and what becomes of them."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float

from lib.history import history
from lib.initial_states import patched_state
from lib.model import State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import Outcome, simulate
from lib.studies.bifurcation.homogeneous import states, uniform_oscillation

#: Below this spread of v over the cells a picture with the usual scale shows one colour: 1/40 of 0.4.
LOOKS_UNIFORM = 0.01

#: A calm of so many periods of the linear oscillation is long: what follows it is a flash of its own.
LONG_CALM = 5

#: The stop rule of the paper's training: the largest change of any cell in one step.
STOP = 5e-5

#: Run lengths after which a run's fate is looked at; and steps between two looks.
LENGTHS, EVERY = 4, 40

#: A mean that swings by less than this, half of its range, does not pulse.
PULSES = 1e-3


class Rhythm(NamedTuple):
    """What a record of the mean and the spread of v tells.

    Args:
        swing: half the range of the mean over the record.
        uniform_share: share of the record in which the spread is below `LOOKS_UNIFORM`.
        longest_calm: longest stretch of that kind, in steps.
        brightest: the largest spread in the record.
        crossings: times the spread rises through `LOOKS_UNIFORM`.
        flashes: those of them that follow a long calm.
    """

    swing: float
    uniform_share: float
    longest_calm: float
    brightest: float
    crossings: int
    flashes: int


def records(
    kills: Sequence[float], seeds: Sequence[int], *, size: int, steps: int, keep: int = 10
) -> dict[tuple[float, int], xr.Dataset]:
    """Mean and spread of v along runs from the paper's patch, and some of their pictures; kept.

    Args:
        kills: kill rates; the other parameters are the truth's.
        seeds: of the initial states.
        size, steps: cells along each side, length of the run.
        keep: every n-th picture is kept, of the first seed only.

    Returns:
        (kill rate, seed) → dataset over `time`: mean, spread; for the first seed also v over
        (shown, row, column).
    """
    keys = list(product(kills, seeds))
    calls = [arguments(k, size, steps, seed, keep if seed == seeds[0] else 0) for k, seed in keys]
    return dict(zip(keys, kept(watch, calls), strict=True))


@single_thread()
def watch(k: float, size: int, steps: int, seed: int, keep: int) -> xr.Dataset:
    """The work of `records`."""
    found, _ = series(k, patched_state(size=size, seed=seed), steps, keep)
    return found.assign_attrs(k=k, every=EVERY, seed=seed)


def series(k: float, state: State, steps: int, keep: int, dt: float = 1.0) -> tuple[xr.Dataset, State]:
    """Mean and spread of v every `EVERY` units of time, every n-th picture for a `keep` of n, the last state.

    Steps of another `dt` are as many more or less: `steps` counts units of time.
    """
    times = list(range(0, steps + 1, EVERY))
    means, spreads, shown = [], [], []
    # In parts: a whole run's pictures would take gigabytes.
    for begin in range(0, len(times) - 1, 200):
        part = times[begin : begin + 201]
        counts = [round((t - part[0]) / dt) for t in part]
        fields = history(TRUTH._replace(k=k), state, counts, dt=dt, threads=1)
        state = State(*(torch.as_tensor(fields[x].values[-1]) for x in ("u", "v")))
        v = fields.v.values[:-1, 0]
        means.append(v.mean(axis=(1, 2), dtype=float))
        spreads.append(v.std(axis=(1, 2), dtype=float))
        shown += [v[:: min(keep, len(v))]] if keep else []
    mean, spread = np.concatenate(means), np.concatenate(spreads)
    found = xr.Dataset({"mean": ("time", mean), "spread": ("time", spread)}, {"time": times[: len(mean)]})
    if shown:
        pictures = np.concatenate(shown)
        found["v"] = (("shown", "row", "column"), pictures)
        found = found.assign_coords(shown=np.arange(len(pictures)) * EVERY * keep)
    return found, state


def rhythm(run: xr.Dataset, *, after: int = 0) -> Rhythm:
    """Swing, calms and flashes of a record, the first `after` steps left out."""
    late = run.sel(time=slice(after, None))
    every, spread = float(run.attrs["every"]), late.spread.values
    calms = stretches(spread < LOOKS_UNIFORM)
    long = LONG_CALM * predicted_period(float(run.attrs["k"])) / every
    # A calm that the record ends in has no flash behind it.
    ended = [(begin, end) for begin, end in calms if end < len(spread)]
    return Rhythm(
        swing=float(np.ptp(late["mean"].values)) / 2,
        uniform_share=float((spread < LOOKS_UNIFORM).mean()),
        longest_calm=max((end - begin for begin, end in calms), default=0) * every,
        brightest=float(spread.max()),
        crossings=len(ended),
        flashes=sum(end - begin >= long for begin, end in ended),
    )


def stretches(mask: np.ndarray) -> list[tuple[int, int]]:
    """First and past-the-last index of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def predicted_period(k: float) -> float:
    """2π / Im λ of the homogeneous upper state, in steps; infinite where nothing oscillates."""
    pair = uniform_oscillation(TRUTH._replace(k=k))
    return 2 * np.pi / pair.imag if pair is not None and pair.imag else float("inf")


def period(values: Float[np.ndarray, " times"], every: float) -> float | None:
    """The period of a record's strongest oscillation, in steps: the peak of its windowed, padded spectrum.

    None where the record hardly moves.
    """
    moving = values - values.mean()
    if np.ptp(moving) < 1e-6:
        return None
    power = np.abs(np.fft.rfft(moving * np.hanning(len(moving)), 16 * len(moving))) ** 2
    power[:32] = 0  # slower than half the record: a drift, not a rhythm
    return float(16 * len(moving) * every / power.argmax())


class Fate(NamedTuple):
    """What becomes of a run from the patch, after `LENGTHS` run lengths.

    Args:
        stop: the step at which the stop rule fires within the first length; None if it does not.
        stop_spread, stop_mean: spread and mean of v there, or at the end of the first length.
        died: the step at which v had died; None while it lives.
        uniform_share, swing: of the last length; None where v has died.
    """

    stop: int | None
    stop_spread: float
    stop_mean: float
    died: int | None
    uniform_share: float | None
    swing: float | None

    @property
    def mistaken(self) -> bool:
        """Whether the stop rule fires on a dish that looks uniform and lives."""
        return self.stop is not None and self.stop_spread < LOOKS_UNIFORM and self.stop_mean > LOOKS_UNIFORM

    @property
    def pulses(self) -> bool:
        """Whether the dish still pulses in unison in the last length."""
        return (
            self.uniform_share is not None
            and self.swing is not None
            and self.uniform_share >= 0.9
            and self.swing >= PULSES
        )


def fates(
    kills: Sequence[float], seeds: Sequence[int], *, size: int, steps: int
) -> dict[tuple[float, int], Fate]:
    """`Fate` for every kill rate and seed, side by side in processes; kept."""
    keys = list(product(kills, seeds))
    return dict(zip(keys, kept(fate, [arguments(k, size, steps, seed) for k, seed in keys]), strict=True))


@single_thread()
def fate(k: float, size: int, steps: int, seed: int, dtype: torch.dtype = torch.float32) -> Fate:
    """The work of `fates`."""
    params, state = TRUTH._replace(k=k), patched_state(size=size, seed=seed)
    state = State(*(field.to(dtype) for field in state))
    early = simulate(params, state, steps, tol=STOP, threads=1)
    # Where the rule has fired at the last step or not at all, the change tells which.
    fired = int(early.steps) if float(early.change) < STOP else None
    at_stop = fired, float(early.v.std()), float(early.v.mean())
    for length in range(LENGTHS - 1):
        run = simulate(params, state, steps, threads=1)
        if int(run.outcome) == Outcome.TRIVIAL:
            return Fate(*at_stop, length * steps + int(run.steps), None, None)
        state = run.state
    last, _ = series(k, state, steps, 0)
    if float(last["mean"][-1]) < LOOKS_UNIFORM:
        gone = int(np.argmax(last["mean"].values < LOOKS_UNIFORM)) * EVERY
        return Fate(*at_stop, (LENGTHS - 1) * steps + gone, None, None)
    seen = rhythm(last.assign_attrs(k=k, every=EVERY))
    return Fate(*at_stop, None, seen.uniform_share, seen.swing)


def unison(k: float, steps: int, *, disturbance: float = 0.01, dt: float = 1.0) -> int | None:
    """The dish without space: when v dies that begins a little off the upper state, in double precision.

    Args:
        k: kill rate.
        steps: at most, each of dt.
        disturbance: of v, as a share of it.
        dt: time step of the Euler map.

    Returns:
        The step after which v is below a thousandth; None while it lives, or where there is no such state.
    """
    found = states(float(TRUTH.F), k)
    if len(found) < 3:
        return None
    (u, v), F = found[2].tolist(), float(TRUTH.F)
    v *= 1 + disturbance
    for step in range(steps):
        u, v = u + dt * (F * (1 - u) - u * v * v), v + dt * (u * v * v - (F + k) * v)
        if v < 1e-3:
            return step + 1
    return None
