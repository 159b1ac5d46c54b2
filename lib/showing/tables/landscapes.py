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


def walls(cuts: Mapping[str, xr.Dataset]) -> Table:
    """Where the cliffs of each cut are, and how closely that is known."""
    rows = []
    for name, cut in cuts.items():
        sides = flatness.sides_of_cliffs(cut, name)
        places = ", ".join(f"{(low + high) / 2:.6f}" for low, high in sides) or "none"
        widest = max((high - low for low, high in sides), default=None)
        share = None if widest is None else widest / 2 / float(np.ptp(cut[name].values))
        rows.append([SYMBOLS[name], f"{float(getattr(TRUTH, name)):g}", places, percent(share)])
    return Table(("parameter", "truth", "cliffs", "known to ±, of the axis"), rows)


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
