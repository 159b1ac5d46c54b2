"""Surrogates over the F-k plane held against the simulations they are to replace."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from lib.paper import FEED_PLANE, TRUTH
from lib.simulate import Outcome
from lib.studies.gradient_routes.surrogate import Points, descend, fit_surrogate, rank

#: Points along each side of a surrogate's map.
FINE = 60

#: A descent arrives if F and k end within this share of the truth's values, as on the page on horizons.
CONVERGED = 0.01

LOW = np.array([ends[0] for ends in FEED_PLANE.values()])
SPAN = np.array([ends[1] - ends[0] for ends in FEED_PLANE.values()])
#: The truth in the plane scaled to 0 … 1.
AT_TRUTH = (np.array([TRUTH.F, TRUTH.k]) - LOW) / SPAN


class Judgement(NamedTuple):
    """How faithful a surrogate is, and how useful.

    Args:
        side: share of held-out points that it puts on the right side of half the plateau's height.
        rank: Spearman's correlation of its loss with the simulated one there.
        outside: share of the descents from outside the patterns that arrive at the truth; None for none.
        inside: the same from among patterns.
        led: share of the descents from outside that arrive at the surrogate's lowest point in the plane.
        off: largest relative distance of this point from the truth.
        edge: whether it lies on the plane's edge, where the samples end and descents are held: then it is no
            minimum of the surrogate.
        plane: its loss over (F, k).
        outsiders: how many of the descents begin outside the patterns.
    """

    side: float | None
    rank: float
    outside: float | None
    inside: float | None
    led: float | None
    off: float
    edge: bool
    plane: xr.DataArray
    outsiders: int


def held_out(count: int, seed: int) -> np.ndarray:
    """Random points of the F-k plane, rows of (Du, Dv, F, k)."""
    inside = LOW + np.random.default_rng(seed).uniform(size=(count, 2)) * SPAN
    return np.column_stack([np.full((count, 2), TRUTH[:2]), inside])


def scaled(found: xr.Dataset) -> Points:
    """F and k of a dataset's points, the plane's ends at 0 and 1."""
    return (found.params.values[:, 2:] - LOW) / SPAN


def judge(
    samples: xr.Dataset, tests: xr.Dataset, smoothings: Mapping[str, float], *, descents: int, seed: int
) -> dict[str, Judgement]:
    """Fit a surrogate for every smoothing, compare it, and descend on it.

    Args:
        samples: from `spectra` with `keep`, over a grid of the F-k plane that holds the truth.
        tests: from `spectra`, elsewhere.
        smoothings: name → smoothing.
        descents: how many, from random places.
        seed: of those places.
    """
    x = scaled(samples)
    power = samples.log_power.values.reshape(len(x), -1).astype(float)
    goal = power[int(np.abs(x - AT_TRUTH).sum(axis=1).argmin())]
    begin = np.random.default_rng(seed).uniform(size=(descents, 2))
    nearest = [int(np.abs(x - place).sum(axis=1).argmin()) for place in begin]
    among = (samples.outcome.isel(candidate=0) == Outcome.PATTERN).values[nearest]
    mesh = np.stack(np.meshgrid(*[np.linspace(0, 1, FINE)] * 2, indexing="ij"), axis=-1).reshape(-1, 2)
    simulated = tests.loss.values[:, 0, 0]
    half = float(samples.loss.max()) / 2
    found = {}
    for name, smoothing in smoothings.items():
        model = fit_surrogate(x, power, goal, smoothing)
        surface, guess = model.loss(mesh), model.loss(scaled(tests))
        lowest, ends = descend(model, mesh[[surface.argmin()]])[0], descend(model, begin)
        near, led = converged(ends, AT_TRUTH), converged(ends, lowest)
        found[name] = Judgement(
            share((guess > half) == (simulated > half)),
            rank(guess, simulated),
            share(near[~among]),
            share(near[among]),
            share(led[~among]),
            float(np.abs((lowest * SPAN + LOW) / np.array(TRUTH[2:]) - 1).max()),
            on_edge(lowest),
            on_plane(surface.reshape(FINE, FINE)),
            int((~among).sum()),
        )
    return found


def converged(ends: Points, goal: np.ndarray) -> np.ndarray:
    """Which places lie within `CONVERGED` of a goal, in shares of the truth's F and k."""
    reached: np.ndarray = (np.abs(ends - goal) * SPAN < CONVERGED * np.array(TRUTH[2:])).all(axis=1)
    return reached


def on_edge(place: np.ndarray) -> bool:
    """Whether a place lies on the border of the plane scaled to 0 … 1."""
    return bool(((place <= 0) | (place >= 1)).any())


def share(mask: np.ndarray) -> float | None:
    """Share of true entries; None for none at all."""
    return float(mask.mean()) if mask.size else None


def on_plane(values: np.ndarray) -> xr.DataArray:
    """Values over an evenly spaced F-k plane, with names on the axes."""
    axes = {
        name: np.linspace(*ends, n) for (name, ends), n in zip(FEED_PLANE.items(), values.shape, strict=True)
    }
    return xr.DataArray(values, coords=axes)
