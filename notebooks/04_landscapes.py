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
# vary the rest, run 40,000 steps at each point from the same few initial states, and plot the loss against the
# truth's own picture. What appears is a table mountain: flat on top, flat in the valley, and a wall between.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
from myst_nb import glue

from lib import TRUTH, Outcome, features, paper
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import refined
from lib.studies import shared
from lib.studies.landscapes import flatness, sweep
from lib.studies.landscapes.adaptive import regrid
from lib.studies.landscapes.sizes import sizes

profile = sizes(PROFILE)
setting = {"size": profile.size, "steps": profile.steps, "seed": SEED, "device": use(DEVICE)}
figures.style()

# %% [markdown]
# ## Along one parameter
#
# In {numref}`fig-cuts` each parameter is varied alone, over the paper's ranges. Thin lines are single initial
# states, the bold line their mean. The strip below each cut says how the runs ended.

# %% data=["cut_*"] mystnb={"figure": {"caption": "Spectral loss along each of the four parameters, the other three at the truth (dotted). The loss is 0 at the truth because target and candidate share their initial states. Points where a run diverged have no loss; they are marked in the strip only.", "name": "fig-cuts"}, "image": {"alt": "Four panels. In each, the loss is near 250 on a flat stretch, falls off a wall, and is small around the truth."}} tags=["hide-input"]
cuts = shared.cuts(profile, seed=SEED, device=setting["device"])
for name, cut in cuts.items():
    publish(cut.drop_vars("v"), f"cut_{name}")
figures.cuts(cuts)
# %% [markdown]
# Where exactly are the walls? The border of the patterned region lies midway between the last point with a
# pattern and the first without:

# %% tags=["hide-input"]
from IPython.display import Markdown

rows = []
for name, cut in cuts.items():
    width = float(np.diff(cut[name]).max())
    places = ", ".join(f"{x:.4f}" for x in flatness.cliffs(cut, name)) or "none"
    rows.append(f"| {figures.SYMBOLS[name]} | {getattr(TRUTH, name)} | {places} | ± {width / 2:.4f} |")
Markdown("| parameter | truth | cliffs | known to |\n|:--|--:|:--|:--|\n" + "\n".join(rows))

# %% tags=["hide-input"]
pooled = flatness.relief(*cuts.values())
flat_on = [flatness.relief(cut).flat_on for cut in cuts.values()]
measured = {
    "flat_off": pooled.flat_off,
    "drop": pooled.drop,
    "cliffs": pooled.cliffs,
    "flat_on_low": np.nanmin(flat_on),
    "flat_on_high": np.nanmax(flat_on),
}
claims.record(
    "cuts",
    measured=measured,
    tolerance="over the four cuts at least 90 % of neighbouring points off the pattern differ by less than 1 % of "
    "the range, and the typical cliff takes more than half of the range between two neighbours",
    holds=measured["flat_off"] > 0.9 and measured["drop"] > 0.5,
    corrected=measured["flat_on_low"] < 0.9,
    finding="Off the pattern {flat_off:.0%} of the steps between neighbours are flat, and the typical one of the "
    "{cliffs:.0f} cliffs takes {drop:.0%} of the whole range in one step. The patterned side is low but not flat: "
    "between {flat_on_low:.0%} and {flat_on_high:.0%} of its steps are, depending on the cut. (The closer the points, the "
    "more steps are: a slope that more of them share is smaller in each. At full sampling the correction goes away.)",
)

# %% [markdown]
# ## Two at a time
#
# The same over the $F$–$k$ and $D_u$–$D_v$ planes. The paper does not record the ranges of its second plane;
# the one used here spans every diffusion coefficient its text mentions.
#
# A coarse grid covers each plane. Where the corners of a cell end differently, or their losses differ by more than
# a tenth of the range, the cell is cut into four, again and again, in the
# first plane down to {glue:text}`refined-side` cells along each side. Every point is a full run. Nothing is interpolated: a cliff is drawn as thin as it was found.

