"""Whether a claim was measured under another time step or in double precision: one statement for each."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Scheme(StrEnum):
    """What was done beside the paper's single precision and dt = 1."""

    BOTH = "checked (half the time step, double precision)"
    OBJECT = "the scheme is the claim's object (the paper's algorithm, in single precision with dt = 1)"
    HALF = "half the time step only"
    DOUBLE = "double precision only"
    NOT = "not repeated under another scheme"


#: Claims about the paper's own search: with another step or precision it would be another algorithm.
OF_THE_ALGORITHM = (
    "setup-stability", "setup-search", "training-band", "training-drops", "training-lowloss",
    "training-appendixd", "windowed-band", "windowed-polarised", "confined", "exploration",
)  # fmt: skip

#: Claims that their own page measures under both other schemes.
BOTH_ON_PAGE = ("hopf-flashes", "hopf-stop")

#: Claims that are measured under one scheme; a record beside the book may have another.
ONCE = (
    "setup-gradients", "cuts", "planes", "losses-agree", "gram", "matrix", "bifurcations",
    "bifurcations-right", "hopf-cycles", "weak-gradients", "routing", "intermediate", "intermediate-ends",
    "intermediate-ends-random", "traversable", "remedy-loss", "remedy-surrogate", "remedy-intermediate",
    "remedy-horizon", "remedy-transport", "surrogates-coarse", "embedding", "posterior-calibrated",
    "forward-pinn", "evolution-expensive", "network-avoids", "homotopy-cost", "windows-gain", "orthogonal",
    "quadratic", "quadratic-any", "minimum", "all-initial-states", "no-repair", "network-landscape",
    "completes-data", "space-time", "recurs-plateau", "recurs-cliff-cause", "recurs-bowl", "recurs-horizon",
)  # fmt: skip

#: What else there is to say.
NOTES: Mapping[str, str] = {
    "setup-stability": "it compares dt = 1 with half of it",
    "bifurcations": "the cliffs on the four lines were located with half the step too, for the first "
    "initial state",
    "hopf-cycles": "the coefficient is that of the equations and that of their map with dt = 1; the runs "
    "from the patch were not repeated",
}

#: How a record names its scheme.
HALVED, DOUBLED = "half the time step", "double precision"


def other_schemes(id: str, recorded: Collection[str] = ()) -> str:
    """The statement about one claim, as a phrase.

    Args:
        id: a row of `lib.publishing.claims.STATEMENTS`.
        recorded: the schemes of the records that there are of it.
    """
    note = f"; {NOTES[id]}" if id in NOTES else ""
    return f"{kind(id, recorded)}{note}"


def kind(id: str, recorded: Collection[str] = ()) -> Scheme:
    """Which of the statements holds.

    Raises:
        ValueError: for a claim without a statement.
    """
    if id in OF_THE_ALGORITHM:
        return Scheme.OBJECT
    if id in BOTH_ON_PAGE or {HALVED, DOUBLED} <= set(recorded):
        return Scheme.BOTH
    if id not in ONCE:
        raise ValueError(
            f"Nothing is said about another scheme of {id!r}: name it in lib/publishing/schemes.py."
        )
    return Scheme.HALF if HALVED in recorded else Scheme.DOUBLE if DOUBLED in recorded else Scheme.NOT
