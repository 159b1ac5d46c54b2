"""What Section 2 says about its numbers, in the form that fits what came out."""

import numpy as np

from lib.paper import SAMPLED_NAMES, SAMPLED_SETS
from lib.publishing.wording import counted, said
from lib.simulate import Outcome
from lib.studies.setup.summary import SetupSummary

#: What an outcome is called.
WORDS = {
    Outcome.TRIVIAL: "trivial ($v$ has died)",
    Outcome.UNIFORM: "uniform ($v$ everywhere alike)",
    Outcome.PATTERN: "patterned",
    Outcome.DIVERGED: "diverged",
    Outcome.FLICKERING: "flickering",
}


def in_one_minute(found: SetupSummary) -> str:
    """The page in three lines."""
    return (
        "* Two equations, four parameters, explicit steps of one: a run is "
        f"{said(found.updates / 1e6, '.0f')} million cell updates.\n"
        "* Losses compare statistics of two pictures, since the noise of the initial state decides where "
        "spots end up. The truth's run from the first initial state scores a spectral loss of "
        f"{said(found.independent[3], '.1f')} against its runs from other ones, not 0.\n"
        f"* After {found.late_steps:,} steps single and double precision differ by {said(found.late, '1r')} "
        "in the worst cell."
    )


def ends(found: SetupSummary) -> str:
    """How the seven sets end, grouped by outcome."""
    groups = [
        f"{listed([i + 1 for i, end in enumerate(found.ends) if end == outcome])} {WORDS[outcome]}"
        for outcome in Outcome
        if outcome in found.ends
    ]
    told = "; ".join(groups)
    lost = any(end in (Outcome.TRIVIAL, Outcome.UNIFORM) for end in found.ends)
    consequence = (
        " A picture without a pattern looks the same whatever the parameters were, and this is where the "
        "trouble of Section 3 begins."
        if lost
        else ""
    )
    return (
        f"By the end of the run, most of {counted(found.states, 'initial state')} are: {told}.{consequence}"
    )


def listed(numbers: list[int]) -> str:
    """Set 1; sets 1 and 2; sets 1, 2 and 3."""
    if len(numbers) == 1:
        return f"set {numbers[0]}"
    return f"sets {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def losses_of_the_sets(found: SetupSummary) -> str:
    """What to carry along from the table."""
    third, seventh, truth = found.spectral[2], found.spectral[6], found.independent[3]
    return (
        "Three things to carry along. At the optimiser's start (set 1) the spectral loss is "
        f"{said(found.spectral[0], '.1f')}, and at iteration 8,918 (set 2) "
        f"{said(found.spectral[1], '.1f')}. Set 7 scores {said(seventh, '.1f')} on average, set 3 "
        f"{said(third, '.1f')}, and the truth itself {said(truth, '.1f')}, its run from the first initial "
        "state against those from others. "
        f"{two_pictures(found)}"
    )


def two_pictures(found: SetupSummary) -> str:
    """Whether set 7 ends in one kind of picture or in two."""
    if found.few_loss is None or found.full_loss is None:
        return (
            f"All {counted(found.states, 'initial state')} of set 7 end alike here; with other seeds some "
            "end with a few dots and some with a full field."
        )
    return (
        f"And set 7 is not one picture but two: {found.few} of {counted(found.states, 'initial state')} end "
        f"with a few dots, at a windowed loss of {said(found.few_loss, '.0f')}, the others with a full "
        f"field, at {said(found.full_loss, '.0f')}. A mean over initial states, which is what a landscape "
        "shows, can hide that."
    )


def set_seven(found: SetupSummary) -> str:
    """The same for a page that shows no table."""
    states = counted(found.states, "initial state")
    if found.few_loss is None or found.full_loss is None:
        return (
            f"From {states} it ends in one kind of picture here; with other seeds some end with a few dots."
        )
    return (
        f"From {found.few} of {states} it ends with a few dots, from the others with a full field; a mean "
        "over them describes neither."
    )


def beside(one: float, other: float) -> str:
    """How a loss compares with another, before the other is named."""
    if one < other / 2:
        return "less than half of"
    return "in the neighbourhood of" if one <= 2 * other else "more than twice"


def drift(found: SetupSummary) -> str:
    """How far computations part."""
    early = (
        f"After {found.early_steps:,} steps single and double precision differ by {said(found.early, '1r')}"
    )
    later = f", after {found.late_steps:,} steps by {said(found.late, '1r')}"
    start = f"{early} in the worst cell{later if found.late_steps > found.early_steps else ''}."
    if 0.1 < found.engines / found.exact < 10:
        return (
            f"{start} The two engines part as far from each other as from the exact run, to within a "
            "factor of ten: neither is the better one."
        )
    return (
        f"{start} The two engines differ from each other by {said(found.engines, '1r')}, and the nearer "
        f"one from the exact run by {said(found.exact, '1r')}."
    )


def table(found: SetupSummary) -> str:
    """The seven sets with their losses."""
    head = (
        "| set | $D_u$ | $D_v$ | $F$ | $k$ | spectral | windowed | spectral, first state against others |\n"
        "|:--|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    columns = zip(SAMPLED_NAMES, SAMPLED_SETS, found.spectral, found.windowed, found.independent, strict=True)
    return head + "\n".join(
        f"| {number}  {name} | {Du:.4f} | {Dv:.4f} | {F:.4f} | {k:.4f} | "
        + " | ".join(said(loss if np.isfinite(loss) else None, ".1f") for loss in row)
        + " |"
        for number, (name, (Du, Dv, F, k), *row) in enumerate(columns, start=1)
    )
