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
# # Section 3: the training that fails
#
# Differentiate the final picture through all 40,000 steps, walk downhill, and read the four numbers off at the
# bottom: the most direct route there is. The paper takes it and gets nowhere {cite}`yang2026`. On this page the
# same optimiser runs again, several times, with every decision written down, and then is asked *why*.
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

from lib import SAMPLED_SETS, TRUTH
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import training as told
from lib.publishing.sentences import training_acceptance as told_of_rule
from lib.publishing.sentences import training_gradients as told_of_slopes
from lib.publishing.sentences.training_claims import FINDINGS, measured_numbers
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import gradients as figures_gradients
from lib.showing.figures import training as figures_training
from lib.studies import gradients, shared
from lib.studies.gradients import experiments as slopes
from lib.studies.gradients import summary as gradients_summary
from lib.studies.landscapes import sweep
from lib.studies.landscapes.sizes import sizes as landscapes_sizes
from lib.studies.training import experiments, recipe_pool, residence, seven_sets, trace_statistics, visits
from lib.studies.training import summary as training_summary
from lib.studies.training.audit import escapes
from lib.studies.training.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()

# %% [markdown]
# ## One iteration
#
# The optimiser moves four *unconstrained* parameters. A diffusion coefficient is the softplus of its number, so it
# stays positive; feed and kill rate are a tenth of a sigmoid, so they stay between 0 and 0.1. Every iteration
#
# 1. draws eight initial states, each with a random picture from a pool of targets that the truth has made;
# 2. runs the model from each until no cell changes by more than $5 \cdot 10^{-5}$ in a step, 40,000 steps at most;
# 3. takes the mean loss and its **exact** gradient through every one of those steps;
# 4. takes a step of plain gradient descent (with a little weight decay, which the paper's text does not mention)
#    **on trial**: the model runs forward on the *next* iteration's states. The step counts only if every value is
#    finite, $v$ stays within [0, 1], and, this too is only in the code, all eight runs converge. A refused
#    step is tried again with a tenth of the learning rate, four times in all; then with learning rates above the
#    base rate; then the run gives up.
#
# There are **two recipes**. The text of the paper says that a run stops when it has converged. The code that trained
# (commits 940260c to 152a409 of the original) then takes 1,000 more steps before the loss is evaluated, with gradients
# through all of them. Both are run here. Both compute in single precision with $\Delta t = 1$, as the paper's algorithm does:
# what this page says is about that algorithm, so it is not repeated under another scheme.
#
# All of it is in `lib/studies/training/iteration.py`. Each iteration adds a row to a table: parameters, loss, gradient,
# every try and the reasons against it. Nothing random is carried over from row to row, so a killed run goes on from its
# last row and ends with the same bits.

# %% tags=["hide-input"]
recipe = shared.first_segment(profile)
pool = recipe_pool(recipe, jobs=-1)
heights = {name: trace_statistics.plateau_losses(pool, name) for name in ("spectral", "windowed")}
bands = {name: trace_statistics.expected_band(height, recipe.batch) for name, height in heights.items()}
halves = {name: residence.half_height(height) for name, height in heights.items()}
glue("pool", len(pool), display=False)
glue("band-says", Markdown(told.band(*bands["spectral"])), display=False)
for name in bands:
    glue_all({"height": heights[name].mean(), "spread": heights[name].std()}, name)
    glue_all(dict(zip(("low", "high"), bands[name], strict=True)), name)

# %% [markdown]
# Before any training, the targets alone say where the loss of an even picture lies. A perfectly uniform field
# is at a distance of {glue:text}`spectral-height:.1f` ± {glue:text}`spectral-spread:.1f` (standard deviation) from the
# {glue:text}`pool` targets used here. The mean over eight random ones lies between {glue:text}`spectral-low:.0f` and
# {glue:text}`spectral-high:.0f` in 98 of 100 draws, whatever the parameters are, as long as the field is uniform; for the
# windowed loss between {glue:text}`windowed-low:.0f` and {glue:text}`windowed-high:.0f`.
#
# ```{glue:md} band-says
# :format: myst
# ```
#
# The gradient by itself, in code: mark a parameter, simulate, compare, and go backwards through all steps.

