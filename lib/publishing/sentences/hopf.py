"""What the page on cliffs says about cycles and flashes (Section 5.1)."""

from lib.publishing.wording import counted, percent, said
from lib.studies.bifurcation.flash_checks import Checked
from lib.studies.bifurcation.hopf_summary import Flashing, Unison


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
        f"{low.efold:,.0f} steps. That is slow enough to pass for a cycle in a run of 40,000. Without "
        f"space, a state "
        f"disturbed by 1 % {end}.{half}"
    )


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
        return "No kill rate beyond the Hopf point was watched."
    split = ""
    if not found.flashes_high and found.uniform_high == 1 and (found.uniform_low or 0) < 0.5:
        split = " So each field here either stays uniform or keeps changing."
    return (
        f"In {counted(found.beyond, 'run')} beyond the Hopf point the field looks uniform for "
        f"{percent(found.uniform)} of the "
        f"time in the median ({percent(found.uniform_low)} to {percent(found.uniform_high)}). Flashes after "
        f"a long calm: "
        f"{said(found.flashes)} in the median, {found.flashes_high} at most; all rises of the spread "
        f"through 0.01: "
        f"{said(found.crossings)} in the median.{split}"
    )


def other_schemes(found: Flashing, checked: Checked) -> str:
    """The same runs with half the time step and in double precision, and whether that changes the picture."""
    schemes = (
        ("With half the time step", checked.uniform_half, checked.flashes_half, checked.stopped_half),
        ("In double precision", checked.uniform_double, checked.flashes_double, checked.stopped_double),
    )
    told = [
        f"{name} the field looks uniform for {percent(uniform)} of the time in the median, with "
        f"{said(flashes)} flashes after a long calm, and the stop rule fires on a living, uniform field at "
        f"{percent(stopped)} of {counted(checked.checks, 'kill rate')}."
        for name, uniform, flashes, stopped in schemes
    ]
    if found.uniform is None or checked.uniform_half is None or checked.uniform_double is None:
        return " ".join(told)
    same = all(
        (uniform >= 0.5) == (found.uniform >= 0.5) and ((flashes or 0) >= 2) == ((found.flashes or 0) >= 2)
        for _, uniform, flashes, _ in schemes
        if uniform is not None
    )
    end = (
        "Neither changes the answer."
        if same
        else "So the answer belongs to the scheme, not to the equations."
    )
    return " ".join([*told, end])


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
