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
# # Section 6, continued: the network
#
# :::{admonition} In one minute
# A network turns coordinates into $u$ and $v$, so that the residual can be formed where nothing was seen.\
# {glue:text}`in-short-parameters`\
# Can it mend the spectral loss too? That loss is tried here with a network and without one.
# :::
#
# The residual needs $u$ and $v$ in every cell. A physics-informed network supplies them: a function from
# coordinates to concentrations, fitted to what was observed while its residual is kept small,
#
# $$ L(\theta, p) = L_{\text{data}}(\theta) + w\, L_{\text{residual}}(\theta, p), $$ (eq-total)
#
# with weights $\theta$ and the four parameters $p$ trained side by side. The paper sets all times to one
# constant, since the picture is steady; what is left is a function of place. This page trains such networks,
# looks at their landscape from the parameters' side and from the weights' side, and asks what they
# contribute.
#
# All networks on this page see a grid of {glue:text}`size` × {glue:text}`size` cells (the pictures of
# {doc}`Section 6 <06_residual>` have {glue:text}`full` × {glue:text}`full`). A training ends by a rule:
# it *rests* when the last half of its steps has moved no parameter by more than $10^{-4}$. A fixed number of
# steps would not do: some of these trainings come to rest after a few hundred steps, others creep for
# thousands. Those that reach the limit of {glue:text}`limit:,` steps are said to be cut off.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import torch
import xarray as xr
from IPython.display import Markdown

from lib.publishing import claims, wording
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import network as told
from lib.residual import elimination
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import residual as plots
from lib.showing.tables import network as listed
from lib.studies.pinn import ill_posed_loss, recovery, studies, summary
from lib.studies.pinn import weight_landscape as landscapes
from lib.studies.pinn.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
torch.set_num_threads(1)  # small fields: two threads would spend their time waiting for each other
field = {"size": profile.network_size, "steps": profile.steps, "seed": SEED}
states = recovery.steady_states(profile.network_seeds, **field)
steady = recovery.data_of(states, 0)
glue_all({"size": profile.network_size, "full": profile.size, "limit": profile.network_iterations})

# %% [markdown]
# ## Two subspaces
#
# Two networks, alike but for their activation: sines throughout (SIREN, {cite}`sitzmann2020`) and tanh behind
# one layer of plane waves. Both are periodic by construction, see all of $u$ and $v$, and start from the
# paper's parameters. {numref}`fig-stages` follows the first from its random start. At every stage the
# residual's bowl over the *network's* output is a bowl; what moves is its minimum.

# %% data=["network_stages", "network_siren"] mystnb={"figure": {"caption": "Top: v as the network shows it after so many training steps. Bottom: residual loss over that output in the F–k plane (log₁₀, one scale for all), diffusion coefficients at the minimum (dot); star: the truth. Titles: condition number of the four-parameter Hessian.", "name": "fig-stages"}, "image": {"alt": "Stages of the training, from noise to the network's last picture; below each, the elliptic level lines of its bowl with minimum and truth marked."}} tags=["hide-input"]
frames = studies.single_frame(steady, iterations=profile.network_iterations, seed=SEED)
bowls = {name: studies.bowls_along(training) for name, training in frames.items()}
for name, training in frames.items():
    publish(training.record.drop_vars(["u", "v"]), f"network_{name}")
publish(xr.merge([frames["siren"].record[["u", "v"]], bowls["siren"]]), "network_stages")
plots.stages(frames["siren"], bowls["siren"])
# %% data=["network_siren"] mystnb={"figure": {"caption": "The SIREN's training. Left: the two losses. Middle: the parameters (lines) and the minimum of the bowl at that moment (dots), over the truth. Right: the three parts of the gradient in the paper's equation 8.", "name": "fig-along"}, "image": {"alt": "Three panels against the training step: the two losses; four parameters as lines with dots for the bowl's minimum; the norms of the gradient's three parts."}} tags=["hide-input"]
plots.along_training(frames["siren"], bowls["siren"])

# %% tags=["hide-input"]
couplings = [landscapes.coupling(training) for training in frames.values()]
subspaces = summary.subspaces(frames, bowls, couplings)
glue_all(told.phrases(subspaces))
claims.record(
    "orthogonal",
    measured=vars(subspaces),
    finding="The data term does not see the parameters: its gradient in the weights changes by {data:.0f} when all four move by 30 % "
    "({networks:.0f} networks).",
)

# %% [markdown]
# So the two terms split as the paper says. The two *problems* do not: the residual term sees weights and
# parameters both. How much it ties them together is told by its mixed second derivatives. Divided by the
# curvatures in the two directions they would be 0 for problems that can be solved one after the other, and 1
# for problems that cannot be told apart. Here they lie between {glue:text}`coupling`, parameter by parameter.

