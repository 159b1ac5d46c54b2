"""What the page on what landscapes say tells of its numbers (Sections 4 and 5.1)."""

from collections.abc import Mapping

from lib.publishing.wording import counted, percent, said
from lib.studies.patterns.noise_floor import RANDOM_FLOOR
from lib.studies.patterns.summary import Ageing, Alike, Middles, Noise, Plateau, Valley
from lib.studies.patterns.within_kinds import WithinKind


def phrases(floor: Noise, age: Ageing, height: Plateau, looks: int) -> dict[str, str]:
    """Numbers of the page's own sentences."""
    return {
        "states": str(floor.states),
        "floor-median": said(floor.median),
        "change-end": said(age.change),
        "still-moving": str(age.moving),
        "last-time": f"{age.last:,}",
        "twice": said(age.twice),
        "twice-top": said(age.twice_top),
        "formula-error": said(height.error, "1r"),
        "uniform-spread": said(height.spread, "1r"),
        "uniform-less": percent(height.less),
        "uniform-less-low": percent(height.less_low),
        "height-last-low": said(height.last_low, "3r"),
        "height-last-high": said(height.last_high, "3r"),
        "looks": str(looks),
    } | {f"height-{n}": said(value, "3r") for n, value in height.heights.items()}


def minute(floor: Noise, height: Plateau, pair: Alike, ends: Middles) -> str:
    """The page in three lines."""
    return (
        f"* Two runs of the *same* parameters differ by a spectral loss of {said(floor.median)} (median of "
        f"{counted(floor.pairs, 'pair')}). {ceiling(floor)} A picture that "
        "scores less cannot be told from one of the truth.\n"
        f"* The plateau's height is set by the small number under the logarithm: "
        f"{said(height.heights['12'], '3r')} at "
        f"$10^{{-12}}$, {said(height.heights['2'], '2r')} at $10^{{-2}}$.\n"
        f"* Pictures of different parameters grow {direction(pair.patch)} in time, and "
        f"{percent(ends.middle_patch)} of "
        f"{counted(ends.runs_patch, 'run')} from the patch that end without a pattern had one on the way."
    )


def ceiling(found: Noise) -> str:
    """The upper edge of the floor, and the edge without the state that is most unlike the others."""
    without = ""
    if found.high_without is not None:
        without = (
            f", or below {said(found.high_without)} if one of {counted(found.states, 'initial state')} is "
            "left out"
        )
    return f"Of these losses 95 % lie below {said(found.high)}{without}."


def direction(change: float | None) -> str:
    """Alike or apart."""
    if change is None:
        return "neither alike nor apart, as far as one can tell,"
    return "alike" if change <= 0.75 else "apart" if change >= 1.25 else "neither alike nor apart"


def floor(found: Noise) -> str:
    """The noise floor in words."""
    above = "above" if found.median > RANDOM_FLOOR else "below"
    return (
        f"Over {counted(found.pairs, 'pair')} the median spectral loss after a full run is "
        f"{said(found.median, '3r')}, "
        f"{above} $\\pi^2/3$; nine pairs in ten lie between {said(found.low, '3r')} and "
        f"{said(found.high, '3r')}. "
        f"{outlier(found)} The windowed loss has its own floor: median {said(found.windowed, '3r')}, nine "
        f"in ten between "
        f"{said(found.windowed_low, '3r')} and {said(found.windowed_high, '3r')}. Even the zero is not "
        f"quite zero: the truth "
        f"from the same initial state, computed once in double and once in single precision, scores "
        f"{said(found.round_off)} against itself."
    )


def outlier(found: Noise) -> str:
    """Whether one state makes the tail."""
    if found.top_without is None or found.outlier_median < 2 * found.median:
        return f"The largest is {said(found.top, '3r')}; no single state makes the tail."
    return (
        f"The tail, up to {said(found.top, '3r')}, is one initial state's: number {found.outlier} of "
        f"{found.states}, whose "
        f"median against the others is {said(found.outlier_median, '3r')}. Without it no pair exceeds "
        f"{said(found.top_without, '3r')}, and 95 % lie below {said(found.high_without, '3r')}."
    )


def old(found: Ageing, floor: Noise) -> str:
    """Whether time sharpens the landscape."""
    return (
        f"* {sharper(found.old / floor.median)} At {found.last:,} steps the change in a step is "
        f"{said(found.change_last)} in the median, and two runs of the truth differ by "
        f"{said(found.old, '3r')} in the median, up to {said(found.old_top, '3r')}; after a full run they "
        f"differ by {said(floor.median, '3r')}. In the windowed loss it is {said(found.old_windowed, '3r')}, "
        f"and {said(floor.windowed, '3r')} after a full run."
    )


def sharper(ratio: float) -> str:
    """What becomes of the median loss between runs of the truth, later over full age."""
    if ratio > 2:
        return "Longer runs do not sharpen the landscape."
    return "Longer runs lower the floor." if ratio < 0.5 else "More time changes the floor by less than half."


def contrast(found: Plateau) -> str:
    """What ε does to the ground among patterns, beside the plateau."""
    if found.ground is None or found.ground_falls is None:
        return "* Along $k$ no end but the truth's own is patterned, so nothing stands beside the plateau."
    shares = ", ".join(
        f"{percent(share)} at $10^{{-{exponent}}}$" for exponent, share in found.ground.items()
    )
    return (
        "* With the height changes the contrast. Over the patterns along $k$ the median loss, as a share of "
        f"the plateau, is {shares}. From the lowest $\\varepsilon$ to the highest the plateau changes by a "
        f"factor of {said(found.plateau_falls)}, and that ground by {said(found.ground_falls)}."
    )


