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
# For each parameter, twelve runs side by side along the paper's cut {cite}`yang2026`, the other three parameters at
# the truth, all from one and the same initial state. The original animations take a frame every five steps, 8,000
# frames a film. Here the first thousand steps are shown so, and from then on a hundred frames, ever further apart,
# lead to the last step: the beginning is quick, the end is slow, and each film lasts
# {glue:text}`seconds:.0f` seconds. The scale is the original's, $v$ from 0 to 0.1, which saturates everything that
# lives and shows what is about to die.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
from myst_nb import glue

from lib import initial_state
from lib.publishing.datasets import publish
from lib.running import profiles
from lib.running.device import use
from lib.showing.animation import appendix_e
from lib.showing.animation.frames import frame_times
from lib.showing.animation.video import FRAMES_PER_SECOND

profile = profiles.profile(PROFILE)
use(DEVICE)
times = frame_times(profile.steps)
glue("seconds", len(times) / FRAMES_PER_SECOND, display=False)
state = initial_state(1, size=profile.size, seed=SEED)
shown = appendix_e.along_each(state, times)
for name, film in shown.items():
    publish(film.data, f"film_{name}")
    glue(f"size-{name}", film.megabytes, display=False)

# %% [markdown]
# ## Along $D_u$
#
# At the low end the patch dies. Just above it spots stand apart; the further $u$ spreads, the faster they multiply and the
# closer they crowd. At the high end cells begin to flicker from step to step, and the last run diverges: a panel in red
# holds no numbers any more. That is the time step failing, not the chemistry ({doc}`Section 4 <04_landscapes>`).

# %% data=["film_Du"] mystnb={"figure": {"caption": "Twelve values of Du, from the low cliff to where the time step fails.", "name": "fig-film-du"}} tags=["hide-input"]
shown["Du"]

# %% [markdown]
# ## Along $D_v$
#
# The less $v$ spreads, the smaller the spots and the quicker they fill the dish. At the last value the patch melts
# away.

# %% data=["film_Dv"] mystnb={"figure": {"caption": "Twelve values of Dv up to where the patch melts away.", "name": "fig-film-dv"}} tags=["hide-input"]
shown["Dv"]

# %% [markdown]
# ## Along $F$
#
# The paper's own values: wide apart at first, then a step of 0.001 towards the cliff. Spots turn into long worms as the
# dish is fed more, and grow more slowly; the first and the last panel are empty within a few hundred steps.

# %% data=["film_F"] mystnb={"figure": {"caption": "Twelve values of F: the first and the last panel lie outside of the patch's basin.", "name": "fig-film-f"}} tags=["hide-input"]
shown["F"]

# %% [markdown]
# ## Along $k$
#
# The whole gallery: an even dish behind a spreading ring, mazes, worms, dividing spots, nothing.

# %% data=["film_k"] mystnb={"figure": {"caption": "Twelve values of k, from an even dish to an empty one.", "name": "fig-film-k"}} tags=["hide-input"]
shown["k"]

# %% [markdown]
# With their posters the films take {glue:text}`size-Du:.1f`, {glue:text}`size-Dv:.1f`, {glue:text}`size-F:.1f` and
# {glue:text}`size-k:.1f` MB of this page.