# %% tags=["hide-input"]
claims.record(
    "quadratic-any",
    measured=vars(subspaces),
    finding="At every recorded stage from random to fitted ({stages:.0f}, of {networks:.0f} networks), third differences on all six planes "
    "are at most {third:.0e} of the loss, and the Hessian's eigenvalues at least {lowest:.1e}, with condition numbers between {best:.0f} "
    "and {worst:.0f}. The minimum is another matter: over an untrained network's output it lies up to {start:.1f} times the parameter's "
    "value away from the truth.",
)

# %% [markdown]
# {numref}`fig-along` (middle) shows both. The dots are the bowl's minimum over the network's output of
# that moment. The lines are the parameters under training. At the end of the training
# the two differ by {glue:text}`gap`, and the parameters are off by {glue:text}`error` (the larger of the two
# networks). Where the two agree, one could leave the parameters out of the training altogether and solve four
# equations at the end.
#
# ## 6.3 Can a network repair an ill-posed landscape?
#
# The test compares three searches from the same starts. Only the term that sees the parameters differs:
#
# * the *residual* of the network's output;
# * the *spectral loss* between the network's $v$ and a full simulation at the current parameters;
# * the same spectral loss between the data's $v$ and the simulation, *without any network*.
#
# The starts lie at one distance from the truth in random directions, half of them where the truth's patch
# makes a pattern and half beyond the cliff, where $v$ dies. The parameters move by plain steps along the
# gradient of the loss's logarithm, exact through all steps of the simulation, without momentum, and no step is
# longer than a small part of the distance from the truth to the cliff along $k$. So nothing can jump over that
# cliff or coast across it. The
# network has been trained beforehand on data and residual, the parameters free. Between two such steps its weights descend on the joint
# loss, so the network can trade agreement with the data for a lower second term. The simulations start
# from the data's own initial state, which helps all three searches.

# %% data=["network_repair"] mystnb={"figure": {"caption": "Distance from the truth along each descent, as a share of the distance at its start; thin: single starts (solid: with a pattern at the start, dashed: without), thick: their mean.", "name": "fig-repair"}, "image": {"alt": "Three panels of thin lines against the step, one for each way of descending, with a thick line for their mean."}} tags=["hide-input"]
plan = {"starts": profile.repair_starts, "rounds": profile.repair_rounds, "fitting": profile.repair_fitting}
contest = ill_posed_loss.contest(steady, steps=profile.steps, seed=SEED, **plan)
publish(contest, "network_repair")
plots.descents(contest, summary.away(contest))

# %% tags=["hide-input"]
repair = summary.repair(contest, ill_posed_loss.cliff_distance(**field))
Markdown(told.repair(repair))

# %% tags=["hide-input"]
claims.record(
    "no-repair",
    measured=vars(repair),
    finding=told.no_repair(repair),
)

# %% [markdown]
# ## The network's own landscape
#
# The paper argues, by reference to others' experience, that the weights' side of the landscape is benign for
# a single frame, leaves the proof to future work, and calls full space-time an open question. We cut through
# trained networks along random, filter-normalised directions {cite}`li2018`, and along the two directions
# that matter most: the one of the lowest curvature that was found, and the steepest.
# {numref}`fig-network-planes` shows one plane of each kind for the single frames and for networks trained on
# short windows of a run that is still growing. {numref}`fig-spectra` shows the curvatures in *all*
# directions, by the Lanczos method {cite}`ghorbani2019`.

# %% data=["plane_*"] mystnb={"figure": {"caption": "Total loss (log₁₀) on planes through each trained network (star). Left: random and filter-normalised, one unit moves every neuron's weights by their own norm. Right: along the lowest curvature found (up) and the steepest (across).", "name": "fig-network-planes"}, "image": {"alt": "One row of two contour plots for each network, each with a star in its middle."}} tags=["hide-input"]
shape = {"begin": profile.window_begin, "size": profile.network_size, "iterations": profile.window_iterations}
windows = studies.windows(profile.window_lengths, seed=SEED, **shape)
looked_at = {f"frame, {name}": training for name, training in frames.items()}
looked_at |= {studies.window_label(length): training for length, training in windows.items()}
plan = {
    "random": profile.landscape_planes,
    "points": profile.landscape_points,
    "nodes": profile.landscape_nodes,
}
planes, spectra = landscapes.survey(looked_at, seed=SEED, **plan)
for label, name in landscapes.file_names(looked_at).items():
    publish(landscapes.together(planes[label]), f"plane_{name}")
    publish(spectra[label].dataset, f"spectrum_{name}")
plots.network_planes(planes)

