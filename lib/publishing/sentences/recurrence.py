"""What the page on other systems says of its numbers."""

import math
from collections.abc import Mapping, Sequence

import xarray as xr

from lib.paper import SEARCHED
from lib.publishing.wording import counted, percent, said
from lib.studies.horizon.sizes import Sizes as HorizonSizes
from lib.studies.recurrence.bowls import Bowl
from lib.studies.recurrence.cases import CASES
from lib.studies.recurrence.cliffs import CAUSES, Ground
from lib.studies.recurrence.horizons import WITHIN
from lib.studies.recurrence.sizes import Sizes
from lib.studies.recurrence.summary import FEW, KNOWN, WIDE, Recurrence, breaks_at

#: A verdict that this share of a plane's points would flip is near the other one.
NEAR = 0.02


def minute(found: Recurrence) -> str:
    """What the others share, and what Gray-Scott itself has of it by the same measures."""
    others = (found.plateaus_others, found.cliffed_others, found.broken_others)
    plateau, cliffs, broken = (f"{n} of {found.others}" for n in others)
    level = "a plateau" if found.plateaus > found.plateaus_others else "no plateau"
    edges = "cliffs" if found.cliffed > found.cliffed_others else "too few cliffs"
    lost = "loses" if found.broken > found.broken_others else "does not lose"
    return (
        f"{plateau} have a plateau of a tenth of their plane or more, {cliffs} have {FEW} cliffs or more, "
        f"and in {broken} least squares from the data loses most starts at {found.last_horizon:,} steps. "
        f"By the same measures Gray–Scott itself has {level} and {edges}, and least squares {lost} most of "
        f"its starts."
    )


def nearness(name: str, grounds: Sequence[Ground]) -> str:
    """How near the verdict on plateaus is to the other one, by one system's plane at one seed or more."""
    counts = [round(each.plateau * each.points) for each in grounds]
    points, needed = grounds[0].points, math.ceil(WIDE * grounds[0].points)
    said = ", ".join(map(str, counts))
    seeds = f"at {len(counts)} seeds {said}" if len(counts) > 1 else said
    text = f"It rests on {name}, on whose plateau lie {seeds} of {points} points, where {needed} are needed."
    if len({count >= needed for count in counts}) > 1:
        return f"{text} So it depends on the seed."
    if abs(counts[0] - needed) <= NEAR * points:
        return f"{text} So few points could decide otherwise at another seed or another grid of points."
    return text


def causes(grounds: Mapping[str, Ground]) -> str:
    """One line for each system: its plateau, its cliffs, and what changes there."""
    return "\n".join(f"* **{name}.** {on_ground(each)}" for name, each in grounds.items())


def on_ground(found: Ground) -> str:
    """A plane in a few sentences."""
    plateau = f"{percent(found.plateau)} of {counted(found.points, 'point')} lie on the plateau."
    if found.plateau < WIDE <= found.level and found.level_height is not None:
        plateau += (
            f" Level ground without a pattern there is, {percent(found.level)} of the plane, but it "
            f"lies low: at {percent(found.level_height)} of the range."
        )
    if found.caused is None:
        return f"{plateau} There is no cliff."
    known = ", ".join(f"{kind} at {found.causes[kind]}" for kind in CAUSES if kind in found.causes)
    at = f"the run's end changes at {percent(found.caused)} of them ({percent(found.usual)} of all steps)"
    told = f" Of the two runs one {known}." if known else ""
    return f"{plateau} {counted(found.cliffs, 'cliff').capitalize()}: {at}.{told}"


def nonlinear(bowls: Mapping[str, Bowl]) -> str:
    """What the loss is in parameters that do not enter linearly."""
    bent = {name: each for name, each in bowls.items() if each.others}
    if not bent:
        return "All parameters of these systems enter linearly."
    return " ".join(of_bowl(name, each) for name, each in bent.items())


def of_bowl(name: str, found: Bowl) -> str:
    """One such system."""
    if found.bent is None or found.minima is None or found.profile_error is None:
        raise ValueError(f"The bowl of {name} was not followed over its other parameter: use `bowl`.")
    bent = f"In {name} one parameter is not linear: its cut has third differences of {percent(found.bent)}"
    single = found.minima == 1 and found.profile_error <= 0.05
    rest = (
        "one minimum is left over that parameter, at the truth."
        if single
        else f"over that parameter there are {counted(found.minima, 'minimum', 'minima')}, the lowest "
        f"{percent(found.profile_error)} from the truth."
    )
    return f"{bent} of its height. With the linear ones eliminated, {rest}"


