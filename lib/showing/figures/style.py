"""One look for all figures: colours, symbols, and how a figure is made."""

from typing import Any, SupportsFloat

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lib.showing.figures.dark import AS_IT_IS, offer_dark_pictures
from lib.simulate import Outcome

#: Ink, and the colours of the outcomes; distinguishable without red-green vision.
INK = "#22303c"
ACCENT = "#0f7173"
OUTCOME_COLOURS = {
    Outcome.TRIVIAL: "#d9d4c7",
    Outcome.UNIFORM: "#7297c4",
    Outcome.PATTERN: "#0f7173",
    Outcome.DIVERGED: "#c8102e",
    Outcome.FLICKERING: "#e8a33d",
}
#: Inches. A page gives a figure about this much room; `figures.js` shows it at 110 pixels an inch.
WIDEST = 9.4
#: Points. No letter in a figure is smaller, so that none is hard to read beside the text.
SMALLEST = 9
LOSS_MAP, FIELD_MAP = "viridis", "magma"
LOSS_LABELS = {
    "spectral": "spectral loss",
    "windowed": "windowed spectral loss",
    "gram": "Gram loss",
}
#: The paper's symbols, and the truth's value of each.
SYMBOLS = {"Du": "$D_u$", "Dv": "$D_v$", "F": "$F$", "k": "$k$"}


def style() -> None:
    """Set the book's look, light and dark; every notebook calls it once."""
    mpl.rcParams.update({
        "figure.dpi": 160, "savefig.dpi": 160, "savefig.bbox": "tight", "figure.constrained_layout.use": True,
        "figure.facecolor": "white", "axes.facecolor": "white", "text.color": INK, "axes.labelcolor": INK,
        "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False,
        "axes.spines.right": False, "axes.titlesize": 10.5, "axes.labelsize": 10, "font.size": 10,
        "legend.frameon": False, "image.origin": "upper", "image.interpolation": "nearest",
        "axes.prop_cycle": cycler(color=[ACCENT, "#d1603d", "#5b5f97", "#c9a227", "#7a9e7e", "#8d6a9f"]),
    })  # fmt: skip
    offer_dark_pictures()
    plt.close(plt.figure())  # wakes the notebook's backend, without which a bare Figure shows nothing


def truth_star(
    axis: Axes, across: SupportsFloat, down: SupportsFloat, *, size: float, label: str | None = None
) -> None:
    """Mark the truth: a white star with a dark edge, the same on dark paper, so that any colour shows it."""
    axis.plot(
        float(across),
        float(down),
        "*",
        ms=size,
        mfc="white",
        mec=INK,
        mew=1.2,
        label=label,
        gid=AS_IT_IS,
        zorder=5,
    )


def panels(*shape: int, **options: Any) -> tuple[Figure, Any]:
    """A figure with its axes, as `plt.subplots` makes them.

    pyplot forgets it at once: a notebook would show it a second time, and keep all of them in memory.
    """
    figure, axes = plt.subplots(*shape, **options)
    plt.close(figure)
    return figure, axes
