"""The tables of the page on what landscapes say."""

import numpy as np
import xarray as xr

from lib.paper import TRUTH
from lib.publishing.wording import percent
from lib.showing.figures.style import SYMBOLS
from lib.showing.tables import Table
from lib.studies.patterns import blind_stretch, intermediate_times
from lib.studies.patterns.measurements import CUTS, Floor, InTime
from lib.studies.patterns.summary import Noise


def hidden(found: Floor, floor: Noise) -> Table:
    """Each cut's stretch that hides in the noise floor: for both losses, with and without the odd state."""
    head = ("parameter", "truth", *(f"{loss} loss, {runs}" for loss in ("spectral", "windowed")
            for runs in ("all states", "all but one")))  # fmt: skip
    edges = {
        "independent": (floor.high, floor.high_without),
        "independent_windowed": (floor.windowed_high, floor.windowed_high_without),
    }
    rows = []
    for name, cut in found.cuts.items():
        cells = [
            stretch(cut, loss, name, ceiling) for loss, ceilings in edges.items() for ceiling in ceilings
        ]
        rows.append([SYMBOLS[name], f"{float(getattr(TRUTH, name)):g}", *cells])
    return Table(head, rows)


def stretch(cut: xr.Dataset, loss: str, name: str, ceiling: float | None) -> str:
    """Both ends, and the width as a share of the truth."""
    if ceiling is None:
        return "–"
    low, high = blind_stretch.blind_stretch(cut, loss, name, ceiling)
    return f"{low:.4f} … {high:.4f} ({percent((high - low) / float(getattr(TRUTH, name)))})"


def on_the_way(found: InTime) -> Table:
    """At each time: the ground beyond each cliff, and the truth beside the typical point inside."""
    sides = [(words, side) for words in list(CUTS)[:2] for side in ("low", "high")]
    ground = [
        intermediate_times.ground_height(found.cuts[words], CUTS[words][0], side) for words, side in sides
    ]
    valley = {words: intermediate_times.contrast(cut, CUTS[words][0]) for words, cut in found.cuts.items()}
    head = ("steps", "below the low-$k$ cliff", "above the high", "below the low-$F$ cliff", "above the high",
            *(f"{words}: at the truth, typical" for words in valley))  # fmt: skip
    rows = []
    for i, time in enumerate(found.times):
        heights = [percent(float(x[i])) if np.isfinite(x[i]) else "–" for x in ground]
        pairs = [f"{number(x.at_truth[i])}, {number(x.typical[i])}" for x in valley.values()]
        rows.append([f"{time:,}", *heights, *pairs])
    return Table(head, rows)


def number(value: float) -> str:
    """One digit behind the point, or a dash."""
    return f"{float(value):.1f}" if np.isfinite(value) else "–"
