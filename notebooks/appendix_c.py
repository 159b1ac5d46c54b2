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
# # Appendix C: from other initial states
#
# Everything so far grew from one small square. The paper says that its observations about growth hold for “much more
# diverse initial conditions, including fully random initialization” {cite}`yang2026`, and leaves no recipe. Here are
# five kinds of state, each run at four points along $k$: below the patch's low cliff, inside, at the truth, and above
# its high cliff.
#
# :::{admonition} In one minute
# ```{glue:md} in-one-minute
# :format: myst
# ```
# :::

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
from IPython.display import Markdown
from myst_nb import glue

from lib import TRUTH
from lib.publishing.datasets import publish
from lib.publishing.sentences import states as says
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import states as drawn
from lib.showing.tables import states as listed
from lib.studies.patterns import state_summary
from lib.studies.patterns.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
times = [0, *profile.middle_times]
shown = [t for t in times if t in (0, 50, 250, 1000, 4000, 10_000, times[-1])]
found = state_summary.runs_of_kinds(profile, SEED)
for k, runs in found.items():
    pictures = runs[["v", "outcome", "texture"]].isel(state=[0]).sel(time=shown)
    publish(pictures, f"varied_{round(1e4 * k)}")
glue("in-one-minute", Markdown(says.three_things(state_summary.kinds(found))), display=False)

# %% [markdown]
# ## Five kinds of state
#
# * **patch**: the paper's, {doc}`Appendix A <appendix_a>`;
# * **scattered patches**: eight squares of its concentrations, of 5 % to 20 % of the grid's side, anywhere;
# * **stripe**: a band of the same across the grid, a sixth of its height;
# * **coarse noise**, fully random: Gaussian noise blurred over four cells; its positive half is $v$, at the patch's 0.25
#   for one standard deviation, and $u = 1 - 2v$;
# * **white noise**, fully random: every cell draws $u$ from 0 … 1 and $v$ from 0 … 0.5.
#
# ## At the truth

# %% data=["varied_650"] mystnb={"figure": {"caption": "The truth from five kinds of initial state.", "name": "fig-varied-truth"}, "image": {"alt": "Five rows of pictures, one for each kind of initial state, from step 0 to the end of the run."}} tags=["hide-input"]
drawn.kinds(found[TRUTH.k], shown)
# %% [markdown]
# ## Inside, further from the cliff

# %% data=["varied_600"] mystnb={"figure": {"caption": "k = 0.060 from the same states.", "name": "fig-varied-inside"}, "image": {"alt": "Five rows of pictures, one for each kind of initial state, from step 0 to the end of the run."}} tags=["hide-input"]
drawn.kinds(found[state_summary.INSIDE], shown)
# %% [markdown]
# ## Beyond both cliffs
#
# Below the low-$k$ cliff $v$ may live everywhere at one value: rings and fronts on the way, one colour at the end.

# %% data=["varied_556"] mystnb={"figure": {"caption": "k = 0.0556, below the patch's low cliff, from the same states.", "name": "fig-varied-low"}, "image": {"alt": "Five rows of pictures, one for each kind of initial state, from step 0 to the end of the run."}} tags=["hide-input"]
drawn.kinds(found[state_summary.BELOW], shown)
# %% [markdown]
# Above the high-$k$ cliff the patch dies. Whether another state does depends on how its $v$
# is spread over the grid.

# %% data=["varied_660"] mystnb={"figure": {"caption": "k = 0.0660, above the patch's high cliff, from the same states.", "name": "fig-varied-high"}, "image": {"alt": "Five rows of pictures, one for each kind of initial state, from step 0 to the end of the run."}} tags=["hide-input"]
drawn.kinds(found[state_summary.BEYOND], shown)
# %% [markdown]
# ## How they end
#
# Runs of each kind by their outcome at the end:

# %% tags=["hide-input"]
listed.endings(found)

# %% [markdown]
# Noise with lumps as wide as spots has structure that diffusion leaves. The structure of white noise is smoothed away.
# Below the limit named above a uniform field can stay alive. There a single lump that survives is enough to spread $v$ over
# the whole grid.
#
# Whether pictures become more alike on the way, and whether uniform ends come from patterns, is measured in
# {doc}`05b_what_it_says`. What becomes of runs near the Hopf point, beside the low-$k$ cliff, is in
# {doc}`Section 5.1 <05_cliffs>`.
