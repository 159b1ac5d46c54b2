"""What the page on landscapes says of its numbers (Section 4)."""

from collections.abc import Mapping

import xarray as xr

from lib.publishing.wording import counted, percent, said, whole
from lib.studies.landscapes.flatness import FLAT, WINDOW
from lib.studies.landscapes.likeness import Agreement, Gradual
from lib.studies.landscapes.sizes import Sizes
from lib.studies.landscapes.summary import Cuts, Gram, Planes, Plateau


def phrases(found: Plateau, second: xr.Dataset) -> dict[str, str]:
    """Numbers of the page's own sentences; how the second plane was refined stands in its attributes."""
    return {
        "level-low": said(found.level_low),
        "level-high": said(found.level_high),
        "plateau": said(found.spectral, "4r"),
        "plateau-windowed": said(found.windowed, "4r"),
        "plateau-span": percent(found.spectral_span),
        "plateau-span-windowed": percent(found.windowed_span),
        "patterned-share": said(found.patterned),
        "plane-points": f"{found.points:,}",
        "refined-side": str(found.side),
        "refined-lines": str(found.lines),
        "refined-side-d": str(int(second.attrs["side"])),
        "refined-lines-d": str(int(second.attrs["lines"])),
    }


def lengths(profile: Sizes) -> dict[str, str]:
    """Sizes of the page's sampling, and the length of its runs."""
    return {
        "steps": f"{profile.steps:,}",
        "cut-levels": counted(profile.cut_levels, "time"),
        "matrix-side": str(profile.matrix_points),
    }


def minute(cuts: Cuts, both: Planes, pictures: Gradual) -> str:
    """The page in three lines."""
    shape = flat(cuts.flat_off, "are flat on top", "are not flat on top", "have no top that was measured")
    floor = flat(cuts.flat_on, "and flat below", "and uneven below", "and no floor that was measured")
    gradual = "changes gradually with the parameters"
    if pictures.correlation is None or pictures.p is None:
        gradual = "was found at too few points to say whether it changes gradually with the parameters"
    elif pictures.correlation < 0.5 or pictures.p >= 0.01:
        gradual = "does not change gradually with the parameters"
    return (
        f"* The cuts {shape} {floor}, and the wall between takes {percent(cuts.drop)} of the height (median "
        f"of "
        f"{counted(cuts.cliffs, 'cliff')}).\n* Behind the wall the picture {gradual}.\n"
        f"* Where the pattern is gone, the spectral loss has {slope(both.flat_off)}"
    )


def slope(flat: float | None) -> str:
    """How much of the planes' ground off the pattern has a slope; `flat` is the share that has none."""
    if flat is None:
        return "no ground in the planes to tell whether it slopes."
    if flat < 0.9:
        return f"a slope on {whole(1 - flat)} of the ground of both planes."
    ground = "all" if flat == 1 else whole(flat)
    return (
        f"hardly a slope, below {FLAT:g} on {ground} of both planes' ground: no structure is left to compare."
    )


def flat(share: float | None, yes: str, no: str, unknown: str) -> str:
    """Words for a share of flat places; `unknown` for none that was measured."""
    if share is None:
        return unknown
    return yes if share >= 0.9 else no


def cuts(found: Cuts) -> str:
    """The finding on the cuts."""
    return (
        f"{counted(found.cliffs, 'cliff')} on {found.axes} of 4 axes; the typical one takes "
        f"{percent(found.drop)} of the "
        f"range within a thirteenth of the axis. Off the pattern the slope is below {FLAT:g} on "
        f"{at_least(found.flat_off)}, on every cut. {floor(found.flat_on, found.flat_on_high)} "
        f"({found.points:,} points on the four cuts, {counted(found.states, 'initial state')} each.) "
        f"{left_out(found.left_out, found.unresolved)}"
    ).strip()


def at_least(share: float | None) -> str:
    """The smallest of several shares of ground, in words."""
    if share is None or share < 1:
        return f"{whole(share)} of the ground or more"
    return "all of the ground"


def left_out(borders: int, points: int) -> str:
    """What takes no part in the slopes and the cliffs; nothing where all does."""
    if not points:
        return ""
    stand = "it stands" if points == 1 else "they stand"
    told = f"At {counted(points, 'point')} a run diverges or flickers; {stand} on neither side"
    if not borders:
        return f"{told}."
    lost = (
        "1 border beside them is no cliff" if borders == 1 else f"{borders} borders beside them are no cliffs"
    )
    return f"{told}, and {lost}."


