"""How good is the closed-form fit? Against steadiness, parameters, resolution, subsampling and noise."""

import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import torch
import xarray as xr

from lib import draws, losses, residual
from lib.folders import Folder
from lib.grid import grid_points
from lib.history import history
from lib.initial_states import initial_state
from lib.model import Params, State, step
from lib.paper import TRUTH
from lib.residual import denoise
from lib.residual.snapshot import snapshot
from lib.running.kept import kept_result
from lib.simulate import Outcome, simulate
from lib.studies.landscapes import sweep

PARAMETERS = list(Params._fields)

#: All six planes.
PAIRS = list(combinations(Params._fields, 2))

#: Ranges of the bowls: the paper's F–k region, and diffusion coefficients around the truth on which
#: the explicit step stays stable.
BOWL_RANGES = {"Du": (0.13, 0.21), "Dv": (0.06, 0.10), "F": (0.03, 0.07), "k": (0.053, 0.068)}


def bowls(state: State, points: int) -> dict[tuple[str, str], xr.Dataset]:
    """The residual loss on all six planes through the truth, evaluated point by point.

    Args:
        state: fields (batch, height, width); the first one is used.
        points: along each side.
    """
    exact = State(*(x[:1].double() for x in state))
    return {pair: bowl(exact, pair, points) for pair in PAIRS}


def bowl(state: State, pair: tuple[str, str], points: int) -> xr.Dataset:
    """One plane: the loss itself, not its paraboloid."""
    axes = {name: np.linspace(*BOWL_RANGES[name], points) for name in pair}
    rows = np.reshape(grid_points(axes, TRUTH), (points, points, 4))
    values = [residual.loss(Params(*torch.as_tensor(row.T)), state, reduction="none") for row in rows]
    return xr.Dataset({"residual": (pair, torch.stack(values).numpy())}, coords=axes)


def spectral_planes(points: int, **setting: Any) -> dict[tuple[str, str], xr.Dataset]:
    """The spectral loss on the same planes; settings as for `landscape.sweep`."""
    return {
        pair: sweep.sweep(
            {name: np.linspace(*BOWL_RANGES[name], points) for name in pair}, losses=("spectral",),
            title=" × ".join(pair), **setting,
        )
        for pair in PAIRS
    }  # fmt: skip


def third_difference(values: np.ndarray) -> float:
    """Largest third difference along any axis, over the largest value: round-off for a paraboloid.

    On a grid the three mixed third differences of a plane vanish with these two and the mixed ones,
    so those are looked at too. They grow with the cube of the grid's spacing: compare surfaces on one grid.
    Differences that need a value which is no number are left out; NaN if all do.
    """
    along = [np.diff(values, 3, axis=axis) for axis in range(values.ndim)]
    mixed = [
        np.diff(np.diff(values, 2, axis=i), 1, axis=j)
        for i in range(values.ndim)
        for j in range(values.ndim)
        if i != j
    ]
    known = np.concatenate([x[np.isfinite(x)] for x in along + mixed])
    return float(np.abs(known).max() / np.nanmax(np.abs(values))) if known.size else float("nan")


def steadiness(times: Sequence[int], *, states: int, size: int, seed: int) -> xr.Dataset:
    """Error of the fit against how long the pattern had to settle, from one frame and from two.

    With a second frame one step later ∂u/∂t is known, and the fit no longer assumes a steady state.

    Returns:
        Dataset over (time, state, parameter): `one` and `two`, the relative errors; and `change`,
        the largest change of the last step.
    """
    frames = history(TRUTH, initial_state(states, size=size, seed=seed, dtype=torch.float64), times)
    rows = [errors_at(frames, time) for time in times]
    dims = ("time", "state", "parameter")
    one, two, change = (np.stack([r[name] for r in rows]) for name in ("one", "two", "change"))
    variables: Any = {"one": (dims, one), "two": (dims, two), "change": (dims[:2], change)}
    return xr.Dataset(variables, coords={"time": list(times), "parameter": PARAMETERS})


def errors_at(frames: xr.Dataset, when: int) -> dict[str, np.ndarray]:
    """Both fits at one time."""
    now = State(*(torch.as_tensor(frames[name].sel(time=when).values) for name in ("u", "v")))
    after = step(TRUTH, now)
    rate = State(after.u - now.u, after.v - now.v)
    change = torch.maximum(rate.u.abs().amax((1, 2)), rate.v.abs().amax((1, 2)))
    found = {"one": residual.fit(*now), "two": residual.fit(*now, rate=rate)}
    return {name: relative_error(fit.params) for name, fit in found.items()} | {"change": change.numpy()}


