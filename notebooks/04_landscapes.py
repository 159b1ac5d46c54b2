# ---
# jupyter:
#   book:
#     long: true
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
# # Section 4: the landscape
#
# When descent fails, look at the ground. With four parameters one can: fix two or three of them at the truth,
# vary the rest, run {glue:text}`steps` steps at each point from the same few initial states, and plot the loss against the
# truth's own picture. What appears is a plateau with a valley in it: high and flat outside, low inside, and a wall
# between.
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

from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import landscapes as says
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import refined
from lib.showing.tables import landscapes as listed
from lib.studies import shared
from lib.studies.landscapes import summary
from lib.studies.landscapes.coarse import coarse_grid
from lib.studies.landscapes.nearest import regrid
from lib.studies.landscapes.sizes import sizes

profile = sizes(PROFILE)
once = {"seed": SEED, "device": use(DEVICE)}
figures.style()
cuts = shared.cuts(profile, **once)
feed, diffusion = shared.feed_plane(profile, **once), shared.diffusion_plane(profile, **once)
even_feed, even_diffusion = coarse_grid(feed), coarse_grid(diffusion)
along, pictures = summary.of_cuts(cuts), summary.of_pictures(even_feed, SEED)
both = summary.of_planes(even_feed, even_diffusion)
glue_all(says.phrases(summary.of_plateau(even_feed, feed), diffusion) | says.lengths(profile))
glue("in-one-minute", Markdown(says.minute(along, both, pictures)), display=False)

# %% [markdown]
# ## Along one parameter
#
# In {numref}`fig-cuts` each parameter is varied alone, over the paper's ranges. Thin lines are single initial
# states, the bold line their mean. The strip below each cut says how the runs ended. Dots are runs: wherever the pattern
# is lost, the gap between two of them is halved {glue:text}`cut-levels`, and the flat parts are left sparse.

# %% data=["cut_*"] mystnb={"figure": {"caption": "Spectral loss along each of the four parameters, the other three at the truth (dotted). The loss is 0 at the truth because target and candidate share their initial states. Points where a run diverged have no loss; they are marked in the strip only.", "name": "fig-cuts"}, "image": {"alt": "Four panels of loss curves, one for each parameter, with a dotted line at the truth and a strip of colours below that says how the runs ended."}} tags=["hide-input"]
for name, cut in cuts.items():
    publish(cut.drop_vars("v"), f"cut_{name}")
figures.cuts(cuts)
# %% [markdown]
# Where exactly are the walls? The border of the patterned region lies midway between the last point with a
# pattern and the first without, where a point has one if at least half of its runs end so. A border is a *cliff* if no
# run diverges or flickers on either side of it. Where *flicker begins* the
# time step fails, and the loss belongs to it. The last but one column says how finely a place was sought, not how sure it is. Between the two
# numbers of the last one some initial states end in a pattern and others do not.

# %% tags=["hide-input"]
listed.walls(cuts)

# %% [markdown]
# How flat is flat? A difference between neighbours would depend on how closely the axis is sampled: with
# points enough, any slope looks flat. So the loss is measured in its own range, the axis in its own, and the slope
# is read in a window of a thirteenth of the axis. A straight ramp from the lowest loss to the highest then has slope 1
# at any sampling. Ground with a slope below 0.1 is called flat.

# %% tags=["hide-input"]
claims.record("cuts", measured=vars(along), finding=says.cuts(along))

# %% [markdown]
# A cut of your own takes a few lines: name the axis, and choose how small the dish may be.

# %%
import numpy as np

from lib import landscape

coarse = landscape.sweep({"k": np.linspace(0.06, 0.07, 6)}, states=1, seed=SEED, size=64, steps=4000)
print(coarse.k.values)
print(coarse.spectral.mean("state").values.round(1))

# %% [markdown]
# ## Two at a time
#
# The same over the $F$–$k$ and $D_u$–$D_v$ planes. The paper does not record the ranges of its second plane;
# the one used here spans every diffusion coefficient its text mentions.
#
# A coarse grid covers each plane. Along its lines, wherever the outcome changes, the gap between two runs is halved
# until it is {glue:text}`refined-side` times smaller than the axis ({glue:text}`refined-side-d` times over the second
# plane). Then lines are laid between the lines, {glue:text}`refined-lines` of them along each axis in the end
# ({glue:text}`refined-lines-d`), and each is searched where its neighbours met a cliff. Every point is a
# full run. Nothing is interpolated: each place shows the nearest run, so that a cliff is as thin as it was found.

# %% data=["mosaic", "refined_F_k"] mystnb={"figure": {"caption": "One plane, seen twice. Left: every pixel shows the final v of the run it belongs to. Right: the spectral loss of the same runs. All of the left part, where v settles at a uniform level, and all of the black, where v died, look alike to the loss.", "name": "fig-mosaic"}, "image": {"alt": "Left, a mosaic of the pictures that grow over kill rate (across) and feed rate (up). Right, a map of the loss over the same plane. A star marks the truth in both."}} tags=["hide-input"]
sharp_feed, sharp_diffusion = (regrid(plane.drop_vars("v")) for plane in (feed, diffusion))
publish(feed.drop_vars("v"), "refined_F_k")
publish(diffusion.drop_vars("v"), "refined_Du_Dv")
publish(even_feed.drop_vars("v"), "plane_F_k")
publish(even_diffusion.drop_vars("v"), "plane_Du_Dv")
pixels = refined.woven(feed)
publish(pixels.to_dataset(), "mosaic")
picture = refined.seen_twice(feed, "spectral", pixels)
# The front page shows it too.
picture.savefig("data/mosaic.png")
picture

