"""What Section 3 says about its runs, in the form that fits what came out."""

from collections.abc import Mapping

from lib.publishing.claims import judged
from lib.publishing.criteria import CRITERIA
from lib.publishing.sentences.training_acceptance import favoured
from lib.publishing.sentences.training_gradients import comparison, lengths, pointing
from lib.publishing.wording import counted, said, share, whole
from lib.studies.gradients.summary import GradientSummary
from lib.studies.training.residence import Residence
from lib.studies.training.seven_sets import SevenSets
from lib.studies.training.stays import LONG, Drops
from lib.studies.training.steadiness import Steadiness
from lib.studies.training.summary import TrainingSummary
from lib.studies.training.trace_statistics import PAPER_BAND, Fate

#: Part of the paper's band within which an edge has to lie to be the same.
EDGE = 0.1


def in_one_minute(found: TrainingSummary, sets: SevenSets, slopes: GradientSummary) -> str:
    """The page in three lines."""
    text, code, way = found.plain.text, found.plain.code, slopes.directions
    low, high = found.expected
    return (
        f"* A perfectly uniform picture meets eight random targets at a loss of {said(low, '.0f')} to "
        f"{said(high, '.0f')}; the paper's band is {PAPER_BAND[0]:.0f} to {PAPER_BAND[1]:.0f}. The code's "
        f"recipe {choice(stays_in(code), 'stays in it', 'does not stay in it')} "
        f"({share(code.inside, code.iterations, 'losses')}); the text's recipe "
        f"{choice(stays_in(text), 'stays in it', 'does not')} "
        f"({share(text.inside, text.iterations, 'losses')}).\n"
        f"* {comparison(found)} {lengths(found)} Over the plane "
        f"{pointing(way.pattern, 'among patterns')}.\n"
        f"* {favoured(sets)}"
    )


def choice(outcome: bool | None, yes: str, no: str) -> str:
    """The form that fits; where nothing was measured, neither does."""
    return "was not tested here" if outcome is None else yes if outcome else no


def stays_in(found: Steadiness) -> bool | None:
    """Whether the losses stay in the paper's band, by the claim's own measure."""
    return None if found.inside is None else found.inside >= 0.9


def mostly(value: float | None) -> bool | None:
    """More than three in four."""
    return None if value is None else value > 0.75


def band(low: float, high: float) -> str:
    """Whether the band that follows from the targets is the paper's: both edges have to agree."""
    span, mine = f"{PAPER_BAND[0]:.0f} to {PAPER_BAND[1]:.0f}", f"{said(low, '.0f')} to {said(high, '.0f')}"
    near = EDGE * (PAPER_BAND[1] - PAPER_BAND[0])
    if abs(low - PAPER_BAND[0]) <= near and abs(high - PAPER_BAND[1]) <= near:
        return f"**That is the paper's band** ({span}), and its width comes from the draw of the targets."
    if PAPER_BAND[0] <= low and high <= PAPER_BAND[1]:
        return (
            f"**That lies within the paper's band** ({span}), and is narrower ({mine}): the draw of the "
            "targets alone does not make the paper's band as wide as it is."
        )
    if low < PAPER_BAND[1] and high > PAPER_BAND[0]:
        return f"The paper's band, {span}, overlaps it, with other edges."
    return f"The paper's band, {span}, lies elsewhere: grid, run length or pool are others here."


def uniform_losses(ends: Residence) -> str:
    """How far stopped runs with uniform v score as perfectly uniform fields would."""
    if not ends.uniform_iterations:
        return ""
    return (
        f"Of {counted(ends.uniform_iterations, 'iteration')} in uniform fields {ends.inside} score as a "
        "perfectly uniform one would; a stopped run is not perfectly uniform, and in "
        f"{ends.remnants} of them what is left of the patch still varies by a thousandth or more."
    )


def what_happened(found: TrainingSummary) -> str:
    """The runs under both recipes, in a paragraph."""
    text, code, ends = found.plain.text, found.plain.code, found.residence
    frozen = f"; {whole(ends.frozen_share)} are frozen" if ends.frozen_share else ""
    return (
        f"{moved('With the text’s recipe', text)} {moved('With the code’s recipe', code)} Over all "
        f"{counted(ends.iterations, 'iteration')} of {counted(ends.runs, 'run')} with the text's recipe, "
        f"{whole(ends.trivial)} of the simulations end without $v$, {whole(ends.uniform)} with uniform $v$ "
        f"and {whole(ends.pattern)} with a pattern, which means here a loss below half of the plateau's "
        f"height{frozen}. {uniform_losses(ends)} {gave_up(ends.aborted)} {dropped(found.drops)}"
    )


def dropped(found: Drops) -> str:
    """Drops of the loss below half of the plateau."""
    if not found.drops:
        return "With neither recipe does the loss drop below half of the plateau's height."
    parts = [
        f"{count} {what}"
        for count, what in (
            (found.back, "seen to climb back"),
            (found.stayed, f"that stayed low for more than {LONG} iterations"),
            (found.cornered, "that ended in a corner where nothing diffuses"),
            (found.cut, "cut short by the end of the run"),
        )
        if count
    ]
    return (
        "With both recipes together the loss drops below half of the plateau's height "
        f"{counted(found.drops, 'time')}, down to {said(found.lowest, '.1f')}: {', '.join(parts)}."
    )


