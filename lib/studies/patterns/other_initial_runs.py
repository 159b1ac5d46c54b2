"""Runs of one parameter set from several kinds of initial state, looked at as they evolve (Appendix C)."""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr

from lib.folders import Folder
from lib.history import stages
from lib.model import Params
from lib.running.kept import arguments, kept
from lib.simulate import Outcome, classify
from lib.studies.patterns.other_initial_states import KINDS, varied_states
from lib.studies.patterns.spectral_distance import radial_spectrum, texture
from lib.studies.scheme import PAPER, Scheme


def varied_runs(
    params: Params,
    times: Sequence[int],
    *,
    batch: int,
    seed: int = 0,
    size: int = 128,
    kinds: Sequence[str] = tuple(KINDS),
    jobs: int = -1,
    cache: Folder = None,
    scheme: Scheme = PAPER,
) -> xr.Dataset:
    """Run one parameter set from each kind of initial state.

    Args:
        params: four numbers.
        times: numbers of steps, increasing; 0 is the initial state.
        batch: states of each kind.
        seed, size: of the states, cells along each side.
        kinds: names in `varied_states.KINDS`.
        jobs: processes; numbers do not depend on it.
        cache: where results are kept; the usual folder by default.
        scheme: time step and precision; `times` are in units of time.

    Returns:
        Dataset over (kind, time, state): `v` (row, column), `outcome`, `texture`, `wavelengths` (ring).
    """
    numbers = tuple(float(p) for p in params)
    calls = [arguments(kind, numbers, tuple(times), batch, seed, size, scheme) for kind in kinds]
    found = list(kept(runs_of_kind, calls, jobs, cache=cache))
    dims = {"v": ("row", "column"), "wavelengths": ("ring",)}
    variables = {
        name: (("kind", "time", "state", *dims.get(name, ())), np.stack([one[name] for one in found]))
        for name in found[0]
    }
    coords = {"kind": list(kinds), "time": list(times), "state": np.arange(batch)}
    attrs = dict(zip(Params._fields, numbers, strict=True)) | {"seed": seed}
    return xr.Dataset(variables, coords=coords, attrs=attrs)


def runs_of_kind(
    kind: str,
    numbers: Sequence[float],
    times: Sequence[int],
    batch: int,
    seed: int,
    size: int,
    scheme: Scheme,
) -> dict[str, np.ndarray]:
    """One kind's runs: arrays over (time, state, …)."""
    params = Params(*numbers)
    looks, steps = [], [scheme.steps(time) for time in times]
    start = scheme.state(varied_states(kind, batch, size=size, seed=seed))
    for now in stages(params, start, steps, dt=scheme.dt, threads=1):
        outcome = classify(params, now, torch.zeros(batch))
        looks.append(
            {"v": now.v, "outcome": outcome, "texture": texture(now.v), "wavelengths": radial_spectrum(now.v)}
        )
    return {name: np.stack([seen[name].numpy() for seen in looks]) for name in looks[0]}


def how_they_ended(runs: xr.Dataset) -> str:
    """The last outcomes of one kind's runs in words, such as "3 patterned, 1 trivial"."""
    last = runs.outcome.isel(time=-1).values
    counts = {outcome: int((last == outcome).sum()) for outcome in Outcome}
    words = {outcome: outcome.name.lower() for outcome in Outcome} | {Outcome.PATTERN: "patterned"}
    return ", ".join(f"{count} {words[outcome]}" for outcome, count in counts.items() if count)
