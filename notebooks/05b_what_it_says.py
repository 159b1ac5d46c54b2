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
# # What the landscape really says
#
# A landscape is a number at every point, and a number looks exact. {doc}`Section 4 <04_landscapes>` drew a valley
# whose floor is zero at the truth, a plateau, and walls between. This page asks how much of that is due to
# the parameters. How low can the loss get when only the parameters agree? Why is the plateau as high as it is? And
# do earlier pictures of a run tell more than its end?
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
import numpy as np
from IPython.display import Markdown
from myst_nb import glue

from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import patterns as says
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import intermediate as drawn_in_time
from lib.showing.figures import noise_floor as drawn
from lib.showing.tables import patterns as listed
from lib.studies.landscapes import flatness
from lib.studies.patterns import measurements, noise_floor, summary
from lib.studies.patterns.sizes import sizes
from lib.studies.patterns.within_kinds import within_kinds

profile = sizes(PROFILE)
figures.style()
truth = measurements.floor(profile, SEED, use(DEVICE))
under, on_the_way = measurements.over_floors(truth, SEED), measurements.in_time(profile, SEED)
floor, age, height = summary.noise(truth), summary.ageing(truth), summary.plateau(truth, under)
alike, middles = summary.alike(on_the_way), summary.middles(on_the_way, SEED)
glue_all(says.phrases(floor, age, height, len(profile.middle_times)))
glue("in-one-minute", Markdown(says.minute(floor, height, alike, middles)), display=False)

# %% [markdown]
# ## The zero at the truth
#
# Landscapes are drawn with the same initial states for candidate and target. At the truth both runs are then the same
# run, and the loss is zero by construction. Training, and anyone with a real picture to explain, has other initial
# states. So let us run the truth from {glue:text}`states` initial states and score the runs against each other.
#
# There is a value to expect. Far from order, the power of a picture at one wave number is distributed
# exponentially about its mean {cite}`percival1993`, $\log P$ then has variance $\pi^2/6$ whatever that mean is,
# and two independent pictures with the *same* expected spectrum differ by
#
# ```{math}
# :label: eq-floor
# \overline{\left(\log P - \log P^\ast\right)^2} = 2 \cdot \tfrac{\pi^2}{6} = \tfrac{\pi^2}{3} = 3.29
# ```
#
# in the mean square. Two pictures of the same parameters differ by that much, unless their spots coincide.

# %% tags=["hide-input"]
Markdown(says.floor(floor))

# %% [markdown]
# {numref}`fig-floor` puts that band on the cuts of Section 4. Only what stands out of it can be known from a
# picture.

# %% data=["floor_Du", "floor_Dv", "floor_F", "floor_k"] mystnb={"figure": {"caption": "The cuts of Section 4, the first initial state's runs alone, on a logarithmic scale. Teal: scored against the truth's run from the same initial state; the line plunges to zero at the truth. Orange: the same ends scored against the truth's runs from other initial states (median, and the whole range). Yellow: the noise floor, 5–95 % of the losses between runs of the truth itself; dashed, its upper edge without the one state that is most unlike the others. The strip below tells how each run ended.", "name": "fig-floor"}, "image": {"alt": "Four panels of loss on a logarithmic axis: a line for the same initial state, a line with a band for other ones, and the band of the noise floor."}} tags=["hide-input"]
for name, cut in truth.cuts.items():
    kept = cut[["spectral", "windowed", "outcome", "independent", "independent_windowed"]]
    publish(kept.assign_attrs(floor_low=floor.low, floor_high=floor.high), f"floor_{name}")
drawn.floors(truth.cuts, (floor.low, floor.high), floor.high_without)
# %% [markdown]
# How much of a cut lies within that noise? Score the first state's run at each point against the truth's runs from
# other initial states, and take the median. Around the truth there is a stretch where that median lies below the
# upper edge of the losses between runs of the truth itself, below which 95 % of them lie. Inside that stretch such a
# picture cannot be told from the truth. The stretch ends at the first point above the edge, or where the run flickers.
# Points further away can lie below the edge again.
#
# One odd state can set that edge, for it is in many pairs. So the table gives each stretch twice: over all states, and
# without the state whose median loss against the others is largest. Widths are shares of the true value.

# %% tags=["hide-input"]
listed.hidden(truth, floor)

# %% [markdown]
# The dip to zero at the truth does not come from the parameters. It comes from comparing a run with itself. A small change
# of any parameter moves a few spots, and the loss is then as large as between two runs of the truth from different
# initial states.
#
# The floor in a few lines: one parameter set, two initial states; and beside it the loss of an empty dish.

# %%
from lib import TRUTH, initial_state, losses, simulate

twins = simulate(TRUTH, initial_state(2, size=64, seed=SEED), steps=10_000).v
print("the same parameters:", losses.spectral(twins[:1], twins[1:]).item())
print("an empty dish:", losses.spectral(0 * twins[:1], twins[1:]).item())

# %% [markdown]
# ## Patterns still change at 40,000 steps
#
# The length of a run is a choice. {numref}`fig-ageing` lets the truth's runs go on beyond 40,000 steps.

