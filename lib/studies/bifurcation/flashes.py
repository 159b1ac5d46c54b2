"""Limit cycles that look uniform, and the flashes that betray them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float

from lib.history import history
from lib.initial_states import patched_state
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.studies.bifurcation.homogeneous import uniform_oscillation

#: Below this spread of v over the cells a picture with the usual scale shows one colour: 1/40 of 0.4.
LOOKS_UNIFORM = 0.01


class Rhythm(NamedTuple):
    """What a record of the mean and the spread of v tells.

    Args:
        period: of the mean, in steps, from its power spectrum's highest peak; NaN where it hardly moves.
        predicted: 2π / Im λ of the homogeneous upper state, in steps.
        swing: half the range of the mean over the record.
        uniform_share: share of the record in which the spread is below `LOOKS_UNIFORM`.
        longest_calm: longest stretch of that kind, in steps.
        brightest: the largest spread in the record.
        flashes: times the spread rises through `LOOKS_UNIFORM`.
    """

    period: float
    predicted: float
    swing: float
    uniform_share: float
    longest_calm: float
    brightest: float
    flashes: int


def record(
    k: float, *, size: int = 128, steps: int = 40_000, every: int = 20, seed: int = 0, keep: int = 10
) -> xr.Dataset:
    """Mean and spread of v along a run from the paper's patch, and some of its pictures.

    Args:
        k: kill rate; the other parameters are the truth's.
        size, seed: of the initial state.
        steps: length of the run.
        every: steps between two looks.
        keep: every so-manieth picture is kept.

    Returns:
        Dataset over `time`: mean, spread; and over `shown`: v (shown, row, column). Kept once computed.
    """
    return kept_result(watch, k, size, steps, every, seed, keep)


def records(kills: Sequence[float], **setting: int) -> dict[float, xr.Dataset]:
    """`record` for several kill rates, side by side in processes."""
    whole = {"size": 128, "steps": 40_000, "every": 20, "seed": 0, "keep": 10} | setting
    calls = [arguments(k, **whole) for k in kills]
    return dict(zip(kills, kept(watch, calls), strict=True))


@single_thread()
def watch(k: float, size: int, steps: int, every: int, seed: int, keep: int) -> xr.Dataset:
    """The work of `record`."""
    times, state = list(range(0, steps + 1, every)), patched_state(size=size, seed=seed)
    means, spreads, shown = [], [], []
    # In parts: a whole run's pictures would take gigabytes.
    for begin in range(0, len(times) - 1, 200):
        part = times[begin : begin + 201]
        fields = history(TRUTH._replace(k=k), state, [t - part[0] for t in part], threads=1)
        state = type(state)(*(torch.as_tensor(fields[x].values[-1]) for x in ("u", "v")))
        v = fields.v.values[:-1, 0]
        means.append(v.mean(axis=(1, 2), dtype=float))
        spreads.append(v.std(axis=(1, 2), dtype=float))
        shown.append(v[:: min(keep, len(v))])
    mean, spread, pictures = (np.concatenate(x) for x in (means, spreads, shown))
    return xr.Dataset(
        {"mean": ("time", mean), "spread": ("time", spread), "v": (("shown", "row", "column"), pictures)},
        coords={"time": times[: len(mean)], "shown": np.arange(len(pictures)) * every * keep},
        attrs={"k": k, "every": every, "seed": seed},
    )


def rhythm(run: xr.Dataset, *, after: int) -> Rhythm:
    """Period, swing and flashes of a record, the first `after` steps left out."""
    late = run.sel(time=slice(after, None))
    every, spread = float(run.attrs["every"]), late.spread.values
    calm = spread < LOOKS_UNIFORM
    edges = np.flatnonzero(np.diff(np.concatenate([[0], calm.astype(int), [0]])))
    stretches = edges[1::2] - edges[::2]
    pair = uniform_oscillation(TRUTH._replace(k=float(run.attrs["k"])))
    return Rhythm(
        period=period(late["mean"].values, every),
        predicted=2 * np.pi / pair.imag if pair is not None and pair.imag else float("nan"),
        swing=float(np.ptp(late["mean"].values)) / 2,
        uniform_share=float(calm.mean()),
        longest_calm=float(stretches.max(initial=0)) * every,
        brightest=float(spread.max()),
        flashes=int((np.diff(calm.astype(int)) == -1).sum()),
    )


def period(series: Float[np.ndarray, " times"], every: float) -> float:
    """The period of a record's strongest oscillation, in steps: the peak of its windowed, padded spectrum."""
    moving = series - series.mean()
    if np.ptp(moving) < 1e-6:
        return float("nan")
    power = np.abs(np.fft.rfft(moving * np.hanning(len(moving)), 16 * len(moving))) ** 2
    power[:32] = 0  # slower than half the record: a drift, not a rhythm
    return float(16 * len(moving) * every / power.argmax())
