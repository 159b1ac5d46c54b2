"""What the benchmark says in numbers, for the pages and the verdicts. None stands for "not measured"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.inversion import scores
from lib.studies.inversion.methods import METHODS

#: Noise at which a remedy is asked to keep what it has.
NOISY = "S3-1"


@dataclass(frozen=True)
class Remedies:
    """Shares of problems solved (0 … 1), and median errors.

    Args:
        paper, amplitude, level, transport, surrogate: on settled v alone.
        best: the better of the first two losses.
        paper_error, best_error: median of the largest relative error of both.
        growing, last: frame after frame on v at five times; the paper's descent on the last of them.
        clean, noisy: the growing horizon on u and v without noise, and with 1 % of it.
    """

    paper: float | None
    amplitude: float | None
    level: float | None
    transport: float | None
    surrogate: float | None
    best: float | None
    paper_error: float | None
    best_error: float | None
    growing: float | None
    last: float | None
    clean: float | None
    noisy: float | None


@dataclass(frozen=True)
class Rivals:
    """Costs in forward equivalents, errors relative.

    Args:
        cheapest: what the cheapest method with half of the settled v's solved spends for each one solved.
        cheapest_name: its title.
        evolution: what evolution, the better of two, spends in an attempt there.
        evolution_solved: the share it solves.
        ratio: of the two costs.
        reverse, best_error: median errors of the reverse surrogate and of the best method there.
        best_name: its title.
        residual_noisy, weak_noisy: median errors at 1 % noise, in words.
        network, network_name, network_error: the share that the better network solves on settled u and v, its
            title, and its median error.
        homotopy, homotopy_cost, homotopy_ratio: the same share with homotopy, what an attempt spends, and
            that against the cheapest method that solves half of these problems.
        windows, whole: median errors of networks through time on v at five times.
        sparse, sparse_noisy: shares solved by sparse terms without noise and at 1 %, in words.
    """

    cheapest: float | None
    cheapest_name: str | None
    evolution: float | None
    evolution_solved: float | None
    ratio: float | None
    reverse: float | None
    best_error: float | None
    best_name: str | None
    residual_noisy: str | None
    weak_noisy: str | None
    network: float | None
    network_name: str | None
    network_error: float | None
    homotopy: float | None
    homotopy_cost: float | None
    homotopy_ratio: float | None
    windows: float | None
    whole: float | None
    sparse: str | None
    sparse_noisy: str | None


def remedies(found: xr.Dataset) -> Remedies:
    """The numbers of the page on remedies."""
    losses = ("log-amplitude", "level-aware")
    shares = [solved(found, name, "S1") for name in losses]
    gaps = [x for x in (typical(found, name, "S1") for name in losses) if x is not None]
    return Remedies(
        paper=solved(found, "paper", "S1"),
        amplitude=shares[0],
        level=shares[1],
        transport=solved(found, "transport", "S1"),
        surrogate=solved(found, "surrogate", "S1"),
        best=max((x for x in shares if x is not None), default=None),
        paper_error=typical(found, "paper", "S1"),
        best_error=min(gaps, default=None),
        growing=solved(found, "growing", "S5"),
        last=solved(found, "paper", "S5"),
        clean=solved(found, "horizon", "S2"),
        noisy=solved(found, "horizon", NOISY),
    )


def rivals(found: xr.Dataset) -> Rivals:
    """The numbers of the page on rivals."""
    known = prices(found, "S1")
    cheapest = min(known, key=lambda name: known[name], default=None)
    networks = ("network-tanh", "network-sines")
    network = most_solved(found, networks, "S2")
    of_homotopy = measured(found, "homotopy", "S2", found.cost.median(scores.REPEATS))
    cheap = min(prices(found, "S2").values(), default=None)
    breeds = ("evolution", "evolution-statistics")
    better = most_solved(found, breeds, "S1")
    spent = measured(found, better, "S1", found.cost.median(scores.REPEATS))
    errors = {name: typical(found, name, "S1") for name in METHODS}
    finite = {name: error for name, error in errors.items() if error is not None}
    best = min(finite, key=lambda name: finite[name], default=None)
    price_of_cheapest = None if cheapest is None else known[cheapest]
    return Rivals(
        cheapest=price_of_cheapest,
        cheapest_name=None if cheapest is None else METHODS[cheapest].title,
        evolution=spent,
        evolution_solved=solved(found, better, "S1"),
        ratio=None if spent is None or not price_of_cheapest else spent / price_of_cheapest,
        reverse=errors.get("reverse"),
        best_error=None if best is None else finite[best],
        best_name=None if best is None else METHODS[best].title,
        residual_noisy=in_words(typical(found, "residual", NOISY)),
        weak_noisy=in_words(typical(found, "weak", NOISY)),
        network=solved(found, network, "S2"),
        network_name=METHODS[network].title,
        network_error=typical(found, network, "S2"),
        homotopy=solved(found, "homotopy", "S2"),
        homotopy_cost=of_homotopy,
        homotopy_ratio=None if of_homotopy is None or not cheap else of_homotopy / cheap,
        windows=typical(found, "windows", "S5"),
        whole=typical(found, "whole", "S5"),
        sparse=share_in_words(solved(found, "sparse", "S2")),
        sparse_noisy=share_in_words(solved(found, "sparse", NOISY)),
    )


def prices(found: xr.Dataset, scheme: str) -> dict[str, float]:
    """What each method that solves at least half of a scheme's problems spends for each one solved."""
    shares = {name: solved(found, name, scheme) for name in METHODS}
    half = [name for name, share in shares.items() if share is not None and share >= 0.5]
    costs = {name: price(found, name, scheme) for name in half}
    return {name: cost for name, cost in costs.items() if cost is not None}


def most_solved(found: xr.Dataset, names: Sequence[str], scheme: str) -> str:
    """Which of the methods solves most of a scheme's problems; one that was not tried comes last."""
    shares = {name: solved(found, name, scheme) for name in names}
    return max(names, key=lambda name: -1.0 if (share := shares[name]) is None else share)


def in_words(error: float | None) -> str | None:
    """An error for a sentence."""
    return None if error is None else f"{100 * error:.2g} %"


def share_in_words(share: float | None) -> str | None:
    """A share for a sentence."""
    return None if share is None else f"{100 * share:.0f} %"


def solved(found: xr.Dataset, method: str, scheme: str) -> float | None:
    """Share of the problems solved."""
    return measured(found, method, scheme, scores.success(found))


def typical(found: xr.Dataset, method: str, scheme: str) -> float | None:
    """Median of the largest relative error; None where half of the attempts have no answer."""
    return measured(found, method, scheme, scores.median_error(found))


def price(found: xr.Dataset, method: str, scheme: str) -> float | None:
    """Forward equivalents for each problem solved; None where none is."""
    return measured(found, method, scheme, scores.expected_cost(found))


def measured(found: xr.Dataset, method: str, scheme: str, values: xr.DataArray) -> float | None:
    """One number of a table; None where the pair was not run or does not apply, or there is no number."""
    if method not in found.approach.values or scheme not in found.scheme.values:
        return None
    if not bool(scores.applies(found).sel(approach=method, scheme=scheme)):
        return None
    value = float(values.sel(approach=method, scheme=scheme))
    return value if np.isfinite(value) else None
