"""Where each method of the pages on remedies and rivals fails, in words chosen by its numbers."""

from collections.abc import Mapping

from lib.publishing.wording import counted, fold, whole
from lib.studies.inversion.failing import Failing

#: Method → why it may fail, read from how it is built. It was not tested by itself, and is said as a guess.
LIKELY = {
    "log-amplitude": "its last stage is the paper's own loss, which gives no better slope among patterns",
    "level-aware": "it is still a loss of the end of a long run, with the cliffs of such runs in it",
    "transport": "it sees how the power is spread over the rings of the spectrum, and nothing else",
    "surrogate": "its lessons are spread over the whole box, so that few of them show patterns",
    "growing": "in the first frame two runs no longer look alike pixel by pixel",
    "horizon": "noise stands in the start of every run and in its goal, and few steps wash little of it away",
    "squares": "levels and correlations are few numbers, so that other sets fit them nearly as well",
    "evolution": "single runs are compared, so that the loss need not have its minimum at the truth",
    "kalman": "its update is right for a linear model, and this model is not linear",
    "reverse": "it answers with a mean over all lessons that look alike, and cannot look closer",
    "posterior": "a library of this size teaches it too little",
    "weak": "only the noise's known share is taken off, and the nonlinear term carries noise too",
    "sparse": "on one settled pattern u is almost a function of v, so that wrong terms explain as much",
    "network-tanh": "the budget ends before its training comes to rest",
}


def fails(found: Mapping[str, Failing], problems: int) -> dict[str, str]:
    """For every method, where it fails.

    Args:
        found: a method's numbers by its name.
        problems: how many there are for each kind of data.
    """
    return {name: failed(name, one, problems) for name, one in found.items()}


def failed(method: str, found: Failing, problems: int) -> str:
    """One method: on how many problems, by how much, and a guess at why if it failed at all.

    Args:
        method: a name of `LIKELY`.
        found: its numbers.
        problems: how many it was given.
    """
    if found.share is None:
        return "not run on such data in this profile."
    lost = problems - round(found.share * problems)
    stated = ""
    if found.inside is not None:
        stated = f" its stated 95 % intervals hold {whole(found.inside)} of the parameters"
    if not lost:
        return f"{nowhere(problems)}{';' if stated else ''}{stated}."
    off = " half of its attempts or more have no answer"
    if found.worst is not None and found.error is not None:
        off = f" in the median {found.worst} is off most, by {fold(found.error)}"
    parts = ";".join(part for part in (off, stated) if part)
    return (
        f"on {lost} of {counted(problems, 'problem')};{parts}. A likely cause, not tested by itself: "
        f"{LIKELY[method]}."
    )


def nowhere(problems: int) -> str:
    """That it solves all there are."""
    return (
        "not on the one problem that there is" if problems == 1 else f"on none of these {problems} problems"
    )
