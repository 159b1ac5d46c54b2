"""What the page on other routes says of ways through the patterns, and the page in three lines."""

from lib.publishing.sentences.routes import silence
from lib.publishing.sentences.surrogate_descents import arrivals, smooth
from lib.publishing.wording import counted, percent, said
from lib.studies.gradient_routes.route_summary import Routes
from lib.studies.gradient_routes.summary import Surrogates, Ways


def minute(found: Routes, learnt: Surrogates, ways: Ways) -> str:
    """The page in three lines."""
    down = "no straight line that was tried leads down to the truth without a significant rise"
    if ways.monotone:
        down = (
            f"{ways.monotone} of {counted(ways.lines, 'straight line')} lead from clearly above the noise "
            f"floor down to it without a significant rise"
        )
    return (
        f"* {silence(found)}\n"
        f"* On a faithful surrogate {arrivals(learnt)} at the truth. {smooth(learnt)}\n"
        f"* Among patterns, with the loss averaged over initial states, {down}."
    )


def scale(found: Ways) -> str:
    """How much there is to fall along the lines, against the plateau, and what a line is good for."""
    shows = "These lines show no such way."
    if found.monotone:
        shows = (
            "A straight line to the truth can only be drawn by someone who knows the truth. It shows that a "
            "way "
            "exists, and is no method."
        )
    return (
        f"Among patterns the averaged loss goes from {said(found.highest)} (median over the lines) to "
        f"{said(found.floor)} at the truth; the highest loss in the plane is {said(found.plateau, '3r')}. "
        f"{shows}"
    )


def through(found: Ways) -> str:
    """The finding on ways through the patterns."""
    start = "In principle, then, yes." if found.monotone else "So none of these lines is a way."
    return (
        f"{found.monotone} of {counted(found.lines, 'straight line')} fall from ten standard errors above "
        f"the noise floor down to it, {said(found.floor)} ± {said(found.floor_error)} (standard error over "
        f"{counted(found.states, 'initial state')}, by the jackknife), without a significant rise; of all "
        f"{counted(found.steps, 'step')} {found.bumps} rise at all, {found.rises} significantly. {start} The "
        f"lines start at a loss of {said(found.highest)} ± {said(found.highest_error)} (median over the "
        "lines) "
        f"where the plateau has {said(found.plateau, '3r')}. {averaging(found)} Only someone who knows the "
        f"truth can draw such a line: of {counted(found.points, 'patterned grid point')} above the floor the "
        f"steepest way leads {percent(found.through)} down to it."
    )


def averaging(found: Ways) -> str:
    """What the average over initial states does to the lines."""
    only = ""
    if found.falling and not found.single_falling:
        only = "A line that falls all the way appears only after averaging: "
    return (
        f"{only}{found.single_falling} of {counted(found.single, 'line')} of a single pair of initial states "
        f"and {found.falling} of the {found.lines} averaged ones fall on every step; "
        f"{percent(found.single_rising)} and {percent(found.rising)} of their steps rise."
    )
