"""What each cliff is: homogeneous states, patterned branches, hysteresis, and the time step (Section 5.1)."""

from lib.initial_states import patched_state
from lib.studies.bifurcation.cliff_causes import (
    Evidence,
    Outline,
    cause,
    curves_on_line,
    outlines,
)
from lib.studies.bifurcation.cliff_location import EDGES, Cliff, Edge, Start, bisect, locate, locate_all
from lib.studies.bifurcation.continuation import Branch, follow
from lib.studies.bifurcation.experiments import (
    SIDES,
    STRENGTHS,
    carried_lines,
    cliff_table,
    curves_dataset,
    evidence,
    patch_study,
    reach,
)
from lib.studies.bifurcation.flashes import Fate, Rhythm, fates, records, rhythm
from lib.studies.bifurcation.newton import NoConvergence, Steady, settle
from lib.studies.bifurcation.parameter_sweeps import (
    carry,
    end_of,
    first_change,
    pattern_at_rest,
    uniform_continuation,
)
from lib.studies.bifurcation.perturbation import last_return, release_all
from lib.studies.bifurcation.stability import Instability, Leading, instability, leading

__all__ = [
    "EDGES",
    "SIDES",
    "STRENGTHS",
    "Branch",
    "Cliff",
    "Edge",
    "Evidence",
    "Fate",
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
    "fates",
    "first_change",
    "uniform_continuation",
    "follow",
    "instability",
    "last_return",
    "leading",
    "locate",
    "locate_all",
    "outlines",
    "patch_study",
    "patched_state",
    "reach",
    "records",
    "release_all",
    "rhythm",
    "settle",
    "pattern_at_rest",
]
