"""The ranking: choose data, noise and budget; see who is ahead, and what each one's answer looks like."""

from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets
import xarray as xr

from lib.showing.widgets.explorer import CSS
from lib.showing.widgets.planes import sheet
from lib.showing.widgets.source import esm
from lib.studies.inversion.standings import Gallery

#: Tiles beside each other on the sheet of pictures.
ACROSS = 16


class Ranking(anywidget.AnyWidget):
    """Three choices, a table of the methods, the best first, and their pictures beside the target's.

    Traits that Python may set, and that follow what the reader does:
        data: number of the kind of data.
        noise: number of the level of noise at which these data are known; the last if it has fewer.
        look: number of the budget.
    """

    _esm = esm("ranking.js")
    _css = CSS

    kinds: traitlets.List[Any] = traitlets.List().tag(sync=True)
    budgets = traitlets.List(traitlets.Float()).tag(sync=True)
    methods: traitlets.List[Any] = traitlets.List().tag(sync=True)
    rows = traitlets.Dict().tag(sync=True)
    within = traitlets.List(traitlets.Float()).tag(sync=True)
    problems = traitlets.Int(0).tag(sync=True)
    target = traitlets.Unicode("").tag(sync=True)
    sheet = traitlets.Dict().tag(sync=True)

    data = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Int(0).tag(sync=True)
    look = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        standings: xr.Dataset,
        gallery: Gallery,
        *,
        names: Mapping[str, tuple[str, str]],
        kinds: Sequence[tuple[str, Sequence[tuple[float, str]]]],
        left_out: xr.DataArray,
        limit: float,
        target: str,
        **traits: Any,
    ) -> None:
        """Set up the widget.

        Args:
            standings: from `standings.standings`.
            gallery: from `standings.gallery`, of the same attempts.
            names: method → its title and family.
            kinds: from `standings.kinds_of_data`.
            left_out: over (approach, scheme), whether a method was not run, from `scores.not_run`.
            limit: the whole budget in forward equivalents.
            target: what the first picture shows.
            traits: initial values of the traits above.

        Raises:
            ValueError: if the kinds name a scheme that the standings do not have.
        """
        missing = {scheme for _, levels in kinds for _, scheme in levels} - {
            *map(str, standings.scheme.values)
        }
        if missing:
            raise ValueError(
                f"There are no standings for {', '.join(sorted(missing))}: make kinds and standings from the "
                "schemes of one benchmark."
            )
        looks = standings.look.values
        super().__init__(
            kinds=[
                {"title": title, "levels": [{"noise": noise, "scheme": scheme} for noise, scheme in levels]}
                for title, levels in kinds
            ],
            budgets=[float(limit * look) for look in looks],
            methods=[
                {"title": names[name][0], "family": names[name][1]} for name in standings.approach.values
            ],
            rows=rows_of(standings, gallery, left_out),
            within=[float(within) for within in standings.within.values],
            problems=int(standings.attrs["problems"]),
            target=target,
            sheet=sheet_of(gallery.fields),
            **({"look": len(looks) - 1} | traits),
        )


def rows_of(standings: xr.Dataset, gallery: Gallery, left_out: xr.DataArray) -> dict[str, Any]:
    """For each scheme and look, each method's shares, error, and tile; null where there is no number."""
    rows: dict[str, Any] = {}
    for scheme in standings.scheme.values:
        one, tiles = standings.sel(scheme=scheme), gallery.tile.sel(scheme=scheme)
        absent = left_out.sel(scheme=scheme)
        rows[str(scheme)] = [
            [
                {
                    "solved": None if np.isnan(error) else at.solved.values[i].round(4).tolist(),
                    "error": float(f"{error:.3g}") if np.isfinite(error) else None,
                    "tile": int(tiles.isel(look=look).values[i]),
                    "run": not bool(absent.values[i]),
                }
                for i, error in enumerate(at.error.values)
            ]
            for look, at in ((look, one.isel(look=look)) for look in range(standings.sizes["look"]))
        ]
    return rows


def sheet_of(fields: np.ndarray) -> dict[str, Any]:
    """All pictures on one sheet, picture i in row i // ACROSS; which of them diverged is told beside."""
    count, height, width = fields.shape
    whole = np.zeros((-(-count // ACROSS) * ACROSS, height, width), np.float32)
    whole[:count] = fields
    lost = np.flatnonzero(~np.isfinite(fields).all(axis=(1, 2))).tolist()
    return sheet(whole.reshape(-1, ACROSS, height, width)) | {"across": ACROSS, "lost": lost}
