"""What the page on other routes says of its numbers (Section 5.1)."""

from lib.publishing.wording import counted, percent, said
from lib.studies.gradient_routes.routes import REST
from lib.studies.gradient_routes.summary import ENOUGH, Routes, Surrogates, Ways


def minute(found: Routes, learnt: Surrogates, ways: Ways) -> str:
    """The page in three lines."""
    silent = "is silent by every route" if (found.silent or 0) < 1e-6 else "is not silent by every route"
    through = (
        f"{ways.monotone} of {ways.lines} straight lines lead down to the truth without a significant rise"
        if ways.monotone
        else "no straight line that was tried leads down to the truth without a significant rise"
    )
    return (
        f"* Where there is no pattern, the spectral loss {silent}.\n"
        f"* Of {counted(learnt.descents, 'descent')} on a faithful surrogate, {percent(learnt.outside)} of "
        f"those from outside the patterns arrive at the truth; a very smooth one leads "
        f"{percent(learnt.led)} of them to its own minimum, which is off by "
        f"{percent(learnt.off)}.\n"
        f"* Among patterns, once the loss is averaged, {through}."
    )


def phrases(found: Routes, size: int, settle: int) -> dict[str, str]:
    """Numbers of the page's own sentences."""
    return {
        "rt-grid": f"{size} × {size}",
        "rt-settle": f"{settle:,}",
        "rt-fade": f"{found.fade:,.0f}",
        "rt-near": str(found.near),
        "rt-patterns": str(found.patterns),
        "rt-still": str(found.still),
        "rt-resting": str(found.resting),
        "rt-rest": said(REST, "1r"),
        "rt-others": str(found.others),
    }


def from_rest(found: Routes, horizon: int) -> str:
    """Unrolled from the steady state."""
    if found.meeting is None:
        return "* *Unrolled from the steady state*: no pattern came to rest, so there is nothing to compare."
    return (
        f"* *Unrolled from the steady state*, the gradient of the pixel loss has a median cosine of "
        f"{said(found.meeting, '4r')} with the implicit one at {horizon:,} steps; the lowest is "
        f"{said(found.lowest)}. "
        f"Where it is low, one disturbance fades so slowly that far more steps would be needed. For the "
        f"spectral loss, whose logarithm counts the faintest waves, the median at the next shorter number "
        f"of steps is {said(found.meeting_spectral, '3r')}."
    )


def from_patch(found: Routes) -> str:
    """Unrolled from the patch, and where no pattern is."""
    first = ""
    if found.alike is not None:
        first = (
            f"* *Unrolled from the patch*, as the paper does it, the gradient of the spectral loss "
            f"agrees with the implicit one (cosine above 0.9, size within a factor of two) at "
            f"{round(found.alike * found.resting)} of {counted(found.resting, 'pattern')}. Its "
            f"median size is {said(found.times)} times the implicit one, its largest {said(found.most)} "
            f"times. Both are "
            "right. They answer different questions: how does *this* pattern deform, and how does the "
            "*growth* from the patch "
            "end in another arrangement of spots? Some shifts of spots fade so slowly that what happened at "
            "step 500 may still show at step 40,000.\n"
        )
    return (
        f"{first}* *Where a run ends trivial or uniform* ({counted(found.others, 'set')}), the largest "
        f"relative slope of the "
        f"spectral loss is {said(found.silent, '1r')}, by either route. At a trivial end $\\partial "
        f"G/\\partial p$ itself is zero, so that no way of computing the gradient finds a slope."
    )


