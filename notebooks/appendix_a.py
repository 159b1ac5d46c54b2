# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Appendix A: boundary and initial states
#
# Where a run starts and what happens at the edge of the grid {cite}`yang2026`: two small things on which, as
# {doc}`Section 4 <04_landscapes>` shows, much depends.
#
# **In one minute**
#
# * Every initial state is the same square in the middle; only faint noise around it differs from draw to draw.
# * The grid has no edge. A moved initial state gives the same end, moved.
# * The plain spectral loss does not see such a move. The windowed loss does.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import xarray as xr
from IPython.display import Markdown

from lib import TRUTH, initial_state
from lib.publishing.datasets import publish
from lib.publishing.sentences import states as says
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import states as drawn
from lib.showing.tables import states as listed
from lib.studies.patterns import state_summary, translation
from lib.studies.patterns.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()

# %% [markdown]
# ## The recipe
#
# ```{math}
# :label: eq-initial
# u &= \operatorname{clamp}_{[0,\,1.5]}\bigl(1 + 0.02\,\xi\bigr), \quad
# v = \operatorname{clamp}_{[0,\,1]}\bigl(0.02\,\eta\bigr) && \text{outside the patch}, \\
# u &= 0.5, \quad v = 0.25 && \text{inside},
# ```
#
# with $\xi, \eta$ standard normal in every cell, and the patch a square of 20 × 20 cells in the middle of the 128 × 128,
# without noise inside. In `lib/initial_states.py` that is six lines. Every draw comes from a seed; the noise is all that
# differs between two states.

# %% data=["initial_states"] mystnb={"figure": {"caption": "The first of several initial states: u, v, and v on a scale that shows its noise. Right, the distribution of v outside the patch over all of these states. Half of the cells are empty, because the clamp cuts the negative half of the noise away.", "name": "fig-initial"}, "image": {"alt": "Two nearly uniform squares with a patch in the middle, a third one full of speckles, and a histogram with a spike at zero."}} tags=["hide-input"]
state = initial_state(4, size=profile.size, seed=SEED)
fields = {x: (("state", "row", "column"), getattr(state, x).numpy()) for x in ("u", "v")}
publish(xr.Dataset(fields), "initial_states")
drawn.initial(state)
# %% tags=["hide-input"]
Markdown(says.draws(state_summary.draws(state, drawn.outside(state).numpy())))

# %% [markdown]
# ## No edge
#
# The boundary is periodic: a cell at the left edge is the neighbour of one at the right. Then no place is special, and
# moving the initial state must move the result, and nothing else. {numref}`fig-shift` moves it by half of the grid both
# ways, so that the patch lies across all four corners, and lets both run to the end.

# %% data=["moved_patch"] mystnb={"figure": {"caption": "The same initial state twice, the second moved by half of the grid down and to the right (v; every row is one run). Moved back, the second end is the first.", "name": "fig-shift"}, "image": {"alt": "Two rows of pictures. In the second the patch lies across the four corners, and every later picture is that of the first row, moved."}} tags=["hide-input"]
half, times = profile.size // 2, [0, *sorted({min(t, profile.steps) for t in (1000, 4000, 40_000)})]
moved = translation.shifted(TRUTH, initial_state(1, size=profile.size, seed=SEED), (half, half), times)
publish(moved, "moved_patch")
figures.fields(moved.v.values, ["in the middle", "across the edges"], [f"t = {t:,}" for t in times])
# %% tags=["hide-input"]
found = state_summary.moves(profile, SEED)
listed.shifts(found)
# %% tags=["hide-input"]
Markdown(says.moved(state_summary.moved(found)))
