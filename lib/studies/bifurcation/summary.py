"""What the page on cliffs says, in numbers: one dataclass a question, None for what was not measured."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float
from scipy.stats import binomtest

from lib.initial_states import PAPER_PATCH
from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.bifurcation import homogeneous, timestep
from lib.studies.bifurcation.cliff_causes import Evidence, Outline
from lib.studies.bifurcation.cliff_location import PRECISION, Edge
from lib.studies.bifurcation.experiments import strength_label
from lib.studies.bifurcation.parameter_sweeps import first_change
from lib.studies.bifurcation.plane_edges import Flank, flank

#: What `experiments.evidence` returns: label → the edge, what is known about it, its cause.
Known = Mapping[str, tuple[Edge, Evidence, str]]


@dataclass(frozen=True)
class Curves:
    """Kill rates of the homogeneous bifurcations at the truth's feed rate."""

    saddle_node: float
    hopf: float | None
    hopf_map: float | None
    turing: float | None


def curves() -> Curves:
    """In closed form."""
    Du, Dv, F, _ = (float(p) for p in TRUTH)
    return Curves(
        float(homogeneous.saddle_node_k(F)),
        homogeneous.hopf_k(F),
        homogeneous.hopf_k(F, 1.0),
        homogeneous.turing_k(Du, Dv, F),
    )


@dataclass(frozen=True)
class Edges:
    """The two flanks of the patterned region in the F–k plane, each against the curve it is said to follow.

    Args:
        left, left_map: the low-k flank and the Hopf curve of the equations, and of their map with dt = 1.
        right: the high-k flank and the saddle-node curve.
        seeds: initial states.
        larger_feed, larger_diffusion: points with a carried pattern over those with one from the patch, in
            either plane's window.
        cut_feed, cut_diffusion: points on the window's border that have a pattern of either kind.
    """

    left: Flank
    left_map: Flank
    right: Flank
    seeds: int
    larger_feed: float | None
    larger_diffusion: float | None
    cut_feed: int
    cut_diffusion: int


def edges(places: xr.Dataset, feed: xr.Dataset, diffusion: xr.Dataset) -> Edges:
    """From `plane_edges.plane_edges` and the planes of `experiments.reach`."""
    return Edges(
        flank(places, "low", "Hopf"),
        flank(places, "low", "Hopf, dt = 1"),
        flank(places, "high", "saddle-node"),
        places.sizes["seed"],
        larger(feed),
        larger(diffusion),
        on_border(feed),
        on_border(diffusion),
    )


def larger(plane: xr.Dataset) -> float | None:
    """How many times the patch's patterned area the carried pattern covers, within the window."""
    patched, carried = ((plane[x] == Outcome.PATTERN).values for x in ("patch", "carried"))
    return float(carried.sum() / patched.sum()) if patched.any() else None


def on_border(plane: xr.Dataset) -> int:
    """Points on the border of the window that have a pattern, carried or from the patch."""
    either = ((plane.patch == Outcome.PATTERN) | (plane.carried == Outcome.PATTERN)).values
    return int(either.sum() - either[1:-1, 1:-1].sum())


@dataclass(frozen=True)
class Causes:
    """The cliffs on the four lines through the truth, counted by cause.

    Args:
        cliffs, homogeneous, basin, step, ends, unexplained: how many.
        seeds: initial states.
        low_k, high_k: places of those two, mean over the seeds.
        high_k_spread: of the second, over the seeds.
        patch_range: the range over which other patches move it.
        patches: different patches whose cliff was found.
        patches_below: those of them whose cliff lies below the truth's k.
    """

    cliffs: int
    homogeneous: int
    basin: int
    step: int
    ends: int
    unexplained: int
    seeds: int
    low_k: float | None
    high_k: float | None
    high_k_spread: float | None
    patch_range: float | None
    patches: int
    patches_below: int


def causes(known: Known, by_side: xr.Dataset, by_strength: xr.Dataset) -> Causes:
    """From `experiments.evidence` and `experiments.patch_study`."""
    names = [why for _, _, why in known.values()]
    low, high = (np.array(known[label][1].places) for label in ("low k", "high k"))
    moved = cliffs_of_patches(by_side, by_strength)
    return Causes(
        cliffs=len(names),
        homogeneous=sum(why.startswith("homogeneous") for why in names),
        basin=names.count("basin of the patch"),
        step=names.count("time step"),
        ends=names.count("end of the pattern"),
        unexplained=names.count("unexplained"),
        seeds=len(low),
        low_k=known_or_none(low.mean()),
        high_k=known_or_none(high.mean()),
        high_k_spread=known_or_none(max(float(np.ptp(high)), PRECISION)),
        patch_range=float(np.ptp(moved)) if len(moved) > 1 else None,
        patches=len(moved),
        patches_below=int((moved < TRUTH.k).sum()),
    )


