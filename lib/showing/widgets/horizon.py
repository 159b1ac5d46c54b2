"""The horizon: a plane of losses that closes from a bowl to a cliff as runs grow, and who gets lost on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
import xarray as xr

from lib.paper import TRUTH
from lib.showing.widgets.explorer import CSS
from lib.showing.widgets.finite import Widget
from lib.showing.widgets.planes import LETTERS, floats
from lib.showing.widgets.source import esm
from lib.studies.horizon.recovery import WITHIN, starts_of

#: The two losses that are offered: (origin, measure) of `lib.studies.horizon.panorama`.
OFFERED = {
    "pixels": ("data", "pixels", "from the data, every cell compared"),
    "paper": ("patch", "spectral", "the paper's: from the patch, spectra compared"),
}


class Horizon(Widget):
    """A plane with a slider for the number of steps T, its cross-section, and searches from chosen starts.

    Traits that Python may set, and that follow what the reader does:
        time: T; the nearest horizon that was computed is shown.
        loss: "pixels" or "paper".
        start: number of a start, the paper's being 0.
    """

    _esm = esm("horizon.js")
    _css = CSS

    planes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    trails: traitlets.List[Any] = traitlets.List().tag(sync=True)
    starts: traitlets.List[Any] = traitlets.List().tag(sync=True)
    within = traitlets.Float(WITHIN).tag(sync=True)

    time = traitlets.Int(1).tag(sync=True)
    loss = traitlets.Enum(tuple(OFFERED), "pixels").tag(sync=True)
    start = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, plane: xr.Dataset, searches: Sequence[xr.Dataset], *, seed: int = 0, **traits: Any
    ) -> None:
        """Set up the widget.

        Args:
            plane: from `horizon.panorama` over two parameters, with both origins; the first is drawn upwards.
            searches: from `horizon.trails`, one for each method, with the same starts.
            seed: that drew the starts.
            traits: initial values of the traits above.

        Raises:
            ValueError: for searches with different numbers of starts, or none.
        """
        counts = {found.sizes["start"] for found in searches}
        if len(counts) != 1:
            raise ValueError(
                f"The searches have {', '.join(map(str, sorted(counts))) or 'no'} starts: give one dataset "
                "of `horizon.trails` or more, all made with the same count and seed."
            )
        begun = starts_of(None, 1, counts.pop(), seed)[0]
        super().__init__(
            planes=[as_plane(plane)],
            trails=[trail for found in searches for trail in trails_of(found, begun)],
            starts=begun.round(6).tolist(),
            **traits,
        )


def as_plane(plane: xr.Dataset) -> dict[str, Any]:
    """The plane as `js/atlas.js` reads it, each layer a share of its own largest value."""
    up, across = (str(name) for name in plane.loss.dims[-2:])
    axis = {
        name: {"name": name, "label": LETTERS[name], "values": plane[name].values.tolist()}
        for name in (up, across)
    }
    return {
        "name": f"{up}-{across}",
        "label": f"{LETTERS[up]}–{LETTERS[across]}",
        "across": axis[across],
        "up": axis[up],
        "fixed": TRUTH._asdict(),
        "truth": [float(getattr(TRUTH, across)), float(getattr(TRUTH, up))],
        "layers": [layer for name in OFFERED for layer in layers_of(plane, name)],
        "outcomes": [],
        "sheet": None,
    }


def layers_of(plane: xr.Dataset, name: str) -> list[dict[str, Any]]:
    """One loss at every horizon; what diverged stays unknown."""
    origin, measure, label = OFFERED[name]
    found = []
    for time in plane.horizon.values:
        values = plane.loss.sel(origin=origin, measure=measure, horizon=time)
        top = float(values.max())
        share = values / top if top > 0 else values
        found.append(
            {
                "loss": name,
                "label": label,
                "time": int(time),
                "values": floats(share),
                "top": top,
                "low": 0.0,
                "high": 1.0,
            }
        )
    return found


def trails_of(found: xr.Dataset, begun: np.ndarray) -> list[dict[str, Any]]:
    """Each search from each start at each horizon: where it stood, look by look, and how it ended."""
    trails = []
    for time in found.horizon.values:
        for start in range(found.sizes["start"]):
            one = found.sel(horizon=time).isel(start=start)
            points = np.concatenate([begun[start][None], one.params.transpose("budget", "parameter").values])
            last = one.isel(budget=-1)
            trails.append(
                {
                    "method": found.attrs["method"],
                    "time": int(time),
                    "start": start,
                    "points": points.round(6).tolist(),
                    "error": float(last.error),
                    "evaluations": int(last.evaluations),
                }
            )
    return trails