def gave_up(aborted: int) -> str:
    """Runs that ended because every learning rate was refused."""
    if not aborted:
        return "No run had to give up."
    return (
        f"{counted(aborted, 'run')} ended early because every learning rate was refused: a drop that ends so "
        "never gets the chance to climb back."
    )


def moved(subject: str, found: Steadiness) -> str:
    """Where the losses of a recipe went."""
    if found.downward is None or found.inside is None:
        return f"{subject} too few or too short runs were made here to speak of a band or a trend."
    start = (
        f"{subject} {counted(found.runs, 'run')} from the paper's start begin at {said(found.first, '.0f')}"
    )
    band = f"{share(found.inside, found.iterations, 'losses')} lie in the paper's band"
    trend = f"a significant downward trend over all of it is seen in {found.falling} of {found.tested} runs"
    if found.inside >= 0.9:
        return f"{start} and stay: {band}, and {trend}."
    return (
        f"{start}, and at their lowest, which is iteration {said(found.lowest_at, '.0f')} in the median, "
        f"they stand at {said(found.lowest, '.1f')}; their last loss is {said(found.last, '.1f')}. Only "
        f"{band}. Since losses that fall can climb again, {trend}."
    )


def corner(ends: Residence) -> str:
    """Runs that came to where nothing diffuses."""
    if not ends.frozen:
        return "No run came to the corner of the box where nothing diffuses."
    return (
        f"{ends.frozen} of {counted(ends.runs, 'run')} came to a corner of the box where a diffusion is next "
        f"to nothing, for {counted(ends.frozen_iterations, 'iteration')}: over a whole run $u$ or $v$ does "
        "not spread by a single cell. There the noise of the initial patch stays. Its fine grain scores "
        f"about {said(ends.frozen_loss, '.0f')}, and all runs stop early: a low loss without a pattern. "
        "Such iterations are called frozen here and in the figures. They count as no pattern, and as no drop."
    )


def low_loss(sets: SevenSets) -> str:
    """Sets 3 and 7 side by side."""
    third, truth, sixth, seventh = (sets.sets[number] for number in ("3", "4", "6", "7"))
    return (
        f"Set 3 has {said(third.spots, '.0f')} spots where the truth has {said(truth.spots, '.0f')} "
        f"(medians over {sets.samples} simulations); set 7 has {said(seventh.spots, '.0f')}, at a mean "
        f"loss of {said(seventh.loss, '.1f')} against {said(third.loss, '.1f')}. The original's log has "
        f"16.3 and 14.9 for sets 6 and 7; here they score {said(sixth.loss, '.1f')} and "
        f"{said(seventh.loss, '.1f')}. Part of this comes from the rule for stopping: the median run of "
        f"set 7 is stopped after {said(seventh.steps, ',.0f')} steps."
    )


def falls_silent(found: TrainingSummary) -> str:
    """The paper's start under the code's recipe."""
    further = found.further
    after = ", ".join(
        f"${symbol}$ = {said(value, '.4f')}"
        for symbol, value in (("D_u", further.Du), ("D_v", further.Dv), ("F", further.F), ("k", further.k))
    )
    start = (
        "*Without* the further steps, what is left of $v$ when a run stops still decays. Its spectrum "
        "lies above the loss's floor, and so there is a gradient: at the paper's start its length is "
        f"{said(further.gradient_text)}. *With* them it is {said(further.gradient)}, and one step leads to "
        f"{after}. The first point on the paper's record is (0.1270, 0.1269, 0.0500, 0.0501)."
    )
    if further.silent_from is None:
        return f"{start} Within these iterations the gradient never became exactly zero."
    return (
        f"{start} At iteration {further.silent_from} of the first run the gradient becomes *exactly zero*, "
        f"and {further.silent_runs} of {counted(further.runs, 'run')} come to that. From there on only "
        f"weight decay moves the parameters. Over all runs {whole(further.silent)} of the iterations "
        "are silent."
    )


def draw(id: str, numbers: Mapping[str, float | None]) -> str:
    """Whether a single run more or less with a downward trend would flip a verdict on a band; else nothing.

    Args:
        id: the claim, which is judged again by its own criterion.
        numbers: what it was measured by.
    """
    verdict = judged(CRITERIA[id], numbers)[0]
    for recipe in ("text", "code"):
        falling, tested = numbers[f"{recipe}_falling"], numbers[f"{recipe}_tested"]
        if falling is None or not tested or numbers[f"{recipe}_downward"] is None:
            continue
        for other in (falling - 1, falling + 1):
            changed = {**numbers, f"{recipe}_falling": other, f"{recipe}_downward": other / tested}
            if 0 <= other <= tested and judged(CRITERIA[id], changed)[0] != verdict:
                return (
                    f"This depends on the draw: with {counted(int(tested), 'run')} a single run more or less "
                    f"with a downward trend under the {recipe}'s recipe would flip the verdict."
                )
    return ""


def fate_table(fates: Mapping[str, Fate]) -> str:
    """How each replay went, one row each."""
    head = (
        "| safeguards | iterations | then | tries each | last loss | last region |\n"
        "|:--|--:|:--|--:|--:|:--|\n"
    )
    return head + "\n".join(
        f"| {name} | {one.iterations} | {one.ending} | {said(one.tries, '.1f')} | "
        f"{said(one.last_loss, '.1f')} | {one.last_region} |"
        for name, one in fates.items()
    )
