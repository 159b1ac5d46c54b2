"""Everything that Section 3 says in numbers about training runs, from their traces."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import xarray as xr

from lib.studies import shared
from lib.studies.training import trace_statistics
from lib.studies.training.acceptance import Refusal
from lib.studies.training.experiments import FACTORS
from lib.studies.training.iteration import Recipe
from lib.studies.training.sizes import Sizes
from lib.studies.training.stays import Drops, Stays, drops, stays
from lib.studies.training.steadiness import Steadiness, steadiness
from lib.studies.training.trace import Ending, Signal
from lib.studies.training.tries import Tries, tries

#: Iterations of the paper's own first run segment (Appendix D).
PAPER_ITERATIONS = 8_918

#: Every reason of the acceptance test, for "all three off".
ALL_TESTS = Refusal.NOT_CONVERGED | Refusal.OUT_OF_RANGE | Refusal.NOT_FINITE


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
class Residence:
    """Where the simulations of all iterations end.

    Args:
        off_paper, off_random: shares without a pattern in runs from the paper's start and from random ones.
        trivial, uniform, pattern: shares over all runs.
        frozen: runs that end in the corner of the box where nothing spreads; their median loss there.
        silent: share of iterations whose gradient is exactly zero because v has died.
        aborted: runs that ended because every learning rate was refused.
        runs, random_runs, iterations: how many.
    """

    off_paper: float
    off_random: float | None
    trivial: float
    uniform: float
    pattern: float
    frozen: int
    frozen_loss: float | None
    silent: float
    aborted: int
    runs: int
    random_runs: int
    iterations: int


@dataclass(frozen=True)
class FirstTries:
    """Share of iterations whose first try, at the base rate, passes: where v has died, and among patterns.

    `without_` names the part of the test that does not count. None where no iteration was there.
    """

    trivial: float | None
    pattern: float | None
    without_converged: float | None
    without_any: float | None


@dataclass(frozen=True)
class Search:
    """How far the search went, and how far it would have had to go.

    Args:
        found, searched: runs that converged to the truth, of all at three base rates.
        path, net: median length of a run's path and distance from its start, in unconstrained parameters.
        longest, needed: iterations of the longest run, and of the paper's.
        long_found: long searches that converged to the truth; None unless one had `needed` iterations.
        long_net, long_silent: that search's distance from its start, and its share of silent iterations.
        pattern_length, trivial_length, plateau_length: median lengths of the gradient in unconstrained
            parameters: among patterns, where v has died, and where it has died or is uniform; None if never
            there.
        step, quiet: typical step at the base rate among patterns and where v has died; None if never there.
        refused: share of first tries refused among patterns.
    """

    found: int
    searched: int
    path: float
    net: float
    longest: int
    needed: int
    long_found: int | None
    long_net: float | None
    long_silent: float | None
    pattern_length: float | None
    trivial_length: float | None
    plateau_length: float | None
    step: float | None
    quiet: float | None
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
    """What the page says about its runs."""

    plain: Bands
    windowed: Bands
    drops: Drops
    stays: Stays
    residence: Residence
    first_tries: FirstTries
    search: Search
    further: FurtherSteps
    tried: Tries


def summarise(
    runs: Mapping[str, xr.Dataset], sizes: Sizes, *, heights: Mapping[str, np.ndarray], top: float
) -> TrainingSummary:
    """Everything about the runs of `lib.studies.training.experiments.run_all`.

    Args:
        runs: traces by the names of their plans.
        sizes: what was planned.
        heights: loss of a uniform field against each target, for both losses.
        top: largest v of a pattern, for the rule of thumb of stability.
    """
    text, from_paper = runs["text"], slice(0, sizes.paper_starts)
    half = 0.5 * float(heights["spectral"].mean())
    return TrainingSummary(
        plain=Bands(
            steadiness(text.isel(run=from_paper), sizes.training_iterations),
            steadiness(runs["code"], sizes.settling_iterations),
        ),
        windowed=Bands(
            steadiness(runs["windowed"].isel(run=from_paper), sizes.windowed_iterations),
            steadiness(runs["windowed code"], sizes.settling_iterations),
        ),
        drops=drops([text, runs["code"]], half),
        stays=stays(text, sizes.training_iterations),
        residence=residence(text, sizes.paper_starts),
        first_tries=first_tries(text),
        search=search(runs, shared.first_segment(sizes)),
        further=further_steps(runs["code"], text),
        tried=tries(text, shared.first_segment(sizes), top),
    )


def residence(trace: xr.Dataset, paper_starts: int) -> Residence:
    """Where the simulations of these runs end; the first `paper_starts` runs begin at the paper's start."""
    paper = trace_statistics.residence(trace.isel(run=slice(0, paper_starts)))
    drawn = trace.isel(run=slice(paper_starts, None))
    every, still = trace_statistics.residence(trace), trace_statistics.frozen(trace)
    return Residence(
        off_paper=1 - paper["pattern"],
        off_random=1 - trace_statistics.residence(drawn)["pattern"] if drawn.sizes["run"] else None,
        trivial=every["trivial"],
        uniform=every["uniform"],
        pattern=every["pattern"],
        frozen=int(still.any("iteration").sum()),
        frozen_loss=float(trace.loss.where(still).median()) if still.any() else None,
        silent=trace_statistics.signals(trace)["dead"],
        aborted=int((trace.ending == Ending.ABORTED).sum()),
        runs=trace.sizes["run"],
        random_runs=trace.sizes["run"] - paper_starts,
        iterations=int(trace_statistics.lengths(trace).sum()),
    )


