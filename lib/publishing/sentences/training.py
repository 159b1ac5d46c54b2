"""What Section 3 says about its runs, in the form that fits what came out."""

from collections.abc import Mapping
from dataclasses import asdict

from lib.publishing.wording import counted, said, share, whole
from lib.studies.gradients.summary import GradientSummary, Roughness
from lib.studies.training.seven_sets import SevenSets
from lib.studies.training.stays import Drops
from lib.studies.training.steadiness import Steadiness
from lib.studies.training.summary import Residence, TrainingSummary
from lib.studies.training.trace_statistics import PAPER_BAND, Fate


def in_one_minute(found: TrainingSummary, sets: SevenSets, slopes: GradientSummary) -> str:
    """The page in three lines."""
    text, code = found.plain.text, found.plain.code
    return (
        "* The paper's band is where a picture without a pattern meets eight random targets. The code's "
        f"recipe {choice(stays_in(code), 'stays in it', 'does not stay in it')} "
        f"({share(code.inside, code.iterations, 'losses')}); the text's recipe "
        f"{choice(stays_in(text), 'stays in it', 'does not')} "
        f"({share(text.inside, text.iterations, 'losses')}).\n"
        "* Far from patterns the exact gradient is small and "
        f"{choice(mostly(slopes.directions.trivial_right), 'mostly points to the truth', 'says little')} "
        f"({share(slopes.directions.trivial_right, slopes.directions.trivial_points, 'gradients')}). Among "
        f"patterns it is {larger(found)}, and it points the right way in "
        f"{share(slopes.directions.pattern_right, slopes.directions.pattern_points, 'gradients')}.\n"
        "* The test that accepts a step favours pictures without a pattern: it passes "
        f"{whole(sets.sets['2'].share)} of the batches on the plateau and "
        f"{whole(sets.sets['4'].share)} at the truth ({sets.samples} simulations each)."
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


def larger(found: TrainingSummary) -> str:
    """The gradient among patterns against that on the plateau."""
    among, outside = found.search.step, found.search.quiet
    if among is None or outside is None or outside == 0:
        return "not comparable here"
    factor = among / outside
    return f"{said(factor)} times as long" if factor > 1 else f"shorter, {said(factor)} times as long"


def band(low: float, high: float) -> str:
    """Whether the band that follows from the targets is the paper's."""
    span = f"{PAPER_BAND[0]:.0f} to {PAPER_BAND[1]:.0f}"
    if low < PAPER_BAND[1] and high > PAPER_BAND[0]:
        return f"**That is the paper's band** ({span}), and its width comes from the draw of the targets."
    return f"The paper's band, {span}, lies elsewhere: grid, run length or pool are others here."


def what_happened(found: TrainingSummary) -> str:
    """The runs under both recipes, in a paragraph."""
    text, code, ends = found.plain.text, found.plain.code, found.residence
    return (
        f"{moved('With the text’s recipe', text)} {moved('With the code’s recipe', code)} Over all "
        f"{counted(ends.iterations, 'iteration')} of {counted(ends.runs, 'run')} with the text's recipe, "
        f"{whole(ends.trivial)} of the simulations end without $v$ and {whole(ends.pattern)} with a pattern. "
        f"{dropped(found.drops)} {gave_up(ends.aborted)}"
    )


def dropped(found: Drops) -> str:
    """Drops of the loss below half of the plateau."""
    if not found.drops:
        return "The loss never drops below half of the plateau's height."
    return (
        f"The loss drops below half of the plateau's height {counted(found.drops, 'time')}, down to "
        f"{said(found.lowest, '.1f')}: {found.back} seen to climb back, {found.cut} cut short by the end "
        "of the run."
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


def lengths_by_region(found: TrainingSummary) -> str:
    """Whether the gradient among patterns is weak."""
    among, outside = found.search.step, found.search.quiet
    if among is None or outside is None:
        return "In these runs one of the two regions was never visited, so lengths cannot be compared."
    if among > outside:
        return (
            f"{{numref}}`fig-regions` is the first surprise. Where $v$ has died the gradient is short, as "
            f"expected. Among patterns it is not weak: it is {larger(found)} in the median."
        )
    return f"Among patterns the gradient is {larger(found)} in the median, as the paper says."


def corner(ends: Residence) -> str:
    """Runs that ended where nothing diffuses."""
    if not ends.frozen:
        return "No run ended in the corner of the box where nothing diffuses."
    return (
        f"{counted(ends.frozen, 'run')} of {ends.runs} ended in a corner of the box where both diffusions "
        "are next to nothing. There the noise of the initial state stays as it is. Its fine grain scores "
        f"about {said(ends.frozen_loss, '.0f')}, everything converges, and nothing ever changes again: a "
        "low loss without a pattern. (Such iterations are left out of the right half of "
        "{numref}`fig-regions`.)"
    )


def first_tries(found: TrainingSummary) -> str:
    """How often the step at the base rate passes, and why not."""
    tried = found.first_tries
    start = (
        f"At the base rate {whole(tried.trivial)} of the first tries are accepted where $v$ has "
        f"died, and {whole(tried.pattern)} among patterns."
    )
    if tried.pattern is None:
        return f"{start} In these runs no iteration was among patterns."
    return (
        f"{start} The test for convergence alone is not to blame: without it "
        f"{whole(tried.without_converged)} would have passed among patterns, and without all three "
        f"tests {whole(tried.without_any)}. What is refused even then leads to a diffusion above "
        f"1/4, where nothing can run: of all {found.tried.tries:,} tries, "
        f"{whole(found.tried.beyond)} do."
    )


def rule(sets: SevenSets) -> str:
    """What the audit of the acceptance rule found."""
    plateau, match, truth = (sets.sets[number] for number in ("2", "3", "4"))
    start = (
        f"At the truth {share(truth.converged, sets.samples, 'single runs')} converge, so "
        f"{whole(truth.share)} of the batches pass; at set 3, which matches the target, "
        f"{whole(match.share)}; on the plateau {whole(plateau.share)}."
    )
    if truth.share < 0.5 < plateau.share:
        return f"{start} Even an optimiser placed **on the truth** would have most of its steps refused."
    return start


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


def directions(slopes: GradientSummary) -> str:
    """Where the way down leads over the plane."""
    found = slopes.directions
    start = (
        f"Stopped as in training, {share(found.trivial_right, found.trivial_points, 'gradients')} of runs "
        "without $v$ point to the truth's side. After full runs "
        f"{share(found.zero, found.zero_points, 'such points')} are exactly zero: the direction comes from "
        "stopping early."
    )
    if found.pattern_right is None:
        return f"{start} No run on this grid ended in a pattern with a gradient."
    close = (
        "close to the half that chance gives"
        if abs(found.pattern_right - 0.5) < 0.15
        else "not what chance gives"
    )
    return (
        f"{start} Among patterns, where the loss is low, "
        f"{share(found.pattern_right, found.pattern_points, 'gradients')} point to the truth's side, "
        f"{close}, at a median length of {said(found.pattern_length)} per unit of the parameters."
    )


def adjoints(slopes: GradientSummary) -> str:
    """How far the adjoint grows and shrinks over the plane."""
    found = slopes.adjoints
    return (
        f"Over {found.points} points of the plane and {counted(found.seeds, 'initial state')} the largest "
        f"norm lies {said(found.growth, '.1f')} decades above the end in the median run, and "
        f"{said(found.most, '.1f')} at most."
    )


def rough(found: Roughness) -> str:
    """How far a slope can be trusted."""
    if found.scale is None:
        return "On this grid the short cut has no slope to speak of."
    return (
        f"Over the {said(found.width)} of the cut the loss varies by {said(found.wiggle, '.2f')} with "
        f"slopes around {said(found.slope)}: a slope is right over about {said(found.scale, '1r')} in $k$."
    )


def why(found: TrainingSummary, slopes: GradientSummary) -> str:
    """The page's conclusion, as far as its numbers carry it."""
    far = (
        "Far from patterns the exact gradient is small and points the right way more often than not, and "
        "with the text's recipe the optimiser does walk to the edge of the patterns."
        if mostly(slopes.directions.trivial_right) and stays_in(found.plain.text) is False
        else "Far from patterns the exact gradient is small, and it did not lead these runs to the truth."
    )
    among = (
        f"Among patterns a typical step at the base rate is {said(found.search.step)} in unconstrained "
        "parameters: it leaves the box. The test on trial shrinks the step until something is accepted, "
        "and what is accepted most easily is a picture without a pattern."
        if (found.search.step or 0) > 1
        else "What these runs did among patterns is too little to say why they left."
    )
    return f"{far} {among}"


def floor_table(rows: list[tuple[float, float, float | None, float | None, int]]) -> str:
    """The gradient under several floors as a table."""
    head = (
        "| ε | mean loss | median slope in $k$ | points at which down leads towards the truth "
        "|\n|--:|--:|--:|--:|\n"
    )
    return head + "\n".join(
        f"| {said(floor, '1r')} | {said(loss, '.2f')} | {said(slope)} | {share(towards, count, 'points')} |"
        for floor, loss, slope, towards, count in rows
    )


def draw(found: Steadiness) -> str:
    """Whether a single run more or less with a downward trend would flip a verdict on the band; else nothing.

    The criterion allows a fifth of the runs to have one.
    """
    if not found.tested or found.downward is None:
        return ""
    one_less, one_more = (found.falling - 1) / found.tested, (found.falling + 1) / found.tested
    flips = one_more > 0.2 if found.downward <= 0.2 else one_less <= 0.2
    if not flips:
        return ""
    return (
        f"This depends on the draw: with {counted(found.tested, 'run')} a single run more or less with a "
        "downward trend would flip the verdict."
    )


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


def measured(
    found: TrainingSummary, sets: SevenSets, slopes: GradientSummary
) -> Mapping[str, dict[str, float | None]]:
    """The numbers of every claim of the page, by the names that its criterion and its finding use."""
    ends, stays = found.residence, found.stays
    seventh, third, truth, plateau = (sets.sets[number] for number in ("7", "3", "4", "2"))
    search, rough_ = asdict(found.search), asdict(slopes.rough)
    return {
        "setup-search": asdict(found.tried),
        "setup-gradients": asdict(slopes.adjoints),
        "training-band": found.plain.numbers(),
        "training-drops": asdict(found.drops),
        "training-lowloss": {
            "third": third.loss, "third_lower": third.loss_lower, "third_upper": third.loss_upper,
            "seventh": seventh.loss, "seventh_lower": seventh.loss_lower, "seventh_upper": seventh.loss_upper,
            "third_spots": third.spots, "seventh_spots": seventh.spots, "truth_spots": truth.spots,
            "height": sets.height, "stop": seventh.steps, "samples": sets.samples,
        },
        "windowed-band": found.windowed.numbers(),
        "windowed-polarised": {
            "between": sets.between, "plain": sets.between_plain, "sets": sets.between_sets,
            "sets_full": sets.between_full, "full_runs": sets.full_runs, "points": sets.points,
        },
        "exploration": search,
        "confined": {
            "off_paper": ends.off_paper, "off_random": ends.off_random, "random_runs": ends.random_runs,
            "stays": stays.stays, "decided": stays.decided, "stay": stays.median, "plateau": plateau.share,
            "truth": truth.share, "match": third.share, "samples": sets.samples,
        },
        "weak-gradients": {
            **rough_, "pattern": found.search.pattern_length, "trivial": found.search.trivial_length,
            "plateau": found.search.plateau_length, "step": found.search.step,
        },
    }  # fmt: skip
