"""What the page on networks says of its numbers (Sections 6.3 and 6.4)."""

from lib.publishing.claims import judged
from lib.publishing.criteria import CRITERIA
from lib.publishing.wording import counted, fold, percent, said
from lib.studies.pinn.summary import Completion, Landscape, Repair, Subspaces


def phrases(found: Subspaces) -> dict[str, str]:
    """Numbers of the first section."""
    return {
        "gap": fold(found.gap),
        "error": percent(found.error),
        "coupling": f"{said(found.coupling_low)} and {said(found.coupling_high)}",
    }


#: A trained parameter this close to the closed form's, as a share of the truth, is the closed form's.
SAME = 0.01


def parameters(found: Completion) -> str:
    """The page's second line: whose parameters a trained network has."""
    if found.gap is None:
        return "Whose parameters it has is open: in some case no training came to rest."
    gap = f"within {percent(found.gap)} of the truth"
    if found.gap < SAME:
        return (
            "Where a training rests, its parameters are those of the residual's bowl over its own output, "
            f"{gap}: it completes the data, and the bowl does the rest."
        )
    return (
        "Where a training rests, its parameters agree with those of the residual's bowl over its own output "
        f"only {gap}."
    )


def repair(found: Repair) -> str:
    """The paragraph below the figure of the descents."""
    sides = f"{found.patterned} where the patch makes a pattern, {found.trivial} where v dies"
    step = (
        f"Each step is at most {percent(found.step)} of the way from the truth to the cliff along k."
        if found.step is not None
        else "No cliff was found along k on this grid, so how far off one is was not measured."
    )
    ways = (
        ("the residual with the network", found.residual, found.residual_error),
        ("the spectral loss with the network", found.spectral, found.spectral_error),
        ("the spectral loss without one", found.bare, found.bare_error),
    )
    shares = ", ".join(f"{name} **{said(mean)}** ± {said(error)}" for name, mean, error in ways)
    return (
        f"{counted(found.starts, 'start')}: {sides}. {step} Of the way that {counted(found.rounds, 'step')} "
        f"allow, this much leads towards the truth (1: straight there; mean over the starts ± its standard "
        f"error): {shares}. {still(found)}{bending(found)}"
    )


def no_repair(found: Repair) -> str:
    """What the descents say, for a claim's box: over all starts, and over those with a pattern alone."""
    adds = added(found.gain, found.gain_error, found.possible, found.possible_error)
    parts = [
        f"Of the way allowed, {adds}, with the same network and steps (mean over "
        f"{counted(found.starts, 'start')} ± standard error)."
    ]
    if found.unknown:
        parts.append(f"Left out: {counted(found.unknown, 'start')} with a gradient that is no number.")
    if found.still_both:
        parts.append(
            f"In {found.still_both} of these pairs nothing moves, with a network or without: the network "
            "adds exactly 0 there, which shrinks its mean and its error."
        )
    if found.patterned:
        pattern = counted(found.patterned, "start")
        parts.append(
            f"Over the {pattern} with a pattern alone {added(*inside(found))}: by the same rule the claim "
            f"{apart(found)} there. The spectral loss makes {said(found.spectral_inside)} of the way with a "
            f"network there and {said(found.bare_inside)} without."
        )
    return " ".join(parts)


def inside(found: Repair) -> tuple[float | None, float | None, float | None, float | None]:
    """What network and residual add over the starts with a pattern alone, each with its standard error."""
    return found.gain_inside, found.gain_inside_error, found.possible_inside, found.possible_inside_error


def added(gain: float | None, error: float | None, possible: float | None, its_error: float | None) -> str:
    """What the network and what the residual add to the spectral loss's progress."""
    return (
        f"the network adds {said(gain)} ± {said(error)} to the spectral loss's progress towards the truth "
        f"and the residual adds {said(possible)} ± {said(its_error)}"
    )


