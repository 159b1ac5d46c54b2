"""What the page on cliffs says of its numbers (Section 5.1)."""

from lib.publishing.glued import MISSING
from lib.publishing.wording import counted, percent, said
from lib.studies.bifurcation.plane_edges import SAME, Flank
from lib.studies.bifurcation.sizes import Sizes
from lib.studies.bifurcation.summary import Causes, Curves, Edges, Ends, Resolved


def place(x: float | None, digits: int = 5) -> str:
    """A value of a parameter."""
    return MISSING if x is None else f"{x:.{digits}f}"


def phrases(found: Curves, there: Causes) -> dict[str, str]:
    """Numbers of the first section, and of the other patches."""
    times = None
    if there.patch_range is not None and there.high_k_spread is not None:
        times = there.patch_range / there.high_k_spread
    return {
        "saddle-node": place(found.saddle_node),
        "hopf": place(found.hopf),
        "hopf-map": place(found.hopf_map),
        "turing": place(found.turing),
        "curves-apart": place(apart(found), 4),
        "patch-range": place(there.patch_range, 4),
        "patch-spreads": said(times),
        "patches": str(there.patches),
        "patches-below": str(there.patches_below or "none"),
    }


def lengths(profile: Sizes) -> dict[str, str]:
    """How long the page's runs are, and how finely a pattern is carried."""
    return {
        "landscape-steps": f"{profile.steps:,}",
        "cliff-steps": f"{profile.cliff_steps:,}",
        "carry-steps": f"{profile.carry_steps:,}",
        "carry-stride": percent(0.01 / profile.carry_fineness),
        "reach-run": f"{profile.reach_run:,}",
        "reach-carry": f"{profile.reach_steps:,}",
        "survey-steps": f"{profile.survey_steps:,}",
    }


def apart(found: Curves) -> float | None:
    """Distance of the saddle-node from the Hopf point at the truth's feed rate."""
    if found.saddle_node is None or found.hopf is None:
        return None
    return abs(found.saddle_node - found.hopf)


def are(count: int, one: str, many: str) -> str:
    """A bare count with its verb."""
    return f"{count} {one if count == 1 else many}"


def minute(there: Causes, both: Edges) -> str:
    """The page's first two lines."""
    basin = are(
        there.basin, "is an edge of what the initial patch can reach", "are edges of what the patch reaches"
    )
    step = are(there.step, "is made by the time step", "are made by the time step")
    born = are(there.homogeneous, "lies at a homogeneous bifurcation", "lie at homogeneous bifurcations")
    return (
        f"* Of {counted(there.cliffs, 'cliff')} on the lines through the truth, {basin}, {step}, and "
        f"{born}.\n"
        f"* In the $F$–$k$ plane {follows('the low-$k$ edge', both.left, 'the Hopf curve')}; "
        f"{follows('the high-$k$ edge', both.right, 'the saddle-node curve')}."
    )


def follows(edge: str, found: Flank, curve: str) -> str:
    """One flank in half a sentence."""
    if found.share is None:
        return f"{edge} meets {curve} nowhere in this plane"
    verb = "follows" if found.share >= 0.9 else "follows in part" if found.share >= 0.5 else "does not follow"
    return f"{edge} {verb} {curve} ({near(found)})"


def near(found: Flank) -> str:
    """At how many feed rates a flank is near its curve."""
    return f"within {SAME:g} in $k$ at {percent(found.share)} of {counted(found.rows, 'feed rate')}"


def covered(both: Edges, run: int, carry: int) -> str:
    """How much more a carried pattern covers.

    Args:
        both: the numbers.
        run, carry: steps of a run from the patch, and of a carried pattern at each point.
    """
    return (
        f"Within this window of the F–k plane carried patterns cover {said(both.larger_feed)} times the area "
        f"of the patch's patterns, in that of the $D_u$–$D_v$ plane {said(both.larger_diffusion)} times. "
        f"{window(both.cut_feed, both.cut_diffusion)} A run from the patch has {run:,} steps, a carried "
        f"pattern {carry:,} at each point."
    )


def window(feed: int, diffusion: int) -> str:
    """Whether the windows hold all of the patterned regions."""
    if not feed + diffusion:
        return "No pattern lies on a border of either window."
    return (
        f"{counted(feed, 'point')} with a pattern {'lies' if feed == 1 else 'lie'} on the border of the "
        f"first, {diffusion} on that of the second: beyond it the regions go on, and these ratios hold for "
        "the windows alone."
    )