def on_the_way(found: Mapping[str, Valley], early: int) -> str:
    """What can be seen before the end, in three paragraphs."""
    return "\n\n".join((valleys(found, early), grounds(found, early), wild(found["k_random"])))


def valleys(found: Mapping[str, Valley], early: int) -> str:
    """What runs from other initial states see at the early time, along k and F."""
    k, F = found["k"], found["F"]
    seen = "cannot be compared"
    if k.early_truth is not None and k.early_typical is not None:
        ratio = k.early_truth / k.early_typical
        seen = "lies below" if ratio < 0.75 else "hardly lies below" if ratio < 1 else "does not lie below"
    return (
        f"At step {early:,} the truth {seen} the typical point inside the cliffs, scored from other initial "
        f"states: "
        f"{said(k.early_truth)} against {said(k.early_typical)} along $k$; at the end of the run it is "
        f"{said(k.late_truth)} against {said(k.late_typical)}. Runs from different initial states still "
        f"share the patch, which grows in the same way whatever the noise around it. Does that valley lead "
        f"to the truth? Step from each point of a cut to its lower neighbour until there is none. From step "
        f"{early:,} on that ends at the truth, or at the point right beside it, for {shares(k, 'k')}, and "
        f"for {shares(F, 'F')}."
    )


def shares(found: Valley, axis: str) -> str:
    """From how many points of a cut one is led to the truth: least, most and at the end."""
    return (
        f"{percent(found.downhill_least)} to {percent(found.downhill)} of {counted(found.points, 'point')} "
        f"along ${axis}$ (most at step {found.best:,}; {percent(found.downhill_late)} at the end)"
    )


def grounds(found: Mapping[str, Valley], early: int) -> str:
    """How high the ground beyond each cliff is at the early time."""
    k, F = found["k"], found["F"]
    places = {
        "beyond the high-$k$ cliff": k.ground_high,
        "below the low-$F$ cliff": F.ground_low,
        "beyond the high-$F$ cliff": F.ground_high,
        "below the low-$k$ cliff": k.ground_low,
    }
    said_of = [f"{percent(value)} {place}" for place, value in places.items() if value is not None]
    if not said_of:
        return f"At step {early:,} no ground beyond a cliff lies in these cuts."
    return (
        f"How much is there to see *beyond* the cliffs at step {early:,}? The loss there is "
        f"{', '.join(said_of)}, each as a "
        "ratio to the plateau's height at that time: where it is 100 %, nothing grows that could be "
        "compared."
    )


def wild(found: Valley) -> str:
    """Random initial states."""
    better = found.downhill > found.downhill_late + 0.2
    return (
        "From random states, scored from other random states, the same is so for "
        f"{shares(found, 'k')}. "
        + (
            "So an intermediate landscape can be a better one, if the field is full of structure from the "
            "start."
            if better
            else "So looking earlier gains little here."
        )
    )


def alike(found: Alike, within: Mapping[str, WithinKind]) -> str:
    """The finding on patterns growing alike; `within` has the truth's runs kind by kind."""
    groups = (
        ("across parameters, from the patch", found.patch, found.patch_pairs),
        ("across parameters, from a random state", found.random, found.random_pairs),
        ("across initial states, at the truth", found.states, found.states_pairs),
    )
    each = "; ".join(
        f"{name} by a factor of {said(value)} ({counted(pairs, 'pair')}): {direction(value)}"
        for name, value, pairs in groups
    )
    return f"From step 250 to the end of the run the median unlikeness changes {each}.{kinds(found, within)}"


def kinds(found: Alike, within: Mapping[str, WithinKind]) -> str:
    """The pairs across initial states taken apart."""
    if not within:
        return ""
    between = found.states_pairs - sum(kind.pairs for kind in within.values())
    each = "; ".join(
        f"by a factor of {said(kind.change)} from “{name}” ({counted(kind.pairs, 'pair')}): "
        f"{direction(kind.change)}"
        for name, kind in within.items()
    )
    return (
        f" Of the pairs across initial states {between} join two kinds of initial state. Within a kind the "
        f"median changes {each}."
    )


def middles(found: Middles) -> str:
    """The finding on ends without a pattern, from the patch."""
    return (
        f"{had(found.runs_patch, found.middle_patch)} "
        f"{living(found.living_runs_patch, found.living_patch)} Ends in a uniform v reached "
        f"{part(found.uniform_patch)} of the truth's texture, trivial ends {part(found.trivial_patch)} "
        f"(medians)."
    )


def middles_random(found: Middles) -> str:
    """The finding on ends without a pattern, from a random state."""
    return (
        f"{had(found.runs_random, found.middle_random)} "
        f"{living(found.living_runs_random, found.living_random)} Ends in a uniform v reached "
        f"{part(found.uniform_random)} of the truth's texture, trivial ends {part(found.trivial_random)} "
        f"(medians); diffusion alone would have left at most {percent(found.diffused)}."
    )


def had(runs: int, share: float | None) -> str:
    """How many runs without a pattern at the end had one on the way."""
    return (
        f"Of {counted(runs, 'run')} that end without a pattern, with v uniform or with none, "
        f"{percent(share)} had half of the truth's texture on the way."
    )


def living(runs: int, share: float | None) -> str:
    """The same of ends in which v lives."""
    return f"Of the {counted(runs, 'run')} among them in which v lives it is {percent(share)}."


def part(x: float | None) -> str:
    """A share that may be next to nothing."""
    return "less than 0.01 %" if x is not None and x < 1e-4 else percent(x)