# %% data=["ageing"] mystnb={"figure": {"caption": "The truth's runs growing older. Left: the largest change of any cell in one step. Middle: each run against itself at twice the age. Right: runs from different initial states against each other, median and 5–95 %.", "name": "fig-ageing"}, "image": {"alt": "Three logarithmic panels against age: the change in one step, the loss between a run and its later self, and the losses between runs."}} tags=["hide-input"]
publish(truth.ages, "ageing")
drawn.ageing(truth.aged, truth.ages)
# %% [markdown]
# * At full length a run still changes by {glue:text}`change-end` a step in the median, and
#   {glue:text}`still-moving` of {glue:text}`states` are above the 5·10⁻⁵ at which training calls a run converged.
# * The same run at twice the age scores {glue:text}`twice` in the median against itself,
#   {glue:text}`twice-top` at worst.

# %% tags=["hide-input"]
Markdown(says.old(age, floor))

# %% [markdown]
# {numref}`fig-settled` shows why. Defects heal one by one, and what is left is close to a crystal: its power sits in a
# few sharp peaks, and everywhere else it falls through the log floor. Which peaks, and how deep the rest falls, depends on
# how far the run has come. The logarithm counts every empty wave number as much as a peak.

# %% data=["settled"] mystnb={"figure": {"caption": "Two runs of the truth, those with the lowest and the highest plateau at the last age, at the end of a full run and at the last age computed, with their spectra.", "name": "fig-settled"}, "image": {"alt": "Four pictures of spots with their spectra."}} tags=["hide-input"]
order = np.argsort(noise_floor.plateau_height(truth.aged.v.isel(time=-1).values))
ages = [profile.steps, age.last]
pictures = truth.aged[["v"]].sel(time=ages).isel(state=[int(order[0]), int(order[-1])])
publish(pictures, "settled")
names = [f"state {i + 1}" for i in pictures.state.values]
drawn.pictures_by_age(
    pictures.v.transpose("state", "time", ...).values, names, [f"{t:,} steps" for t in ages]
)
# %% [markdown]
# ## Who set the height of the plateau?
#
# A uniform field has no variation: $X = 0$ at every wave number, whatever level it settled at and whatever the
# parameters are. Its loss against a target with powers $P^\ast$ is therefore a number of the target and of the log floor
# alone,
#
# ```{math}
# :label: eq-plateau
# \mathcal L_{\text{plateau}} = \overline{\left(\log(P^\ast + \varepsilon) - \log \varepsilon\right)^2} ,
# ```
#
# and $\varepsilon = 10^{-8}$ was put there to keep a logarithm finite. {numref}`fig-plateau-height` varies it, and the age
# of the target.

# %% data=["floor_epsilon"] mystnb={"figure": {"caption": "The height of the plateau. Left: against ε, in closed form for targets of several ages (lines, means over the initial states), and as simulated for the two ends without a pattern among the seven sets (marks, of the first initial state alone, against its full run). Middle: against the target's age, one line for each initial state. Right: the first state's cut along k under several ε. Only the plateau scales as the formula says; its ratio to the ground among the patterns changes.", "name": "fig-plateau-height"}, "image": {"alt": "Left, heights against the small number under the logarithm, a line for each age. Middle, heights against the target's age. Right, one cut under several of these numbers."}} tags=["hide-input"]
publish(under.drop_vars("spread"), "floor_epsilon")
drawn.plateau(under.height, under, "k", under.simulated)
# %% [markdown]
# * In double precision, equation {eq}`eq-plateau` and the loss of a uniform field agree to
#   {glue:text}`formula-error`: the formula is the plateau.
# * At full age the plateau stands at {glue:text}`height-12`, {glue:text}`height-8`, {glue:text}`height-4` or
#   {glue:text}`height-2` for $\varepsilon = 10^{-12}, 10^{-8}, 10^{-4}, 10^{-2}$ (mean over {glue:text}`states` initial
#   states). The paper's 245 is a choice, and so is the height of every cliff. What no $\varepsilon$ changes is that the
#   plateau is flat.
# * A target that is given time changes it, to anything between {glue:text}`height-last-low` and
#   {glue:text}`height-last-high` at {glue:text}`last-time` steps, depending on how orderly the field has become.
# * The precision of the transform plays no part, that of the field a small one: the uniform end of set 1 carries round-off
#   of {glue:text}`uniform-spread`, and scores {glue:text}`uniform-less` less than the formula; at
#   $\varepsilon = 10^{-12}$ it is {glue:text}`uniform-less-low` less, as round-off begins to look like power.

# %% tags=["hide-input"]
Markdown(says.contrast(height))

# %% [markdown]
# ## On the way there
#
# The paper suspects that earlier pictures would serve better: patterns vary regularly there, perhaps on both sides of
# the cliffs, since “uniform steady-states evolve from patterns”. {numref}`fig-in-time` compares candidate and truth at
# {glue:text}`looks` moments of one batch of runs, each continued from the one before.