# %%
import torch

from lib import TRUTH, initial_state, losses, simulate

begin = initial_state(2, size=64, seed=SEED, dtype=torch.float64)
k = torch.tensor([0.06, 0.06], dtype=torch.float64, requires_grad=True)
ends = simulate(TRUTH._replace(k=k), begin, steps=300).v
losses.spectral(ends, simulate(TRUTH, begin, steps=300).v).backward()
print(k.grad)

# %% [markdown]
# ## What happens
#
# {numref}`fig-traces` shows runs from the paper's start and from random starts, with the text's recipe. Colours say how
# most of an iteration's eight simulations ended: trivial ($v$ has died), uniform, patterned, or frozen. A run of the
# training stops where a step changes little, so what is left of the initial patch may still vary over the cells. A
# *pattern* here means that, and a loss below half of the plateau's height; above it the field counts as uniform.
# Under the windowed loss that takes in fields with a few dots, which {numref}`fig-sets` shows near its plateau.
# *Frozen* is a field in which $u$ or $v$ has not spread by a cell in the whole run: $\sqrt{2 D t} < 1$.

# %% data=["training_plain", "training_windowed"] mystnb={"figure": {"caption": "Loss of every iteration of every run with the text's recipe, coloured by how most of its simulations ended. Top: plain spectral loss. Bottom: windowed loss. The shaded band is computed from the targets alone: the mean loss of a uniform field against eight random ones. Dotted: the paper's band. At the right, all losses as a histogram.", "name": "fig-traces"}, "image": {"alt": "Two panels of loss curves against iterations, one for each loss, with a shaded band and dots coloured by the end of the simulations; a histogram beside each."}} tags=["hide-input"]
runs = experiments.run_all(profile, SEED)
text, windowed, code = (runs[name] for name in ("text", "windowed", "code"))
for name, trace in (("plain", text), ("windowed", windowed), ("settled", code)):
    publish(trace, f"training_{name}")
figures_training.loss_traces({"spectral": text, "windowed": windowed}, bands, halves)
# %% tags=["hide-input"]
audit, audit_windowed = seven_sets.audits(profile, pool, SEED)
full = sweep.evaluate(
    np.array(SAMPLED_SETS), states=landscapes_sizes(PROFILE).cut_states, title="seven sets", seed=SEED,
    size=profile.size, steps=profile.steps,
)  # fmt: skip
table = seven_sets.table(audit, audit_windowed)
publish(table, "sampled_sets")

fields = slopes.fields(profile, profile.training_tol, SEED)
plane = slopes.adjoints_over_plane(profile, profile.training_tol, SEED)
cut, by_state = slopes.short_cut(profile, SEED), slopes.by_state(profile, SEED)
publish(plane, "adjoint_plane")

found = training_summary.summarise(
    runs, profile, heights=heights, expected=bands["spectral"], top=float(full.v[3].max())
)
sets = seven_sets.seven_sets(audit, audit_windowed, full, fields["stopped"], profile, heights)
steep = gradients_summary.summarise(fields, plane, cut, by_state, halves["spectral"])
measured = measured_numbers(found, sets, steep)
glue("in-one-minute", Markdown(told.in_one_minute(found, sets, steep)), display=False)
Markdown(told.what_happened(found))

# %% [markdown]
# The paper's statement about the band is about whole runs, so every loss of a run counts below, wherever the run was.

