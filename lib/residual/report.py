"""report(): a fit, the advice it gives, and what comes out when the advice is followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lib.images import Image, opened, pair
from lib.model import State
from lib.residual.checked_fits import of_u_and_v
from lib.residual.fitting import fit
from lib.residual.lattice import boundary_of
from lib.residual.looks.doubts import Doubt
from lib.residual.looks.readings import READINGS
from lib.residual.result import Fit
from lib.residual.settings import refuse_times_last
from lib.residual.snapshot import seen_cells

#: More pieces of advice than this contradict each other.
PATIENCE = 6

#: Where the book says more about each doubt.
PAGES = {
    "noise": "Section 6, “Noise, and its cures”",
    "unsettled": "Section 6, “How steady is steady?”",
    "scaled up": "Section 6, “Windows, missing cells, fewer pixels”",
    "edges": "Section 6, “Windows, missing cells, fewer pixels”",
    "blank": "Section 6, “Windows, missing cells, fewer pixels”",
    "filled": "Section 6, “Windows, missing cells, fewer pixels”",
}


#: With v' = b v the steady equations of (u, v') hold for b² Du, b Dv, b² F and b (F + k).
UNIT_OF_V = (
    "Taken for granted: the unit of v. Were v stored c times too large, Du and F would come out c² times, Dv "
    "and F + k c times too large, and no picture at rest could show it; frames with times do."
)


@dataclass(frozen=True)
class Report:
    """A fit with the advice that it gives.

    Args:
        given: the fit to the images as they came.
        advice: the doubts whose advice was followed, in turn.
        final: the fit after that; the given one where there was nothing to follow.
        state: the images as the final fit took them, (batch, height, width).
        names: what they are called.
        missing: cells that held NaN and were left out.
    """

    given: Fit
    advice: tuple[Doubt, ...]
    final: Fit
    state: State
    names: str = "u, v"
    missing: int = 0

    @property
    def granted(self) -> str:
        """What no picture at rest can show, so that nothing above could doubt it; empty for frames."""
        return "" if self.final.scheme else UNIT_OF_V

    @property
    def remedy(self) -> str:
        """Which remedy of the book fits the images."""
        doubts = (*self.advice, *(d for found in self.final.doubts for d in found))
        named = dict.fromkeys(PAGES[d.name] for d in doubts if d.name in PAGES)
        if named:
            return "Read on in " + ", and ".join(named) + "."
        if any(self.final.doubts) or not all(all(x.determined) for x in self.final.verdicts):
            return "The book has no remedy for what is left."
        return "Nothing more is needed." if self.advice else "No remedy is needed."

    def __str__(self) -> str:
        lines = [f"Images: {self.names}"]
        if self.missing:
            lines.append(f"Cells that hold NaN, left out: {self.missing}.")
        lines.append(str(self.given))
        if self.advice:
            lines += [
                "",
                "The advice was followed:",
                *(f"  {what_was_done(d)}" for d in self.advice),
                str(self.final),
            ]
        return "\n".join([*lines, self.remedy, *([self.granted] if self.granted else [])])


def what_was_done(doubt: Doubt) -> str:
    """What was done about a doubt, in one line."""
    if doubt.reading:
        return f"read with {doubt.reading}" if doubt.name != "units" else f"read as {doubt.reading}"
    shown = {k: "the other cells" if k == "observed" else v for k, v in doubt.arguments.items()}
    return ", ".join(f"{name} = {value}" for name, value in shown.items())


@partial(of_u_and_v, more=("scale",))
def report(u: Image, v: Image | None = None, **setting: Any) -> Report:
    """Fit two images, and follow the advice that comes with the numbers until there is none left.

    Cells that hold NaN count as not observed, and their number is said.

    Args:
        u, v, setting: as for `lib.residual.fit`; `scale` for pictures as in `lib.image_files`.

    Raises:
        ValueError: as `fit`.
    """
    files = [str(x) for x in (u, v) if isinstance(x, str | Path)]
    scale = setting.pop("scale", None)
    periodic = setting.pop("periodic", None)
    if periodic is not None:
        setting["boundary"] = boundary_of(periodic, setting.get("boundary"))
    known = {name: setting.pop(name) for name in ("times", "dx", "boundary") if name in setting}
    u, v, times, dx, boundary = opened(u, v, scale=scale, rate=setting.get("rate"), **known)
    refuse_times_last(u, times)
    setting |= {"times": times, "dx": dx, "boundary": boundary}
    fields = pair(u, v)
    images = (fields[0].values, fields[1].values)
    seen = seen_cells(setting.get("observed"), fields)
    gaps = seen & (images[0].isnan() | images[1].isnan())
    setting["observed"] = seen & ~gaps
    given = found = fit(u, v, **setting)
    advice: list[Doubt] = []
    while len(advice) < PATIENCE and (doubt := next_doubt(found, advice)):
        images, setting = followed(images, setting, doubt)
        advice.append(doubt)
        found = fit(*images, **setting)
    names = " and ".join(files) or "u, v"
    copies = State(*(x.clone() for x in images))  # not the memory of whoever gave them
    return Report(given, tuple(advice), found, copies, names, int(gaps.sum()))


def next_doubt(found: Fit, advice: list[Doubt]) -> Doubt | None:
    """The first doubt that can be followed and was not yet."""
    taken = {(d.name, d.reading) for d in advice}
    every = (d for doubts in found.doubts for d in doubts)
    return next((d for d in every if d.curable and (d.name, d.reading) not in taken), None)


def followed(
    images: tuple[Any, Any], setting: Mapping[str, Any], doubt: Doubt
) -> tuple[tuple[Any, Any], dict[str, Any]]:
    """Images and settings as a doubt wants them."""
    setting = dict(setting)
    if doubt.reading:
        images = READINGS[doubt.reading](*images)
    seen = doubt.arguments.get("observed")
    changed = {k: v for k, v in doubt.arguments.items() if k != "observed"}
    if seen is not None:
        changed["observed"] = seen & setting["observed"]
    return images, {**setting, **changed}