# %% data=["intermediate_F", "intermediate_k", "intermediate_k_random"] mystnb={"figure": {"caption": "The landscape at intermediate times: along k and F from the paper's patch, and along k from random states. Dashed: the cliffs of the full run. Candidate and truth have the same age. Above, from the same initial states; below, from others.", "name": "fig-in-time"}, "image": {"alt": "Six panels with one curve for each time, from early to late; above for shared, below for other initial states."}} tags=["hide-input"]
edges = {}
for words, cut in on_the_way.cuts.items():
    name, _, file = measurements.CUTS[words]
    edges[words] = flatness.cliffs(cut.isel(time=-1), name)
    publish(cut[["spectral", "independent", "outcome", "texture"]], f"intermediate_{file}")
drawn_in_time.in_time(on_the_way.cuts, edges)
# %% [markdown]
# The first of these as pictures:

# %% data=["intermediate_pictures"] mystnb={"figure": {"caption": "v along k at intermediate times, the first initial state, from the paper's patch.", "name": "fig-in-time-pictures"}, "image": {"alt": "A table of pictures: rows for values of k, columns for times."}} tags=["hide-input"]
first = next(iter(on_the_way.cuts.values()))
shown = first.isel(k=np.unique(np.linspace(0, first.sizes["k"] - 1, 8).round().astype(int)))
publish(shown[["v"]], "intermediate_pictures")
rows, columns = [f"$k$ = {x:.4f}" for x in shown.k.values], [f"{t:,}" for t in shown.time.values]
figures.fields(shown.v.transpose("k", "time", ...).values, rows, columns)
# %% [markdown]
# Two questions to each time. *Is there anything to see beyond the cliffs?* The first four columns say how high the ground
# there lies, as a share of the loss of a trivial field at that time, both averaged over the initial states: at 100 % it is
# the plateau. *Does the valley point to
# the truth?* The others give, from other initial states, the loss at the truth beside the typical one inside the
# cliffs.

# %% tags=["hide-input"]
listed.on_the_way(on_the_way)
# %% tags=["hide-input"]
seen = summary.valleys(on_the_way)
Markdown(says.on_the_way(seen, on_the_way.early))

# %% [markdown]
# ## Do patterns grow alike, and do uniform ends come from patterns?
#
# The paper says both, for random initial states too. They are different statements, and they are measured apart.
#
# *Alike.* Take runs that end in a pattern. Are their pictures more alike at the end than at step 250? “Unlike” is the
# share of power that sits at different wavelengths, from 0 to 1, which does not mind where spots lie. “More alike” means
# that the median over all pairs has fallen by a quarter. Three groups are asked: across parameters from the patch (both
# cuts), across parameters from a random state (the $F$–$k$ plane), and across initial states at the truth
# ({doc}`Appendix C <appendix_c>` shows them). The last group has runs from several kinds of initial state, and pairs
# of two kinds; runs of one kind are compared by themselves too.
#
# *Patterned middles.* Take runs over the $F$–$k$ plane that end trivial or uniform. A trivial end is uniform too, with no v
# left; the criterion counts both, and the share among ends in which v lives stands beside it. Had the runs, at some time from step 250
# on, at least half of the texture of the truth's full pattern? Texture is the spread of $v$ in wavelengths up to
# 20 cells, the side of the patch, so that a bare front or lump has little of it.
#
# “Random” is Gaussian noise blurred to lumps as wide as spots, its positive half filled with $v$. Noise drawn cell by cell
# will not do: diffusion evens it out before anything grows, and at the truth no uniform field stays alive.

# %% data=["likeness"] mystnb={"figure": {"caption": "How unlike pictures are as they age, median and quartiles over all pairs. Left: the share of power at different wavelengths. Right: the paper's loss.", "name": "fig-alike"}, "image": {"alt": "Two panels of curves against time on a logarithmic axis."}} tags=["hide-input"]
publish(on_the_way.quartiles(), "likeness")
drawn_in_time.growing_alike(on_the_way.unlikeness(), on_the_way.losses())
# %% tags=["hide-input"]
claims.record("intermediate", measured=vars(alike), finding=says.alike(alike, within_kinds(on_the_way)))
# %% data=["middles_*"] mystnb={"figure": {"caption": "Runs that end without a pattern, coloured by the largest texture they had from step 250 on, as a share of the truth's full pattern. Teal: runs that end in a pattern. The star is the truth.", "name": "fig-middles"}, "image": {"alt": "Two maps of the F-k plane, one from the patch and one from a random state."}} tags=["hide-input"]
for words, plane in on_the_way.planes.items():
    publish(plane.drop_vars(["wavelengths", "plateau"]), f"middles_{words.split()[-1]}")
drawn_in_time.middles(on_the_way.planes, on_the_way.full_texture)
# %% tags=["hide-input"]
claims.record("intermediate-ends", measured=vars(middles), finding=says.middles(middles))
# %% tags=["hide-input"]
claims.record("intermediate-ends-random", measured=vars(middles), finding=says.middles_random(middles))