# %% tags=["hide-input"]
claims.record(
    "training-band", measured=measured["training-band"], finding=FINDINGS["training-band"],
    draw=told.draw("training-band", measured["training-band"]),
)  # fmt: skip
# %% tags=["hide-input"]
claims.record("training-drops", measured=measured["training-drops"], finding=FINDINGS["training-drops"])
# %% tags=["hide-input"]
claims.record(
    "windowed-band", measured=measured["windowed-band"], finding=FINDINGS["windowed-band"],
    draw=told.draw("windowed-band", measured["windowed-band"]),
)  # fmt: skip

# %% [markdown]
# ## Low loss, wrong picture
#
# The paper stopped at seven parameter sets on the way. {numref}`fig-sets` shows what they grow into and what the two
# losses think of them.

# %% data=["sampled_sets"] mystnb={"figure": {"caption": "The seven sampled sets after a full run (top), and both losses against random targets, each run stopped by the training's own rule: the plain loss over all simulations of the audit below, the windowed loss over one batch of eight.", "name": "fig-sets"}, "image": {"alt": "Seven pictures; below, seven lines that join each set's plain and windowed loss."}} tags=["hide-input"]
figures_training.sampled_sets(full.v.values, table)
# %% tags=["remove-input"]
Markdown(told.low_loss(sets))
# %% tags=["hide-input"]
claims.record("training-lowloss", measured=measured["training-lowloss"], finding=FINDINGS["training-lowloss"])
# %% tags=["hide-input"]
claims.record(
    "windowed-polarised", measured=measured["windowed-polarised"], finding=FINDINGS["windowed-polarised"]
)

# %% [markdown]
# ## Where the time goes, and how long the gradient is there

# %% tags=["remove-input"]
Markdown(told_of_slopes.lengths_by_region(found))

# %% data=["training_plain", "training_windowed"] mystnb={"figure": {"caption": "Left: how the simulations of all iterations ended; frozen means that nothing has spread by a cell. Right: length of the exact gradient in unconstrained parameters in every iteration under the plain loss, by region; the bar is the median. A learning rate of 0.012 times a gradient of length 1,000 is a step of 12, across everything.", "name": "fig-regions"}, "image": {"alt": "Left, stacked bars of outcomes for three groups of runs. Right, dots of gradient length on a logarithmic axis, one row for each region."}} tags=["hide-input"]
figures_training.regions(
    residence.groups(text, windowed, profile, heights), visits.gradient_sizes(text, halves["spectral"])
)
# %% data=["training_plain"] mystnb={"figure": {"caption": "The runs under the plain loss as paths through parameter space, in both planes; each dot is an iteration, coloured by how most of its simulations ended.", "name": "fig-paths"}, "image": {"alt": "Two scatter plots with thin connecting lines and four stars at named places."}} tags=["hide-input"]
landmarks = {"truth": TRUTH, "start": SAMPLED_SETS[0], "8,918": SAMPLED_SETS[1], "set 3": SAMPLED_SETS[2]}
figures_training.paths({"plain": text}, landmarks, halves["spectral"])
# %% data=["training_plain", "training_windowed"] mystnb={"figure": {"caption": "What became of every try, by the region in which the gradient was taken; a forward run that two tries share counts once. Impossible means a diffusion above 1/4, where no run is stable.", "name": "fig-refusals"}, "image": {"alt": "Stacked horizontal bars of accepted and refused tries by reason."}} tags=["hide-input"]
counts = {"plain": text, "windowed": windowed}
figures_training.refusal_bars({
    name: visits.refusal_counts(each, halves[loss])
    for (name, each), loss in zip(counts.items(), ("spectral", "windowed"), strict=True)
})  # fmt: skip
# %% tags=["remove-input"]
Markdown(told.corner(found.residence) + "\n\n" + told_of_rule.first_tries(found))

# %% [markdown]
# The ranges of the parameters keep $D$ positive and do not bound it from above. The paper expects $D \le 1/4$ in most
# cases, the bound of explicit Euler in two dimensions. Here every step that the optimiser tried is counted:

# %% tags=["hide-input"]
claims.record("setup-search", measured=measured["setup-search"], finding=FINDINGS["setup-search"])

