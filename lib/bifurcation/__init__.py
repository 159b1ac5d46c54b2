"""What each cliff is: homogeneous states, patterned branches, hysteresis, and the time step (Section 5.1)."""

from lib.bifurcation.branch import Branch, follow
from lib.bifurcation.causes import Evidence, Outline, cause, curves_on_line, nearest_in_plane, outlines
from lib.bifurcation.cliffs import EDGES, Cliff, Edge, Start, bisect, locate, locate_all
from lib.bifurcation.cycles import Rhythm, record, records, rhythm
from lib.bifurcation.hysteresis import carry, end_of, first_change, flood, settled
from lib.bifurcation.patches import patched_state
from lib.bifurcation.release import last_return, release_all
from lib.bifurcation.spectrum import Instability, Leading, instability, leading, nearest_zero
from lib.bifurcation.steady import NoConvergence, Steady, settle
from lib.bifurcation.study import (
    SIDES,
    STRENGTHS,
    carried_lines,
    cliff_table,
    curves_dataset,
    evidence,
    patch_study,
    reach,
)

__all__ = [
    "EDGES",
    "SIDES",
    "STRENGTHS",
    "Branch",
    "Cliff",
    "Edge",
    "Evidence",
    "Instability",
    "Leading",
    "NoConvergence",
    "Outline",
    "Rhythm",
    "Start",
    "Steady",
    "bisect",
    "carried_lines",
    "carry",
    "cause",
    "cliff_table",
    "curves_dataset",
    "curves_on_line",
    "end_of",
    "evidence",
    "first_change",
    "flood",
    "follow",
    "instability",
    "last_return",
    "leading",
    "locate",
    "locate_all",
    "nearest_in_plane",
    "nearest_zero",
    "outlines",
    "patch_study",
    "patched_state",
    "reach",
    "record",
    "records",
    "release_all",
    "rhythm",
    "settle",
    "settled",
]
