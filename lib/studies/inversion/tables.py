"""Tables in words and numbers: which method for which data."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from lib.studies.inversion import scores
from lib.studies.inversion.methods import METHODS
from lib.studies.inversion.problems import SCHEMES


def which_for_what(found: xr.Dataset, methods: Sequence[str] | None = None) -> str:
    """A row for each method, a column for each data scheme: problems solved, and the median error."""
    names = list(methods or found.approach.values)
    chosen = found.sel(approach=names)
    head = "| | " + " | ".join(f"{s}: {SCHEMES[s].title}" for s in found.scheme.values) + " |"
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
    size = "no answer" if not np.isfinite(error) else f"{100 * error:.2g} %"
    return f"{round(solved * cases)} of {cases}, {size}"


def costs(found: xr.Dataset, methods: Sequence[str] | None = None) -> str:
    """A row for each method: cost and seconds of an attempt, price of a solution, coverage, failures."""
    names = list(methods or found.approach.values)
    rows = [
        "| | forward equivalents, median | processor seconds, median | for each problem solved, best scheme "
        "| parameters inside the stated 95 % | failures |",
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