def first_tries(trace: xr.Dataset) -> FirstTries:
    """How often the step at the base rate passes, and would pass without parts of the test."""
    passed, without, without_any = (
        trace_statistics.base_rate_accepted(trace, reason)
        for reason in (Refusal(0), Refusal.NOT_CONVERGED, ALL_TESTS)
    )
    return FirstTries(
        trivial=passed.get("trivial"),
        pattern=passed.get("pattern"),
        without_converged=without.get("pattern"),
        without_any=without_any.get("pattern"),
    )


def search(runs: Mapping[str, xr.Dataset], recipe: Recipe) -> Search:
    """Distances, ends and typical steps of the search."""
    text = runs["text"]
    every = [text, *(runs[f"rate × {factor:g}"] for factor in FACTORS)]
    moved = trace_statistics.travel(text)
    lengths = {name: int(trace_statistics.lengths(trace).max()) for name, trace in runs.items()}
    long = runs.get("long")
    sizes = trace_statistics.gradient_sizes(text)
    on_plateau = np.concatenate([sizes.get(name, np.empty(0)) for name in ("trivial", "uniform")])
    refused = first_tries(text).pattern
    return Search(
        found=sum(trace_statistics.at_the_truth(trace) for trace in every),
        searched=sum(trace.sizes["run"] for trace in every),
        path=float(moved.path.median()),
        net=float(moved.net.median()),
        longest=max(lengths.values()),
        needed=PAPER_ITERATIONS,
        long_found=trace_statistics.at_the_truth(long)
        if long is not None and lengths["long"] >= PAPER_ITERATIONS
        else None,
        long_net=float(trace_statistics.travel(long).net[0]) if long is not None else None,
        long_silent=trace_statistics.signals(long)["dead"] if long is not None else None,
        pattern_length=scaled(1.0, sizes.get("pattern")),
        trivial_length=scaled(1.0, sizes.get("trivial")),
        plateau_length=scaled(1.0, on_plateau),
        step=scaled(recipe.rate, sizes.get("pattern")),
        quiet=scaled(recipe.rate, sizes.get("trivial")),
        refused=None if refused is None else 1 - refused,
    )


def scaled(rate: float, lengths: np.ndarray | None) -> float | None:
    """Typical step at a rate; None where no gradient was taken."""
    if lengths is None or not np.isfinite(lengths).any():
        return None
    return float(rate * np.nanmedian(lengths))


def further_steps(code: xr.Dataset, text: xr.Dataset) -> FurtherSteps:
    """What the code's recipe does at the paper's start."""
    dead = (code.signal == Signal.DEAD).values
    silent = np.flatnonzero(dead[0])
    second = (
        code.isel(run=0, iteration=1).params.values if code.sizes["iteration"] > 1 else np.full(4, np.nan)
    )
    Du, Dv, F, k = (float(value) if np.isfinite(value) else None for value in second)
    return FurtherSteps(
        gradient=float(trace_statistics.gradient_length(code)[0, 0]),
        gradient_text=float(trace_statistics.gradient_length(text)[0, 0]),
        Du=Du,
        Dv=Dv,
        F=F,
        k=k,
        silent_from=int(silent[0]) if len(silent) else None,
        silent=trace_statistics.signals(code)["dead"],
        runs=code.sizes["run"],
        silent_runs=int(dead.any(axis=1).sum()),
    )


def groups(text: xr.Dataset, windowed: xr.Dataset, sizes: Sizes) -> dict[str, dict[str, float]]:
    """Shares of simulations by outcome: from the paper's start, from random ones, under the windowed loss."""
    paper, drawn = text.isel(run=slice(0, sizes.paper_starts)), text.isel(run=slice(sizes.paper_starts, None))
    named = {"the paper's start": paper, "random starts": drawn, "windowed loss": windowed}
    return {name: trace_statistics.residence(trace) for name, trace in named.items() if trace.sizes["run"]}