# %% [markdown]
# The loss cannot tell two different ends apart. In the black area of {numref}`fig-mosaic` $v$ has died.
# <a class="load" href="explorer.html#explorer.plane=F-k&amp;explorer.loss=spectral&amp;explorer.Du=0.16&amp;explorer.Dv=0.08&amp;explorer.F=0.06&amp;explorer.k=0.0675">A place there, in the explorer</a>
# In the orange one $v$ has the same value in every cell.
# <a class="load" href="explorer.html#explorer.plane=F-k&amp;explorer.loss=spectral&amp;explorer.Du=0.16&amp;explorer.Dv=0.08&amp;explorer.F=0.035&amp;explorer.k=0.0535">A place there</a>
# That value changes with the parameters, from {glue:text}`level-low`
# to {glue:text}`level-high` in this plane, so a loss could read the parameters off it. The spectral loss subtracts
# the mean first. With the mean goes the only slope that the plateau had.

# %% data=["refined_F_k"] mystnb={"figure": {"caption": "Spectral loss over the F–k plane. The tongue is where the patch grows into a pattern; everything else is the plateau. The star is the truth.", "name": "fig-plane-fk"}, "image": {"alt": "Heat map of the loss over kill rate (across) and feed rate (up), with a star at the truth."}} tags=["hide-input"]
figures.plane(sharp_feed, "spectral")
# %% data=["refined_Du_Dv"] mystnb={"figure": {"caption": "Spectral loss over the Du–Dv plane. Diverged runs have their own colour.", "name": "fig-plane-d"}, "image": {"alt": "Heat map of the loss over the two diffusion coefficients, with a star at the truth; runs that diverged have a colour of their own."}} tags=["hide-input"]
figures.plane(sharp_diffusion, "spectral")
# %% data=["refined_F_k", "refined_Du_Dv"] mystnb={"figure": {"caption": "How the runs of the first initial state ended: over the F–k plane (left) and the Du–Dv plane (right).", "name": "fig-outcomes"}, "image": {"alt": "Two maps in which each colour is one kind of outcome, with a star at the truth."}} tags=["hide-input"]
figures.outcomes([sharp_feed, sharp_diffusion])
# %% data=["refined_F_k"] mystnb={"figure": {"caption": "Where the F–k plane was sampled: a dot for each run. They crowd along the cliffs, where always two of them stand on the two sides.", "name": "fig-runs"}, "image": {"alt": "A dot for each run over kill rate (across) and feed rate (up), coloured by how the run ended; a star at the truth."}} tags=["hide-input"]
refined.runs(feed)
# %% [markdown]
# The slopes of the planes are read on the coarse grid alone, along both axes.

# %% tags=["hide-input"]
claims.record("planes", measured=vars(both), finding=says.planes(both))

# %% [markdown]
# ## The pictures behind the plane
#
# {numref}`fig-matrix` shows what the $F$–$k$ plane looks like as pictures: the end of a run at each of
# {glue:text}`matrix-side` × {glue:text}`matrix-side` points in the paper's way.

# %% data=["matrix"] mystnb={"figure": {"caption": "Final v over the F–k plane, laid out like the plane itself. Squares of one colour are the plateau.", "name": "fig-matrix"}, "image": {"alt": "A square table of pictures of v, the kill rate growing to the right and the feed rate upwards."}} tags=["hide-input"]
matrix = coarse_grid(feed, profile.matrix_points)
publish(matrix, "matrix")
figures.matrix(matrix)

# %% [markdown]
# “Gradual and regular” says more than that neighbours are alike: the further apart two parameter sets, the less alike
# their pictures. That is what Mantel's test asks. It correlates two tables of distances, one of places and one of
# pictures, and compares the correlation with that of shuffled pictures. All patterned points of the coarse grid take part.

# %% tags=["hide-input"]
numbers = {"mantel": pictures.correlation, **pictures._asdict()}
claims.record("matrix", measured=numbers, finding=says.pictures(pictures))

# %% [markdown]
# ## Another loss, another landscape?
#
# If the loss function were to blame, another one would help. {numref}`fig-surfaces` shows three. The two spectral
# losses draw the same table mountain. The Gram loss sees the uniform level that they subtract: where $v$ is the same
# everywhere and not zero its surface slopes, and only the trivial state is flat to it.

# %% data=["refined_F_k"] mystnb={"figure": {"caption": "The F–k plane under three losses: triangles between the runs, so that a cliff is as steep as it was found. The Gram loss, whose features cost as much as a run, is known on the coarse grid; it is computed with the filters named in its title.", "name": "fig-surfaces"}, "image": {"alt": "Three surfaces over feed and kill rate, one for each loss."}} tags=["hide-input"]
figures.surfaces(feed, ["spectral", "windowed", "gram"], views=[(32, -125)] * 3)
# %% tags=["hide-input"]
agreed = summary.of_losses(even_feed)
claims.record("losses-agree", measured=agreed._asdict(), finding=says.losses(agreed))
# %% tags=["hide-input"]
gram = summary.of_gram(even_feed)
claims.record("gram", measured=vars(gram), finding=says.gram(gram, feed.attrs["features"]))

# %% [markdown]
# So much for what the landscape looks like. Off the pattern the spectral loss of the $F$–$k$ plane is
# {glue:text}`plateau` in the median and the windowed one {glue:text}`plateau-windowed`. From its lowest to its highest point
# there the one varies by {glue:text}`plateau-span` of its range, the other by {glue:text}`plateau-span-windowed`. A uniform
# field has the same spectrum whatever the parameters are, so its gradient carries no direction. Only {glue:text}`patterned-share` % of the plane's
# {glue:text}`plane-points` points are anything else. Why the walls stand where they stand is another question:
# {doc}`Section 5.1 <05_cliffs>`.
