"""The tables of the page on what landscapes say."""

import numpy as np

from lib.paper import TRUTH
from lib.publishing.wording import percent, said
from lib.showing.figures.style import SYMBOLS
from lib.showing.tables import Table
from lib.studies.patterns import intermediate_times, noise_floor
from lib.studies.patterns.measurements import CUTS, Floor, InTime
from lib.studies.patterns.summary import Noise


def hidden(found: Floor, floor: Noise) -> Table:
    """The stretch of each cut that hides in the noise floor, for both losses."""
    head = ("parameter", "truth", "spectral loss: not told from the truth", "width, % of the truth",
            "windowed loss: not told from the truth", "width, % of the truth")  # fmt: skip
    rows = []
    for name, cut in found.cuts.items():
        cells = [SYMBOLS[name], f"{float(getattr(TRUTH, name)):g}"]
        for loss, ceiling in (("independent", floor.high), ("independent_windowed", floor.windowed_high)):
            low, high = noise_floor.indistinguishable(cut[loss], name, ceiling)
            cells += [f"{low:.4f} … {high:.4f}", said(100 * (high - low) / float(getattr(TRUTH, name)))]
        rows.append(cells)
    return Table(head, rows)


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
