"""How the patterned branch ends on its way inwards and outwards: at a fold, or before it (Section 5.1)."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lib.paper import TRUTH
from lib.publishing.wording import counted
from lib.studies.bifurcation.cliff_causes import Outline

#: Directions along the four parameters that lead towards patterns with more spots; all others lead outwards.
INWARDS = {("k", -1), ("Dv", -1), ("F", 1), ("Du", 1)}

#: A loss of stability this close to the fold, as a share of the parameter's true value, is the fold's own.
AT_FOLD = 0.005

#: An imaginary part above which a mode counts as an oscillation.
OSCILLATES = 1e-3


class EndsOfBranch(NamedTuple):
    """How the branch ends in some directions.

    Args:
        directions: how many.
        folds: those in which it meets a fold and attracts up to there.
        before: those in which its patterns stop attracting before a fold, or without one.
        pulsing: those of them in which a complex pair does it.
    """

    directions: int
    folds: int
    before: int
    pulsing: int


def ends_of_branch(outlines: Mapping[tuple[str, int], Outline], inwards: bool) -> EndsOfBranch:
    """Count how the branches end, inwards or outwards."""
    chosen = [(name, one) for (name, sign), one in outlines.items() if ((name, sign) in INWARDS) == inwards]
    early = [one for name, one in chosen if before_its_fold(name, one)]
    folds = sum(bool(np.isfinite(one.branch.fold)) and not before_its_fold(name, one) for name, one in chosen)
    pulsing = sum(abs(one.instability.eigenvalue.imag) > OSCILLATES for one in early)
    return EndsOfBranch(len(chosen), folds, len(early), pulsing)


def before_its_fold(name: str, outline: Outline) -> bool:
    """Whether patterns stop attracting nearer to the truth than the fold is, or where there is none."""
    truth, lost, fold = float(getattr(TRUTH, name)), outline.instability.value, outline.branch.fold
    if not np.isfinite(lost):
        return False
    return bool(not np.isfinite(fold) or abs(fold - truth) - abs(lost - truth) > AT_FOLD * truth)


def branch_ends(inwards: EndsOfBranch, outwards: EndsOfBranch) -> str:
    """The paragraph below the table of branches."""
    return (
        "How does the branch end? *Inwards*, towards smaller $k$ and $D_v$ and larger $F$ and $D_u$, "
        f"{of_branch(inwards)} *Outwards*, {of_branch(outwards)}{period(inwards, outwards)}"
    )


def of_branch(found: EndsOfBranch) -> str:
    """One way along the parameters."""
    if not found.directions:
        return "no branch was followed."
    ways = [
        (found.folds, "it attracts up to its fold", ""),
        (found.before, "it stops attracting before it meets a fold", by_pulsing(found)),
        (found.directions - found.folds - found.before, "it meets neither end as far as it was followed", ""),
    ]
    many = counted(found.directions, "direction")
    told = [f"in {count} of {many} {words}{how}" for count, words, how in ways if count]
    return f"{'; '.join(told)}."


def by_pulsing(found: EndsOfBranch) -> str:
    """In how many of the directions that lose their stability a complex pair takes it."""
    if found.pulsing == found.before:
        return ", as a pair of complex multipliers leaves the unit circle"
    return f", {found.pulsing or 'none'} of them as a pair of complex multipliers leaves the unit circle"


def period(inwards: EndsOfBranch, outwards: EndsOfBranch) -> str:
    """What a complex pair means, where one was met."""
    if not inwards.pulsing + outwards.pulsing:
        return ""
    return (
        " Under such a pair spots grow and shrink in turn; the imaginary part $\\omega$ in the table gives "
        "the period, $2 \\pi / \\omega$."
    )
