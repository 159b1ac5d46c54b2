"""What the page on other routes says of descents on forward surrogates."""

from lib.publishing.sentences.routes import at_rest, silence
from lib.publishing.wording import counted, percent, said
from lib.studies.gradient_routes.route_summary import Routes
from lib.studies.gradient_routes.summary import Surrogates


def arrivals(learnt: Surrogates) -> str:
    """Both shares of the descents on the faithful surrogate, with what they are of."""
    return (
        f"{percent(learnt.outside)} of the {counted(learnt.outsiders, 'descent')} from outside the patterns "
        f"and {percent(learnt.inside)} of the {learnt.insiders} from among them arrive"
    )


def faithful(learnt: Surrogates) -> str:
    """What the surrogate that passes through its samples looks like to a descent."""
    return (
        f"On the faithful surrogate {arrivals(learnt)}. {apart(learnt)} Its "
        f"highest loss in the plane is {said(learnt.highest, '3r')}, the highest simulated "
        f"{said(learnt.simulated, '3r')}. {smooth(learnt)}"
    )


def apart(learnt: Surrogates) -> str:
    """Whether these shares tell anything about the plateau."""
    if learnt.outside is None or learnt.inside is None:
        return "Only one kind of place was tried, so that nothing tells what the plateau does to a descent."
    if learnt.inside <= learnt.outside:
        return (
            "Those from among patterns arrive no more often, so that these shares do not show that it is the "
            "plateau that holds the others."
        )
    return "Those from among patterns arrive more often than those from the plateau."


def smooth(learnt: Surrogates) -> str:
    """What smoothing buys."""
    if learnt.smooth_led is None:
        return "No descent began outside the patterns, so that nothing is said about a very smooth one."
    where = f"its own minimum, which is off by {percent(learnt.smooth_off)}"
    if learnt.smooth_edge:
        where = (
            f"its lowest point, which is no minimum: it lies on the edge of the sampled plane, "
            f"{percent(learnt.smooth_off)} beside the truth"
        )
    start = "leads"
    if learnt.smooth_led > 0.5:
        start = "does not inherit the plateau: it leads"
    return (
        f"A very smooth one {start} {percent(learnt.smooth_led)} of the "
        f"{counted(learnt.outsiders, 'descent')} from outside to {where}."
    )


def own_minima(learnt: Surrogates) -> str:
    """The most that a smoother surrogate leads to a minimum of its own."""
    if learnt.led is None:
        return "No smoother surrogate has a minimum of its own within the plane."
    return (
        f"Of the smoother ones with a minimum within the plane, the one that leads most leads "
        f"{percent(learnt.led)} of them there, and it is off by {percent(learnt.off)}."
    )


def routing(found: Routes, learnt: Surrogates) -> str:
    """The finding on inheritance."""
    return (
        f"{silence(found)} {at_rest(found)}Surrogates: a faithful one puts {percent(learnt.side)} of "
        f"{learnt.tests} held-out points on the right side of the cliff (rank correlation "
        f"{said(learnt.rank)}). Of {counted(learnt.descents, 'descent')} on it, {arrivals(learnt)} within 1 "
        "% of "
        f"the truth. {smooth(learnt)} {own_minima(learnt)}"
    )
