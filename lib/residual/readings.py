"""Other ways to read a pair of images: in other units, exchanged, turned, with cells that are none."""

from collections.abc import Callable, Mapping

from torch import Tensor

from lib.residual.doubts import CLEARLY, EXPLAINED, Doubt, Trial, Try
from lib.residual.noise import Levels
from lib.residual.snapshot import Snapshot

#: More values than this are no grey levels: 8 bits, and 10 or 12 bits of a camera.
GREYS = 4096

#: How far a concentration may leave [0, 1]: rounding, and a little noise.
SLACK = 0.02


def scaled(divisor: float) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    return lambda u, v: (u / divisor, v / divisor)


def grey_step(x: Tensor) -> float:
    """The step between grey levels of an image stored in few of them; 0 where it was not."""
    values = x.unique()
    steps = values.diff()
    if not 1 < len(values) <= GREYS:
        return 0.0
    step = float(steps.min())
    off = (steps / step - (steps / step).round()).abs().max()
    return step if float(off) < 1e-3 else 0.0


#: Other ways to read a pair of images (batch, height, width).
READINGS: Mapping[str, Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "u and v exchanged": lambda u, v: (v, u),
    "v transposed": lambda u, v: (u, v.mT),
    "v upside down": lambda u, v: (u, v.flip(-2)),
    "v mirrored": lambda u, v: (u, v.flip(-1)),
    "v turned by 180°": lambda u, v: (u, v.flip((-2, -1))),
    "v turned by 90°": lambda u, v: (u, v.rot90(1, (-2, -1))),
    "v turned by 270°": lambda u, v: (u, v.rot90(3, (-2, -1))),
    "half a grey level added": lambda u, v: (u + grey_step(u) / 2, v + grey_step(v) / 2),
    "percent": scaled(100),
    "8-bit grey levels": scaled(255),
    "16-bit grey levels": scaled(65535),
}

#: The readings that are a matter of units, by the largest value they allow.
SCALES = {"percent": 100, "8-bit grey levels": 255, "16-bit grey levels": 65535}

#: What a picture has whose grey levels were cut off instead of rounded. Half a level is little: it shows
#: where it leaves less than this share, and only after the noise of rounding was dealt with.
CUT, NOTICEABLE = "half a grey level added", 0.8

#: The readings that need a square image.
TURNED = ("v transposed", "v turned by 90°", "v turned by 270°")


def readings(snap: Snapshot, given: Trial, attempt: Try, image: int, levels: Levels | None) -> list[Doubt]:
    """Doubts about units, about which field is which, and about how one lies on the other."""
    found = units(snap, attempt, image, 5 * max(levels or (0.0, 0.0)))
    # The other readings presuppose concentrations and whole images.
    if found or float(given.misfit[image]) < EXPLAINED or not bool(snap.seen.all()):
        return found
    best, least = "", CLEARLY * float(given.misfit[image])
    for name in (n for n in READINGS if n not in SCALES and n != CUT):
        if name in TURNED and snap.u.shape[-2] != snap.u.shape[-1]:
            continue
        tried = attempt(read(snap, name))
        if float(tried.misfit[image]) < least and bool((tried.params[image] > 0).all()):
            best, least = name, float(tried.misfit[image])
    if best:
        found = [
            Doubt(
                "orientation" if best != "u and v exchanged" else "exchanged",
                f"The equations hold {float(given.misfit[image]) / least:.3g} times better with {best}: "
                + (
                    "pass them as fit(v, u)."
                    if best == "u and v exchanged"
                    else "turn it back before the fit."
                ),
                best,
            )
        ]
    return found or cut_off(snap, given, attempt, image)


def cut_off(snap: Snapshot, given: Trial, attempt: Try, image: int) -> list[Doubt]:
    """Grey levels that were cut off to whole numbers: every value is half a level low on average."""
    if not all(grey_step(x[image]) > 0 for x in snap.state):
        return []
    better = float(attempt(read(snap, CUT)).misfit[image])
    if not better < NOTICEABLE * float(given.misfit[image]):
        return []
    return [
        Doubt(
            "cut off",
            f"The equations hold {float(given.misfit[image]) / better:.2g} times better with {CUT}: the "
            "levels seem to have been cut off to whole numbers instead of rounded. Add half a level to both "
            "images.",
            CUT,
        )
    ]


def read(snap: Snapshot, name: str) -> Snapshot:
    """A snapshot read in another way."""
    u, v = READINGS[name](snap.u, snap.v)
    return snap._replace(u=u, v=v)


def units(snap: Snapshot, attempt: Try, image: int, noise: float) -> list[Doubt]:
    """Doubts about what the numbers are, `noise` beyond their range allowed."""
    values = {n: x[image][snap.seen[image]] for n, x in zip("uv", snap.state, strict=True)}
    low = min(float(x.min()) for x in values.values())
    top = max(float(x.max()) for x in values.values())
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
        return [too_large(snap, attempt, image, top, where)]
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


def too_large(snap: Snapshot, attempt: Try, image: int, top: float, where: str) -> Doubt:
    """Values above 1: in which units they make sense."""
    fitting = [name for name, largest in SCALES.items() if top <= largest * (1 + SLACK)]
    if not fitting or top < 2:
        return Doubt(
            "range", f"{where}, and no concentration of the model exceeds 1: divide by what stands for 1."
        )
    tried = {name: float(attempt(read(snap, name)).misfit[image]) for name in fitting}
    best = min(tried, key=lambda name: tried[name])
    return Doubt(
        "units",
        f"{where}: these look like {best}, not fractions. Divide both by {SCALES[best]}; D follows the "
        "square of the unit, so nothing said about D here is right.",
        best,
    )


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


def repeated(snap: Snapshot, image: int) -> list[Doubt]:
    """Every pixel twice: an image scaled up by repetition."""
    v = snap.v[image]
    for axis in (0, 1):
        pairs = v.narrow(axis, 0, v.shape[axis] // 2 * 2).unflatten(axis, (-1, 2))
        first, second = pairs.unbind(axis + 1)
        if float(v.std()) > 0 and bool((first == second).all()):
            return [
                Doubt(
                    "repeated",
                    "Neighbouring pixels are equal in pairs: the image was scaled up by repetition. Take "
                    "every second pixel, with its dx.",
                )
            ]
    return []
