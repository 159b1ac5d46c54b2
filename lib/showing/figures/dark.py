"""The same figure for dark pages: lines, words and paper change; data colours stay as they are.

A notebook's figures carry both pictures, and the page shows the one that suits it.
"""

import base64
import colorsys
import io
import pickle
from collections.abc import Callable
from typing import Any

import cloudpickle
import numpy as np
from IPython import get_ipython
from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

#: How the dark picture travels in a notebook's output, beside the light one.
MIME = "application/x-png-dark"

#: The dark page's paper and ink (book.css), and how light a coloured line must be on it.
PAPER, INK_LIGHTNESS, LINE_LIGHTNESS = (0.102, 0.118, 0.137), 0.84, 0.58

#: The group of artists that are the same on dark paper, since they have to be seen on data.
AS_IT_IS = "as it is"

#: What an artist's colour can be asked and set by.
LINES = ("color", "markerfacecolor", "markeredgecolor")
AREAS = ("facecolor", "edgecolor")

Recolour = Callable[[np.ndarray], np.ndarray]


def offer_dark_pictures() -> None:
    """From now on, figures shown in this notebook bring their dark picture along."""
    if shell := get_ipython():
        shell.display_formatter.mimebundle_formatter.for_type(Figure, bundle)


def bundle(figure: Figure, **which: Any) -> dict[str, str]:
    """What IPython shows of a figure beyond its usual picture."""
    return {MIME: base64.b64encode(dark_png(figure)).decode()}


def dark_png(figure: Figure) -> bytes:
    """The figure as PNG for a dark page; the figure itself stays as it is."""
    figure.canvas.draw()  # ticks come into being when they are drawn
    other: Figure = pickle.loads(cloudpickle.dumps(figure))
    for artist in {id(found): found for found in other.findobj()}.values():  # some are found twice
        repaint(artist)
    picture = io.BytesIO()
    other.savefig(picture, format="png", dpi=figure.dpi, facecolor=PAPER, bbox_inches="tight")
    return picture.getvalue()


def repaint(artist: Artist) -> None:
    """Recolour one artist, unless its colours are data."""
    if artist.get_gid() == AS_IT_IS:
        return
    if isinstance(artist, Text):
        swap(artist, ("color",), words)
        if box := artist.get_bbox_patch():
            swap(box, AREAS, areas)
    elif isinstance(artist, Line2D):
        swap(artist, LINES, strokes)
    elif isinstance(artist, Patch) or (isinstance(artist, Collection) and artist.get_array() is None):
        swap(artist, AREAS, areas)


def swap(artist: Any, names: tuple[str, ...], recolour: Recolour) -> None:
    """Recolour those properties of an artist that are colours."""
    for name in names:
        before = getattr(artist, f"get_{name}")()
        if not (isinstance(before, str) and before in ("none", "auto", "face")):
            colours = to_rgba_array(before)
            if len(colours) and not np.array_equal(after := recolour(colours), colours):
                getattr(artist, f"set_{name}")(after if isinstance(artist, Collection) else tuple(after[0]))


def words(colours: np.ndarray) -> np.ndarray:
    """White words stand on dark data and stay; the others must be read on dark paper."""
    return np.array([c if is_white(c) else lightened(c) for c in colours])


def strokes(colours: np.ndarray) -> np.ndarray:
    """Lines and markers: dark ones become light; white ones become paper."""
    return np.array([(*PAPER, c[3]) if is_white(c) else lightened(c) for c in colours])


def areas(colours: np.ndarray) -> np.ndarray:
    """Paper becomes dark, ink light; colours mean something and stay."""
    return np.array([strokes(c[None])[0] if is_grey(c) else c for c in colours])


def is_white(colour: np.ndarray) -> bool:
    """Whether a colour is that of paper."""
    return bool(colour[:3].min() > 0.97)


def is_grey(colour: np.ndarray) -> bool:
    """Whether a colour is grey, or the dark blue-grey of ink."""
    spread = float(np.ptp(colour[:3]))
    return spread < 0.04 or (spread < 0.12 and bool(colour[:3].max() < 0.3))


def lightened(colour: np.ndarray) -> np.ndarray:
    """A grey turned around, or a colour light enough for dark paper; its transparency stays."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour[:3])
    lightness = INK_LIGHTNESS * (1 - lightness) + 0.1 if is_grey(colour) else max(lightness, LINE_LIGHTNESS)
    return np.array([*colorsys.hls_to_rgb(hue, min(lightness, 1.0), saturation), colour[3]])