def second_frame(
    times: Sequence[int], levels: Sequence[float], *, seeds: int, size: int, seed: int
) -> xr.Dataset:
    """Does a second frame one step later help where there is noise? Both frames have noise of their own.

    Args:
        times: ages of the snapshot in steps.
        levels: standard deviations of the noise.
        seeds: noise draws.

    Returns:
        Dataset over (time, noise, seed, parameter): `one` and `two`, relative errors of plain fits.
    """
    frames = history(TRUTH, initial_state(1, size=size, seed=seed, dtype=torch.float64), times)
    shape = (len(times), len(levels), seeds)
    found = {name: np.empty((*shape, 4)) for name in ("one", "two")}
    for i, level, draw in np.ndindex(shape):
        now = State(*(torch.as_tensor(frames[name].values[i]) for name in ("u", "v")))
        generator = torch.Generator().manual_seed(draw)
        first, after = (with_noise(x, levels[level], generator) for x in (now, step(TRUTH, now)))
        rate = State(after.u - first.u, after.v - first.v)
        found["one"][i, level, draw] = relative_error(residual.fit(*first).params)[0]
        found["two"][i, level, draw] = relative_error(residual.fit(*first, rate=rate).params)[0]
    dims = ("time", "noise", "seed", "parameter")
    coords = {"time": list(times), "noise": list(levels), "parameter": PARAMETERS}
    return xr.Dataset({name: (dims, x) for name, x in found.items()}, coords=coords)


def with_noise(state: State, level: float, generator: torch.Generator) -> State:
    """White noise on both fields."""
    return State(*(x + level * torch.randn(x.shape, generator=generator, dtype=x.dtype) for x in state))


def relative_error(params: Params, truth: Params = TRUTH) -> np.ndarray:
    """p / truth − 1, the last axis over the parameters."""
    return np.stack([np.asarray(p) / t - 1 for p, t in zip(params, truth, strict=True)], axis=-1)


def elsewhere(sets: Sequence[Params], *, size: int, steps: int, seed: int) -> xr.Dataset:
    """The fit at other parameter sets: each makes its own data, and is sought in it.

    Returns:
        Dataset over (set, parameter): `error`, relative; `truth`, `outcome`, `rank`; `change`, the largest
        of either field in one further step.
    """
    columns = Params(*(torch.tensor([float(p[i]) for p in sets], dtype=torch.float32) for i in range(4)))
    start = initial_state(1, size=size, seed=seed)
    batch = State(*(x.repeat(len(sets), 1, 1) for x in start))
    run = simulate(columns, batch, steps)
    finite = State(*(x.nan_to_num(0.0) for x in run.state))
    found = residual.fit(*finite)
    after = simulate(columns, finite, 1).state
    change = [(a - b).abs().amax((1, 2)) for a, b in zip(after, finite, strict=True)]
    truth = np.array(sets, dtype=float)
    return xr.Dataset(
        {
            "error": (("set", "parameter"), relative_error(found.params, Params(*truth.T))),
            "truth": (("set", "parameter"), truth),
            "outcome": (("set",), run.outcome.numpy()),
            "rank": (("set",), [verdict.rank for verdict in found.verdicts]),
            "change": (("set",), torch.maximum(*change).numpy()),
        },
        coords={"parameter": PARAMETERS},
    )


def timings(state: State, *, repeats: int) -> list[float]:
    """Seconds that `residual.fit` takes for the first image, with errors and verdict, so many times."""
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        residual.fit(state.u[0], state.v[0])
        found.append(time.perf_counter() - began)
    return found


def patterned_sets(count: int, *, seed: int) -> list[Params]:
    """Random sets near the truth: within 5 % in diffusion, along the band of patterns in F and k."""
    draw = np.random.default_rng(seed)
    sets = []
    for _ in range(count):
        F = draw.uniform(0.034, 0.05)
        k = 0.0605 + draw.uniform(0, 0.0025) + (0.035 - F) * 0.02
        sets.append(Params(0.16 * draw.uniform(0.97, 1.05), 0.08 * draw.uniform(0.95, 1.0), F, k))
    return sets


