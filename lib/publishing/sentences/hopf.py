"""What the page on cliffs says about cycles and flashes (Section 5.1)."""

import math
from collections.abc import Sequence

from lib.publishing.wording import counted, percent, said
from lib.studies.bifurcation.flash_checks import Checked
from lib.studies.bifurcation.hopf_summary import Flashing, Unison

#: An oscillation that grows in a period by less than this share of itself looks like a cycle.
SLOW = 0.05

#: Shares of the time that are further apart than this are told to be different.
APART = 0.1


def minute(low: Unison) -> str:
    """One line on whether the Hopf point bears a cycle that one could see."""
    if low.lyapunov_map is None:
        return "* At the truth's feed rate there is no Hopf point."
    if low.lyapunov_map > 0 and low.dies is not None:
        return "* The Hopf point bears no stable cycle: an oscillation near it does not last."
    if low.lyapunov_map > 0:
        return "* The Hopf point's own cycle is unstable."
    return "* The Hopf point bears a stable cycle."


def unison(low: Unison) -> str:
    """The model without space, near the Hopf point."""
    if low.lyapunov_map is None or low.lyapunov is None:
        return "At the truth's feed rate there is no Hopf point."
    kind = "negative: the bifurcation is **supercritical**, and a stable cycle is born."
    if low.lyapunov_map > 0:
        kind = (
            "positive: the bifurcation is **subcritical**. The cycle that it bears is unstable, and no run "
            "stays on it."
        )
    return (
        f"At the truth's $F$ the coefficient is {said(low.lyapunov, '3r')} for the equations and "
        f"{said(low.lyapunov_map, '3r')} for the map with $\\Delta t = 1$. The map's is {kind} {growth(low)}"
    )


def growth(low: Unison) -> str:
    """How fast the oscillation grows at the lowest kill rate, and what becomes of it."""
    if low.efold is None:
        return f"At $k$ = {low.k:.4f} the oscillation fades, or there is none."
    end = "still lives after four run lengths"
    if low.dies is not None:
        end = f"loses its $v$ at step {low.dies:,}"
    half = ""
    if low.efold_half is not None:
        half = (
            f" With half the time step the same oscillation fades, by a factor e in {low.efold_half:,.0f} "
            f"units of time: "
            "at this kill rate it grows because of the step."
        )
    return (
        f"At $k$ = {low.k:.4f} an oscillation with a period of {said(low.period, '3r')} steps grows by a "
        f"factor e in "
        f"{low.efold:,.0f} steps.{slow(low.efold, low.period)} Without space, a state "
        f"disturbed by 1 % {end}.{half}"
    )


def slow(efold: float, period: float | None) -> str:
    """Whether the oscillation grows so little in a period that it looks like a cycle."""
    if period is None or period > SLOW * efold:
        return ""
    return f" In one period that is {percent(math.expm1(period / efold))}: little enough to pass for a cycle."


def cycles(found: Flashing, low: Unison) -> str:
    """The finding on limit cycles."""
    pulse = "none still pulses in unison"
    if found.pulsing:
        pulse = f"{found.pulsing} still {'pulses' if found.pulsing == 1 else 'pulse'} in unison"
    dead = "v lives in all of them"
    if found.died_first is not None:
        first, last = f"{found.died_first:,}", f"{found.died_last:,}"
        dead = f"in {found.died} v has died, the first at step {first}, the last at {last}"
    return (
        f"The first Lyapunov coefficient is {said(low.lyapunov, '3r')} for the equations and "
        f"{said(low.lyapunov_map, '3r')} "
        f"for their map. Of {counted(found.runs, 'run')} from the patch "
        f"({counted(found.seeds, 'initial state')} for each "
        f"kill rate) {pulse} after four run lengths; {dead}."
    )


def flashes(found: Flashing) -> str:
    """The finding on flashes."""
    if found.uniform is None:
        return "No kill rate beyond the map's Hopf point was watched."
    split = ""
    split_low = found.uniform_low is not None and found.uniform_low < 0.5
    if found.flashes_high == 0 and found.uniform_high == 1 and split_low:
        split = " So each field here either stays uniform or keeps changing."
    return (
        f"In {counted(found.beyond, 'run')} beyond the map's Hopf point{between(found.between)} the field "
        f"looks uniform for "
        f"{percent(found.uniform)} of the "
        f"time in the median ({percent(found.uniform_low)} to {percent(found.uniform_high)}). Flashes after "
        f"a long calm: "
        f"{said(found.flashes)} in the median, {found.flashes_high} at most; all rises of the spread "
        f"through 0.01: "
        f"{said(found.crossings)} in the median.{split}"
    )


def between(runs: int) -> str:
    """How many of the runs are not beyond the Hopf point of the equations."""
    return f" ({runs} of them not beyond that of the equations)" if runs else ""


def other_schemes(checked: Checked) -> str:
    """The same runs with half the time step and in double precision, on the same kill rates."""
    if checked.uniform_usual is None:
        return "No kill rate beyond the Hopf points of both time steps was watched under another scheme."
    schemes = (
        ("with the usual scheme", checked.uniform_usual, checked.flashes_usual),
        ("with half the time step", checked.uniform_half, checked.flashes_half),
        ("in double precision", checked.uniform_double, checked.flashes_double),
    )
    told = "; ".join(
        f"{name} for {percent(uniform)} of the time, with {said(flashes)} flashes after a long calm"
        for name, uniform, flashes in schemes
    )
    return (
        f"Three schemes can be compared at {counted(checked.common, 'kill rate')} beyond the Hopf points of "
        f"both time steps, from one initial state. There the field looks uniform, in the median, {told}. "
        f"{agreement(schemes)}"
    )


def agreement(schemes: Sequence[tuple[str, float | None, float | None]]) -> str:
    """Whether all schemes stand on the same sides of what the claim asks, and how far apart they are."""
    if any(u is None or f is None for _, u, f in schemes):
        return "Not all of this was counted, so that the schemes cannot be held against each other."
    uniform = [x for _, x, _ in schemes if x is not None]
    sides = {(u >= 0.5, f >= 2) for _, u, f in schemes if u is not None and f is not None}
    answer = "The answer is the same under all of them"
    if len(sides) > 1:
        answer = "So the answer belongs to the scheme, not to the equations"
    if max(uniform) - min(uniform) <= APART:
        return f"{answer}."
    link = ", but" if len(sides) == 1 else ":"
    return f"{answer}{link} for how long the field looks uniform depends on the scheme."


def stops(found: Flashing, checked: Checked) -> str:
    """The finding on the stop rule, and the same rule under two other schemes."""
    when = f", at step {found.stop_step:,.0f} in the median" if found.stop_step is not None else ""
    return (
        f"The rule fires on a living field that looks uniform in {percent(found.stopped)} of "
        f"{counted(found.runs, 'run')}"
        f"{when}: in {percent(found.stopped_lowest)} of those at the lowest kill rate, in "
        f"{percent(found.stopped_others)} of "
        f"those at the others. With half the time step it fires at {percent(checked.stopped_half)}, in "
        f"double precision at {percent(checked.stopped_double)} of {counted(checked.checks, 'kill rate')}, "
        "one initial state each."
    )
