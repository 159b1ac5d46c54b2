"""The tables of the pages on landscapes."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from lib.paper import TRUTH
from lib.publishing.wording import percent, said
from lib.showing.figures import labelled
from lib.showing.figures.style import SYMBOLS
from lib.showing.tables import Table
from lib.studies.landscapes import flatness, likeness
from lib.studies.landscapes.borders import Border, borders


def walls(cuts: Mapping[str, xr.Dataset]) -> Table:
    """Every border of the patterned region: what it is, how finely it was sought, where states disagree."""
    head = (
        "parameter",
        "truth",
        "place",
        "what it is",
        "sought to ±, of the axis",
        "initial states disagree",
    )
    rows = []
    for name, cut in cuts.items():
        first, wide = [SYMBOLS[name], f"{float(getattr(TRUTH, name)):g}"], float(np.ptp(cut[name].values))
        found = borders(cut, name)
        rows += [
            [
                *first, f"{one.place:.6f}", str(one.kind), percent((one.high - one.low) / 2 / wide),
                disagreement(one),
            ]
            for one in found
        ] or [[*first, "none", "–", "–", "–"]]  # fmt: skip
    return Table(head, rows)


def disagreement(border: Border) -> str:
    """From where to where the initial states end differently around a border."""
    if (border.agree_low, border.agree_high) == (border.low, border.high):
        return "nowhere"
    return f"{border.agree_low:.6f} … {border.agree_high:.6f}"


def placements(plane: xr.Dataset, losses: tuple[str, ...]) -> Table:
    """Heights and roughness of each loss over a plane."""
    head = ("loss", "highest", "median off the pattern", "median on it", "patterned neighbours differ by",
            "of these by more than a fifth of the range")  # fmt: skip
    rows = []
    for loss in losses:
        place = likeness.placement(plane, loss)
        values = plane[loss].mean("state").values[~flatness.patterned(plane).values]
        known = values[np.isfinite(values)]
        middle = float(np.median(known)) if known.size else None
        rows.append([
            labelled(loss, plane), said(place.highest, "4r"), said(middle, "4r"), said(place.patterned, "3r"),
            percent(place.roughness), percent(place.cliffs),
        ])  # fmt: skip
    return Table(head, rows)
