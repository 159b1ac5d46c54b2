"""What the page on other routes says of gradients by several routes (Section 5.1)."""

import math

from lib.publishing.wording import counted, said
from lib.studies.gradient_routes.route_summary import ENOUGH, Routes
from lib.studies.gradient_routes.routes import REST

#: What `alike` asks for.
SAME = "(cosine above 0.9, size within a factor of two)"


def phrases(found: Routes, size: int, settle: int) -> dict[str, str]:
    """Numbers of the page's own sentences."""
    return {
        "rt-grid": f"{size} × {size}",
        "rt-settle": f"{settle:,}",
        "rt-fade": fading(found),
        "rt-near": str(found.near),
        "rt-patterns": str(found.patterns),
        "rt-still": str(found.still),
        "rt-resting": str(found.resting),
        "rt-rest": said(REST, "1r"),
        "rt-far": far_ends(found),
        "rt-gain": gain(found),
    }


def fading(found: Routes) -> str:
    """How fast spots that shifted against each other come back."""
    if found.fade is None:
        return "The first of these does not shrink: the run has not come to rest."
    return f"The first of these shrinks to 1/e in about {found.fade:,.0f} steps."


def far_ends(found: Routes) -> str:
    """How the sets from all over the searched box end, every kind."""
    ends = (
        (found.far_trivial, "trivial"),
        (found.far_uniform, "uniform"),
        (found.far_patterns, "in a pattern"),
        (found.far_diverged, "beyond the finite numbers"),
        (found.far_flickering, "flickering"),
    )
    how = ", ".join(f"{number} {kind}" for number, kind in ends if number) or "none"
    return f"Ends of {counted(found.far, 'set')} from all over the searched box: {how}."


def without_pattern(found: Routes) -> str:
    """The ends without a pattern by their kinds: 2 uniform ends."""
    if found.trivial and found.uniform:
        return f"{found.trivial} trivial and {counted(found.uniform, 'uniform end')}"
    return counted(found.trivial, "trivial end") if found.trivial else counted(found.uniform, "uniform end")


def silence(found: Routes) -> str:
    """Whether the spectral loss has a slope where there is no pattern."""
    if found.silent is None:
        return "No run ended without a pattern, so that no slope was measured there."
    how = "is silent" if found.silent < 1e-6 else "is not silent"
    return (
        f"Where there is no pattern ({without_pattern(found)}), the spectral loss {how} by every route: its "
        f"largest relative slope is {said(found.silent, '1r')}."
    )


def from_rest(found: Routes, horizons: tuple[int, ...]) -> str:
    """Unrolled from the steady state."""
    if found.agreeing is None:
        return "* *Unrolled from the steady state*: no pattern came to rest, so there is nothing to compare."
    return (
        f"* *Unrolled from the steady state*, the gradient of the pixel loss is much the same as the "
        f"implicit one {SAME} at {found.agreeing} of {counted(found.resting, 'pattern')} for "
        f"{horizons[-1]:,} steps, and at {said(found.agreeing_before)} for {horizons[-2]:,}. For the longer, "
        f"the median cosine is {said(found.meeting, '4r')} and the lowest {said(found.lowest)}. For the "
        f"spectral loss, whose logarithm counts the faintest waves, it is so at "
        f"{said(found.agreeing_spectral)} for {horizons[-2]:,} steps, the most that were unrolled for it "
        "(median "
        f"cosine {said(found.meeting_spectral, '3r')})."
    )


def from_patch(found: Routes, settle: int, steps: int) -> str:
    """Unrolled from the patch, and where no pattern is.

    Args:
        found: the numbers.
        settle: steps of the run at whose end the implicit gradient is taken.
        steps: steps unrolled from the patch.
    """
    first = ""
    if found.alike is not None:
        first = (
            f"* *Unrolled from the patch*, as the paper does it, the gradient of the spectral loss is much "
            f"the same as the implicit one at {round(found.alike * found.resting)} of "
            f"{counted(found.resting, 'pattern')}. Its median size is {said(found.times)} times the implicit "
            f"one, its largest {said(found.most)} times. The two belong to different states: the implicit "
            f"one to the pattern after {settle:,} steps, the other to that after {steps:,}. And they answer "
            f"different questions: how does *this* pattern deform, and how does the *growth* from the patch "
            f"end in another arrangement of spots? How much each of the two does is not told apart here."
            f"{left(found, steps)}\n"
        )
    return (
        f"{first}* {silence(found)} At a trivial end $\\partial "
        f"G/\\partial p$ itself is zero, so that no way of computing the gradient finds a slope."
    )


def left(found: Routes, steps: int) -> str:
    """What the slowest shift of spots keeps over a whole run at the truth."""
    if found.fade is None:
        return ""
    share = math.exp(-steps / found.fade)
    how = "hardly anything" if share < 0.01 else "something"
    return (
        f" Of the slowest shift of spots at the truth {how} is left over so many steps: a share of "
        f"{said(share, '1r')}."
    )


def at_rest(found: Routes) -> str:
    """The finding's part about patterns at rest."""
    few = ""
    if found.enough is None:
        few = f"Only {counted(found.resting, 'pattern')} came to rest; {ENOUGH} are asked for. "
    if found.alike is None:
        return few
    return (
        f"{few}Patterns at rest: at {said(found.agreeing)} of {found.resting} of them the implicit gradient "
        f"is much the same as the one unrolled from the steady state (median cosine "
        f"{said(found.meeting, '4r')}), "
        f"at {round(found.alike * found.resting)} as the one unrolled from the patch (in the median "
        f"{said(found.times)} times its size, cosine {said(found.angle)}). "
    )


def gain(found: Routes) -> str:
    """What the implicit route is good for."""
    if found.meeting is None or found.alike is None:
        return "No pattern came to rest, so nothing is said about the implicit route's gradient."
    if found.meeting < 0.9:
        return (
            "The implicit gradient is not the one that unrolling from rest leads to (median cosine "
            f"{said(found.meeting)}): one of the two is not right yet at these lengths."
        )
    if found.alike > 0.9:
        return "So the implicit route brings no gain: it finds the gradient that unrolling the run finds."
    return (
        f"So the implicit route mostly finds what unrolling from rest finds, and another gradient than "
        f"unrolling the run at {found.resting - round(found.alike * found.resting)} of "
        f"{counted(found.resting, 'pattern')}. Which of the two leads a search better was not tried."
    )
