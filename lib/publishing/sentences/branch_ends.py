"""How the patterned branch ends on its way inwards and outwards: at a fold, or before it (Section 5.1)."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lib.paper import TRUTH
from lib.publishing.wording import counted
from lib.studies.bifurcation.cliff_causes import Outline

#: Directions along the four parameters that lead towards patterns with more spots; all others lead outwards.
INWARDS = {("k", -1), ("Dv", -1), ("F", 1), ("Du", 1)}

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
    start, lost, fold = float(getattr(TRUTH, name)), outline.instability.value, outline.branch.fold
    if not np.isfinite(lost):
        return False
    return not np.isfinite(fold) or abs(lost - start) < abs(fold - start)


def branch_ends(inwards: EndsOfBranch, outwards: EndsOfBranch) -> str:
    """The paragraph below the table of branches."""
    return (
        "*Inwards*, towards smaller $k$ and $D_v$ and larger $F$ and $D_u$, "
        f"{of_branch(inwards)} *Outwards*, {of_branch(outwards)}{period(inwards, outwards)}"
    )


def of_branch(found: EndsOfBranch) -> str:
    """One way along the parameters."""
    if not found.directions:
        return "no branch was followed."
    many = f"of {counted(found.directions, 'direction')}"
    rest = found.directions - found.folds - found.before
    parts = [f"the branch attracts up to its fold in {found.folds} {many}"]
    if found.before:
        pair = (
            "each time as a pair of complex multipliers leaves the unit circle"
            if found.pulsing == found.before
            else f"in {found.pulsing} of them as a pair of complex multipliers leaves the unit circle"
            if found.pulsing
            else "never by a complex pair"
        )
        parts.append(f"stops attracting before one in {found.before} ({pair})")
    if rest:
        parts.append(f"meets neither end as far as it was followed in {rest}")
    return f"{', '.join(parts[:-1])} and {parts[-1]}." if len(parts) > 1 else f"{parts[0]}."


def period(inwards: EndsOfBranch, outwards: EndsOfBranch) -> str:
    """What a complex pair means, where one was met."""
    if not inwards.pulsing + outwards.pulsing:
        return ""
    return (
        " Under such a pair spots grow and shrink in turn; the imaginary part $\\omega$ in the table gives "
        "the period, $2 \\pi / \\omega$."
    )
