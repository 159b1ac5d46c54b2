"""Section 5.1 as experiments: all cliffs over seeds and run lengths, half steps and other patches."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import xarray as xr
from tqdm import tqdm

from lib.linearisation import Vector
from lib.paper import TRUTH
from lib.repetitions import repetitions
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.studies.bifurcation.cliff_causes import Evidence, Outline, cause, curves_on_line
from lib.studies.bifurcation.cliff_location import EDGES, Edge, Start, locate_all, outcome
from lib.studies.bifurcation.parameter_sweeps import end_of, journeys, uniform_continuation
from lib.studies.scheme import HALF

#: Patches of Section 5.1's last experiment: side, u, v.
SIDES = (8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 80)
STRENGTHS = ((0.6, 0.2), (0.5, 0.2), (0.5, 0.25), (0.5, 0.3), (0.4, 0.35), (0.3, 0.3), (0.3, 0.5), (0.1, 0.6))

#: Each line through the truth, out and back: parameter, direction → the way out, the way back.
Lines = dict[tuple[str, int], tuple[xr.Dataset, xr.Dataset]]

#: What each carried journey is: parameter, direction, limit. Inwards and outwards alike.
JOURNEYS = (
    ("Du", -1, 0.10), ("Du", 1, 0.248), ("Dv", -1, 0.04), ("Dv", 1, 0.12),
    ("F", -1, 0.018), ("F", 1, 0.1), ("k", -1, 0.05), ("k", 1, 0.08),
)  # fmt: skip


#: The windows in which patch and carried pattern are compared; either region may reach beyond them.
REACHED_FEED = {"F": (0.015, 0.09), "k": (0.044, 0.076)}
REACHED_DIFFUSION = {"Du": (0.10, 0.25), "Dv": (0.03, 0.13)}


def cliff_table(seeds: int, lengths: Sequence[int], *, size: int, steps: int, seed: int = 0) -> xr.Dataset:
    """Every edge: over seeds at the full run length, over run lengths at the first seed, and with half steps.

    Args:
        seeds: how many initial states.
        lengths: run lengths beside the full one, in steps.
        size, steps: grid, and the full run length.
        seed: their seeds are `repetitions` of this one.

    Returns:
        Dataset over `edge`: `place` and `after` (edge, seed), `by_length` (edge, steps), `half_step` (edge,).
    """
    drawn = repetitions(seed, seeds)
    base = Start(size=size, seed=drawn[0], steps=steps)
    first = locate_all([(edge, base) for edge in EDGES], title="cliffs, first seed")
    starts = [base._replace(seed=other) for other in drawn[1:]]
    starts += [base._replace(steps=n) for n in lengths] + [base._replace(scheme=HALF)]
    guesses = [None if np.isnan(c.place) else c.place for c in first]
    rest = locate_all([(e, s) for s in starts for e in EDGES], guesses * len(starts), title="cliffs, others")
    table = np.array([[c.place for c in first], *np.reshape([c.place for c in rest], (len(starts), -1))]).T
    after = np.array([[c.after for c in first], *np.reshape([c.after for c in rest], (len(starts), -1))]).T
    order = np.argsort([*lengths, steps])
    by_length = np.column_stack([table[:, seeds : seeds + len(lengths)], table[:, 0]])[:, order]
    return xr.Dataset(
        {
            "place": (("edge", "seed"), table[:, :seeds]),
            "after": (("edge", "seed"), after[:, :seeds]),
            "by_length": (("edge", "steps"), by_length),
            "half_step": ("edge", table[:, -1]),
        },
        coords={
            "edge": [e.label for e in EDGES],
            "seed": list(drawn),
            "steps": np.array([*lengths, steps])[order],
        },
    )


def evidence(
    cliffs: xr.Dataset, lines: Mapping[tuple[str, int], xr.Dataset]
) -> dict[str, tuple[Edge, Evidence, str]]:
    """For each edge: the edge, what is known about it, and its cause."""
    found = {}
    for edge in EDGES:
        row = cliffs.sel(edge=edge.label)
        last, first_without = end_of(lines[edge.name, edge.sign])
        carried = last if np.isnan(first_without) else (last + first_without) / 2
        nearest = {n: min(xs) for n, xs in curves_on_line(edge.name).items() if xs}
        known = Evidence(tuple(row.place.values.tolist()), float(row.half_step), carried, nearest)
        found[edge.label] = (edge, known, cause(edge, known))
    return found


def carried_lines(y: Vector, *, steps: int, fineness: float) -> Lines:
    """The settled pattern carried out along every line through the truth, and back.

    Args:
        y: the pattern at rest at the truth.
        steps: at each value.
        fineness: values per one percent of the truth's value.
    """
    lines = [
        (name, sign, float(getattr(TRUTH, name)) / 100 / fineness, limit) for name, sign, limit in JOURNEYS
    ]
    return {(line[0], line[1]): pair for line, pair in zip(lines, journeys(lines, y, steps), strict=True)}


def reach(
    ranges: Mapping[str, tuple[float, float]],
    points: int,
    y: Vector,
    *,
    steps: int,
    carry_steps: int,
    size: int,
    seed: int,
) -> xr.Dataset:
    """Outcomes over a plane from the patch, and of the pattern carried from point to point.

    Args:
        ranges: two parameters with their lowest and highest values, the first drawn upwards.
        points: along each side.
        y: the pattern at rest at the truth.
        steps, size, seed: of the runs from the patch.
        carry_steps: at each point, of the carried pattern.

    Returns:
        Dataset over both axes: `patch` and `carried`; −1 where the carried pattern found no way to.
    """
    axes = {name: np.linspace(*limits, points) for name, limits in ranges.items()}
    carried = uniform_continuation(axes, y, carry_steps, title=" × ".join(axes) + ", carried")
    places = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    chunks = [places[i : i + 16] for i in range(0, len(places), 16)]
    calls = [arguments(chunk, Start(size=size, seed=seed, steps=steps)) for chunk in chunks]
    results = kept(ends, calls)
    found = np.concatenate(list(tqdm(results, total=len(calls), desc="from the patch", unit="chunk")))
    dims = tuple(axes)
    return xr.Dataset(
        {"patch": (dims, found.reshape(carried.shape)), "carried": (dims, carried)}, coords=dict(axes)
    )


@single_thread()
def ends(points: Sequence[Mapping[str, float]], start: Start) -> np.ndarray:
    """Outcomes from one start at several points."""
    return np.array([outcome(TRUTH._replace(**{n: float(x) for n, x in p.items()}), start) for p in points])


def patch_study(
    *, size: int, steps: int, sides: Sequence[int], strengths: int, seed: int = 0
) -> tuple[xr.Dataset, xr.Dataset]:
    """The high-k cliff against the side of the patch, and against its strength at the paper's side.

    Where a patch makes no pattern at the truth itself, its cliff is sought at lower k. NaN: no pattern was
    met as far as `cliff_location.RETREATS` strides go back, or none ended up to the limit. The paper's own
    patch is among the sides and among the strengths.
    """
    edge, base = EDGES[-1], Start(size=size, seed=seed, steps=steps)
    fit = [side for side in sides if side <= size]
    chosen = STRENGTHS[:strengths]
    starts = [base._replace(patch=(side, 0.5, 0.25)) for side in fit]
    starts += [base._replace(patch=(20, u, v)) for u, v in chosen]
    middle = float(TRUTH.k)
    found = locate_all([(edge, start) for start in starts], [middle] * len(starts), title="patches")
    places = [c.place for c in found]
    by_side = xr.Dataset({"place": ("side", places[: len(fit)])}, coords={"side": fit})
    labels = [strength_label(u, v) for u, v in chosen]
    by_strength = xr.Dataset({"place": ("patch", places[len(fit) :])}, coords={"patch": labels})
    return by_side, by_strength


def strength_label(u: float, v: float) -> str:
    """What a patch of the paper's side is called by what is in it."""
    return f"u = {u}, v = {v}"


def curves_dataset(
    outlines: Mapping[tuple[str, int], Outline], released: Mapping[tuple[str, int], float]
) -> xr.Dataset:
    """Folds and instabilities of the patterned branches, for the file readers download."""
    names = [f"{name} {'up' if sign > 0 else 'down'}" for name, sign in outlines]
    rows = [
        (
            o.branch.fold,
            o.instability.value,
            o.instability.eigenvalue.real,
            abs(o.instability.eigenvalue.imag),
        )
        for o in outlines.values()
    ]
    columns = zip(("fold", "instability", "growth", "frequency"), np.array(rows).T, strict=True)
    variables = {n: ("direction", x) for n, x in columns}
    variables["released"] = ("direction", np.array([released[key] for key in outlines]))
    return xr.Dataset(variables, coords={"direction": names})
