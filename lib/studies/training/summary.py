"""Everything that Section 3 says in numbers about training runs, from their traces."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import xarray as xr

from lib.studies import shared
from lib.studies.training import trace_statistics
from lib.studies.training.experiments import FACTORS
from lib.studies.training.iteration import Recipe
from lib.studies.training.residence import Residence, half_height, residence
from lib.studies.training.sizes import Sizes
from lib.studies.training.stays import Drops, Stays, drops, stays
from lib.studies.training.steadiness import Steadiness, steadiness
from lib.studies.training.trace import Signal
from lib.studies.training.tries import Tries, tries
from lib.studies.training.visits import Visit, gradient_length, visit

#: Iterations of the paper's own first run segment (Appendix D).
PAPER_ITERATIONS = 8_918


@dataclass(frozen=True)
class Bands:
    """Losses under the text's and under the code's recipe, all from the paper's start."""

    text: Steadiness
    code: Steadiness

    def numbers(self) -> dict[str, float | None]:
        """For a claim: text_runs, …, code_tau."""
        return {
            f"{recipe}_{name}": value
            for recipe, found in (("text", self.text), ("code", self.code))
            for name, value in asdict(found).items()
        }


@dataclass(frozen=True)
class Visits:
    """The iterations with the text's recipe: where v has died, is uniform, either, and among patterns."""

    trivial: Visit
    uniform: Visit
    plateau: Visit
    pattern: Visit


@dataclass(frozen=True)
class Search:
    """How far the search went, and how far it would have had to go.

    Args:
        found, searched: runs that converged to the truth, of all at three base rates.
        base_runs, base_longest: those at the paper's base rate, and iterations of the longest one.
        other_runs, other_longest: the same for those at a tenth and at ten times of it.
        path, net: median length of the paths of the runs at the paper's base rate, and distance from their
            starts, in unconstrained parameters.
        longest, needed: iterations of the longest run, and of the paper's.
        long_found: long searches that converged to the truth; None unless one had `needed` iterations.
        long_net, long_silent: that search's distance from its start, and its share of silent iterations.
        step, quiet, even: typical step at the base rate among patterns, where v has died, and where it is
            uniform; None if never there.
        first_tries, refused: first tries among patterns, and the share of them refused.
    """

    found: int
    searched: int
    base_runs: int
    base_longest: int
    other_runs: int
    other_longest: int
    path: float
    net: float
    longest: int
    needed: int
    long_found: int | None
    long_net: float | None
    long_silent: float | None
    step: float | None
    quiet: float | None
    even: float | None
    first_tries: int
    refused: float | None


@dataclass(frozen=True)
class FurtherSteps:
    """The paper's start under the code's recipe, first seed: the first step, and when it falls silent.

    Args:
        gradient, gradient_text: length of the first gradient under the code's and under the text's recipe.
        Du, Dv, F, k: parameters after the first step; None if there was none.
        silent_from: first iteration whose gradient is exactly zero, counted from 0; None if there is none.
        silent: share of such iterations over all runs.
        runs, silent_runs: how many runs, and how many of them fell silent.
    """

    gradient: float
    gradient_text: float
    Du: float | None
    Dv: float | None
    F: float | None
    k: float | None
    silent_from: int | None
    silent: float
    runs: int
    silent_runs: int


@dataclass(frozen=True)
class TrainingSummary:
    """What the page says about its runs; `expected` is where a perfectly uniform field's losses lie."""

    expected: tuple[float, float]
    plain: Bands
    windowed: Bands
    drops: Drops
    stays: Stays
    residence: Residence
    visits: Visits
    search: Search
    further: FurtherSteps
    tried: Tries