# %% data=["spectrum_*"] mystnb={"figure": {"caption": "Spectrum of the total loss's Hessian in the weights at each trained network: share of directions by decades below the largest eigenvalue. To the right of the dotted line lies rounding.", "name": "fig-spectra"}, "image": {"alt": "One histogram for each network on a logarithmic scale, with a colour for each sign of the eigenvalues; a dotted line far to the right."}} tags=["hide-input"]
plots.spectra(spectra)

# %% tags=["hide-input"]
listed.landscapes(looked_at, planes, spectra)

# %% tags=["hide-input"]
single = summary.landscape(
    {label: t for label, t in looked_at.items() if label.startswith("frame")}, planes, spectra
)
claims.record("network-landscape", measured=single.measured, finding=told.landscape(single))

# %% tags=["hide-input"]
timed = summary.landscape(
    {label: t for label, t in looked_at.items() if label.startswith("window")}, planes, spectra
)
claims.record("space-time", measured=timed.measured, finding=told.landscape(timed))

# %% [markdown]
# Neither verdict can say more than what these planes show: a few directions out of some thousand. Windows longer
# than those in the table were not tried, and the windows' trainings have a limit of
# {glue:text}`window-limit:,` steps each.
#
# Where a network would be asked for the missing $u$, elimination answers in a few lines ({doc}`Section 6 <06_residual>`):

# %%
from lib import TRUTH, initial_state, simulate
from lib.residual import elimination

seen = simulate(TRUTH, initial_state(1, size=64, seed=SEED), steps=20_000).v[0]
print(elimination.fit_v(seen))

# %% [markdown]
# ## 6.4 What the network is for
#
# If the residual alone is a bowl and the network cannot mend what is not, the network's job is to fill in
# what was not observed. Then anything that fills it in should serve. {numref}`fig-recovery` compares, on
# full, noisy and partial observations: the *closed form* (with the cures of the {doc}`previous page
# <06_residual>` under noise); *elimination*, which computes the unseen $u$ from $v$ by solving its linear
# equation
#
# $$ (F + v^2 - D_u \nabla^2)\, u = F $$ (eq-eliminated)
#
# and fits the four parameters with $u$ re-solved each time (variable projection {cite}`golub1973`, exact
# derivatives, an FFT-preconditioned solver); smooth *interpolation* of missing cells by splines that know no
# physics, then the closed form; and the *network*, trained until it rests or its steps run out. From noisy $v$
# alone no network was trained. Of the others {glue:text}`rested-of-all` came to rest.

# %% data=["network_recovery"] mystnb={"figure": {"caption": "Largest of the four relative errors for every kind of observation and every method that applies; one mark for each seed (initial state, cells, noise and network). Dotted: 1 %.", "name": "fig-recovery"}, "image": {"alt": "For each kind of observation one row of marks on a logarithmic axis of errors, one kind of mark for each method."}} tags=["hide-input"]
table = recovery.table(seeds=profile.network_seeds, iterations=profile.network_iterations, **field)
publish(table, "network_recovery")
plots.recoveries(table)

# %% tags=["hide-input"]
completed = summary.completion(table)
glue_all(
    {
        "window-limit": profile.window_iterations,
        "seeds": completed.seeds,
        "rested-of-all": f"{completed.rested} of {completed.trainings}",
        "trap": wording.percent(completed.trap),
        "in-short-parameters": told.parameters(completed),
    }
)
listed.recoveries(table)

# %% [markdown]
# (Median error and, in brackets, the range over {glue:text}`seeds` seeds. Steps: the median. Seconds: the median,
# on one thread. On a machine with several cores other fits ran beside it.) Download:
# {download}`all recoveries <data/network_recovery.nc>`.
#
# Where data are few or noisy, a longer training need not mean a better answer: the loss goes on falling while the
# network fits the noise, or what lies between the cells, and the parameters drift away from the truth with it.
# The published data hold the best error of each training beside its last, which only one who knows the truth
# could have stopped at.
#
# With $u$ unseen the plain residual has a second global minimum that means nothing: $p = 0$ and $u = 0$
# satisfy the equations exactly, whatever $v$ is. In the table's row *network + residual* from $v$ alone the
# error is {glue:text}`trap`. Measured in units of the reaction (*relative residual*) that minimum is gone,
# but not the ill-conditioning: with $u$ free, the Hessian of the remaining problem has condition number
# {glue:text}`condition-v`. The elimination needs a few Newton steps for it. A network comes to rest in that
# flat valley wherever it happens to enter it: rest is not yet the truth.

# %% tags=["hide-input"]
glue_all({"condition-v": wording.said(elimination.fit_v(steady.v[0]).condition)})
claims.record("completes-data", measured=completed.measured, finding=told.completion(completed))