def breaks(searches: Mapping[str, xr.Dataset]) -> str:
    """The horizon at which each system's search breaks."""
    places = {name: breaks_at(each) for name, each in searches.items()}
    broken = [f"{name} at $T =$ {T:,}" for name, T in places.items() if T is not None]
    whole = [name for name, T in places.items() if T is None]
    found = []
    if broken:
        horizons = "The shortest horizon tried at which fewer than half of the starts find the truth"
        found.append(f"{horizons}: {'; '.join(broken)}.")
    if whole:
        found.append(f"At every horizon tried half of them or more find it for {', '.join(whole)}.")
    return " ".join(found)


def apart(here: Sizes, there: HorizonSizes) -> str:
    """In what the measure differs from that of the page on the horizon, for Gray-Scott."""
    ranges = CASES[KNOWN].model.ranges
    boxes = "; ".join(
        f"{name} in {low:g}–{high:g} here, {SEARCHED[name][0]:g}–{SEARCHED[name][1]:g} there"
        for name, (low, high) in ranges.items()
        if (low, high) != SEARCHED[name]
    )
    return (
        f"Starts are drawn from other ranges ({boxes}), and the paper's start is not among them. Grids have "
        f"{here.recur_small} cells along a side here and {there.horizon_size} there; searches have "
        f"{here.recur_trials} trial points and {there.horizon_trials}; starts number {here.recur_starts} and "
        f"{there.horizon_starts}. Differences are measured in units of each field's spread here, in "
        f"concentrations there. The data settle for up to {here.recur_settle:,} steps here "
        f"and for {there.horizon_settle:,} there. Other horizons are tried, too."
    )


def limits(searches: Mapping[str, xr.Dataset], drifts: Mapping[str, float]) -> str:
    """How far the data have settled, and which searches end as far off as that lets them."""
    steps = "; ".join(f"{name} by {said(change)}" for name, change in drifts.items())
    lines = [f"The data still change in one step at the truth, by at most so much at any cell: {steps}."]
    for name, each in searches.items():
        last = each.error.isel(horizon=-1).values
        found = last[last < WITHIN]
        if len(found) and found.min() > WITHIN / 2:
            far = f"between {percent(float(found.min()), 3)} and {percent(float(found.max()), 3)}"
            lines.append(
                f"In {name}, {counted(len(found), 'start')} of {len(last)} at $T =$ "
                f"{int(each.horizon[-1]):,} end {far} off, near the limit of {percent(WITHIN, 1)}: whether "
                f"they count as found there tests how far the data have settled, too."
            )
    return " ".join(lines)


#: Claim → its finding; the names in braces are those of `lib.studies.recurrence.summary`.
FINDINGS = {
    "recurs-plateau": (
        "Systems with a plateau of a tenth of their plane or more: {plateaus:.0f} of {systems:.0f}, and "
        "{plateaus_others:.0f} of the {others:.0f} besides Gray–Scott; the shares lie between "
        "{plateau_least:.0%} and {plateau_most:.0%} ({points:.0f} points in all)."
    ),
    "recurs-cliff-cause": (
        "Systems with cliffs enough to tell: {cliffed:.0f} of {systems:.0f}, with {cliffs:.0f} cliffs in "
        "all planes. The smallest share at which the run's end changes is {caused_least:.0%}, the smallest "
        "quotient to the share among all steps {lift_least:2r}."
    ),
    "recurs-bowl": (
        "Third differences along linear parameters are at most {third:1r} of the loss in {bowls:.0f} "
        "systems, and the closed-form fit is off by {error:1r} at most. Parameters that do not enter "
        "linearly: {nonlinear:.0f}."
    ),
    "recurs-horizon": (
        "At one step at least {first_least:.0%} of {starts:.0f} starts find the truth in every system; at "
        "{last_horizon:,.0f} steps fewer than half do in {broken:.0f} of {systems:.0f}, and in "
        "{broken_others:.0f} of the {others:.0f} besides Gray–Scott."
    ),
}
