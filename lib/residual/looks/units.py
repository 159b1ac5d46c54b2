"""In which units a pair of images is: fractions, percent, grey levels, or with numbers that are none."""

from collections.abc import Callable, Mapping

from torch import Tensor

from lib.residual.looks.doubts import Doubt
from lib.residual.noise import Levels
from lib.residual.snapshot import Snapshot

#: More values than this are no grey levels: 8 bits, and 10 or 12 bits of a camera.
GREYS = 4096

#: How far a concentration may leave [0, 1]: rounding, and a little noise.
SLACK = 0.02

#: The readings that are a matter of units, by what stands for 1.
SCALES = {
    "percent": 100,
    "8-bit grey levels": 255,
    "per mille": 1000,
    "10-bit grey levels": 1023,
    "12-bit grey levels": 4095,
    "16-bit grey levels": 65535,
}

#: The least that a pattern reaches at its highest place: u comes back to this between its spots or stripes,
#: v rises to this in them. A unit in which it reaches less is not its unit.
REACHED = {"u": 0.3, "v": 0.1}

#: A number that stands this far above all others, more than once, was filled in.
FILLED = 5.0

#: An image that varies by fewer of its grey levels than this is a staircase.
STAIRS = 6.0


def scaled(of_u: float, of_v: float) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """The reading that divides by these."""
    return lambda u, v: (u / of_u, v / of_v)


def only(name: str, field: str) -> str:
    """What a unit is called in which one field alone is stored."""
    return f"{name} in {field} only"


def grey_step(x: Tensor) -> float:
    """The step between grey levels of an image stored in few of them; 0 where it was not."""
    values = x.unique()
    steps = values.diff()
    if not 1 < len(values) <= GREYS:
        return 0.0
    step = float(steps.min())
    off = (steps / step - (steps / step).round()).abs().max()
    return step if float(off) < 1e-3 else 0.0


def units(snap: Snapshot, misfit: Callable[[str], float], image: int, noise: float) -> list[Doubt]:
    """Doubts about what the numbers are, `noise` beyond their range allowed.

    Args:
        misfit: what a reading leaves unexplained.
    """
    values = {n: x[image][snap.seen[image]] for n, x in zip("uv", snap.state, strict=True)}
    if min(len(x) for x in values.values()) == 0:
        return []
    if gaps := filled(snap, image):
        return gaps
    low = min(float(x.min()) for x in values.values())
    tops = {n: float(x.max()) for n, x in values.items()}
    top = max(tops.values())
    where = f"u runs from {extent(values['u'])}, v from {extent(values['v'])}"
    if low < -SLACK * max(1.0, top) - noise:
        return [
            Doubt(
                "negative",
                f"{where}, and a concentration is never negative: a mean seems to be taken off, or the image "
                "standardised. Undo that.",
            )
        ]
    if top > 1 + 5 * SLACK + noise:
        return [too_large(misfit, tops, where)]
    full = [n for n, x in values.items() if float(x.min()) == 0 and float(x.max()) == 1]
    if full and float(values[full[0]].std()) > 0:
        return [
            Doubt(
                "stretched",
                f"{where}: {' and '.join(full)} touching both ends looks stretched to the full range, which "
                "no pattern of the model fills. Undo the stretching; the lost minimum and maximum cannot be "
                "fitted.",
            )
        ]
    return blank(values, snap, image)


def extent(x: Tensor) -> str:
    return f"{float(x.min()):.3g} to {float(x.max()):.3g}"


def too_large(misfit: Callable[[str], float], tops: Mapping[str, float], where: str) -> Doubt:
    """Values above 1: in which units they make sense."""
    large = [n for n, top in tops.items() if top > 1 + SLACK]
    # Where one field is a fraction already, the unit is the other's alone.
    candidates = {
        name if len(large) == 2 else only(name, large[0]): name
        for name, unit in SCALES.items()
        if all(REACHED[n] * unit <= tops[n] <= unit * (1 + SLACK) for n in large)
    }
    if not candidates:
        return Doubt(
            "range", f"{where}, and no concentration of the model exceeds 1: divide by what stands for 1."
        )
    tried = {reading: misfit(reading) for reading in candidates}
    best = min(tried, key=lambda reading: tried[reading])
    divided = "both" if len(large) == 2 else large[0]
    return Doubt(
        "units",
        f"{where}: these look like {best}, not fractions. Divide {divided} by {SCALES[candidates[best]]}; D "
        "follows the square of the unit, so nothing said about D here is right.",
        best,
    )


def filled(snap: Snapshot, image: int) -> list[Doubt]:
    """Cells that hold one number far from all others, such as −999: no measurement."""
    seen, cells = snap.seen[image], snap.seen[image] & False
    for x in snap.state:
        size = x[image].abs().masked_fill(~seen, 0)
        extreme = (size == size.max()) & seen
        rest = size.masked_fill(extreme, 0).max()
        if int(extreme.sum()) > 1 and float(size.max()) > FILLED * max(1.0, float(rest)):
            cells = cells | extreme
    if not bool(cells.any()):
        return []
    values = ", ".join(f"{float(x[image][cells].abs().max()):.3g}" for x in snap.state)
    return [
        Doubt(
            "filled",
            f"{int(cells.sum())} cells hold a number far from all others (u, v: {values} in size): that is "
            "what a gap was filled with. Leave them out with observed=….",
            arguments={"observed": ~cells},
        )
    ]


def blank(values: Mapping[str, Tensor], snap: Snapshot, image: int) -> list[Doubt]:
    """Cells in which both fields are exactly zero: no solution has them, frames and masks do."""
    nothing = (snap.u[image] == 0) & (snap.v[image] == 0) & snap.seen[image]
    if not bool(nothing.any()) or float(values["u"].std()) == 0:
        return []
    return [
        Doubt(
            "blank",
            f"u and v are exactly 0 in {int(nothing.sum())} cells, which feeding never allows: that looks "
            "like a frame, or a mask filled with zeros. Leave them out with observed=(u != 0).",
            arguments={"observed": ~nothing, "boundary": "open"},
        )
    ]


def coarse(snap: Snapshot, image: int, levels: Levels | None) -> list[Doubt]:
    """Doubts about a staircase: its rounding follows the pattern, and is no noise that could be taken off."""
    found = {n: (grey_step(x[image]), float(x[image].std())) for n, x in zip("uv", snap.state, strict=True)}
    few = {n: std / step for n, (step, std) in found.items() if step > 0 and std < STAIRS * step}
    if not few or levels is None:
        return []
    said = " and ".join(f"{n} varies by {x:.1f} of its grey levels" for n, x in few.items())
    return [
        Doubt(
            "coarse",
            f"{said}: such rounding follows the pattern, so it is no noise that the fit could take off. "
            "Store the images with more levels.",
        )
    ]