# %% tags=["hide-input"]
feed = shared.feed_plane(profile, seed=SEED, device=setting["device"])
diffusion = shared.diffusion_plane(profile, seed=SEED, device=setting["device"])
fine_feed, fine_diffusion = shared.fine_planes(profile, seed=SEED, device=setting["device"])
sharp_feed, sharp_diffusion = (regrid(plane.drop_vars("v")) for plane in (fine_feed, fine_diffusion))
publish(fine_feed.drop_vars("v"), "refined_F_k")
publish(fine_diffusion.drop_vars("v"), "refined_Du_Dv")
publish(feed.drop_vars("v"), "plane_F_k")
_ = publish(diffusion.drop_vars("v"), "plane_Du_Dv")
# %% data=["mosaic", "refined_F_k"] mystnb={"figure": {"caption": "One plane, seen twice. Left: every pixel shows the final v of the run it belongs to. Right: the spectral loss of the same runs. All of the left part, where v settles at a uniform level, and all of the black, where v died, look alike to the loss.", "name": "fig-mosaic"}, "image": {"alt": "Left, a mosaic of spots, worms and mazes between an orange area and a black one. Right, a dark tongue of low loss in a plateau of one colour."}} tags=["hide-input"]
pixels = refined.woven(fine_feed)
publish(pixels.to_dataset(), "mosaic")
picture = refined.seen_twice(fine_feed, "spectral", pixels)
# The front page shows it too.
picture.savefig("data/mosaic.png")
picture

# %% [markdown]
# The loss is blind twice. Black and orange in {numref}`fig-mosaic` are different ends: in the one $v$ has died, in
# the other it fills the dish evenly, at a level that changes with the parameters, from {glue:text}`level-low:.2f`
# to {glue:text}`level-high:.2f` in this plane. A loss could read the parameters off that level. This one subtracts
# the mean before it looks, and with it the only slope the plateau had.

# %% data=["refined_F_k"] mystnb={"figure": {"caption": "Spectral loss over the F–k plane. The tongue is where the patch grows into a pattern; everything else is the plateau. The star is the truth.", "name": "fig-plane-fk"}, "image": {"alt": "Heat map with a dark curved tongue of low loss inside a bright plateau."}} tags=["hide-input"]
figures.plane(sharp_feed, "spectral")
# %% data=["refined_Du_Dv"] mystnb={"figure": {"caption": "Spectral loss over the Du–Dv plane. Diverged runs have their own colour.", "name": "fig-plane-d"}, "image": {"alt": "Heat map with a low region, a bright plateau, and a band of diverged runs at large diffusion."}} tags=["hide-input"]
figures.plane(sharp_diffusion, "spectral")
# %% data=["refined_F_k", "refined_Du_Dv"] mystnb={"figure": {"caption": "How the runs of the first initial state ended: over the F–k plane (left) and the Du–Dv plane (right).", "name": "fig-outcomes"}, "image": {"alt": "Two maps of outcomes: patterned, uniform, trivial and diverged regions with sharp borders."}} tags=["hide-input"]
figures.outcomes([sharp_feed, sharp_diffusion])
# %% data=["refined_F_k"] mystnb={"figure": {"caption": "Where the F–k plane was sampled. Small cells follow the cliffs, large ones lie on the plateau.", "name": "fig-cells"}, "image": {"alt": "The plane in squares: large ones at the left and the right, the smallest in thin bands along the edges of the tongue."}} tags=["hide-input"]
refined.cells(fine_feed)
# %% tags=["hide-input"]
measured = flatness.relief(feed, diffusion)._asdict()
claims.record(
    "planes",
    measured=measured,
    tolerance="over both planes at least 90 % of neighbours off the pattern differ by less than 1 % of the range, and "
    "the typical cliff takes more than half of the range between two neighbours",
    holds=measured["flat_off"] > 0.9 and measured["drop"] > 0.5,
    finding="Over both planes {flat_off:.0%} of the steps off the pattern are flat, and the typical cliff takes "
    "{drop:.0%} of the whole range between two neighbouring points.",
)

# %% [markdown]
# ## The pictures behind the plane
#
# {numref}`fig-matrix` shows what the $F$–$k$ plane looks like as pictures: the end of a run at each of 7 × 7
# points.

# %% data=["matrix"] mystnb={"figure": {"caption": "Final v over the F–k plane, laid out like the plane itself. Dark squares are the plateau.", "name": "fig-matrix"}, "image": {"alt": "Seven by seven pictures: mazes, spots and dark empty squares."}} tags=["hide-input"]
pictures = sweep.sweep(
    {name: np.linspace(*limits, profile.matrix_points) for name, limits in paper.FEED_PLANE.items()},
    states=1, title="pattern matrix", **setting,
)  # fmt: skip
publish(pictures, "matrix")
figures.matrix(pictures)
# %% tags=["hide-input"]
inside, across = flatness.neighbour_distances(feed)
measured = {"inside": np.median(inside), "inside_95": np.quantile(inside, 0.95), "across": np.median(across)}
claims.record(
    "matrix",
    measured=measured,
    tolerance="on the F–k plane, 95 % of neighbours inside the patterned region lie closer together than half of the "
    "typical distance across its edge",
    holds=measured["inside_95"] < measured["across"] / 2,
    finding="Neighbouring pictures inside the patterned region lie {inside:.1f} apart in spectral distance (95 % below "
    "{inside_95:.1f}), against {across:.0f} across the edge.",
)