# %% [markdown]
# ### An audit of the acceptance rule
#
# "All eight runs converged" sounds innocent. But patterns settle slowly: many are still creeping after 40,000 steps,
# and one slow run in eight is enough for a refusal. A trivial state always converges. {numref}`fig-audit` runs many
# initial states at each of the seven sets, exactly as the training does.

# %% data=["acceptance_audit"] mystnb={"figure": {"caption": "Share of batches of eight that pass the test that all of them converged, with 95 % intervals (the share of single runs that converge, to the power of eight).", "name": "fig-audit"}, "image": {"alt": "Seven horizontal bars with intervals, one for each sampled set."}} tags=["hide-input"]
publish(audit, "acceptance_audit")
watched = {"size": 64, "steps": 1024}
glue_all(
    escapes(profile.escape_sets, **watched, seed=SEED) | {"sets": profile.escape_sets} | watched, "escape"
)
figures_training.acceptance_bars(audit)
# %% tags=["remove-input"]
Markdown(told_of_rule.rule(sets))

# %% [markdown]
# One liberty is ours. The original looks at the range of $v$ after every step; our compiled engine hands fields over
# only now and then, so the test looks every 4 steps while the patch collapses, every 64 up to step 1,024, and every
# 2,048 from there. Of {glue:text}`escape-sets:d` random parameter sets, run for {glue:text}`escape-steps:,d` steps on a grid of
# {glue:text}`escape-size:d` × {glue:text}`escape-size:d` cells, $v$ leaves [0, 1] or the finite numbers at some step in
# {glue:text}`escape-left:d`; the looks up to there miss {glue:text}`escape-missed:d` of them. What the rarer looks after that miss
# was not measured.
#
# The replay below repeats the first iterations from the paper's start, and switches the safeguards off one by one.

# %% tags=["hide-input"]
fates = {
    name: trace_statistics.outcome_of(runs[name].isel(run=0), halves["spectral"])
    for name in experiments.variants(recipe)
}
Markdown(told.fate_table(fates))

# %% [markdown]
# ### Larger and smaller steps, and longer searches
#
# Was the search too coarse, or too short? The first question is asked with a tenth and with ten times the base rate. The
# second can only be answered by a search as long as the paper's, 8,918 iterations. The default build has none, and says
# so; the profile `paper` makes one, on a grid of 64 × 64 cells.

# %% tags=["hide-input"]
claims.record("exploration", measured=measured["exploration"], finding=FINDINGS["exploration"])
# %% tags=["hide-input"]
claims.record("confined", measured=measured["confined"], finding=FINDINGS["confined"])

# %% [markdown]
# ## A thousand steps too many
#
# The 1,000 further steps of the code's recipe look like a detail. {numref}`fig-silence` follows the paper's start with
# and without them.

# %% data=["training_plain", "training_settled"] mystnb={"figure": {"caption": "The paper's start with and without 1,000 further steps after convergence, first seed. Crosses: the gradient is exactly zero, because v has died out in all eight simulations. That is not convergence; no information is left.", "name": "fig-silence"}, "image": {"alt": "Two panels, gradient length and kill rate against iterations, for two runs."}} tags=["hide-input"]
figures_training.silence({"stop when converged": text, "1,000 further steps": code})
# %% tags=["remove-input"]
Markdown(told.falls_silent(found))

# %% [markdown]
# ## The gradient, point by point
#
# Now the whole feed–kill plane. The loss is the landscape's: one initial state, shared with a target that the truth has
# grown over 40,000 steps, and plain parameters. In {numref}`fig-field-training` the runs stop by the training's rule; in
# {numref}`fig-field-landscape` they have all 40,000 steps.

