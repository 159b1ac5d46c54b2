# ---
# jupyter:
#   book:
#     after: [04_landscapes]
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
# # Appendix B: the surfaces from several angles
#
# The $F$–$k$ plane of {doc}`Section 4 <04_landscapes>` under its three losses, turned. $D_u$ and $D_v$ are at the
# truth, height and colour are the loss, and the data are the same: nothing is computed again here.
#
# **In one minute**
#
# * Both spectral losses are table mountains from all sides: one height outside the patterns, a gorge within.
# * The Gram loss slopes where $v$ is uniform, because it sees the level that the spectral losses subtract.
# * Inside the gorge each loss has a floor of its own; the table at the end says how rough.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
from lib.publishing.datasets import publish
from lib.running import profiles
from lib.running.device import use
from lib.showing import figures
from lib.showing.tables import landscapes as listed
from lib.studies import shared
from lib.studies.landscapes.coarse import coarse_grid

figures.style()
feed = shared.feed_plane(profiles.profile(PROFILE), seed=SEED, device=use(DEVICE))
_ = publish(feed.drop_vars("v"), "surfaces")
angles = [(32, -125), (32, -35), (32, 55), (32, 145)]

# %% [markdown]
# ## The spectral loss

# %% data=["surfaces"] mystnb={"figure": {"caption": "Spectral loss over F and k from four sides.", "name": "fig-turned-spectral"}, "image": {"alt": "The spectral loss as a surface over feed and kill rate, from four directions."}} tags=["hide-input"]
figures.surfaces(feed, ["spectral"] * 4, views=angles, columns=2)
# %% [markdown]
# ## The windowed spectral loss

# %% data=["surfaces"] mystnb={"figure": {"caption": "Windowed spectral loss over F and k from the same four sides.", "name": "fig-turned-windowed"}, "image": {"alt": "The windowed loss as a surface over feed and kill rate, from the same four directions."}} tags=["hide-input"]
figures.surfaces(feed, ["windowed"] * 4, views=angles, columns=2)
# %% [markdown]
# ## The Gram loss
#
# The paper shows this one from several angles because its relief hides behind itself. Which filters the features come
# from is said above every surface.

# %% data=["surfaces"] mystnb={"figure": {"caption": "Gram loss over F and k from the same four sides, with the filters named in the titles.", "name": "fig-turned-gram"}, "image": {"alt": "The Gram loss as a surface over feed and kill rate, from the same four directions."}} tags=["hide-input"]
figures.surfaces(feed, ["gram"] * 4, views=angles, columns=2)
# %% [markdown]
# In numbers: the highest value, the median off the pattern and on it, and how much patterned neighbours differ, as
# a share of the loss's range. A neighbour more than a fifth of the range away is a cliff inside the patterns.

# %% tags=["hide-input"]
listed.placements(coarse_grid(feed), ("spectral", "windowed", "gram"))
