"""Tables in words and numbers: which method for which data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from lib.studies.inversion import scores
from lib.studies.inversion.embedding import STATES, Discerned
from lib.studies.inversion.methods import METHODS
from lib.studies.inversion.problems import SCHEMES, TARGETS
from lib.studies.inversion.tuning import WORST, Trial, winners, worth


def which_for_what(found: xr.Dataset, methods: Sequence[str] | None = None) -> str:
    """A row for each method, a column for each data scheme: problems solved, and the median error."""
    names = list(methods or found.approach.values)
    chosen = found.sel(approach=names)
    head = "| method | " + " | ".join(f"{s}: {SCHEMES[s].title}" for s in found.scheme.values) + " |"
    rows = [head, "|:--|" + "--:|" * found.sizes["scheme"]]
    solved, typical = scores.success(chosen), scores.median_error(chosen)
    cases = found.sizes["target"] * found.sizes["seed"]
    for name in names:
        columns = (x.sel(approach=name) for x in (solved, typical, scores.not_run(chosen)))
        cells = [
            "not run" if left_out else cell(float(s), float(e), cases)
            for s, e, left_out in zip(*columns, strict=True)
        ]
        rows.append(f"| {METHODS[name].title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def cell(solved: float, error: float, cases: int) -> str:
    """One entry: "4 of 6, 2.1 %", or that the method does not apply."""
    if np.isnan(solved):
        return "does not apply"
    size = "no answer" if not np.isfinite(error) else off(error)
    return f"{round(solved * cases)} of {cases}, {size}"


def off(error: float) -> str:
    """A relative error: "2.1 %", and "2.5 times" where it is twice the value itself or more."""
    if error < 0.995:
        return f"{100 * error:.2g} %"
    if error < 1.995:
        return f"{100 * error:.0f} %"
    return f"{error:.2g} times" if error < 9.95 else f"{error:,.0f} times"


def costs(found: xr.Dataset, methods: Sequence[str] | None = None) -> str:
    """A row for each method: cost and seconds of an attempt, price of a solution, coverage, failures."""
    names = list(methods or found.approach.values)
    rows = [
        "| method | forward equivalents, median | processor seconds without libraries and trainings, median "
        "| for each problem solved, best "
        "scheme | parameters inside the stated 95 % | failures |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    for name in names:
        one = found.sel(approach=[name])
        part = one.where(scores.applies(one))
        price = float(scores.expected_cost(one).min())
        inside = float(scores.coverage(one).mean())
        rows.append(
            f"| {METHODS[name].title} | {float(part.cost.median()):.3g} "
            f"| {float(part.seconds.median()):.2g} | "
            + ("never solved" if not np.isfinite(price) else f"{price:.3g}")
            + " | "
            + ("states none" if np.isnan(inside) else f"{100 * inside:.0f} %")
            + f" | {int(scores.failures(one).sum())} |"
        )
    return "\n".join(rows)


def embeddings(found: Sequence[Discerned]) -> str:
    """A row for each embedding: what it tells apart, and how often a step to the truth is a step down."""
    rows = [
        "| embedding | share of comparisons in which a pattern's own kind is nearer | share of steps towards "
        "the truth that lower the distance | the same between patterns | steps that change nothing |",
        "|:--|--:|--:|--:|--:|",
    ]
    for one in found:
        living = "no such step" if one.living is None else f"{one.living:.0%} of {one.between}"
        cells = (
            one.label, f"{one.told:.0%} of {triples():,}", f"{one.downhill:.0%} of {one.steps}", living,
            f"{one.flat:.0%} of {one.steps}",
        )  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows).replace("%", " %")


def triples() -> int:
    """How many comparisons the embeddings are asked for: a pattern, one of its own target, one of another."""
    pictures = len(TARGETS) * STATES
    return pictures * (STATES - 1) * (pictures - STATES)


def trials(made: Sequence[Trial]) -> str:
    """A row for each setting that was tried: its typical error, and whether it was taken."""
    best = winners(made)
    rows = ["| method | data | setting | typical error | taken |", "|:--|:--|:--|--:|:--|"]
    for one in made:
        setting = ", ".join(f"{name} {value}" for name, value in one.setting.items())
        typical = 10 ** worth(one.errors)
        size = "no answer, or tenfold" if typical >= WORST else off(typical)
        taken = "yes" if one.setting == best[one.method] else "no"
        rows.append(f"| {METHODS[one.method].title} | {one.scheme} | {setting} | {size} | {taken} |")
    return "\n".join(rows)


def unsettled(found: xr.Dataset) -> dict[str, list[str]]:
    """Scheme → titles of the methods whose success against cost has not come to rest within the budget."""
    moving = scores.applies(found) & ~scores.flattened(found) & ~scores.answers_once(found)
    return {
        str(scheme): [METHODS[str(name)].title for name in found.approach.values[moving.sel(scheme=scheme)]]
        for scheme in found.scheme.values
    }


def answering_once(found: xr.Dataset) -> list[str]:
    """Titles of the methods that have no answer before the second part of the budget, for any data."""
    once = scores.answers_once(found).any("scheme")
    return [METHODS[str(name)].title for name in found.approach.values[once]]


def known_ground(record: Mapping[str, Any]) -> str:
    """A row for each of three ways back on Gierer and Meinhardt's model: errors in units of the spread."""
    rows = ["| way back | parameter a | parameter b | parameter c | parameter δ |", "|:--|--:|--:|--:|--:|"]
    for name in ("kernel", "convolutions", "posterior mean"):
        errors, ranks = (record[name][key].values() for key in ("error", "rank correlation"))
        cells = (f"{error:.2f} ({rank:.2f})" for error, rank in zip(errors, ranks, strict=True))
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    inside = (f"{100 * share:.0f} %" for share in record["coverage of 90 %"].values())
    rows.append("| posterior: inside its 90 % interval | " + " | ".join(inside) + " |")
    return "\n".join(rows)
