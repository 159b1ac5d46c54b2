"""The paper's claims and their verdicts: recorded by the notebooks, rendered where they are measured.

A verdict is computed from a comparison, never typed: a cell hands over the numbers, and the claim's
criterion (`lib.publishing.criteria`), written down before they were measured, judges them. A number that
was not measured is None, and a claim whose criterion needs it cannot be tested.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from lib.publishing.criteria import CRITERIA, Criterion, NotMeasured, Numbers
from lib.publishing.glued import MISSING
from lib.publishing.wording import Quantity

#: id → (section of the paper, the claim in our words).
STATEMENTS: dict[str, tuple[str, str]] = {
    "setup-stability": ("2.2", "The searched parameter ranges keep explicit Euler stable in most cases."),
    "setup-gradients": ("2.1", "Backpropagation through all steps neither explodes nor vanishes."),
    "setup-search": ("2.2", "In most cases the search stays where D is at most 1/4."),
    "training-band": ("3.1", "The training loss stays in a high band (245–270) without a downward trend."),
    "training-drops": ("3.1", "Drops of the loss are isolated, and each is followed by a climb back."),
    "training-lowloss": ("3.1", "A low loss does not mean a correct fit."),
    "training-appendixd": ("D", "The recorded trajectory ends in a set that matches the target."),
    "windowed-band": ("3.2", "The windowed loss fluctuates without trend too, around 230."),
    "windowed-polarised": ("3.2", "Windowed losses lie just above the target's or at a uniform field's."),
    "exploration": ("3.2", "Stagnation is not the fault of too short or too coarse a search."),
    "cuts": ("4.1", "Along each parameter there are sharp cliffs, with flat ground on both sides."),
    "planes": ("4.1", "The same holds in the F–k and Du–Dv planes."),
    "losses-agree": ("4.2", "The surfaces of the plain and the windowed spectral loss are alike."),
    "gram": ("4.2", "The Gram loss has its plateau midway and fluctuates among patterns."),
    "matrix": ("4.1, 5.1", "On the patterned side patterns change gradually and regularly."),
    "bifurcations": ("5.1", "The low-k edge of the patterns follows the homogeneous Hopf curve."),
    "bifurcations-right": ("5.1", "The high-k edge of the patterns follows their saddle-node curve."),
    "hopf-cycles": ("5.1", "Near the Hopf bifurcation runs end in limit cycles."),
    "hopf-flashes": ("5.1", "Such runs look uniform for long times, with occasional local flashes."),
    "hopf-stop": ("5.1", "The stop rule is tempted to cut such runs off as uniform."),
    "confined": ("5.1", "The optimiser lives in the uniform region; its excursions are brief."),
    "weak-gradients": ("5.1", "Gradients among patterns are weak and noisy; one step can cross a cliff."),
    "routing": ("5.1", "The landscape is inherited however gradients reach the parameters."),
    "intermediate": ("5.1, C", "Patterns grow more similar to one another as they evolve in time."),
    "intermediate-ends": ("5.1, C", "From the patch, uniform ends evolve from patterns at earlier times."),
    "intermediate-ends-random": ("5.1, C", "So they do from random initial states."),
    "traversable": ("5.1", "The patterned side can in principle be traversed."),
    "remedy-loss": ("5.2", "A better loss could make the landscape searchable."),
    "remedy-surrogate": ("5.2", "A surrogate with time as an input could be descended instead."),
    "remedy-intermediate": ("5.2", "Supervision at intermediate times could lead to the parameters."),
    "remedy-horizon": ("5.2", "Without such frames, growing the horizon step by step does the same (ours)."),
    "remedy-transport": ("5.2", "Optimal transport between spectra is such a better loss (ours)."),
    "surrogates-coarse": ("6.1", "Reverse surrogates give coarse estimates."),
    "embedding": ("6.1", "Distances of visual embeddings tell patterns apart but leave no slope to follow."),
    "posterior-calibrated": ("6.1", "A neural posterior's intervals hold the truth as they say (ours)."),
    "forward-pinn": ("6.1", "A forward network is further off than a solver in equal time (ours)."),
    "evolution-expensive": ("6.1", "Evolutionary search is expensive."),
    "network-avoids": ("6.1", "A physics-informed network avoids what troubles surrogates and evolution."),
    "homotopy-cost": ("6.1", "Homotopy networks find parameters at a substantial computational cost."),
    "windows-gain": ("6.3", "Windows in time, one after the other, help where one long window fails (ours)."),
    "orthogonal": ("6.2", "The total loss splits into a data term of the network alone and a residual term."),
    "quadratic": ("6.2", "With the network fixed, the residual loss is exactly quadratic in the parameters."),
    "quadratic-any": ("6.2", "That holds for any network output between random and fitted."),
    "minimum": ("6.2", "The residual loss has its minimum where the data come from."),
    "all-initial-states": ("6.2", "The residual encodes the dynamics of all initial states at once."),
    "no-repair": ("6.3", "A network cannot repair an ill-posed parameter landscape."),
    "network-landscape": ("6.3, 7", "The network's own landscape is well behaved."),
    "completes-data": ("6.4", "The network's only job is to complete the data."),
    "space-time": ("6.3, 7", "Open: is the landscape still well behaved in full space-time?"),
    "recurs-plateau": ("7", "Of five reaction-diffusion systems at least four have plateaus (ours)."),
    "recurs-cliff-cause": ("7", "In five such systems cliffs lie where the end of a run changes (ours)."),
    "recurs-bowl": ("7", "The residual has one minimum in each, a bowl in linear parameters (ours)."),
    "recurs-horizon": ("7", "In at least four of the five, least squares breaks at long horizons (ours)."),
}  # fmt: skip


class Kind(StrEnum):
    """The possible verdicts; `OBSERVED` is for open questions, which nothing could hold or refute.

    `DRAWN` is no run's verdict: it takes the place of one that comes out differently from seed to seed.
    """

    HOLDS = "holds"
    CORRECTED = "holds with a correction"
    DIFFERS = "differs"
    UNTESTED = "cannot be tested"
    OBSERVED = "observed"
    DRAWN = "depends on the draw"


#: The colour of each verdict's box: names of the book theme's admonitions.
ADMONITIONS = {
    Kind.HOLDS: "tip",
    Kind.CORRECTED: "important",
    Kind.DIFFERS: "warning",
    Kind.UNTESTED: "note",
    Kind.OBSERVED: "seealso",
    Kind.DRAWN: "caution",
}

#: Verdicts differ in shape, not only in colour.
SYMBOLS = {
    Kind.DIFFERS: "✗", Kind.CORRECTED: "≈", Kind.DRAWN: "±", Kind.UNTESTED: "?", Kind.OBSERVED: "○",
    Kind.HOLDS: "✓",
}  # fmt: skip


class Missing:
    """Stands for a number that was not measured in the sentence that would name it, whatever its format."""

    def __format__(self, form: str) -> str:
        return MISSING


@dataclass(frozen=True)
class Verdict:
    """One claim, measured. Shown as a box by Jupyter."""

    id: str
    section: str
    statement: str
    verdict: Kind
    measured: dict[str, float | None]
    tolerance: str
    finding: str
    would_change: str = ""
    draw: str = ""

    def _repr_markdown_(self) -> str:
        held = f"Held against: {self.tolerance}." if self.tolerance else ""
        more = " ".join(phrase for phrase in (held, self.would_change, self.draw) if phrase)
        return (
            f":::{{admonition}} {self.statement}\n:class: claim {ADMONITIONS[self.verdict]}\n"
            f":name: claim-{self.id}\n"
            f"**{self.verdict.capitalize()}** · the paper, Section {self.section}\n\n"
            f"{self.finding}\n\n{more}\n:::"
        )


def record(
    id: str,
    *,
    measured: Mapping[str, float | None],
    finding: str,
    tolerance: str | None = None,
    holds: bool | None = None,
    corrected: bool = False,
    draw: str = "",
    folder: Path | str = "claims",
) -> Verdict:
    """Record the verdict on one claim.

    Args:
        id: a row of `STATEMENTS`.
        measured: the numbers it rests on, by name; at least one, all finite, or None for one that was not
            measured.
        finding: a sentence or two with placeholders like {slope:.2f} for the measured numbers.
        tolerance: what they were held against, as a phrase; only where the claim has no criterion.
        holds: whether they met it: the outcome of a comparison; only where the claim has no criterion.
        corrected: whether the claim holds only with the correction that `finding` states; likewise.
        draw: a sentence where the verdict depends on the draw of seeds, saying what flips.
        folder: where id.json is written.

    Raises:
        ValueError: for an unknown id, no number, a number that is not finite, a wrong placeholder, or a
            truth value that is none.
    """
    section, statement = describe(id)
    numbers = checked(id, measured)
    criterion = CRITERIA.get(id)
    missing = ""
    if criterion is None:
        kind = compared(id, holds, corrected)
    elif holds is not None or tolerance is not None:
        raise ValueError(f"Claim {id!r} has a criterion in lib/publishing/criteria, which judges it alone.")
    else:
        (kind, missing), tolerance = judged(criterion, numbers), criterion.threshold
    change = criterion.would_change if criterion else ""
    text = told(id, finding, numbers) + (f" Missing for a verdict: `{missing}`." if missing else "")
    return write(
        Verdict(id, section, statement, kind, numbers, tolerance or "", text, change, draw), Path(folder)
    )


def judged(criterion: Criterion, numbers: Mapping[str, float | None]) -> tuple[Kind, str]:
    """The verdict by the claim's criterion, and the name of the missing number where there can be none."""
    if criterion.holds is None:
        return Kind.OBSERVED, ""
    known = Numbers(numbers)
    try:
        if not truth(criterion.id, criterion.holds(known)):
            return Kind.DIFFERS, ""
        only = criterion.corrected is not None and truth(criterion.id, criterion.corrected(known))
        return Kind.CORRECTED if only else Kind.HOLDS, ""
    except NotMeasured as missing:
        return Kind.UNTESTED, str(missing.args[0])


