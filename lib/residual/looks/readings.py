"""Other ways to read a pair of images: in other units, exchanged, turned, with cells that are none."""

from collections.abc import Callable, Mapping

from torch import Tensor

from lib.residual.looks import units
from lib.residual.looks.doubts import CLEARLY, EXPLAINED, ROUND_OFF, Doubt, Trial, Try, times
from lib.residual.noise import Levels
from lib.residual.snapshot import Snapshot

#: Other ways to read a pair of images (batch, height, width).
READINGS: Mapping[str, Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "u and v exchanged": lambda u, v: (v, u),
    "v transposed": lambda u, v: (u, v.mT),
    "v upside down": lambda u, v: (u, v.flip(-2)),
    "v mirrored": lambda u, v: (u, v.flip(-1)),
    "v turned by 180°": lambda u, v: (u, v.flip((-2, -1))),
    "v turned by 90°": lambda u, v: (u, v.rot90(1, (-2, -1))),
    "v turned by 270°": lambda u, v: (u, v.rot90(3, (-2, -1))),
    "half a grey level added": lambda u, v: (u + units.grey_step(u) / 2, v + units.grey_step(v) / 2),
    **{name: units.scaled(divisor, divisor) for name, divisor in units.SCALES.items()},
    **{units.only(name, "u"): units.scaled(divisor, 1) for name, divisor in units.SCALES.items()},
    **{units.only(name, "v"): units.scaled(1, divisor) for name, divisor in units.SCALES.items()},
}

#: What a picture has whose grey levels were cut off instead of rounded. Half a level is little: it shows
#: where it leaves less than this share, and only after the noise of rounding was dealt with.
CUT, NOTICEABLE = "half a grey level added", 0.8

#: The readings that need a square image, and all that exchange or turn a field.
TURNED = ("v transposed", "v turned by 90°", "v turned by 270°")
PLACED = ("u and v exchanged", "v upside down", "v mirrored", "v turned by 180°", *TURNED)


def readings(snap: Snapshot, given: Trial, attempt: Try, image: int, levels: Levels | None) -> list[Doubt]:
    """Doubts about units, about which field is which, and about how one lies on the other."""

    def misfit(name: str) -> float:
        return float(attempt(read(snap, name)).misfit[image])

    found = units.units(snap, misfit, image, 5 * max(levels or (0.0, 0.0)))
    # The other readings presuppose concentrations and whole images.
    if found or float(given.misfit[image]) < EXPLAINED or not bool(snap.seen.all()):
        return found
    best, least = "", CLEARLY * float(given.misfit[image])
    for name in PLACED:
        if name in TURNED and snap.u.shape[-2] != snap.u.shape[-1]:
            continue
        tried = attempt(read(snap, name))
        if float(tried.misfit[image]) < least and bool((tried.params[image] > 0).all()):
            best, least = name, float(tried.misfit[image])
    if best:
        found = [
            Doubt(
                "orientation" if best != "u and v exchanged" else "exchanged",
                f"The equations hold {times(float(given.misfit[image]), least)} times better with {best}: "
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
    if not all(units.grey_step(x[image]) > 0 for x in snap.state):
        return []
    better = float(attempt(read(snap, CUT)).misfit[image])
    if not better < NOTICEABLE * float(given.misfit[image]):
        return []
    ratio = float(given.misfit[image]) / max(better, ROUND_OFF)
    return [
        Doubt(
            "cut off",
            f"The equations hold {ratio:.2g} times better with {CUT}: the "
            "levels seem to have been cut off to whole numbers instead of rounded. Add half a level to both "
            "images.",
            CUT,
        )
    ]


def read(snap: Snapshot, name: str) -> Snapshot:
    """A snapshot read in another way."""
    u, v = READINGS[name](snap.u, snap.v)
    return snap._replace(u=u, v=v)


def repeated(snap: Snapshot, image: int) -> list[Doubt]:
    """Every pixel twice: an image scaled up by repetition."""
    v = snap.v[image]
    for axis in (0, 1):
        pairs = v.narrow(axis, 0, v.shape[axis] // 2 * 2).unflatten(axis, (-1, 2))
        first, second = pairs.unbind(axis + 1)
        varies = bool(
            (v.diff(dim=axis) != 0).any()
        )  # stripes along this axis are the same without repetition
        if varies and bool((first == second).all()):
            return [
                Doubt(
                    "repeated",
                    "Neighbouring pixels are equal in pairs: the image was scaled up by repetition. Take "
                    "every second pixel, with its dx.",
                )
            ]
    return []
