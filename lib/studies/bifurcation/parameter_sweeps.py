"""A settled pattern carried along: how far it lives, and what remains of it on the way back."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
import xarray as xr
from jaxtyping import Int
from tqdm import tqdm

from lib import draws
from lib.initial_states import initial_state
from lib.linearisation import Vector, pack, unpack
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.simulate import Outcome, Run, simulate
from lib.studies.patterns.spots import count_spots

#: Noise added whenever the parameter moves on, so that a state cannot stay where it is unstable only
#: because nothing disturbs it.
KICK = 1e-4

#: Outcomes with which a carried state goes on.
LIVING = (int(Outcome.PATTERN), int(Outcome.UNIFORM))


def pattern_at_rest(size: int = 128, seed: int = 0, steps: int = 200_000, params: Params = TRUTH) -> Vector:
    """The pattern that grows from the paper's patch, come to rest. Kept once computed."""
    return kept_result(run_to_rest, size, seed, steps, tuple(float(p) for p in params))


def run_to_rest(size: int, seed: int, steps: int, params: Sequence[float]) -> Vector:
    """The work of `pattern_at_rest`."""
    return pack(simulate(Params(*params), initial_state(1, size=size, seed=seed), steps, threads=1).state)


@single_thread()
def carry(
    name: str, values: Sequence[float], y: Vector, steps: int, *, around: Params = TRUTH, seed: int = 0,
    dt: float = 1.0, kick: float = KICK,
) -> tuple[xr.Dataset, Vector]:  # fmt: skip
    """Take a state along a parameter, value by value, until it dies.

    Args:
        name: the parameter.
        values: its values, in the order of the journey.
        y: the state at the beginning.
        steps: at each value.
        around: the other parameters.
        seed, kick: of the noise added at each value.
        dt: time step; `steps` counts its own.

    Returns:
        Dataset over `value`: outcome, number of spots, mean, largest value and spread of v, change in the
        last step; and the last living state.
    """
    state, generator, rows = unpack(y, torch.float32), draws.generator(seed), []
    for value in values:
        noisy = State(*(field + kick * draws.normal(field.shape, generator) for field in state))
        run = simulate(around._replace(**{name: float(value)}), noisy, steps, dt=dt, threads=1)
        v, end = run.v[0].numpy(), int(run.outcome)
        rows.append((end, int(count_spots(v[None])[0]), v.mean(), v.max(), v.std(), float(run.change)))
        if end not in LIVING:
            break
        state = run.state
    columns = np.array(rows).T
    names = ("outcome", "spots", "mean", "top", "spread", "change")
    dataset = xr.Dataset(
        {n: ("value", column) for n, column in zip(names, columns, strict=True)},
        coords={"value": np.asarray(values[: len(rows)], dtype=float)},
        attrs={"parameter": name, "steps": steps, "kick": kick},
    )
    return dataset, pack(state)


def there_and_back(
    name: str, sign: int, stride: float, limit: float, y: Vector, steps: int
) -> tuple[xr.Dataset, xr.Dataset]:
    """Carry the pattern outwards until it dies or meets the limit, then its last living state back.

    Returns:
        The way out, and the way back.
    """
    truth = float(getattr(TRUTH, name))
    outwards = truth + sign * stride * np.arange(int(abs(limit - truth) / stride) + 1)
    out, last = carry(name, outwards.tolist(), y, steps)
    living = out.value.values[np.isin(out.outcome.values, LIVING)]
    back, _ = carry(name, living[::-1].tolist(), last, steps, seed=1)
    return out, back


def journeys(
    lines: Sequence[tuple[str, int, float, float]], y: Vector, steps: int, *, workers: int = -1
) -> list[tuple[xr.Dataset, xr.Dataset]]:
    """Several of these side by side, in processes; each is (name, sign, stride, limit). Kept."""
    calls = [arguments(*line, y, steps) for line in lines]
    results = kept(there_and_back, calls, workers)
    return list(tqdm(results, total=len(calls), desc="hysteresis", unit="line"))


def end_of(out: xr.Dataset) -> tuple[float, float]:
    """The last value with a pattern and the first without it on a way out; the second NaN if it lived on."""
    alive = out.outcome.values == Outcome.PATTERN
    if alive.all():
        return float(out.value[-1]), float("nan")
    first = int(np.argmin(alive))
    return float(out.value[max(first - 1, 0)]), float(out.value[first])


def first_change(out: xr.Dataset) -> tuple[float, float]:
    """The values between which 5 % of the spots have gone or come on a way out; NaN if never."""
    spots = out.spots.values
    changed = np.abs(spots - spots[0]) > 0.05 * spots[0]
    if not changed.any():
        return float("nan"), float("nan")
    first = int(changed.argmax())
    return float(out.value[max(first - 1, 0)]), float(out.value[first])


def uniform_continuation(
    axes: Mapping[str, np.ndarray], y: Vector, steps: int, *, title: str = "carried"
) -> Int[np.ndarray, "rows columns"]:
    """Outcomes over a plane when the pattern is carried from point to point, outwards from the truth.

    Each point is tried from the neighbours where v lives, one after the other, until one of their states
    lives on there as a pattern. Kept once computed.
    """
    (down, rows), (across, columns) = axes.items()
    return kept_result(carry_outwards, down, rows, across, columns, y, steps, title)


def carry_outwards(
    down: str,
    rows: np.ndarray,
    across: str,
    columns: np.ndarray,
    y: Vector,
    steps: int,
    title: str,
) -> Int[np.ndarray, "rows columns"]:
    """The work of `uniform_continuation`."""
    found = np.full((len(rows), len(columns)), -1)
    row, column = (np.abs(x - getattr(TRUTH, n)).argmin() for n, x in ((down, rows), (across, columns)))
    first = (int(row), int(column))
    waiting: dict[tuple[int, int], list[State]] = {first: [unpack(y, torch.float32)]}
    with tqdm(total=found.size, desc=title, unit="point") as bar:
        while waiting:
            tries = {cell: states.pop() for cell, states in waiting.items()}
            run = run_each(
                {down: [rows[r] for r, _ in tries], across: [columns[c] for _, c in tries]},
                tries.values(),
                steps,
            )
            for i, (cell, end) in enumerate(zip(tries, run.outcome.tolist(), strict=True)):
                bar.update(int(found[cell] < 0))
                found[cell] = end
                if end == Outcome.PATTERN:
                    waiting[cell] = []
                    for near in neighbours(cell, found.shape):
                        waiting.setdefault(near, []).append(State(run.u[i : i + 1], run.v[i : i + 1]))
            waiting = {c: states for c, states in waiting.items() if states and found[c] != Outcome.PATTERN}
    return found


def run_each(
    values: Mapping[str, Sequence[float]], states: Iterable[State], steps: int, dt: float = 1.0
) -> Run:
    """One run for each state, each with its own values of some parameters."""
    params = TRUTH._replace(**{n: torch.tensor(x, dtype=torch.float32) for n, x in values.items()})
    u, v = (torch.cat(fields) for fields in zip(*states, strict=True))
    return simulate(params, State(u, v), steps, dt=dt)


def neighbours(cell: tuple[int, int], shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """The four neighbours of a cell inside a plane."""
    row, column = cell
    near = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    return [(r, c) for r, c in near if 0 <= r < shape[0] and 0 <= c < shape[1]]