# %% data=["gradient_field_training"] mystnb={"figure": {"caption": "The way down at every point, of the landscape's loss, with runs that stop by the training's rule: when they have converged. Left: direction over the loss, coloured by whether it leads towards the truth (star). Right: length of the gradient in this plane.", "name": "fig-field-training"}, "image": {"alt": "Left, arrows over a map of the loss; right, a map of the gradient's length. A star marks the truth."}} tags=["hide-input"]
publish(fields["stopped"], "gradient_field_training")
figures_gradients.gradient_arrows(fields["stopped"], gradients.right_way(fields["stopped"], ("F", "k")))
# %% data=["gradient_field"] mystnb={"figure": {"caption": "The same after full runs of 40,000 steps. Dots: the gradient is exactly zero.", "name": "fig-field-landscape"}, "image": {"alt": "Left, arrows and dots over a map of the loss; right, a map of the gradient's length."}} tags=["hide-input"]
publish(fields["full"], "gradient_field")
figures_gradients.gradient_arrows(fields["full"], gradients.right_way(fields["full"], ("F", "k")))
# %% tags=["remove-input"]
Markdown(told_of_slopes.directions(steep))

# %% [markdown]
# {numref}`fig-zoom` looks at one place more closely. It cuts the landscape among the patterns over a width of $10^{-4}$ in
# $k$. Each slope is exact; how far it can be trusted is what the neighbouring points say.

# %% data=["short_cut"] mystnb={"figure": {"caption": "A cut of width 0.0001 through the patterned region at the truth's other parameters. Each short line has the exact slope at its point.", "name": "fig-zoom"}, "image": {"alt": "A curve of the loss with a short tangent line at each point."}} tags=["hide-input"]
publish(cut, "short_cut")
figures_gradients.tangents(cut, "k")
# %% tags=["remove-input"]
Markdown(told_of_slopes.rough(steep.rough))

# %% [markdown]
# Does the roughness come from the logarithm in the loss or from the dynamics? A logarithm is steepest for the faintest wave
# numbers. The table takes the same runs, between $k = 0.057$ and $0.064$, and raises the floor $\varepsilon$ under the
# logarithm. If the logarithm were the cause, a higher floor would mend the gradient's direction and not only its size.

# %% tags=["hide-input"]
by_floor = slopes.by_floor(profile, SEED)
publish(by_floor, "gradient_by_floor")
Markdown(told_of_slopes.floor_table(gradients_summary.floor_rows(by_floor)))

# %% [markdown]
# {download}`The table as data (NetCDF) <data/gradient_by_floor.nc>`

# %% tags=["hide-input"]
claims.record("weak-gradients", measured=measured["weak-gradients"], finding=FINDINGS["weak-gradients"])

# %% [markdown]
# ## Backwards in time
#
# The gradient reaches the parameters through the **adjoint**: how strongly the final loss feels the state $n$ steps
# before the end. {numref}`fig-adjoint` follows its norm all the way back, at four places. Read it from the left. First
# diffusion smooths the fine detail of the loss, and the norm falls. While the pattern hardly changes, the norm hardly
# changes. Through the steps in which spots divided, it grows.

# %% data=["adjoint_norms"] mystnb={"figure": {"caption": "Norm of the adjoint against steps back from the end, relative to the end, at four places of parameter space.", "name": "fig-adjoint"}, "image": {"alt": "Up to four curves of the adjoint's norm on logarithmic axes."}} tags=["hide-input"]
norms = slopes.adjoints(profile, profile.training_tol, SEED)
publish(norms.to_dataset(name="norm"), "adjoint_norms")
figures_gradients.adjoint_backwards(norms)
# %% tags=["remove-input"]
Markdown(told_of_slopes.adjoints(steep))

# %% [markdown]
# {download}`Growth of the adjoint over the plane (NetCDF) <data/adjoint_plane.nc>`

# %% tags=["hide-input"]
claims.record("setup-gradients", measured=measured["setup-gradients"], finding=FINDINGS["setup-gradients"])

# %% [markdown]
# ## Why it fails

# %% tags=["remove-input"]
Markdown(told_of_slopes.why(found, steep))
