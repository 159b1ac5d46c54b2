"""Descend yourself: gradient descent on a sampled landscape, beside the same on the residual's bowl."""

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from lib.showing.widgets.explorer import CSS
from lib.showing.widgets.finite import Widget
from lib.showing.widgets.planes import endings
from lib.showing.widgets.source import esm


class Descend(Widget):
    """Two maps of one plane, a start, and a button.

    The loss on the left is descended between its sampled points, the bowl on the right by its formula.

    Traits:
        plane: name of the plane, such as "F-k".
        loss: of the left map; the right one is the residual's.
        rate: learning rate. Losses are divided by their range over the plane and positions by its
            width and height, so that one rate serves all of them.
        noise: standard deviation of what is added to each component of the slope.
        seed: of the noise.
        start: (across, up), in the plane's own numbers; empty for a corner far from the truth.
        path, bowl_path: the two walks as lists of (across, up), after each pause.
    """

    _esm = esm("descend.js")
    _css = CSS

    planes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    endings: traitlets.List[Any] = traitlets.List().tag(sync=True)

    plane = traitlets.Unicode("").tag(sync=True)
    loss = traitlets.Unicode("spectral").tag(sync=True)
    rate = traitlets.Float(0.3, min=1e-4, max=10).tag(sync=True)
    noise = traitlets.Float(0.0, min=0, max=5).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**32 - 1).tag(sync=True)
    start = traitlets.List(traitlets.Float()).tag(sync=True)
    path: traitlets.List[Any] = traitlets.List().tag(sync=True)
    bowl_path: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, planes: Sequence[Mapping[str, Any]], **traits: Any) -> None:
        """Offer planes to descend on.

        Args:
            planes: from `lib.showing.widgets.planes.plane`, each with the residual among its losses.
            traits: initial values of the traits above.

        Raises:
            ValueError: without a plane, or for one without a residual or without another loss.
        """
        if not planes:
            raise ValueError("A descent needs a plane: make one with lib.showing.widgets.planes.plane.")
        for plane in planes:
            losses = {layer["loss"] for layer in plane["layers"]}
            if "residual" not in losses or len(losses) < 2 or not plane["bowl"]:
                raise ValueError(
                    f"The plane {plane['name']} has the losses {', '.join(sorted(losses)) or 'none'} and "
                    f"{'a' if plane['bowl'] else 'no'} bowl: a descent compares a loss with the residual, so "
                    "make the plane with more={'residual': atlas.residual_map(…)} and "
                    "bowl=atlas.residual_bowl(…)."
                )
        # Only the full runs, and no pictures: a descent needs neither more.
        last = [lightened(plane) for plane in planes]
        chosen = {"plane": str(planes[0]["name"]), "endings": endings()} | traits
        super().__init__(planes=last, **chosen)


def lightened(plane: Mapping[str, Any]) -> dict[str, Any]:
    """A plane without pictures and without shorter runs."""
    time = max(layer["time"] for layer in plane["layers"])
    kept = {name: [x for x in plane[name] if x["time"] == time] for name in ("layers", "outcomes")}
    return {**plane, **kept, "sheet": None}
