"""What Section 3 says about gradients, in the form that fits what came out."""

from lib.publishing.wording import counted, said, share, whole
from lib.studies.gradients.summary import GradientSummary, Roughness, Way
from lib.studies.training.summary import TrainingSummary
from lib.studies.training.visits import Visit


def lengths_by_region(found: TrainingSummary) -> str:
    """How long the gradient was in the iterations of each region."""
    start = "{numref}`fig-regions` compares the regions of parameter space."
    return f"{start} {lengths(found)} {comparison(found)}"


def lengths(found: TrainingSummary) -> str:
    """The median lengths in the regions that were visited."""
    seen = found.visits
    known = [
        of(one, where)
        for one, where in (
            (seen.pattern, "among patterns"),
            (seen.uniform, "where $v$ is uniform"),
            (seen.trivial, "where $v$ has died"),
        )
        if one.iterations
    ]
    return f"Median lengths of the gradient in training: {', '.join(known)}." if known else ""


def of(one: Visit, where: str) -> str:
    """A median length with what it is of."""
    return (
        f"{said(one.length)} {where} ({counted(one.iterations, 'iteration')} of {counted(one.runs, 'run')})"
    )


def comparison(found: TrainingSummary) -> str:
    """How long the gradient among patterns is, held against either half of the plateau."""
    among, seen = found.visits.pattern.length, found.visits
    parts = [
        f"{against(among, one.length)} {where}"
        for one, where in ((seen.uniform, "where $v$ is uniform"), (seen.trivial, "where $v$ has died"))
        if among is not None and one.length is not None
    ]
    return (
        f"Among patterns the gradient is {', and '.join(parts)}."
        if parts
        else "Patterns or the plateau were not visited, so lengths cannot be compared."
    )


def against(one: float, other: float) -> str:
    """One length against another; within a factor of two it is told as about the same."""
    if one > 2 * other:
        return "longer than"
    return "shorter than" if 2 * one < other else "about as long as"


def directions(slopes: GradientSummary) -> str:
    """Where the way down leads over the plane."""
    found = slopes.directions
    return " ".join([
        "Stopped as in training,",
        f"{pointing(found.trivial, 'of runs without $v$')};",
        f"{pointing(found.uniform, 'of runs with uniform $v$')}.",
        "(A stopped run counts as uniform too if what is left of the patch varies a little, and the loss "
        "lies above half of the plateau's height.)",
        "After full runs",
        f"{share(found.zero, found.zero_points, 'gradients')} of runs without $v$ are exactly zero"
        + (": the direction comes from stopping early." if found.zero == 1 else "."),
        among(found.pattern),
        "In all four parameters, per unit of them, the median lengths are "
        f"{said(found.trivial.length)} without $v$ ({counted(found.trivial.points, 'point')}), "
        f"{said(found.uniform.length)} with uniform $v$ ({found.uniform.points}) and "
        f"{said(found.pattern.length)} among patterns ({found.pattern.points}).",
    ])  # fmt: skip


def pointing(one: Way, which: str) -> str:
    """The share of gradients that point the right way."""
    return f"{share(one.right, one.pointing, 'gradients')} {which} point to the truth's side"


def among(one: Way) -> str:
    """The direction among patterns against a half, which chance would give."""
    if one.right is None or one.low is None or one.high is None:
        return "No run on this grid ended in a pattern with a gradient."
    held = f"(95 % interval: {whole(one.low)} to {whole(one.high)})"
    mine = share(one.right, one.pointing, "gradients")
    start = f"Among patterns, where the loss is low, {mine} point there {held}"
    if one.low > 0.5:
        return f"{start}: more than the half that chance gives."
    if one.high < 0.5:
        return f"{start}: fewer than the half that chance gives."
    return f"{start}: no telling it from the half that chance gives."


def adjoints(slopes: GradientSummary) -> str:
    """How far the adjoint grows and shrinks over the plane."""
    found = slopes.adjoints
    return (
        f"Over {found.points} points of the plane and {counted(found.seeds, 'initial state')} the largest "
        f"norm lies {said(found.growth, '.1f')} decades above the end in the median run, and "
        f"{said(found.most, '.1f')} at most."
    )


def rough(found: Roughness) -> str:
    """How far a slope can be trusted."""
    if found.scale is None:
        return "On this grid the short cut has no slope to speak of."
    return (
        f"Over the {said(found.width)} of the cut the loss varies by {said(found.wiggle, '.2f')} with "
        f"slopes around {said(found.slope)}: a slope is right over about {said(found.scale, '1r')} in $k$."
    )


def why(found: TrainingSummary, slopes: GradientSummary) -> str:
    """The page's conclusion, as far as its numbers carry it."""
    return f"{far(found, slopes)} {near(found)}"


def far(found: TrainingSummary, slopes: GradientSummary) -> str:
    """Off the patterns: how the two halves of the plateau compare."""
    trivial, uniform, pattern = (
        slopes.directions.trivial,
        slopes.directions.uniform,
        slopes.directions.pattern,
    )
    known = (trivial.length, uniform.length, pattern.length)
    if None in known or not pattern.length:
        compared = "Over the plane the regions cannot be compared here."
    else:
        compared = (
            "Over the plane, runs stopped as in training, the exact gradient is "
            f"{times(trivial.length, pattern.length)} as long where $v$ has died as it is among "
            f"patterns, and {times(uniform.length, pattern.length)} where $v$ is uniform."
        )
    return f"{compared} {walked(found)}"


def walked(found: TrainingSummary) -> str:
    """Whether the runs from the paper's start leave the plateau, with the text's recipe."""
    text = found.plain.text
    if text.inside is None or text.lowest is None:
        return "Whether it leads off the plateau, these few runs do not tell."
    start = "From the paper's start, with the text's recipe, the optimiser"
    low = text.lowest < 0.5 * found.expected[0]
    return f"{start} {'leaves the plateau' if low else 'stays on the plateau'}."


def times(length: float | None, other: float) -> str:
    """A length as a multiple of another."""
    return said(None) if length is None else f"{said(length / other)} times"


def near(found: TrainingSummary) -> str:
    """Among patterns: the step, where it leads, and what is accepted."""
    one, step = found.visits.pattern, found.search.step
    if step is None:
        return "What these runs did among patterns is too little to say why they left."
    return (
        f"Among patterns a typical step at the base rate is {said(step)} in unconstrained parameters, and "
        f"{one.beyond} of {one.iterations} would lead to a diffusion above 1/4, where nothing can run. The "
        "test on trial shrinks the step until something is accepted, and what it accepts has to settle, in "
        "all eight runs."
    )


def floor_table(rows: list[tuple[float, float, float | None, float | None, int]]) -> str:
    """The gradient under several floors as a table."""
    head = (
        "| ε | mean loss | median slope in $k$ | points at which down leads towards the truth "
        "|\n|--:|--:|--:|--:|\n"
    )
    return head + "\n".join(
        f"| {said(floor, '1r')} | {said(loss, '.2f')} | {said(slope)} | {share(towards, count, 'points')} |"
        for floor, loss, slope, towards, count in rows
    )
