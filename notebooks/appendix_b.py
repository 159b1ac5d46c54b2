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

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
from IPython.display import Markdown

from lib.publishing.datasets import publish
from lib.running import profiles
from lib.running.device import use
from lib.showing import figures
from lib.studies import shared
from lib.studies.landscapes import flatness

profile = profiles.profile(PROFILE)
device = use(DEVICE)
figures.style()
feed = shared.feed_plane(profile, seed=SEED, device=device)
_ = publish(feed.drop_vars("v"), "surfaces")
angles = [(32, -125), (32, -35), (32, 55), (32, 145)]

# %% [markdown]
# ## The spectral loss

# %% data=["surfaces"] mystnb={"figure": {"caption": "Spectral loss over F and k from four sides.", "name": "fig-turned-spectral"}, "image": {"alt": "A table mountain with a winding gorge, from four directions."}} tags=["hide-input"]
figures.surfaces(feed, ["spectral"] * 4, views=angles, columns=2)
# %% [markdown]
# ## The windowed spectral loss

# %% data=["surfaces"] mystnb={"figure": {"caption": "Windowed spectral loss over F and k from the same four sides.", "name": "fig-turned-windowed"}, "image": {"alt": "The same table mountain and gorge, with a slightly different floor."}} tags=["hide-input"]
figures.surfaces(feed, ["windowed"] * 4, views=angles, columns=2)
# %% [markdown]
# ## The Gram loss
#
# The paper shows this one from several angles because its relief hides behind itself. Which filters the features come
# from is said above every surface.

# %% data=["surfaces"] mystnb={"figure": {"caption": "Gram loss over F and k from the same four sides, with the filters named in the titles.", "name": "fig-turned-gram"}, "image": {"alt": "A surface with slopes on its plateau and ridges among the patterns, from four directions."}} tags=["hide-input"]
figures.surfaces(feed, ["gram"] * 4, views=angles, columns=2)
# %% [markdown]
# In numbers: the highest value, the median off the pattern and on it, and how much patterned neighbours differ.

# %% tags=["hide-input"]
rows = []
for loss in ("spectral", "windowed", "gram"):
    place = flatness.placement(feed, loss)
    on = feed[loss].mean("state").where(flatness.patterned(feed))
    middle = float(np.nanmedian(on))
    rows.append(
        f"| {figures.labelled(loss, feed)} | {place.highest:.4g} | {place.plateau * place.highest:.4g} | {middle:.3g} | "
        f"{place.roughness:.0%} |"
    )
Markdown(
    "| loss | highest | median off the pattern | median on it | typical step between patterned neighbours |\n"
    "|:--|--:|--:|--:|--:|\n" + "\n".join(rows)
)
