"""What the page on the horizon says of its numbers: both forms of every sentence that could go either way."""

from lib.publishing.wording import counted, percent, said
from lib.studies.horizon.checks import LENGTHS
from lib.studies.horizon.summary import Checks, Closing, Controls, Noisy, Search


def phrases(squares: Search) -> dict[str, str]:
    """What other pages say of least squares: a heading with a number in it, and sentences that are whole."""
    starts = counted(squares.starts, "start")
    if squares.all_up_to is None:
        first = f"T = {squares.first:,}"
        return {
            "hz-front": f"Not even {first} step{'s' if squares.first > 1 else ''}",
            "hz-front-text": f"At this horizon, the shortest that was tried, least squares that starts from "
            f"the data misses the truth from some of {starts}.",
            "hz-found": f"Least squares misses the truth from some of {starts} already at {first}, and "
            f"{half(squares)}",
        }
    whole = f"T = {squares.all_up_to:,}"
    return {
        "hz-front": f"{whole} step{'s' if squares.all_up_to > 1 else ''}",
        "hz-front-text": f"Up to this horizon, least squares that starts from the data finds the truth from "
        f"every one of {starts}.",
        "hz-found": f"Least squares finds the truth from every one of {starts} up to {whole}, and "
        f"{half(squares)}",
    }


def half(found: Search) -> str:
    """Where half of the starts are lost, the end of a sentence; two searches have no such horizon."""
    if found.breaks_at is not None:
        return f"half of the starts are lost at T ≈ {said(found.breaks_at)}."
    if kept_half(found):
        return f"at least half of the starts find it at every horizon tried, up to T = {found.last:,}."
    return f"more than half of the starts miss it from the shortest horizon on, T = {found.first:,}."


def kept_half(found: Search) -> bool:
    """Whether at least half of the starts find the truth at every horizon, if none is where they break."""
    return found.all_up_to is not None or 2 * found.found_last >= found.tried_last


def between(squares: Search, found: Noisy) -> str:
    """The page's third line: what a horizon between the ends does with noise, and what it finds without."""
    less = (
        f"with noise of 0.01, from the paper's start, least squares is off by {percent(found.best)} "
        f"instead of the residual's {percent(found.one)} (median of {counted(found.draws, 'draw')}; of the "
        f"{counted(found.tried, 'horizon')} tried, this one lies nearest to the truth)"
    )
    if found.best >= found.one:
        return "In between, no horizon that was tried bears noise better than the residual does."
    starts = counted(squares.starts, "start")
    if squares.all_up_to is not None and found.where <= squares.all_up_to:
        return (
            f"In between, at T = {found.where:,}: {less}; without noise it finds the truth from every one of "
            f"{starts}."
        )
    missed = f"without noise it misses the truth from some of {starts}"
    return f"In between, at T = {found.where:,}: {less}; {missed}."


def follows(squares: Search, found: Controls) -> str:
    """What the searches say about the direct route, and about what spoils it."""
    direct = "Even at the shortest horizon least squares misses the truth from some starts."
    if squares.all_up_to is not None:
        direct = (
            "The direct route to the parameters is not ill-posed as such: at short horizons no start is lost."
        )
    spoils = [
        words
        for words, worse in (
            ("at long horizons", found.found_longest * found.starts < found.pixels * found.tried_longest),
            ("under a loss that forgets positions", found.spectral < found.v),
        )
        if worse
    ]
    if not spoils:
        return f"{direct} Neither long horizons nor a loss that forgets positions made it worse here."
    paper = "the paper's loss has a long horizon and forgets positions"
    return f"{direct} More starts are lost {' and '.join(spoils)}; {paper}."


def searches(squares: Search, descent: Search) -> str:
    """Who still finds the truth, up to which horizon."""
    return f"{searched('Least squares', squares)} {searched('Plain descent', descent)}"


def searched(name: str, found: Search) -> str:
    """One search over all horizons."""
    starts = counted(found.starts, "start")
    whole = (
        f"{name} finds the truth from every one of {starts} up to $T =$ {found.all_up_to:,} (at $T =$ "
        f"{found.first:,} with a largest relative error of {said(found.near, '1r')})."
        if found.all_up_to is not None
        else f"{name} misses the truth from some of {starts} already at $T =$ {found.first:,}."
    )
    if found.breaks_at is not None:
        lost = f"Half of the starts are lost at **$T \\approx$ {said(found.breaks_at)}**."
    elif kept_half(found):
        lost = "At least half of them find it at every horizon."
    else:
        lost = "More than half of them miss it from the first horizon on."
    finds = "finds" if found.found_last == 1 else "find"
    tried = starts if found.tried_last == found.starts else f"the first {counted(found.tried_last, 'start')}"
    return f"{whole} {lost} At $T =$ {found.last:,}, {found.found_last} of {tried} {finds} the truth."