def edge(found: Flank, name: str, curve: str) -> str:
    """The finding on one edge of the plane."""
    if found.share is None:
        return f"No feed rate of this plane has both a {name} edge and a point of the {curve} curve."
    until = ""
    if found.until is not None:
        until = (
            f" From the lowest of them up to F = {place(found.until, 4)} the distance is "
            f"{place(found.until_largest, 4)} "
            "at most."
        )
    return (
        f"The {name} edge lies within {SAME:g} in k of the {curve} curve at {percent(found.share)} of "
        f"{found.rows} feed "
        f"rates; the median distance is {place(found.median, 4)}, the largest "
        f"{place(found.largest, 4)}.{until} Between "
        f"initial states the edge moves by up to {place(found.spread, 4)}."
    )


def from_map(found: Flank) -> str:
    """What the low-k edge's distance becomes if it is measured from the map's own curve."""
    if found.share is None:
        return ""
    return (
        f" From the Hopf curve of the map with dt = 1 it is {place(found.median, 4)} in the median, and "
        f"within {SAME:g} at {percent(found.share)} of {counted(found.rows, 'feed rate')}."
    )


def causes(found: Causes) -> str:
    """What the table of causes adds up to."""
    born = are(found.homogeneous, "lies at a homogeneous bifurcation", "lie at homogeneous bifurcations")
    basin = are(found.basin, "is an edge of the patch's basin", "are edges of the patch's basin")
    step = are(found.step, "is made by the time step", "are made by the time step")
    own = are(found.ends, "is the pattern's own end", "are the pattern's own ends")
    rest = are(found.unexplained, "has no cause by this rule", "have no cause by this rule")
    last = f", and {rest}" if found.unexplained else ""
    return (
        f"So of {counted(found.cliffs, 'cliff')}, each from {counted(found.seeds, 'initial state')}, "
        f"**{born}**, "
        f"**{basin}**, **{step}**, {own}{last}."
    )


def ends(found: Ends) -> str:
    """How the computed ends fare in simulations."""
    released = "In no direction did a *released* pattern cease to come back before its fold."
    if found.directions:
        released = (
            f"*Released*, a pattern ceases to come back before its fold in "
            f"{counted(found.directions, 'direction')}, at most {percent(found.released)} of the parameter's "
            "true value from where the computed branch folds or loses its stability."
        )
    return f"{released} {carried_ends(found)}"


def carried_ends(found: Ends) -> str:
    """How far from the computed ends carried patterns change."""
    if found.carried is None:
        return "No *carried* pattern changed on its way to a computed end."
    told = (
        f"A *carried* pattern changes in {counted(found.carried_directions, 'direction')}, at most "
        f"{percent(found.carried)} of the true value from there."
    )
    if found.released is None or found.carried <= found.released:
        return told
    return (
        f"{told} Carried patterns differ more. Three things set them apart. The large grid holds another "
        "arrangement of spots, with a little more or less room for each. The carried pattern moves in steps. "
        "And a pattern carried past its loss of stability is lost later, since a slow instability needs "
        "time to grow (a delayed bifurcation)."
    )


def flicker(found: Resolved) -> str:
    """Where cells begin to flicker: predicted and found."""
    return (
        f"The eigenvalue predicts that cells begin to flicker at $D_u$ = {place(found.predicted)}; "
        f"bisection finds "
        f"{place(found.flicker)}. The rule of thumb says {place(found.rule, 4)}."
    )


def resolved(found: Resolved, steps: int) -> str:
    """The finding on the time step, from runs of so many steps."""
    half = f"all but {found.half_failing} of them are" if found.half_failing else "all of them are"
    verb = "fails" if found.inside == 1 else "fail"
    return (
        f"Of {found.points} random points of the box {percent(found.stable, 3)} are resolved by dt = 1 over "
        f"{steps:,} steps (95 % interval: "
        f"{percent(found.stable_low, 3)} to {percent(found.stable_high, 3)}); with half the step {half}. D "
        f"≤ 1/4 holds at "
        f"every one of these points, and {percent(found.failing)} of {found.points} fail all the same. The "
        f"rule "
        f"8·Du + F + v² < 2 forbids {found.beyond} points, of which {found.beyond_stable} are resolved "
        f"nevertheless, and "
        f"allows {found.inside} that {verb}."
    )
