"""Everything that the page on what landscapes say measures, each experiment once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib import grid
from lib.history import history
from lib.initial_states import initial_state
from lib.model import State
from lib.paper import FEED_PLANE, SAMPLED_SETS, TRUTH
from lib.simulate import Outcome
from lib.studies import shared
from lib.studies.patterns import intermediate_times, noise_floor, spectral_distance
from lib.studies.patterns.intermediate_times import patterned_ends
from lib.studies.patterns.other_initial_runs import varied_runs
from lib.studies.patterns.sizes import Sizes
from lib.studies.scheme import PAPER, Scheme

#: Log floors ε under which the plateau's height is compared.
FLOORS = tuple(10.0**n for n in range(-12, -1))

#: The cuts at intermediate times: a few words → parameter, kind of initial state, name of its file.
CUTS = {
    "$k$, from the patch": ("k", "patch", "k"),
    "$F$, from the patch": ("F", "patch", "F"),
    "$k$, random states": ("k", "coarse noise", "k_random"),
}

#: The planes over which ends without a pattern are looked at: a few words → kind of initial state.
PLANES = {"from the patch": "patch", "from a random state": "coarse noise"}

#: The groups whose pictures are compared as they age.
BY_PARAMETER, BY_PARAMETER_RANDOM, BY_STATE = (
    "other parameters, from the patch",
    "other parameters, from a random state",
    "the truth, other initial states",
)


@dataclass(frozen=True)
class Floor:
    """The truth's runs, from several initial states, as they age, and cuts scored against them.

    Args:
        aged: `v` and `change` over (time, state).
        ages: losses between runs, and between a run and itself later.
        cuts: the cuts of Section 4 with `independent` and `independent_windowed` over (axis, target).
        steps: the age of a full run.
        precise: v of the first state's full run in double precision, as float32, (row, column).
    """

    aged: xr.Dataset
    ages: xr.Dataset
    cuts: Mapping[str, xr.Dataset]
    steps: int
    precise: np.ndarray

    @property
    def full(self) -> np.ndarray:
        """v at the end of a full run, (state, row, column)."""
        return np.asarray(self.aged.v.sel(time=self.steps).values)


def floor(profile: Sizes, seed: int, device: str) -> Floor:
    """Run, or load, the truth from several initial states, and the cuts."""
    aged = noise_floor.truth_over_time(
        profile.floor_times, states=profile.floor_states, seed=seed, size=profile.size
    )
    full = aged.v.sel(time=profile.steps).values
    single = initial_state(1, size=profile.size, seed=seed)
    precise = history(TRUTH, State(*(x.double() for x in single)), [profile.steps]).v[0, 0].values
    cuts = {}
    for name, cut in shared.cuts(profile, seed=seed, device=device).items():
        # The first of these states made the cut's pictures; the others are strangers to it.
        cuts[name] = cut.assign(
            independent=((name, "target"), noise_floor.against(cut.v.values, full[1:])),
            independent_windowed=(
                (name, "target"),
                noise_floor.against(cut.v.values, full[1:], "windowed"),
            ),
        )
    return Floor(aged, over_ages(aged), cuts, profile.steps, precise.astype(np.float32))


def over_ages(aged: xr.Dataset) -> xr.Dataset:
    """Losses between runs at each age (time, pair), and of a run at twice its age (begin, state)."""
    times = aged.time.values.tolist()
    doubled = [t for t in times if 2 * t in times]
    windowed = [noise_floor.pairwise(v.values, "windowed") for v in aged.v]
    return xr.Dataset(
        {
            "later": (
                ("begin", "state"),
                np.stack([noise_floor.between_times(aged, t, 2 * t) for t in doubled]),
            ),
            "between": (("time", "pair"), np.stack([noise_floor.pairwise(v.values) for v in aged.v])),
            "windowed": (("time", "pair"), np.stack(windowed)),
            "change": aged.change,
        },
        coords={"begin": doubled, "time": times},
    )


def over_floors(found: Floor, seed: int) -> xr.Dataset:
    """The plateau under several log floors: in closed form, as simulated, and with the cut along k.

    Returns:
        `height` over (time, state, epsilon), `simulated` over (end, epsilon), `floors` over (epsilon, k), and
        the spread of v over the cells of each simulated end, `spread`.
    """
    size, cut = found.full.shape[-1], found.cuts["k"]
    ends = noise_floor.trivial_and_uniform_ends(SAMPLED_SETS[:2], seed=seed, size=size, steps=found.steps)
    return xr.Dataset(
        {
            "height": noise_floor.heights(found.aged, FLOORS),
            "simulated": (("end", "epsilon"), noise_floor.cut_over_floors(ends, found.full[0], FLOORS).T),
            "floors": (("epsilon", "k"), noise_floor.cut_over_floors(cut.v.values, found.full[0], FLOORS)),
            "spread": ("end", ends.std(axis=(1, 2))),
        },
        coords={"end": ["set 1: uniform", "set 2: trivial"], "epsilon": list(FLOORS), "k": cut.k.values},
        attrs={"description": "under several log floors: spectral loss along k, and heights of the plateau"},
    )


@dataclass(frozen=True)
class InTime:
    """Runs looked at on their way.

    Args:
        cuts: landscapes at intermediate times, by the words of `CUTS`.
        planes: runs over the F–k plane, by the words of `PLANES`.
        varied: the truth from several kinds of initial state.
        times: at which they are looked at.
    """

    cuts: Mapping[str, xr.Dataset]
    planes: Mapping[str, xr.Dataset]
    varied: xr.Dataset
    times: tuple[int, ...]

    @property
    def full_texture(self) -> float:
        """Texture of the truth's pattern at the end, mean over the initial states."""
        first = next(iter(self.cuts.values()))
        return float(first.texture.sel(k=TRUTH.k).isel(time=-1).mean())

    @property
    def early(self) -> int:
        """The time from which the patch's own structure is gone: step 250, or the first look."""
        return intermediate_times.SINCE if intermediate_times.SINCE in self.times else self.times[0]

    def unlikeness(self) -> dict[str, xr.DataArray]:
        """How unlike the pictures of each group are, over (time, pair)."""
        along = [patterned_ends(cut, [CUTS[words][0]]) for words, cut in list(self.cuts.items())[:2]]
        wild = patterned_ends(self.planes["from a random state"], ["F", "k"])
        between = spectral_distance.unlikeness_in_time
        return {
            BY_PARAMETER: xr.concat([between(ends.wavelengths) for ends in along], "pair"),
            BY_PARAMETER_RANDOM: between(wild.wavelengths),
            BY_STATE: between(self.survivors().wavelengths),
        }

    def losses(self) -> dict[str, xr.DataArray]:
        """The paper's loss between the pictures of the groups that keep theirs, over (time, pair)."""
        along = [patterned_ends(cut, [CUTS[words][0]]) for words, cut in list(self.cuts.items())[:2]]
        return {
            BY_PARAMETER: xr.concat([spectral_distance.losses_in_time(ends.v) for ends in along], "pair"),
            BY_STATE: spectral_distance.losses_in_time(self.survivors().v),
        }

    def quartiles(self) -> xr.Dataset:
        """Both over (time, quantile): the quartiles between the pairs, under names that files can have."""
        kinds = (("unlikeness", self.unlikeness()), ("loss", self.losses()))
        return xr.Dataset(
            {
                f"{kind}_{name.replace(',', '').replace(' ', '_')}": x.quantile([0.25, 0.5, 0.75], "pair")
                for kind, found in kinds
                for name, x in found.items()
            }
        )

    def survivors(self) -> xr.Dataset:
        """The truth's runs, from whatever initial state, that end in a pattern, over `run`."""
        runs = self.varied.stack(run=["kind", "state"])
        alive = (runs.outcome.isel(time=-1) == Outcome.PATTERN).values
        return runs.isel(run=alive).sel(time=list(self.times))


def in_time(profile: Sizes, seed: int, scheme: Scheme = PAPER) -> InTime:
    """Run, or load, the landscapes at intermediate times."""
    cuts = {
        words: intermediate_times.sweep_in_time(
            grid.axes_over({name: intermediate_times.WIDER_CUTS[name]}, [profile.middle_points]),
            profile.middle_times,
            kind=kind,
            states=profile.middle_states,
            seed=seed,
            size=profile.size,
            title=words,
            scheme=scheme,
        )
        for words, (name, kind, _) in CUTS.items()
    }
    planes = {
        words: intermediate_times.sweep_in_time(
            grid.axes_over(FEED_PLANE, profile.middle_plane),
            profile.middle_times,
            kind=kind,
            states=1,
            seed=seed,
            size=profile.size,
            pictures=False,
            title=words,
            scheme=scheme,
        )
        for words, kind in PLANES.items()
    }
    looks = [0, *profile.middle_times]
    varied = varied_runs(
        TRUTH, looks, batch=profile.varied_batch, seed=seed, size=profile.size, scheme=scheme
    )
    return InTime(cuts, planes, varied, tuple(profile.middle_times))