def compared(id: str, holds: bool | None, corrected: bool) -> Kind:
    """The verdict from a comparison made by the cell."""
    if not truth(id, holds):
        return Kind.DIFFERS
    return Kind.CORRECTED if truth(id, corrected) else Kind.HOLDS


def truth(id: str, outcome: object) -> bool:
    """The outcome of a comparison; anything else is refused."""
    if not isinstance(outcome, bool | np.bool_):
        raise ValueError(
            f"Claim {id!r} needs the outcome of a comparison, True or False; it got {outcome!r}."
        )
    return bool(outcome)


def checked(id: str, measured: Mapping[str, float | None]) -> dict[str, float | None]:
    """The numbers as floats or None; at least one, none of them NaN or infinite."""
    numbers = {name: None if value is None else float(value) for name, value in measured.items()}
    if not numbers or not all(value is None or np.isfinite(value) for value in numbers.values()):
        raise ValueError(
            f"Claim {id!r} needs at least one number, all of them finite, or None for one that was not "
            f"measured; it got {numbers}."
        )
    return numbers


def told(id: str, finding: str, numbers: Mapping[str, float | None]) -> str:
    """The finding with its numbers filled in."""
    known = {name: Missing() if value is None else Quantity(value) for name, value in numbers.items()}
    try:
        return finding.format(**known)
    except KeyError as error:
        raise ValueError(
            f"The finding of claim {id!r} names {error}, which is not among {sorted(numbers)}."
        ) from error


def untested(id: str, *, why: str, folder: Path | str = "claims") -> Verdict:
    """Record that a claim cannot be tested, and why."""
    section, statement = describe(id)
    criterion = CRITERIA.get(id)
    held, change = (criterion.threshold, criterion.would_change) if criterion else ("", "")
    return write(Verdict(id, section, statement, Kind.UNTESTED, {}, held, why, change), Path(folder))


def describe(id: str) -> tuple[str, str]:
    """Section and statement of a claim."""
    if id not in STATEMENTS:
        raise ValueError(f"There is no claim {id!r}: choose one of {', '.join(STATEMENTS)}.")
    return STATEMENTS[id]


def write(verdict: Verdict, folder: Path) -> Verdict:
    """Keep the verdict as folder/id.json, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{verdict.id}.part"
    part.write_text(json.dumps(asdict(verdict), indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(folder / f"{verdict.id}.json")
    return verdict
