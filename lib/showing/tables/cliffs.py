"""The tables of the page on cliffs."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from lib.publishing.wording import said
from lib.showing.figures.style import SYMBOLS
from lib.showing.tables import Table
from lib.simulate import Outcome
from lib.studies.bifurcation.cliff_causes import Outline
from lib.studies.bifurcation.cliff_location import PRECISION
from lib.studies.bifurcation.experiments import Lines
from lib.studies.bifurcation.flashes import Fate, rhythm
from lib.studies.bifurcation.parameter_sweeps import first_change
from lib.studies.bifurcation.plane_edges import SAME
from lib.studies.bifurcation.summary import Known

DASH = "–"


def places(known: Known, lines: Lines) -> Table:
    """Every cliff with what is known about it, and its cause."""
    head = ("cliff", "from the patch", "range over seeds", "with dt = 1/2", "carried pattern ends",
            "spots it has there (at the truth)", "distance to homogeneous bifurcations", "cause")  # fmt: skip
    rows = []
    for label, (edge, facts, why) in known.items():
        middle = float(np.mean(facts.places))
        near = ", ".join(f"{name} {abs(middle - x):.5f}" for name, x in facts.curves.items())
        cells = (number(middle), spread(facts.places), number(facts.half_step), number(facts.carried))
        left = spots_left(lines[edge.name, edge.sign][0])
        rows.append([label, *cells, left, near or "none on this line", f"**{why}**"])
    return Table(head, rows)


def spread(places: tuple[float, ...]) -> str:
    """The range of a cliff over the seeds; one that bisection cannot tell from none is said to be so."""
    wide = float(np.ptp(places))
    return f"below {PRECISION:.5f}" if wide < PRECISION else number(wide)


def spots_left(out: xr.Dataset) -> str:
    """Spots of a carried pattern at its last value with a pattern, and at its first."""
    alive = out.outcome.values == Outcome.PATTERN
    last = len(alive) - 1 if alive.all() else max(int(np.argmin(alive)) - 1, 0)
    return f"{int(out.spots[last])} ({int(out.spots[0])})"


def by_length(cliffs: xr.Dataset) -> Table:
    """The same cliffs against the run length."""
    head = ("cliff", *(f"{n:,} steps" for n in cliffs.steps.values))
    pairs = zip(cliffs.edge.values, cliffs.by_length.values, strict=True)
    return Table(head, [[str(label), *map(number, row)] for label, row in pairs])


def flanks(edges: xr.Dataset) -> Table:
    """Both edges of the patterned region at every feed rate, and how far each curve is."""
    head = ("$F$", "low-$k$ edge", "to Hopf", "to saddle-node", "high-$k$ edge", "to saddle-node")
    rows = []
    for F in edges.F.values:
        row = edges.sel(F=F).mean("seed", skipna=False)
        if np.isfinite(row.low) or np.isfinite(row.high):
            rows.append([
                f"{F:.4f}", number(row.low), distance(row.low, row["Hopf"]),
                distance(row.low, row["saddle-node"]), number(row.high),
                distance(row.high, row["saddle-node"]),
            ])  # fmt: skip
    return Table(head, rows)


def distance(edge: xr.DataArray, curve: xr.DataArray) -> str:
    """A signed distance in k, bold where it counts as the same place."""
    gap = float(edge - curve)
    if not np.isfinite(gap):
        return DASH
    text = f"{gap:+.4f}".replace("-", "−")
    return f"**{text}**" if abs(gap) <= SAME else text


def branches(
    outlines: Mapping[tuple[str, int], Outline],
    released: Mapping[tuple[str, int], float],
    lines: Mapping[tuple[str, int], tuple[xr.Dataset, xr.Dataset]],
) -> Table:
    """How each branch ends, and when simulated patterns leave it."""
    head = ("direction", "fold of the branch", "stops attracting", "leading eigenvalue just past it",
            "released pattern leaves", "carried pattern changes between")  # fmt: skip
    rows = []
    for (name, sign), outline in outlines.items():
        left = released[name, sign]
        between = " … ".join(map(number, first_change(lines[name, sign][0])))
        rows.append([
            f"{SYMBOLS[name]} {'↑' if sign > 0 else '↓'}", number(outline.branch.fold),
            number(outline.instability.value), mode(outline),
            number(left) if np.isfinite(left) else unbroken(outline), between,
        ])  # fmt: skip
    return Table(head, rows)


def unbroken(outline: Outline) -> str:
    """How far a released pattern was seen to return."""
    return "returns up to the fold" if np.isfinite(outline.branch.fold) else "returns as far as followed"


def mode(outline: Outline) -> str:
    """The eigenvalue that takes over, and what it does."""
    value = outline.instability.eigenvalue
    if np.isnan(outline.instability.value):
        return "none met"
    if value.real >= -1 and abs(value.imag) > 1e-3:
        return f"{said(value.real)} ± {said(abs(value.imag))} i, spots pulse"
    return f"{said(value.real)}, {'cells flicker' if value.real < -1 else 'real: a spot divides'}"


def unrest(
    records: Mapping[tuple[float, int], xr.Dataset], fates: Mapping[tuple[float, int], Fate], steps: int
) -> Table:
    """Runs near the Hopf point: medians over the seeds, in brackets the range."""
    head = ("$k$", "looks uniform", "flashes after long calms", "rises of the spread", "longest calm, steps",
            "stop rule fires on a living field", "v has died by the end")  # fmt: skip
    rows = []
    for k in sorted({k for k, _ in records}):
        seen = [rhythm(run, after=steps // 2) for (at, _), run in records.items() if at == k]
        ends = [fate for (at, _), fate in fates.items() if at == k]
        stops = [fate.stop for fate in ends if fate.mistaken and fate.stop is not None]
        deaths = [fate.died for fate in ends if fate.died is not None]
        rows.append([
            f"{k:.4f}", ranged([100 * r.uniform_share for r in seen], " %"),
            ranged([r.flashes for r in seen]), ranged([r.crossings for r in seen]),
            ranged([r.longest_calm for r in seen]),
            of(stops, ends), of(deaths, ends),
        ])  # fmt: skip
    return Table(head, rows)


def ranged(values: list[float] | list[int], unit: str = "") -> str:
    """The median and, in brackets, the range."""
    return f"{np.median(values):,.0f}{unit} ({min(values):,.0f} … {max(values):,.0f})"


def of(steps: list[int], runs: list[Fate]) -> str:
    """How many of the runs, and at which step in the median."""
    when = f", at step {np.median(steps):,.0f}" if steps else ""
    return f"{len(steps)} of {len(runs)}{when}"


def number(value: float) -> str:
    """Five digits behind the point, or a dash."""
    return f"{float(value):.5f}" if np.isfinite(value) else DASH