def summarise(
    runs: Mapping[str, xr.Dataset],
    sizes: Sizes,
    *,
    heights: Mapping[str, np.ndarray],
    expected: tuple[float, float],
    top: float,
) -> TrainingSummary:
    """Everything about the runs of `lib.studies.training.experiments.run_all`.

    Args:
        runs: traces by the names of their plans.
        sizes: what was planned.
        heights: loss of a uniform field against each target, for both losses.
        expected: where the mean over a batch of these falls, for the plain loss.
        top: largest v of a pattern, for the rule of thumb of stability.
    """
    text, from_paper = runs["text"], slice(0, sizes.paper_starts)
    half = half_height(heights["spectral"])
    seen = visits(text, half)
    return TrainingSummary(
        expected=expected,
        plain=Bands(
            steadiness(text.isel(run=from_paper), sizes.training_iterations),
            steadiness(runs["code"], sizes.settling_iterations),
        ),
        windowed=Bands(
            steadiness(runs["windowed"].isel(run=from_paper), sizes.windowed_iterations),
            steadiness(runs["windowed code"], sizes.settling_iterations),
        ),
        drops=drops([text, runs["code"]], half),
        stays=stays(text, half, sizes.training_iterations),
        residence=residence(text, sizes.paper_starts, half, expected),
        visits=seen,
        search=search(runs, shared.first_segment(sizes), seen),
        further=further_steps(runs["code"], text),
        tried=tries(text, shared.first_segment(sizes), top),
    )


def visits(text: xr.Dataset, half: float) -> Visits:
    """The iterations with the text's recipe by region; `half` of the plateau's height tells a pattern."""
    return Visits(
        trivial=visit(text, half, "trivial"),
        uniform=visit(text, half, "uniform"),
        plateau=visit(text, half, "trivial", "uniform"),
        pattern=visit(text, half, "pattern"),
    )


def search(runs: Mapping[str, xr.Dataset], recipe: Recipe, seen: Visits) -> Search:
    """Distances, ends and typical steps of the search."""
    text = runs["text"]
    every = [text, *(runs[f"rate × {factor:g}"] for factor in FACTORS)]
    moved = trace_statistics.travel(text)
    lengths = {name: int(trace_statistics.lengths(trace).max()) for name, trace in runs.items()}
    long = runs.get("long")
    return Search(
        found=sum(trace_statistics.at_the_truth(trace) for trace in every),
        searched=sum(trace.sizes["run"] for trace in every),
        base_runs=text.sizes["run"],
        base_longest=lengths["text"],
        other_runs=sum(trace.sizes["run"] for trace in every[1:]),
        other_longest=max(lengths[f"rate × {factor:g}"] for factor in FACTORS),
        path=float(moved.path.median()),
        net=float(moved.net.median()),
        longest=max(lengths.values()),
        needed=PAPER_ITERATIONS,
        long_found=trace_statistics.at_the_truth(long)
        if long is not None and lengths["long"] >= PAPER_ITERATIONS
        else None,
        long_net=float(trace_statistics.travel(long).net[0]) if long is not None else None,
        long_silent=trace_statistics.signals(long)["dead"] if long is not None else None,
        step=scaled(recipe.rate, seen.pattern.length),
        quiet=scaled(recipe.rate, seen.trivial.length),
        even=scaled(recipe.rate, seen.uniform.length),
        first_tries=seen.pattern.iterations,
        refused=None if seen.pattern.share is None else 1 - seen.pattern.share,
    )


def scaled(rate: float, length: float | None) -> float | None:
    """A step at a rate; None where no gradient was taken."""
    return None if length is None else rate * length


def further_steps(code: xr.Dataset, text: xr.Dataset) -> FurtherSteps:
    """What the code's recipe does at the paper's start."""
    dead = (code.signal == Signal.DEAD).values
    silent = np.flatnonzero(dead[0])
    second = (
        code.isel(run=0, iteration=1).params.values if code.sizes["iteration"] > 1 else np.full(4, np.nan)
    )
    Du, Dv, F, k = (float(value) if np.isfinite(value) else None for value in second)
    return FurtherSteps(
        gradient=float(gradient_length(code)[0, 0]),
        gradient_text=float(gradient_length(text)[0, 0]),
        Du=Du,
        Dv=Dv,
        F=F,
        k=k,
        silent_from=int(silent[0]) if len(silent) else None,
        silent=trace_statistics.signals(code)["dead"],
        runs=code.sizes["run"],
        silent_runs=int(dead.any(axis=1).sum()),
    )
