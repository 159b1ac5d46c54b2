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
# Where a run starts and what happens at the edge of the dish {cite}`yang2026`: two small things on which, as
# {doc}`Section 4 <04_landscapes>` shows, much depends.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
import xarray as xr
from IPython.display import Markdown
from myst_nb import glue

from lib import TRUTH, initial_state
from lib.publishing.datasets import publish
from lib.running import profiles
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import states as figures_states
from lib.studies.patterns import translation

profile = profiles.profile(PROFILE)
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
# exactly even inside. In `lib/initial_states.py` that is six lines. Every draw comes from a seed; the noise is all that
# differs between two states.

# %% data=["initial_states"] mystnb={"figure": {"caption": "One initial state: u, v, and v on a scale that shows its noise; right, the distribution of v outside the patch. Half of the cells are empty, because the clamp cuts the negative half of the noise away.", "name": "fig-initial"}, "image": {"alt": "Two nearly even squares with a patch in the middle, a third one full of speckles, and a histogram with a spike at zero."}} tags=["hide-input"]
state = initial_state(4, size=profile.size, seed=SEED)
outside = figures_states.outside(state)
publish(
    xr.Dataset({x: (("state", "row", "column"), getattr(state, x).numpy()) for x in ("u", "v")}),
    "initial_states",
)
figures_states.initial(state)
# %% tags=["remove-cell"]
glue("empty", 100 * float((outside == 0).float().mean()), display=False)
glue("mean-v", float(outside.mean()), display=False)
glue("half-normal", 0.02 / float(np.sqrt(2 * np.pi)), display=False)
glue("clamped-u", int((state.u >= 1.5).sum()), display=False)

# %% [markdown]
# The clamp matters for $v$: {glue:text}`empty:.1f` % of the cells outside the patch hold none at all, and their mean is
# {glue:text}`mean-v:.5f` where half a bell of width 0.02 has {glue:text}`half-normal:.5f`. The upper bounds cut
# {glue:text}`clamped-u:d` cells.
#
# ## No edge
#
# The boundary is periodic: a cell at the left edge is the neighbour of one at the right. Then no place is special, and
# moving the initial state must move the result, and nothing else. {numref}`fig-shift` moves it by half a dish both ways, so that
# the patch lies across all four corners, and lets both run to the end.

# %% data=["moved_patch"] mystnb={"figure": {"caption": "The same initial state twice, the second moved by half a dish down and to the right (v; every row is one run). Moved back, the second end is the first.", "name": "fig-shift"}, "image": {"alt": "Two rows of pictures. In the second the patch is split over the four corners, and the final spots are those of the first row, moved."}} tags=["hide-input"]
times = [0, *sorted({min(t, profile.steps) for t in (1000, 4000, 40_000)})]
single = initial_state(1, size=profile.size, seed=SEED)
half = profile.size // 2
moved = translation.shifted(TRUTH, single, (half, half), times)
publish(moved, "moved_patch")
figures.fields(moved.v.values, ["in the middle", "across the edges"], [f"t = {t:,}" for t in times])
# %% tags=["hide-input"]
shifts = [(half, half), (0, 1), (1, 0), (17, 101)]
found = {by: translation.compare(translation.shifted(TRUTH, single, by, [profile.steps])) for by in shifts}
rows = [
    f"| {by[0]}, {by[1]} | {x['apart']:.1g} | {x['spectral']:.1g} | {x['windowed']:.3g} |"
    for by, x in found.items()
]
Markdown(
    "| moved by (rows, columns) | largest difference, moved back | spectral loss between both ends | windowed loss |\n"
    "|:--|--:|--:|--:|\n" + "\n".join(rows)
)

# %% tags=["remove-cell"]
glue("apart", max(x["apart"] for x in found.values()), display=False)
glue("spectral-moved", max(x["spectral"] for x in found.values()), display=False)
glue("windowed-moved", max(x["windowed"] for x in found.values()), display=False)
glue("windowed-aligned", found[half, half]["windowed"], display=False)

# %% [markdown]
# Over all shifts and every cell the largest difference is {glue:text}`apart:.1g`: the result moves with the state.
# Of the losses, only the plain spectral one does not mind. It sees a moved picture as the same one
# ({glue:text}`spectral-moved:.1g`, round-off where the power is small). The windowed one cuts the picture along fixed lines, and a
# pattern moved by anything but whole windows scores up to {glue:text}`windowed-moved:.2f` against itself. That is part of
# its noise floor ({doc}`05b_what_it_says`). Moved by whole windows, every window finds another one's spots before it,
# and the score is {glue:text}`windowed-aligned:.2f`.