def resolution(state: State, factors: Sequence[int] = (1, 2, 4)) -> xr.Dataset:
    """Error of the fit when the image has fewer pixels than the model had cells.

    `skipped`: every factor-th pixel; `averaged`: blocks; both fitted with cells of that side.
    `refined`: the skipped image brought back to the full grid by Fourier interpolation first.

    Returns:
        Dataset `error`, relative, over (way, factor, state, parameter).
    """
    ways = {
        "skipped": lambda x, n: (x[..., ::n, ::n], n),
        "averaged": lambda x, n: (torch.nn.functional.avg_pool2d(x, n), n),
        "refined": lambda x, n: (fourier_refined(x[..., ::n, ::n], n), 1),
    }
    error = np.full((len(ways), len(factors), len(state.u), 4), np.nan)
    for (i, way), (j, factor) in ((a, b) for a in enumerate(ways) for b in enumerate(factors)):
        (u, dx), (v, _) = (ways[way](x.double(), factor) for x in state)
        error[i, j] = relative_error(residual.fit(u, v, dx=float(dx)).params)
    coords = {"way": list(ways), "factor": list(factors), "parameter": PARAMETERS}
    return xr.Dataset({"error": (("way", "factor", "state", "parameter"), error)}, coords=coords)


def fourier_refined(x: torch.Tensor, factor: int) -> torch.Tensor:
    """Trigonometric interpolation of periodic images to `factor` times as many pixels."""
    if factor == 1:
        return x
    height, width = x.shape[-2:]
    wide = torch.zeros(*x.shape[:-2], height * factor, width * factor, dtype=torch.complex128)
    rows, columns = (torch.fft.fftfreq(n, 1 / n).long() for n in (height, width))
    wide[..., rows[:, None], columns] = torch.fft.fft2(x.double()) * factor**2
    return torch.fft.ifft2(wide).real


def subsampled(state: State, shares: Sequence[float], *, seeds: int) -> xr.Dataset:
    """Cells left with a whole stencil, and the error, when a random share of the cells is seen."""
    error = np.full((len(shares), seeds, 4), np.nan)
    usable = np.zeros((len(shares), seeds))
    height, width = state.u.shape[-2:]
    for (i, share), seed in ((a, s) for a in enumerate(shares) for s in range(seeds)):
        seen = draws.uniform((height, width), draws.generator(seed)) < share
        usable[i, seed] = float(snapshot(*state, observed=seen).usable[0].sum())
        error[i, seed] = relative_error(residual.fit(state.u[0], state.v[0], observed=seen).params)[0]
    dims = ("share", "seed", "parameter")
    variables = {"error": (dims, error), "usable": (dims[:2], usable)}
    return xr.Dataset(variables, coords={"share": list(shares), "parameter": PARAMETERS})


def windows(state: State, sides: Sequence[int]) -> xr.Dataset:
    """Error and standard error when only a square window of the image is seen."""
    found = [residual.fit(state.u[0, :n, :n], state.v[0, :n, :n], periodic=False) for n in sides]
    variables = {
        "error": (("side", "parameter"), np.stack([relative_error(f.params)[0] for f in found])),
        "standard_error": (
            ("side", "parameter"),
            np.stack([np.stack(f.standard_errors)[:, 0] / TRUTH for f in found]),
        ),
    }
    return xr.Dataset(variables, coords={"side": list(sides), "parameter": PARAMETERS})


def noise(state: State, levels: Sequence[float], *, seeds: int) -> xr.Dataset:
    """Relative errors of every cure at every level of noise, and seconds for one fit.

    Args:
        state: clean fields; realisation i takes field i (modulo their number).
        levels: standard deviations.
        seeds: noise realisations.
    """
    methods = denoise.cures()
    error = np.empty((len(levels), len(methods), seeds, 4))
    seconds = np.zeros(len(methods))
    for i, seed, (u, v) in noisy_images(state, levels, seeds):
        for j, cure in enumerate(methods):
            began = time.perf_counter()
            error[i, j, seed] = relative_error(cure.fit(u, v))
            seconds[j] += (time.perf_counter() - began) / (len(levels) * seeds)
    dims = ("noise", "cure", "seed", "parameter")
    coords = {"noise": list(levels), "cure": [c.label for c in methods], "parameter": PARAMETERS}
    return xr.Dataset({"error": (dims, error), "seconds": (("cure",), seconds)}, coords=coords)


