"""What Section 3 says about the rule that accepts a step, in the form that fits what came out."""

from lib.publishing.wording import share, whole
from lib.studies.training.seven_sets import SampledSet, SevenSets
from lib.studies.training.summary import TrainingSummary

#: The sampled sets that are empty, or have one dot or four.
QUICK = ("2", "5", "6", "7")


def favoured(sets: SevenSets) -> str:
    """What the test that accepts a step lets pass: sets that settle quickly, or others."""
    empty, dots, truth = (sets.sets[number] for number in ("2", "7", "4"))
    patterned = max(sets.sets[number].share for number in ("3", "4"))
    start = (
        "The test that accepts a step favours what settles quickly, empty or with a few dots: it"
        if min(sets.sets[number].share for number in QUICK) > patterned
        else "The test that accepts a step"
    )
    return (
        f"{start} passes {whole(empty.share)} of the batches where $v$ has died (set 2), "
        f"{whole(dots.share)} with four dots (set 7) and {whole(truth.share)} at the truth "
        f"({interval(truth)}; {sets.samples} simulations each)."
    )


def interval(one: SampledSet) -> str:
    """The interval of a share of batches."""
    return f"95 % interval: {whole(one.low)} to {whole(one.high)}"


def first_tries(found: TrainingSummary) -> str:
    """How often the step at the base rate passes, and why not."""
    seen, among = found.visits, found.visits.pattern
    parts = [
        f"{one.accepted} of {one.iterations} {where}"
        for one, where in (
            (seen.trivial, "where $v$ has died"),
            (seen.uniform, "where it is uniform"),
            (among, "among patterns"),
        )
        if one.iterations
    ]
    start = f"Of the steps at the base rate, which are tried first, these are accepted: {', '.join(parts)}."
    if not among.iterations:
        return f"{start} In these runs no iteration was among patterns."
    blame = (
        "The test for convergence alone is not to blame"
        if among.without_converged <= among.iterations / 2
        else "The test for convergence alone makes the difference"
    )
    beyond = (
        " What is refused even then leads to a diffusion above 1/4, where nothing can run."
        if among.without_any < among.iterations
        else ""
    )
    led = found.tried
    there = f" Of all {led.tries:,} tries {whole(led.beyond)} lead there." if led.beyond is not None else ""
    return (
        f"{start} {blame}: without it {among.without_converged} of {among.iterations} would pass "
        f"among patterns, and without all three tests {among.without_any}.{beyond}{there}"
    )


def rule(sets: SevenSets) -> str:
    """What the audit of the acceptance rule found."""
    plateau, match, truth = (sets.sets[number] for number in ("2", "3", "4"))
    dots = ", ".join(f"{whole(sets.sets[number].share)} at set {number}" for number in QUICK[1:])
    start = (
        f"At the truth {share(truth.converged, sets.samples, 'single runs')} converge, so about "
        f"{whole(truth.share)} of the batches pass ({interval(truth)}; of {sets.drawn} really drawn "
        f"{truth.passed} passed). At set 3, which matches the target, {whole(match.share)} do "
        f"({interval(match)}); where $v$ has died, at set 2, {whole(plateau.share)}; with one dot or four "
        f"{dots}."
    )
    if truth.high < 0.5:
        return f"{start} Even an optimiser placed **on the truth** would have most of its steps refused."
    if truth.low < 0.5:
        return f"{start} So few simulations do not tell whether most batches at the truth would be refused."
    return start