def routing(found: Routes, learnt: Surrogates) -> str:
    """The finding on inheritance."""
    few = ""
    if found.enough is None:
        few = f"Only {counted(found.resting, 'pattern')} came to rest; {ENOUGH} are asked for. "
    return (
        f"{few}Plateau: at {counted(found.others, 'trivial or uniform end')} the relative slope is "
        f"{said(found.silent, '1r')} at most by every route. {at_rest(found)}Surrogates: a faithful one "
        f"puts "
        f"{percent(learnt.side)} of {learnt.tests} held-out points on the right side of the cliff (rank "
        f"correlation {said(learnt.rank)}). Of {learnt.descents} descents on it, {percent(learnt.outside)} "
        f"of those "
        f"from outside the patterns and {percent(learnt.inside)} of those among them arrive within 1 % of "
        f"the "
        f"truth. {smooth(learnt)}"
    )


def at_rest(found: Routes) -> str:
    """The part of it about patterns at rest."""
    if not found.resting:
        return ""
    return (
        f"Patterns at rest: at {found.resting} of them the implicit gradient is the one unrolled from the "
        f"steady "
        f"state (median cosine {said(found.meeting, '4r')}); the one unrolled from the patch agrees "
        f"with it at {round((found.alike or 0) * found.resting)} of them (in the median {said(found.times)} "
        f"times its size, cosine {said(found.angle)}). "
    )


def gain(found: Routes) -> str:
    """What the implicit route is good for."""
    if found.meeting is None:
        return "No pattern came to rest, so nothing is said about the implicit route's gradient."
    if found.meeting < 0.9:
        return (
            "The implicit gradient is not the one that unrolling from rest leads to (median cosine "
            f"{said(found.meeting)}): one of the two is not right yet at these lengths."
        )
    if (found.alike or 0) > 0.9:
        return "So the implicit route brings no gain: it finds the gradient that unrolling the run finds."
    return (
        "So the implicit route brings no gain. Where its gradient differs from that of the whole run, it "
        "follows one arrangement of spots and does not show that a cliff is near."
    )


def faithful(learnt: Surrogates) -> str:
    """What the two surrogates look like to a descent."""
    inherits = "repeats the plateau" if (learnt.outside or 0) < 0.5 else "lets most descents through"
    return (
        f"The faithful surrogate {inherits}: of the descents from outside the patterns "
        f"{percent(learnt.outside)} arrive (of {learnt.descents} in all). The smoothest has a slope "
        f"everywhere, and its lowest point lies {percent(learnt.off)} beside the truth."
    )


def scale(found: Ways) -> str:
    """How much there is to fall along the lines, against the plateau."""
    return (
        f"Among patterns the averaged loss falls from {said(found.highest)} (median over the lines) to "
        f"{said(found.floor)} at the truth; the highest loss in the plane is {said(found.plateau, '3r')}."
    )


def smooth(learnt: Surrogates) -> str:
    """What smoothing buys."""
    if (learnt.led or 0) > 0.5:
        return (
            f"A very smooth one does not inherit the plateau: it leads {percent(learnt.led)} of the "
            f"descents from outside to "
            f"its own minimum, which is off by {percent(learnt.off)}."
        )
    return (
        f"A very smooth one leads {percent(learnt.led)} of the descents from outside to its own minimum, "
        f"off by "
        f"{percent(learnt.off)}."
    )


def through(found: Ways) -> str:
    """The finding on ways through the patterns."""
    start = "In principle, then, yes." if found.monotone else "So none of these lines is a way."
    return (
        f"{found.monotone} of {counted(found.lines, 'straight line')} fall to the noise floor, "
        f"{said(found.floor)} ± "
        f"{said(found.floor_error)} (standard error over {counted(found.states, 'initial state')}), without "
        f"a significant "
        f"rise; of all {counted(found.steps, 'step')} {found.bumps} rise at all, {found.rises} "
        f"significantly. {start} The way "
        f"starts at a loss of {said(found.highest)} ± {said(found.highest_error)} (median over the lines) "
        f"where the plateau "
        f"has {said(found.plateau, '3r')}. It appears only after averaging, and only someone who knows the "
        f"truth can draw it: of {counted(found.points, 'patterned grid point')} above the floor the "
        f"steepest way leads {percent(found.through)} down to it."
    )
