"""What the page on landscapes says of its numbers (Section 4)."""

from lib.publishing.wording import counted, percent, said, whole
from lib.studies.landscapes.flatness import FLAT, WINDOW
from lib.studies.landscapes.likeness import Agreement, Gradual
from lib.studies.landscapes.summary import Cuts, Gram, Planes, Plateau


def phrases(found: Plateau) -> dict[str, str]:
    """Numbers of the page's own sentences."""
    return {
        "level-low": said(found.level_low),
        "level-high": said(found.level_high),
        "plateau": said(found.spectral, "4r"),
        "plateau-windowed": said(found.windowed, "4r"),
        "patterned-share": said(found.patterned),
        "plane-points": f"{found.points:,}",
        "refined-side": str(found.side),
        "refined-lines": str(found.lines),
    }


def minute(cuts: Cuts, pictures: Gradual) -> str:
    """The page in three lines."""
    shape = "are flat on top" if (cuts.flat_off or 0) >= 0.9 else "are not flat on top"
    floor = "and flat below" if (cuts.flat_on or 0) >= 0.9 else "and uneven below"
    gradual = "changes gradually with the parameters"
    if pictures.correlation is None or pictures.correlation < 0.5:
        gradual = "does not change gradually with the parameters"
    return (
        f"* The cuts {shape} {floor}, and the wall between takes {percent(cuts.drop)} of the height (median "
        f"of "
        f"{counted(cuts.cliffs, 'cliff')}).\n* Behind the wall the picture {gradual}.\n"
        "* Where the pattern is gone, no spectral loss has a slope: the field has no structure to compare."
    )


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
        f"{percent(found.edges_apart)} of the axis, and off the pattern neither changes by more than "
        f"{percent(found.plateaus)} of its range. Among {counted(found.patterned, 'patterned point')} their "
        f"rank correlation "
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


def catapult(drop: float | None) -> str:
    """What a cliff does to a descent; `drop` as in `flatness.Relief`."""
    if drop is None:
        return "At this sampling no cliff is resolved on the first plane."
    return (
        f"The typical one takes {percent(drop)} of the range within a thirteenth of the axis, a slope of "
        f"{drop / WINDOW:.0f} where 1 would lead from the highest to the lowest point across the whole map: "
        "a step that was right for the plateau throws the walker across the map."
    )
