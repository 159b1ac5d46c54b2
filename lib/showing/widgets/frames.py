"""A slider over precomputed results: maps and curves that change with one number."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import traitlets
import xarray as xr

from lib.showing.widgets.explorer import CSS
from lib.showing.widgets.finite import Widget
from lib.showing.widgets.planes import LETTERS, floats
from lib.showing.widgets.source import esm


class Frames(Widget):
    """One slider with a play button over panels that were computed before.

    Traits:
        frame: number of the frame shown.
    """

    _esm = esm("frames.js")
    _css = CSS

    label = traitlets.Unicode("").tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    texts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    panels: traitlets.List[Any] = traitlets.List().tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        panels: Sequence[dict[str, Any]],
        *,
        label: str,
        names: Sequence[str],
        texts: Sequence[str] = (),
        frame: int = 0,
    ) -> None:
        """Show panels.

        Args:
            panels: from `map_panel` and `line_panel`, all with as many frames as there are names.
            label: of the slider.
            names: what the slider says at each frame.
            texts: a sentence for each frame, or none.
            frame: shown first.

        Raises:
            ValueError: if frames, names and texts do not match.
        """
        counts = {len(names), *(len(panel["frames"]) for panel in panels)}
        if len(counts) > 1 or not names or len(texts) not in (0, len(names)):
            raise ValueError(
                f"There are {len(names)} names, {len(texts)} texts, and panels of "
                f"{', '.join(str(len(panel['frames'])) for panel in panels)} frames: "
                "give one of each for every frame."
            )
        super().__init__(panels=list(panels), label=label, names=list(names), texts=list(texts), frame=frame)

    @traitlets.validate("frame")
    def check_frame(self, proposal: Any) -> int:
        """A frame that is there."""
        if not 0 <= proposal["value"] < len(self.names):
            raise traitlets.TraitError(
                f"There is no frame {proposal['value']}: they are numbered 0 to {len(self.names) - 1}."
            )
        return int(proposal["value"])


def map_panel(
    title: str,
    maps: xr.DataArray,
    *,
    truth: Sequence[float] = (),
    scale: str = "linear",
    own_range: bool = False,
) -> dict[str, Any]:
    """A heat map that changes.

    Args:
        title: stands above it.
        maps: values over (frame, up, across).
        truth: (across, up) of the star, if it is to be drawn.
        scale: "linear", or "root" to spread the low end of the colours out.
        own_range: whether each frame has a colour scale of its own; one for all by default.
    """
    _, up, across = map(str, maps.dims)
    spans = [
        (float(np.nanmin(x)), float(np.nanmax(x))) for x in (maps.values if own_range else [maps.values])
    ]
    return {
        "kind": "map",
        "title": title,
        "across": {"label": LETTERS.get(across, across), "values": maps[across].values.tolist()},
        "up": {"label": LETTERS.get(up, up), "values": maps[up].values.tolist()},
        "truth": [float(x) for x in truth],
        "scale": scale,
        "spans": [spans[i] if own_range else spans[0] for i in range(len(maps))],
        "frames": [floats(values) for values in maps.values],
    }


def line_panel(
    title: str,
    frames: Sequence[Sequence[dict[str, Any]]],
    *,
    x: dict[str, Any],
    y: dict[str, Any],
    fixed: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Lines and dots that change.

    Args:
        title: stands above it.
        frames: for each frame its series, from `series`.
        x, y: axes, from `axis`.
        fixed: series that stay.
    """
    return {
        "kind": "lines",
        "title": title,
        "x": x,
        "y": y,
        "fixed": list(fixed),
        "frames": [list(each) for each in frames],
    }


def axis(label: str, low: float, high: float, *, log: bool = False) -> dict[str, Any]:
    """An axis with its ends.

    Raises:
        ValueError: for ends in the wrong order, or a logarithmic axis that reaches zero.
    """
    if not low < high or (log and low <= 0):
        raise ValueError(
            f"The axis “{label}” cannot run from {low} to {high}{' on a logarithm' if log else ''}."
        )
    return {"label": label, "low": float(low), "high": float(high), "log": log}


def series(
    x: np.ndarray | Sequence[float],
    y: np.ndarray | Sequence[float],
    *,
    label: str = "",
    kind: Literal["line", "dots"] = "line",
    colour: int = 0,
    dash: Sequence[int] = (),
    width: float = 2,
) -> dict[str, Any]:
    """A line or dots.

    Args:
        x, y: coordinates; where one is not finite the line has a gap, and a dot is left out.
        label: for the legend; series of one label share a line of it.
        kind: "line" or "dots".
        colour: 0 accent, 1 second, 2 muted, 3 text: colours of the page.
        dash: lengths of strokes and gaps, in pixels.
        width: of the line, in pixels.
    """
    points: list[list[float] | None] = [
        [float(a), float(b)] if np.isfinite(a) and np.isfinite(b) else None for a, b in zip(x, y, strict=True)
    ]
    if kind == "dots":
        points = [point for point in points if point]
    return {
        "points": points, "label": label, "kind": kind, "colour": colour, "dash": list(dash), "width": width,
    }  # fmt: skip