def floor(low: float | None, high: float | None) -> str:
    """Whether the patterned side is as flat."""
    if low is None:
        return "On the patterned side too few points lie side by side to tell."
    if low >= 0.9:
        return f"The patterned side is as flat: on {percent(low)} of its ground or more."
    return (
        f"The patterned side is low but not flat: {percent(low)} to {percent(high)} of its ground is, "
        f"depending on the cut."
    )


def planes(found: Planes) -> str:
    """The finding on the planes."""
    below = f"{percent(found.flat_on)} of the patterned ground is"
    return (
        f"Over both planes ({found.points:,} points, {counted(found.states, 'initial state')} each) "
        f"{whole(found.flat_off)} "
        f"of the ground off the pattern is flat, and {below}; the typical of "
        f"{counted(found.cliffs, 'cliff')} takes "
        f"{percent(found.drop)} of the range. {left_out(found.left_out, found.unresolved)}"
    ).strip()


def pictures(found: Gradual) -> str:
    """The finding on the pattern matrix."""
    if found.correlation is None:
        return f"Only {counted(found.points, 'point')} of the plane ended in a pattern: too few to test."
    return (
        f"Among {counted(found.points, 'patterned point')} the distance in (F, k) and the spectral distance "
        f"of the pictures "
        f"have a rank correlation of {said(found.correlation)} (p = {said(found.p)}). Neighbours lie "
        f"{said(found.inside)} "
        f"apart in the median, pictures on both sides of the edge {said(found.across)}."
    )


def losses(found: Agreement) -> str:
    """The finding on the two spectral losses."""
    return (
        f"On nine in ten of {counted(found.lines, 'line')} both losses cross the middle of their range "
        f"within "
        f"{percent(found.edges_apart)} of the axis, and off the pattern nine in ten values of either "
        f"lie within {percent(found.plateaus)} of its range. Among "
        f"{counted(found.patterned, 'patterned point')} their rank correlation "
        f"is {said(found.rank_patterned)}: {mountains(found)}, the valley floors {floors(found)}."
    )


def mountains(found: Agreement) -> str:
    """Whether edges and plateaus are the same."""
    if found.edges_apart is None or found.plateaus is None:
        return "the mountains cannot be compared"
    same = found.edges_apart <= 0.05 and found.plateaus <= 0.02
    return f"the mountains are {'the same' if same else 'not the same'}"


def floors(found: Agreement) -> str:
    """Whether the valley floors are alike."""
    if found.rank_patterned is None:
        return "cannot be compared"
    return "are alike" if found.rank_patterned > 0.5 else "are not"


def gram(found: Gram, filters: str) -> str:
    """The finding on the Gram loss."""
    why = ""
    if found.trained is None:
        why = (
            "The claim is about trained filters, which were not at hand when this page was made (`make "
            "weights` fetches "
            "them). "
        )
    return (
        f"{why}With **{filters}** the Gram loss reaches {said(found.gram_highest)} (spectral: "
        f"{said(found.plain_highest)}). "
        f"Its plateau lies at {percent(found.gram_plateau)} of its range (spectral: "
        f"{percent(found.plain_plateau)}), and "
        f"{percent(found.gram_ridges)} of "
        f"{counted(found.points, 'patterned point')} lie above it. Patterned neighbours differ by "
        f"{percent(found.gram_roughness)} of the range (spectral: {percent(found.plain_roughness)}), and "
        f"{percent(found.gram_cliffs)} of them by more than a fifth (spectral: "
        f"{percent(found.plain_cliffs)}). The highest values are not compared: the filters' scale sets them."
    )


def downhill(found: Mapping[int, int], points: int) -> str:
    """From how many points of a cut stepping to the lower neighbour leads to the truth, by run length."""
    told = [f"{count} after {steps:,} steps" for steps, count in found.items()]
    return (
        f"Walking to the lower neighbour leads to the truth, or right beside it, from so many of the cut's "
        f"{counted(points, 'point')}: {' and '.join((', '.join(told[:-1]), told[-1])).removeprefix(' and ')}."
    )


def floors_apart(most: int, points: int) -> str:
    """How many points change side of the middle of the loss's range with the floor ε, at most."""
    how = "no floor moves any" if not most else f"a floor moves {most:,} at most"
    return f"Of {counted(points, 'point')} {how} to the other side of the middle of the loss's range."


def catapult(drop: float | None) -> str:
    """What a cliff does to a descent; `drop` as in `flatness.Relief`."""
    if drop is None:
        return "At this sampling no cliff is resolved on the first plane."
    return (
        f"The typical one takes {percent(drop)} of the range within a thirteenth of the axis, a slope of "
        f"{drop / WINDOW:.0f} where 1 would lead from the highest to the lowest point across the whole map: "
        "a step that was right for the plateau throws the walker across the map."
    )
