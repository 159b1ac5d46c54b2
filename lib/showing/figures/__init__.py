"""The plots: one module for each family of figures, one style for all."""

from lib.showing.figures.landscapes import (
    cuts,
    edges,
    fields,
    labelled,
    matrix,
    outcome_colours,
    outcome_handles,
    outcome_strip,
    outcomes,
    paint_untrusted,
    plane,
    precision,
    surfaces,
)
from lib.showing.figures.style import ACCENT, INK, LOSS_LABELS, OUTCOME_COLOURS, SYMBOLS, panels, style

__all__ = [
    "ACCENT",
    "INK",
    "LOSS_LABELS",
    "OUTCOME_COLOURS",
    "SYMBOLS",
    "cuts",
    "edges",
    "fields",
    "labelled",
    "matrix",
    "outcome_colours",
    "outcome_handles",
    "outcome_strip",
    "outcomes",
    "paint_untrusted",
    "panels",
    "plane",
    "precision",
    "style",
    "surfaces",
]