# %% [markdown]
# ## Another loss, another landscape?
#
# If the loss function were to blame, another one would help. {numref}`fig-surfaces` shows three. The two spectral
# losses draw the same table mountain. The Gram loss sees the uniform level that they subtract: where $v$ fills the dish
# evenly its surface slopes, and only the empty dish is flat to it.

# %% data=["plane_F_k"] mystnb={"figure": {"caption": "The F–k plane under three losses. The Gram loss is computed with the filters named in its title.", "name": "fig-surfaces"}, "image": {"alt": "Three surfaces; the spectral ones are table mountains, the Gram surface is rough inside the patterned region."}} tags=["hide-input"]
figures.surfaces(feed, ["spectral", "windowed", "gram"], views=[(32, -125)] * 3)
# %% tags=["hide-input"]
both = flatness.agreement(feed, "spectral", "windowed")
claims.record(
    "losses-agree",
    measured={"same_side": both.same_side, "rank_patterned": both.rank_patterned},
    tolerance="at least 90 % of all points on the same side of the middle of the range; without correction if the "
    "rank correlation among patterned points is above 0.5",
    holds=both.same_side > 0.9,
    corrected=both.rank_patterned <= 0.5,
    finding="Both losses put {same_side:.0%} of the plane on the same side of the middle of their range: the mountains "
    "are the same. The valley floors are not: among patterned points the two losses' rank correlation is "
    "{rank_patterned:.2f}.",
)

# %% tags=["hide-input"]
gram, plain = flatness.placement(feed, "gram"), flatness.placement(feed, "spectral")
filters = feed.attrs["features"]
measured = {f"gram_{n}": x for n, x in gram._asdict().items()} | {
    f"plain_{n}": x for n, x in plain._asdict().items()
}
described = (
    "The Gram loss reaches {gram_highest:.3g} (spectral: {plain_highest:.0f}); its plateau lies at {gram_plateau:.0%} of "
    "the highest value (spectral: {plain_plateau:.0%}), and {gram_ridges:.0%} of the patterned points lie above it; "
    "patterned neighbours differ by {gram_roughness:.0%} of the typical patterned value (spectral: "
    "{plain_roughness:.0%})."
)
claims.record(
    "gram",
    measured=measured,
    tolerance="smaller range than the spectral loss, plateau between 20 % and 80 % of the highest value, and among "
    "patterned neighbours rougher than the spectral loss",
    holds=gram.highest < plain.highest and 0.2 < gram.plateau < 0.8 and gram.roughness > plain.roughness,
    finding=described,
) if filters == features.PRETRAINED else claims.untested(
    "gram",
    why="The claim is about VGG-19's pretrained filters, which were not at hand when this page was made (`make weights` "
    f"fetches them). With **{filters}** in their place: " + described.format(**measured),
)

# %% tags=["remove-cell"]
uniform = feed.v.mean(("row", "column")).where(feed.outcome.isel(state=0) == Outcome.UNIFORM)
glue("level-low", float(uniform.min()), display=False)
glue("level-high", float(uniform.max()), display=False)
plateau = feed.spectral.where(~flatness.patterned(feed))
glue("plateau", float(plateau.median()), display=False)
glue("plateau-windowed", float(feed.windowed.where(~flatness.patterned(feed)).median()), display=False)
glue("patterned-share", float(flatness.patterned(feed).mean()) * 100, display=False)
glue("filters", filters, display=False)
glue("refined-side", fine_feed.attrs["side"], display=False)

# %% [markdown]
# Two thirds of an answer are on the table. Off the pattern the spectral loss is {glue:text}`plateau:.1f` and the
# windowed one {glue:text}`plateau-windowed:.1f`, everywhere: a uniform field has the same spectrum whatever the
# parameters are, so its gradient carries no direction. Only {glue:text}`patterned-share:.0f` % of the plane is
# anything else. Why the walls stand where they stand is another question, and the answer is not the one the
# paper suspects; it is for a later section.