def checks(found: Checks) -> str:
    """The three checks, as a list."""
    gradients = ", ".join(f"{said(x, '1r')} at $T =$ {T:,}" for T, x in found.gradients.items())
    grids = "; ".join(
        f"at $T =$ {T:,} from {found.full[T]} of them on the full grid and from {found.small[T]} on the "
        f"small one"
        for T in found.full
    )
    return (
        f"* At $T = 1$ the loss and `residual.loss` agree within **{said(found.gap, '1r')}** of its value "
        f"at all starts, which is round-off.\n* The exact gradient at the paper's start differs from "
        f"central differences by {gradients} of its length, with "
        f"the closest of {len(LENGTHS)} lengths of the step.\n* On both grids the first "
        f"{counted(found.starts, 'start')} were tried. Least squares finds the truth "
        f"{grids or 'nowhere, since no horizon was tried on both'} (full: {found.size} × {found.size} "
        f"cells)."
    )


def heights(empty: float, highest: float) -> str:
    """How high the loss rises, held against the one of an empty dish, the highest over the plane."""
    dish = f"An empty dish, in which v has died, has a loss of {said(empty)}."
    if highest > empty:
        return (
            f"{dish} That is no bound: over the F–k plane above, the loss reaches "
            f"{said(highest / empty)} times as much."
        )
    return f"{dish} Over the F–k plane above it is nowhere larger, whatever the horizon."


def controls(found: Controls) -> str:
    """The three answers, each in the form that the numbers allow."""
    return "\n".join(f"* {line}" for line in (of_origin(found), of_horizon(found), of_measure(found)))


def of_origin(found: Controls) -> str:
    """Whether it matters where runs start: hardly, up to a tenth of the starts."""
    pixels, spectra = found.origin, found.origin_spectral
    small = 10 * max(pixels, spectra) <= found.starts
    head = "The initial state hardly matters." if small else "The initial state matters for some starts."
    young = (
        " So the data need not be settled: at short horizons a young pattern has a bowl, too."
        if 2 * found.patch >= found.starts
        else ""
    )
    return (
        f"**{head}** From the patch, with the patch's own trajectory as the goal, the number of starts that "
        f"find the truth differs from that from the data by at most {pixels} of {found.starts} where pixels "
        f"are compared, and by at most {spectra} where spectra are. By pixels, {found.patch} find it from "
        f"the patch at $T =$ {found.short:,}.{young}"
    )


def of_horizon(found: Controls) -> str:
    """Whether the horizon alone loses most starts, some, or none."""
    starts, last, tried = found.starts, found.found_longest, found.tried_longest
    if last * starts >= found.pixels * tried:
        head = "Up to these horizons nothing breaks."
    elif 2 * last < tried and 2 * found.pixels >= starts:
        head = "The horizon is enough to break it."
    else:
        head = "A longer horizon loses more starts."
    return (
        f"**{head}** From perfect data, comparing every pixel of both fields, least squares finds the truth "
        f"from {found.pixels} of {starts} starts at $T =$ {found.short:,} and from {last} of {tried} at "
        f"$T =$ {found.longest:,}."
    )


def of_measure(found: Controls) -> str:
    """Whether what is compared alone loses most starts, some, or none."""
    starts = found.starts
    if found.spectral >= found.v:
        head = "A loss that forgets positions loses no more starts here."
    elif 2 * found.spectral < starts <= 2 * found.v:
        head = "What is compared is enough, too."
    else:
        head = "What is compared loses some starts."
    return (
        f"**{head}** With log spectra of $v$ least squares finds the truth from {found.spectral} of {starts} "
        f"starts at $T =$ {found.short:,}, with pixels of the same $v$ from {found.v}."
    )


def closing(found: Closing) -> str:
    """Slow or lost: what least squares makes of the places where descent stopped."""
    first, at = found.handed[0], f"of {found.starts} starts"
    gained = found.continued[0] - found.descent[0]
    slow = (
        f"At $T =$ {first:,} descent finds the truth from {found.descent[0]} {at}; least squares, going on "
        f"from where it stopped, from {found.continued[0]}."
    )
    stopped = found.starts - found.descent[0]
    if gained <= 0:
        meaning = "So nothing was gained: descent had either converged to the truth or lost its way."
    elif 2 * gained >= stopped:
        meaning = (
            f"So {gained} of the {stopped} descents that had not arrived were slow: they stood where the way "
            f"to the truth is still open."
        )
    else:
        meaning = f"So {gained} of the {stopped} descents that had not arrived were slow, and most were lost."
    later = [
        f"at $T =$ {T:,} least squares finds it from {c} of the places where descent stopped, and from {d} "
        f"of the starts themselves"
        for T, c, d in zip(found.handed[1:], found.continued[1:], found.direct[1:], strict=True)
    ]
    return f"{slow} {meaning}" + (f" Further out, {'; '.join(later)}." if later else "")


def noise(found: Noisy) -> str:
    """What a longer horizon does with noise."""
    best = f"At $T =$ {found.where:,} the same data give {percent(found.best)}"
    chosen = f"That horizon is the best of the {found.tried} tried; to pick it takes the truth."
    start = (
        f"At a noise of 0.01 the residual, $T = 1$, is off by {percent(found.one)} (median over "
        f"{counted(found.draws, 'draw')})."
    )
    if found.best >= found.one:
        return f"{start} No longer horizon among these does better."
    worse = (
        f" At $T =$ {found.longest:,} the error is larger again, {percent(found.last)}."
        if found.last > found.best
        else ""
    )
    return (
        f"{start} {best}, without any filter; compare the cures of {{doc}}`Section 6 <06_residual>`. "
        f"{chosen}{worse}"
    )
