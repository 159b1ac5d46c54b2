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
# # Appendix D: the trajectory
#
# One trajectory of the paper ended in a picture that looks like the target {cite}`yang2026`. Three of its points are on
# record: the start; 8,918 iterations later; and, after a second run segment with a smaller learning rate, the end. Nobody
# wrote down a seed, so the first segment cannot be run again. But the code of the second segment kept the unconstrained
# parameters it started from, to the last digit.
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

from lib import SAMPLED_SETS, initial_state
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.sentences import trajectory as told
from lib.publishing.sentences.training_claims import FINDINGS
from lib.running.device import use
from lib.showing import figures
from lib.showing.animation import frames
from lib.showing.figures import training as figures_training
from lib.studies.training import experiments, recorded_trajectory, train_plans
from lib.studies.training.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()

# %% [markdown]
# ## The three points and the target, growing
#
# All four start from the same initial state. The first thousand steps are shown at five a frame, as in the original
# animation; after that the frames are ever further apart, up to the last step. The scale is the original's,
# $v$ from 0 to 0.1, which saturates everything that lives and shows what is about to die.

# %% data=["film_points"] mystnb={"figure": {"caption": "v at the three recorded points and at the target, all from one initial state.", "name": "fig-film-points"}} tags=["hide-input"]
points, names = list(recorded_trajectory.POINTS.values()), list(recorded_trajectory.POINTS)
state = initial_state(1, size=profile.size, seed=SEED)
film = frames.film_of_panels(points, names, state, frames.frame_times(profile.steps), columns=2)
publish(film.data, "film_points")
film

# %% tags=["hide-input"]
replayed = recorded_trajectory.replay(profile, SEED)
publish(replayed.drop_vars("v"), "recorded_points")
runs = train_plans(experiments.second_segment_plans(profile, SEED), title="second segment")
for name, trace in runs.items():
    publish(trace, f"second_segment_{recorded_trajectory.file_name(name)}")
found = recorded_trajectory.summarise(replayed, runs)
glue("in-one-minute", Markdown(told.in_one_minute(found)), display=False)
Markdown(told.points(found))

# %% [markdown]
# {download}`Losses of the four (NetCDF) <data/recorded_points.nc>`
#
# ## The second segment, again
#
# From the unconstrained parameters on record, with eight random states and targets in each iteration: once with the learning
# rate on record, 0.001; once with that of the first segment, 0.012; and once as the code of that time really stopped its
# runs, with 1,000 further steps after convergence. The record has 98 iterations.
#
# Two numbers say how a re-run compares with the record, both in unconstrained parameters, where the optimiser takes its
# steps. The *cosine* is that between the way from the first to the last point of a run and the way from iteration 8,918
# to the recorded end: 1 is the same direction, 0 a right angle. The *part covered* is how far the last point has come along
# that recorded way: 0 at iteration 8,918, 1 beside the end. Both are means over the runs.

# %% data=["second_segment_*"] mystnb={"figure": {"caption": "The second run segment from the recorded unconstrained parameters: loss and the four parameters. Dotted: the recorded end.", "name": "fig-second-segment"}, "image": {"alt": "Five panels: loss and the four parameters against iterations for three variants, with dotted lines at the recorded end."}} tags=["hide-input"]
figures_training.second_segment(runs, SAMPLED_SETS[2])
# %% tags=["remove-input"]
Markdown(told.segments(found))

# %% [markdown]
# What is *not* replayed here is the first segment: 8,918 iterations whose batches nobody can draw again. The recorded end
# is replayed exactly, the second segment up to its draw of batches. So this page tests the end of the trajectory and the
# direction of its last part; it cannot test how the search came to iteration 8,918.

# %% tags=["hide-input"]
claims.record("training-appendixd", measured=told.measured(found), finding=FINDINGS["training-appendixd"])