def cliffs_of_patches(by_side: xr.Dataset, by_strength: xr.Dataset) -> Float[np.ndarray, " patches"]:
    """The cliff of each different patch that has one: the paper's is among the sides and the strengths."""
    side, u, v = PAPER_PATCH
    there = bool((by_side.side == side).any())
    twice = [there and label == strength_label(u, v) for label in by_strength.patch.values]
    places = np.concatenate([by_side.place.values, by_strength.place.values[~np.array(twice, dtype=bool)]])
    return places[np.isfinite(places)]


@dataclass(frozen=True)
class Ends:
    """How well the computed ends of the patterned branch agree with simulations.

    Args:
        directions: directions in which a released pattern ceases to come back before the fold.
        carried_directions: directions in which a carried pattern changes, and a loss of stability or a fold
            is computed.
        released, carried: largest distance of the released and of the carried pattern's change from the
            computed loss of stability or fold, as a share of the truth's value.
    """

    directions: int
    carried_directions: int
    released: float | None
    carried: float | None


def ends(
    outlines: Mapping[tuple[str, int], Outline],
    released: Mapping[tuple[str, int], float],
    lines: Mapping[tuple[str, int], tuple[xr.Dataset, xr.Dataset]],
) -> Ends:
    """From the branches, `perturbation.release_all` and `experiments.carried_lines`."""
    gaps, carried = [], []
    for key, outline in outlines.items():
        unit = float(getattr(TRUTH, key[0]))
        computed = [x for x in (outline.branch.fold, outline.instability.value) if np.isfinite(x)]
        if computed:
            nearest = min(computed, key=lambda x: abs(x - unit))
            gaps.append(abs(released[key] - nearest) / unit)
            carried.append(abs(float(np.mean(first_change(lines[key][0]))) - nearest) / unit)
    gaps, carried = ([x for x in part if np.isfinite(x)] for part in (gaps, carried))
    return Ends(len(gaps), len(carried), max(gaps, default=None), max(carried, default=None))


@dataclass(frozen=True)
class Resolved:
    """Whether the time step resolves the motion.

    Args:
        flicker, predicted, rule: the Du at which cells begin to flicker: bisected (mean over the seeds), from
            the stiffest eigenvalue, and by the rule of thumb.
        points: random points of the box of all landscapes.
        stable, stable_low, stable_high: share of them that dt = 1 resolves, and its 95 % interval.
        decided: 1 where that interval lies on one side of one half; None for too few points to tell.
        failing: share that fails; all of them lie at diffusion coefficients up to 1/4.
        inside: failures where the rule of thumb allows dt = 1.
        beyond: points that it does not allow; `beyond_stable` of them are resolved.
        half_failing: failures with dt = 1/2.
    """

    flicker: float | None
    predicted: float | None
    rule: float | None
    points: int
    stable: float
    stable_low: float
    stable_high: float
    decided: float | None
    failing: float
    inside: int
    beyond: int
    beyond_stable: int
    half_failing: int


def resolved(survey: xr.Dataset, stiffness: xr.Dataset, known: Known) -> Resolved:
    """From `timestep.survey`, `timestep.stiffness_along_Du` and `experiments.evidence`."""
    broken = timestep.unresolved(survey.outcome)
    full, rule = broken.sel(dt=1.0), 8 * survey.Du + survey.F + survey.top.sel(dt=0.5) ** 2
    count, points = int((~full).sum()), survey.sizes["point"]
    interval = binomtest(count, points).proportion_ci(0.95)
    return Resolved(
        flicker=known_or_none(float(np.mean(known["high Du: flicker"][1].places))),
        predicted=known_or_none(stiffness.attrs["meets_2"]),
        rule=known_or_none(stiffness.attrs["rule_meets_2"]),
        points=points,
        stable=count / points,
        stable_low=float(interval.low),
        stable_high=float(interval.high),
        decided=1.0 if interval.low > 0.5 or interval.high < 0.5 else None,
        failing=float(full.mean()),
        inside=int((full & (rule < 2)).sum()),
        beyond=int((rule >= 2).sum()),
        beyond_stable=int((~full & (rule >= 2)).sum()),
        half_failing=int(broken.sel(dt=0.5).sum()),
    )


def known_or_none(value: float) -> float | None:
    """A number, or None for NaN."""
    return float(value) if np.isfinite(value) else None
