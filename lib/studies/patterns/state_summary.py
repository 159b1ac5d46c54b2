"""What Appendices A and C say, in numbers: the initial state, a moved one, and other kinds of state."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.initial_states import initial_state
from lib.model import State
from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.bifurcation.homogeneous import saddle_node_k
from lib.studies.patterns import translation
from lib.studies.patterns.other_initial_runs import varied_runs
from lib.studies.patterns.sizes import Sizes

#: Rows and columns by which the initial state is moved, beside half of the grid.
SHIFTS = ((0, 1), (1, 0), (17, 101))

#: Kill rates of Appendix C: below the patch's low cliff, inside, at the truth, above its high cliff.
BELOW, INSIDE, BEYOND = 0.0556, 0.0600, 0.0660
KILLS = (BELOW, INSIDE, float(TRUTH.k), BEYOND)


@dataclass(frozen=True)
class Draws:
    """The paper's initial state outside its patch.

    Args:
        empty: share of the cells without any v.
        mean_v: their mean, and `clamped_normal` that of the noise with its negative half put to zero.
        clamped_u: cells cut by the upper bound of u.
        cells, states: cells outside the patch, and states.
    """

    empty: float
    mean_v: float
    clamped_normal: float
    clamped_u: int
    cells: int
    states: int


def draws(state: State, outside: np.ndarray) -> Draws:
    """From a batch of states and v in the cells outside the patch."""
    return Draws(
        empty=float((outside == 0).mean()),
        mean_v=float(outside.mean()),
        clamped_normal=0.02 / float(np.sqrt(2 * np.pi)),
        clamped_u=int((state.u >= 1.5).sum()),
        cells=outside.size,
        states=len(state.u),
    )


@dataclass(frozen=True)
class Moved:
    """Ends of moved initial states, moved back: largest difference of a cell, and losses where they are.

    Args:
        apart, spectral: the largest over all shifts.
        windowed: the largest over those by anything but whole windows.
        aligned: the windowed loss where the shift is by whole windows.
        shifts: how many.
    """

    apart: float
    spectral: float
    windowed: float
    aligned: float
    shifts: int


def moves(profile: Sizes, seed: int) -> dict[tuple[int, int], dict[str, float]]:
    """Shift → `translation.compare` of the ends of full runs."""
    single, half = initial_state(1, size=profile.size, seed=seed), profile.size // 2
    return {
        by: translation.compare(translation.shifted(TRUTH, single, by, [profile.steps]))
        for by in ((half, half), *SHIFTS)
    }


def moved(found: Mapping[tuple[int, int], Mapping[str, float]]) -> Moved:
    """From `moves`: the first shift is by half of the grid, whole windows, and no other one is."""
    aligned, *others = found.values()
    return Moved(
        apart=max(each["apart"] for each in found.values()),
        spectral=max(each["spectral"] for each in found.values()),
        windowed=max(each["windowed"] for each in others),
        aligned=aligned["windowed"],
        shifts=len(found),
    )


@dataclass(frozen=True)
class Kinds:
    """How many runs of each kind end in a pattern.

    Args:
        batch: initial states of each kind.
        patch_truth, stripe_truth: at the truth.
        patch_beyond, coarse_beyond: beyond the patch's high cliff.
        white, white_runs: white noise at all kill rates, and runs of it.
        limit: kill rate above which no uniform field stays alive at the truth's F.
    """

    batch: int
    patch_truth: int
    stripe_truth: int
    patch_beyond: int
    coarse_beyond: int
    white: int
    white_runs: int
    limit: float


def runs_of_kinds(profile: Sizes, seed: int) -> dict[float, xr.Dataset]:
    """Kill rate → runs from every kind of initial state."""
    times = [0, *profile.middle_times]
    return {
        k: varied_runs(TRUTH._replace(k=k), times, batch=profile.varied_batch, seed=seed, size=profile.size)
        for k in KILLS
    }


def kinds(found: Mapping[float, xr.Dataset]) -> Kinds:
    """From `runs_of_kinds`."""

    def alive(k: float, kind: str) -> int:
        return int((found[k].outcome.isel(time=-1).sel(kind=kind) == Outcome.PATTERN).sum())

    batch = found[KILLS[0]].sizes["state"]
    return Kinds(
        batch=batch,
        patch_truth=alive(float(TRUTH.k), "patch"),
        stripe_truth=alive(float(TRUTH.k), "stripe"),
        patch_beyond=alive(BEYOND, "patch"),
        coarse_beyond=alive(BEYOND, "coarse noise"),
        white=sum(alive(k, "white noise") for k in KILLS),
        white_runs=batch * len(KILLS),
        limit=float(saddle_node_k(float(TRUTH.F))),
    )
