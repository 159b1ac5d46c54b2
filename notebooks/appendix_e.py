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
# # Appendix E: twelve at a time
#
# :::{admonition} In one minute
# Twelve runs side by side, one parameter changed along the paper's cut.\
# Watch what the four numbers do, and where the patch no longer leads to a pattern.\
# Red panels hold no numbers any more: there the time step has failed.
# :::
#
# For each parameter, twelve runs side by side along the paper's cut {cite}`yang2026`, the other three
# parameters at the truth, all from one and the same initial state. The original animations take a frame every
# five steps, 8,000 frames a film. Here the first thousand steps are shown so, and from then on a hundred
# frames, ever further apart, lead to the last step: the beginning is quick, the end is slow, and each film
# lasts {glue:text}`seconds:.0f` seconds. The scale is the original's, $v$ from 0 to 0.1, which saturates
# everything that lives and shows what is about to die.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
from IPython.display import Markdown

from lib import initial_state
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences.films import ends
from lib.running import profiles
from lib.running.device import use
from lib.showing.animation import appendix_e
from lib.showing.animation.frames import frame_times
from lib.showing.animation.video import FRAMES_PER_SECOND

profile = profiles.profile(PROFILE)
use(DEVICE)
times = frame_times(profile.steps)
shown = appendix_e.along_each(initial_state(1, size=profile.size, seed=SEED), times)
for name, film in shown.items():
    publish(film.data, f"film_{name}")
glue_all({"seconds": len(times) / FRAMES_PER_SECOND, "size": sum(film.megabytes for film in shown.values())})

# %% [markdown]
# ## Along $D_u$
#
# The further $u$ spreads, the faster spots multiply and the closer they crowd. At the high end the explicit
# step is at its limit ({doc}`Section 4 <04_landscapes>`).

# %% data=["film_Du"] mystnb={"figure": {"caption": "Twelve values of Du along the paper's cut.", "name": "fig-film-du"}} tags=["hide-input"]
shown["Du"]

# %% tags=["hide-input"]
Markdown(ends(shown["Du"].data))

# %% [markdown]
# ## Along $D_v$
#
# The less $v$ spreads, the smaller the spots and the quicker they fill the square.

# %% data=["film_Dv"] mystnb={"figure": {"caption": "Twelve values of Dv along the paper's cut.", "name": "fig-film-dv"}} tags=["hide-input"]
shown["Dv"]

# %% tags=["hide-input"]
Markdown(ends(shown["Dv"].data))

# %% [markdown]
# ## Along $F$
#
# The paper's own values: wide apart at first, then a step of 0.001 towards the cliff. The more is fed, the
# longer the spots grow, up to worms.

# %% data=["film_F"] mystnb={"figure": {"caption": "The paper's twelve values of F.", "name": "fig-film-f"}} tags=["hide-input"]
shown["F"]

# %% tags=["hide-input"]
Markdown(ends(shown["F"].data))

# %% [markdown]
# ## Along $k$
#
# The whole gallery: from a uniform state behind a spreading ring over mazes, worms and dividing spots to
# nothing.

# %% data=["film_k"] mystnb={"figure": {"caption": "Twelve values of k along the paper's cut.", "name": "fig-film-k"}} tags=["hide-input"]
shown["k"]

# %% tags=["hide-input"]
Markdown(ends(shown["k"].data))

# %% [markdown]
# The films lie beside this page, {glue:text}`size:.1f` MB in all, and are fetched when they are played.