def apart(found: Repair) -> str:
    """The claim's verdict over the starts with a pattern alone, by the criterion that judges all of them."""
    names = ("gain", "gain_error", "possible", "possible_error")
    numbers = dict(zip(names, inside(found), strict=True)) | {"step": found.step}
    return str(judged(CRITERIA["no-repair"], numbers)[0])


def bending(found: Repair) -> str:
    """Whether the network lowers the loss without moving the parameters."""
    if found.lowered is None or found.lowered_bare is None:
        return ""
    falls = (
        f" Among the starts with a pattern the spectral loss falls to {percent(found.lowered)} of its first "
        f"value with the network and to {percent(found.lowered_bare)} without one (medians)"
    )
    if found.gain is None or found.possible is None:
        return f"{falls}."
    if found.lowered < found.lowered_bare and found.gain < found.possible / 2:
        return f"{falls}: the network bends its picture towards the simulation, and the parameters stay away."
    return f"{falls}."


def still(found: Repair) -> str:
    """Whether anything stood still, and whether the network changed that."""
    if found.still_bare == 0:
        return "Every start moved."
    alone = (
        f"Without a network {found.still_bare} of {counted(found.starts, 'start')} never move: v is zero "
        "there, and nothing has a slope."
    )
    if found.still >= found.still_bare:
        return f"{alone} With one it is {found.still}: bending the target gives a dead simulation no slope."
    return f"{alone} With one it is {found.still}."


def completion(found: Completion) -> str:
    """What the table of recoveries says, for a claim's box."""
    rest = (
        "all of them came to rest"
        if found.rested == found.trainings
        else f"{found.rested} of them came to rest, the others were cut off"
    )
    parts = [
        f"{counted(found.trainings, 'network training')} of at most {found.longest:,} steps: {rest}.",
        f"Of {len(found.errors)} kinds of observation, a completion without a network is clearly more "
        f"accurate (by more than a factor of two) in {found.better_without}, the network in "
        f"{found.better_with}, and neither in {found.alike}.",
    ]
    if found.undecided:
        parts.append(
            f"In {found.undecided} nothing is decided: a network was cut off that had been as accurate "
            f"before."
        )
    if found.unrested:
        parts.append(
            f"In {found.unrested} no network came to rest, and nothing is known of where its parameters go."
        )
    if found.gap is not None:
        parts.append(
            f"Where the networks rest, their parameters are within {percent(found.gap)} of the truth of "
            f"those that the closed form finds in the network's own output."
        )
    return " ".join(parts)


def landscape(found: Landscape) -> str:
    """What planes and spectra show, for a claim's box."""
    networks = counted(found.networks, "network")
    through = networks if found.networks == 1 else f"each of {networks}"
    return (
        f"On {counted(found.planes, 'plane')} through {through} ({found.points} × {found.points} points), "
        f"one of them along the lowest and the steepest curvature found, there is {other(found)}. "
        f"{negative(found)} At least {percent(found.flat)} of all directions are flatter than a "
        f"hundred-thousandth of the steepest. The parameters end within {percent(found.error)}; "
        f"{found.rested} of {networks} had come to rest."
    )


def other(found: Landscape) -> str:
    """Minima besides the solution's, each with its place and height."""
    if not found.obstacles:
        return "no second minimum"
    places = "; ".join(
        f"{x.network}, {'plane of these two' if x.extreme else 'random plane'}, at ({said(x.at.alpha)}, "
        f"{said(x.at.beta)}), loss {said(x.at.loss)} (in the middle {said(x.solution)})"
        for x in found.obstacles
    )
    return (
        f"an obstacle to descent, {counted(len(found.obstacles), 'second minimum', 'other minima')}: {places}"
    )


def negative(found: Landscape) -> str:
    """Whether a direction was found in which the loss bends down."""
    how = f"{counted(found.steps, 'Lanczos step')} from each of {counted(found.probes, 'random vector')}"
    if found.negative:
        return f"The most negative curvature found is {percent(found.negative)} of the largest ({how})."
    return f"No negative curvature was found beyond rounding ({how})."