def noisy_images(state: State, levels: Sequence[float], seeds: int) -> Iterator[tuple[int, int, State]]:
    """(level's number, seed, images) for every combination."""
    for i, level in enumerate(levels):
        for seed in range(seeds):
            generator = draws.generator(seed)
            which = seed % len(state.u)
            clean = (x[which].double() for x in state)
            u, v = (x + level * draws.normal(x.shape, generator) for x in clean)
            yield i, seed, State(u, v)


def quantised(state: State, bits: Sequence[int]) -> xr.Dataset:
    """Error of the plain fit and of the best cure on images stored with so many bits between 0 and 1."""
    best = denoise.cures()[-1]
    plain, cured = [], []
    for n in bits:
        u, v = ((x[0].double() * (2**n - 1)).round() / (2**n - 1) for x in state)
        plain.append(relative_error(denoise.fit(u, v)))
        cured.append(relative_error(best.fit(u, v)))
    dims = ("bits", "parameter")
    variables = {"plain": (dims, np.stack(plain)), "cured": (dims, np.stack(cured))}
    return xr.Dataset(variables, coords={"bits": list(bits), "parameter": PARAMETERS})


def spectral_minima(
    k: np.ndarray, *, states: int, size: int, steps: int, seed: int, zooms: int = 2, cache: Folder = None
) -> xr.Dataset:
    """Where the spectral loss has its minimum in k if candidate and target have other initial states.

    Args:
        k: evenly spaced values, to begin with.
        states: initial states; every pair of different ones is looked at.
        size, steps, seed: of the simulations.
        zooms: how often the neighbourhood of every pair's minimum is sampled four times as finely.
        cache: where results are kept.

    Returns:
        Dataset `loss` over (k, candidate, target), and `minimum`, refined, over pairs of different states
        (missing for a state with itself); its attribute `spacing` is the last spacing.
    """
    k = np.asarray(k)
    setting = (states, size, steps, seed)
    values = kept_result(spectral_across, k, *setting, cache=cache)
    dataset = xr.Dataset({"loss": (("k", "candidate", "target"), values)}, coords={"k": k})
    pairs = np.argwhere(~np.eye(states, dtype=bool))
    at, spacing = k[values.argmin(axis=0)][tuple(pairs.T)], float(k[1] - k[0])
    for _ in range(zooms):
        spacing /= 4
        around = at[:, None] + spacing * np.arange(-4, 5)
        losses_there = kept_result(spectral_of_pairs, around, pairs, *setting, cache=cache)
        at = np.take_along_axis(around, losses_there.argmin(axis=1)[:, None], axis=1)[:, 0]
    minimum = np.full((states, states), np.nan)
    minimum[tuple(pairs.T)] = at
    dataset["minimum"] = (("candidate", "target"), minimum)
    return dataset.assign_attrs(spacing=spacing)


def spectral_of_pairs(
    k: np.ndarray, pairs: np.ndarray, states: int, size: int, steps: int, seed: int
) -> np.ndarray:
    """Spectral loss at each pair's own values of k, (pairs, values).

    Args:
        k: (pairs, values).
        pairs: numbers of the candidate's and of the target's initial state, (pairs, 2).
    """
    start = initial_state(states, size=size, seed=seed)
    targets = losses.log_power(simulate(TRUTH, start, steps).v)
    rows = []
    for kills, (candidate, target) in zip(k, pairs, strict=True):
        batch = State(*(x[candidate : candidate + 1].repeat(len(kills), 1, 1) for x in start))
        params = TRUTH._replace(k=torch.as_tensor(kills, dtype=torch.float32))
        found = losses.log_power(simulate(params, batch, steps).v)
        rows.append(losses.distance(found, targets[target : target + 1], "none").numpy())
    return np.stack(rows)


def spectral_across(k: np.ndarray, states: int, size: int, steps: int, seed: int) -> np.ndarray:
    """Spectral loss of every candidate state at every k against the truth's run from every state."""
    start = initial_state(states, size=size, seed=seed)
    target = losses.log_power(simulate(TRUTH, start, steps).v)
    values = np.empty((len(k), states, states))
    for i, kill in enumerate(k):
        found = losses.log_power(simulate(TRUTH._replace(k=float(kill)), start, steps).v)
        for j in range(states):
            values[i, :, j] = losses.distance(found, target[j : j + 1], "none").numpy()
    return values


def patterned(dataset: xr.Dataset) -> np.ndarray:
    """Which sets of `elsewhere` ended in a pattern."""
    return dataset.outcome.values == Outcome.PATTERN
