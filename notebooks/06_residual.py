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
# # Section 6: the residual
#
# :::{admonition} In one minute
# Ask whether a picture satisfies the equations, and the loss over the four parameters is a bowl, whatever the picture shows.\
# Its minimum takes four linear equations. On clean, settled pictures it is off by {glue:text}`clean-error` of a parameter at most at the paper's true set, at other sets by {glue:text}`elsewhere-error` (median).\
# On a young picture the bowl stays a bowl, and its minimum is off by {glue:text}`one-first`; on a noisy one by {glue:text}`noisy-error`, on a coarse one by {glue:text}`coarse-error`.
# :::
#
# The paper ends on a positive note. Physics-informed networks {cite}`raissi2019` ask how well a picture
# satisfies the *equations*, instead of how well a *simulation* matches the picture. Seen from the four
# parameters these are different worlds: a table mountain with walls on one side, a bowl on the other. This
# page takes the bowl apart, uses it on real numbers, and shows where it breaks; {doc}`the next <06b_network>`
# does the same to the network.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
import torch
from IPython.display import Markdown

from lib import SAMPLED_SETS, TRUTH, residual
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import residual as told
from lib.residual import denoise
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import residual as plots
from lib.showing.tables import residual as listed
from lib.showing.widgets import sliders
from lib.studies.pinn.recovery import steady_states
from lib.studies.residual_fit import accuracy, rough_pictures, summary
from lib.studies.residual_fit.confidence import noisy_ellipses
from lib.studies.residual_fit.sizes import sizes

profile = sizes(PROFILE)
device = use(DEVICE)
setting = {"size": profile.size, "steps": profile.steps, "seed": SEED}
figures.style()
torch.set_num_threads(1)  # small fields: two threads would spend their time waiting for each other

# %% [markdown]
# ## 6.1 What others do
#
# Three families of methods ask a picture for its parameters.
#
# *Learn the way back.* Schnörr and Schnörr {cite}`schnorr2023` learn a map from patterns to parameters, by
# kernels on features of the pattern or by networks. The answer is instant, but one picture often has several
# explanations, and a map learnt from all of them answers with their mean. *Compare statistics.* Najarro and colleagues {cite}`najarro2026` compare pictures by
# features that ignore the accidents of the initial state, as the spectral and Gram losses of {doc}`Section 4
# <04_landscapes>` do, and search by evolution, without gradients: a search that needs no slope is not stopped
# by a plateau, and pays for it in simulations. Kazarnikov and Haario {cite}`kazarnikov2020` build a
# likelihood from such statistics, Campillo-Funollet and colleagues {cite}`campillo2019` put Bayes' rule on
# top. *Fit the equations.* Physics-informed networks {cite}`raissi2019` were applied to Gray-Scott forwards
# by Giampaolo and colleagues {cite}`giampaolo2022`, and backwards, at one parameter set and at some cost, by
# the homotopy method of Zheng and colleagues {cite}`zheng2024`; Kho and colleagues {cite}`kho2022` do it for
# the steady states of Turing systems. Where such networks fail to train, the reasons have been sought in the
# residual's conditioning {cite}`krishnapriyan2021`; networks of sines make it easier {cite}`sitzmann2020`. No
# network is needed where the fields are known: the equations' coefficients were fitted to fields by regression
# long ago {cite}`baer1999`. With more terms on offer such a regression finds even the equations' form
# {cite}`rudy2017`, and its weak form bears some noise {cite}`messenger2021`.
#
# The paper's question to this last family is: *which part does the work?*
#
# ## 6.2 The residual loss is a bowl
#
# At a steady state the right-hand sides of the model vanish. Write them for a given pair of images $(u, v)$:
#
# $$ r_u = D_u \nabla^2 u - u v^2 + F(1-u), \qquad r_v = D_v \nabla^2 v + u v^2 - (F+k)\,v . $$ (eq-residual)
#
# Everything that multiplies a parameter is known. So $r = A p - y$ with $p = (D_u, D_v, F, k)$, and the mean
# square of $r$ over the cells is a paraboloid, whatever the images show:
#
# $$ L(p) = \tfrac12\, p^\top H p - b^\top p + c, \qquad H = \tfrac2N A^\top A, \quad b = \tfrac2N A^\top y . $$ (eq-bowl)
#
# {numref}`fig-bowl` puts it beside the spectral loss over the same square of the F–k plane, for the same data.

# %% data=["bowl_F_k", "wall_F_k"] mystnb={"figure": {"caption": "The paper's Figure 6, and what it replaces: residual loss and spectral loss on one part of the F–k plane, diffusion coefficients at the truth.", "name": "fig-bowl"}, "image": {"alt": "Two surfaces over the same square of the F–k plane: the residual loss on the left, the spectral loss on the right."}} tags=["hide-input"]
states = steady_states(profile.fit_states, **setting)
bowls = accuracy.bowls(states, 21)
walls = accuracy.spectral_planes(profile.bowl_points, states=1, device=device, **setting)
for (a, b), surface in bowls.items():
    publish(surface, f"bowl_{a}_{b}")
    publish(walls[a, b].drop_vars("v"), f"wall_{a}_{b}")
plots.bowl_and_wall(bowls["F", "k"], walls["F", "k"])
# %% [markdown]
# The other planes look the same ({numref}`fig-planes-residual`): one valley each, tilted where two parameters
# can stand in for each other, and never a wall.

# %% data=["bowl_*", "wall_*"] mystnb={"figure": {"caption": "All six planes through the truth (star): spectral loss on the left of each pair, residual loss with level lines on the right. Grey: the run diverged.", "name": "fig-planes-residual"}, "image": {"alt": "Twelve heat maps in pairs, spectral loss beside residual loss, the latter with elliptic level lines."}} tags=["hide-input"]
plots.all_planes(bowls, walls)

# %% tags=["hide-input"]
bowl = summary.bowl(states, bowls, walls)
claims.record(
    "quadratic",
    measured=vars(bowl),
    finding="Third differences are at most {third:.0e} of the loss. On the spectral loss's coarser grid in the F–k plane "
    "({points:.0f} × {points:.0f}) they are {same_grid:.0e}, and the spectral loss's {spectral:.1f}. The Hessian from "
    "the formula and autograd's differ by {hessian:.0e}; its smallest eigenvalue is {lowest:.1e} (one snapshot, six planes).",
)

# %% [markdown]
# A paraboloid needs no optimiser: its minimum is the solution of four linear equations. For one snapshot of
# {glue:text}`snapshot-steps:,` steps that takes {glue:text}`fit-ms:.0f` ms, with errors and verdict (median of {glue:text}`fit-timings` times), and gives all four parameters within
# {glue:text}`fit-error` of their values. The laboratory fits the picture that it shows, while you paint into it.
# <a class="load" href="laboratory.html#laboratory.set=0&amp;laboratory.read=1">Read its four numbers</a>

# %%
print(residual.fit(states.u[0], states.v[0]))

# %% [markdown]
# `residual.fit` works on your own pictures, too. It takes two images, $u$ and $v$, as arrays of numbers in the
# model's units. It answers with four parameters, their standard errors, and *what the images do not determine*:

# %%
print(residual.fit(torch.ones(64, 64), torch.zeros(64, 64)))

# %% [markdown]
# A picture in which $v$ has died satisfies the equations whatever the parameters are. The seven sets of the
# paper's comparison figure make their own data here, and so do {glue:text}`elsewhere-sets` more. Those are
# drawn from a band that we placed along the patterns around the truth: within 5 % in the diffusion
# coefficients, $F$ from 0.034 to 0.05, and $k$ beside it. The table also says how much a picture still changes in
# one step, since a picture that changes is not what the residual assumes.

# %% tags=["hide-input"]
sets = [*SAMPLED_SETS, *accuracy.patterned_sets(profile.fit_sets, seed=SEED)]
fits_elsewhere = accuracy.elsewhere(sets, **setting)
publish(fits_elsewhere, "fit_elsewhere")
elsewhere = summary.elsewhere(fits_elsewhere)
listed.elsewhere(fits_elsewhere, elsewhere)

# %% [markdown]
# ### How steady is steady?
#
# The residual assumes that the snapshot has stopped changing. {numref}`fig-steadiness` shows what happens
# when it has not, and what a *second frame* one step later changes: with $\partial u/\partial t$ known,
# nothing need be steady.

# %% data=["fit_steadiness"] mystnb={"figure": {"caption": "Error of the closed-form fit against the age of the snapshot, without noise; thin lines are single initial states. Left: one frame, taken to be steady. Right: with the change to the next step known.", "name": "fig-steadiness"}, "image": {"alt": "Two panels of errors against the age of the snapshot on logarithmic axes, one frame on the left, two frames on the right."}} tags=["hide-input"]
times = [t for t in profile.fit_times if t <= profile.steps]
steady = accuracy.steadiness(times, states=profile.fit_states, size=profile.size, seed=SEED)
publish(steady, "fit_steadiness")
plots.steadiness(steady)
# %% [markdown]
# At {glue:text}`ages-first` steps one frame is off by {glue:text}`one-first` in its worst parameter, at
# {glue:text}`ages-middle:,` by {glue:text}`one-middle` (medians over {glue:text}`fit-states` initial states).
# {glue:text}`dip` Two frames without noise are off by {glue:text}`two` at most, at any age and from any of these
# initial states.

# %% tags=["hide-input"]
second = accuracy.second_frame(
    profile.second_frame_times,
    (0.0, 1e-3, summary.NOISE),
    seeds=profile.fit_seeds,
    size=profile.size,
    seed=SEED,
)
publish(second, "fit_second_frame")
ages, ranges = summary.ages(steady, second), summary.ranges(states)
listed.second_frame(second)

# %% tags=["hide-input"]
Markdown(told.second_frame(ages, ranges))

# %% [markdown]
# Download: the fits at other sets, {download}`fit_elsewhere.nc <data/fit_elsewhere.nc>`, and those with a
# second frame, {download}`fit_second_frame.nc <data/fit_second_frame.nc>`.
#
# ### Does it know all initial states?
#
# The paper explains the bowl by saying that the residual takes in the dynamics from all initial states at
# once. A test: fit every initial state's snapshot alone, and see whether the answers agree. For the spectral
# loss, which compares one state's outcome with another's, the minimum moves ({numref}`fig-spread`). It is
# looked for on a line of points first, and then on finer and finer ones around the lowest, so that the
# largest distance is not the grid's.

# %% data=["spectral_minima"] mystnb={"figure": {"caption": "Distance of the recovered k from the truth: by the residual from each initial state alone, and at the spectral loss's minimum when candidate and target start from different initial states.", "name": "fig-spread"}, "image": {"alt": "Two rows of dots on a logarithmic axis of distances, the residual's and the spectral loss's."}} tags=["hide-input"]
fits = residual.fit(states.u, states.v)
# The truth lies between two points, so no minimum can hit it by the choice of the grid.
line = TRUTH.k + 3e-4 * (torch.arange(12).numpy() - 9.5)
minima = accuracy.spectral_minima(line, states=min(3, profile.fit_states), **setting)
publish(minima, "spectral_minima")
plots.by_initial_state(fits.params.k.numpy(), minima)

# %% tags=["hide-input"]
states_alone = summary.initial_states(fits, minima)
claims.record("all-initial-states", measured=vars(states_alone), finding=told.initial_states(states_alone))

# %% [markdown]
# The fits agree because the residual uses *no* initial state: it asks of each cell whether it obeys the local
# law. This has two consequences. A half-grown pattern misleads it, for that pattern still changes. And any two
# frames one step apart satisfy it, however young they are.
#
# ### Windows, missing cells, fewer pixels
#
# The equations are local, so a *piece* of the picture is enough ({numref}`fig-partial`, left). But each needs
# a cell and its four neighbours: of cells seen at random, a share $s$ leaves only $s^5$ of the stencils
# (middle). And pixels larger than the model's cells blur the Laplacian (right): the pattern's own scale must
# be resolved, or restored.

# %% data=["fit_resolution", "fit_subsampled", "fit_windows"] mystnb={"figure": {"caption": "The closed-form fit on partial data. Left: square windows, with standard errors (dashed). Middle: random cells. Right: images with fewer pixels, by leaving pixels out, by averaging, and by Fourier interpolation back to the model's cells.", "name": "fig-partial"}, "image": {"alt": "Three panels of errors: against the side of a window, against the share of cells seen, and against the size of pixels."}} tags=["hide-input"]
sides = [n for n in (128, 64, 32, 16, 8) if n <= profile.size]
pieces = accuracy.windows(states, sides)
random_cells = accuracy.subsampled(states, [1.0, 0.9, 0.7, 0.5, 0.3, 0.2], seeds=profile.fit_seeds)
coarse = accuracy.resolution(states)
for name, dataset in (("fit_windows", pieces), ("fit_subsampled", random_cells), ("fit_resolution", coarse)):
    publish(dataset, name)
partial = summary.partial(pieces, random_cells, coarse)
plots.partial(pieces, random_cells, coarse)
# %% [markdown]
# A window of {glue:text}`window-side` × {glue:text}`window-side` cells gives every parameter within
# {glue:text}`window-error`. At 20 % of the cells about {glue:text}`few-cells` whole stencils remain, and the
# error is {glue:text}`few-error` (median over {glue:text}`noise-draws` draws). Every second pixel costs
# {glue:text}`coarse-error`, {glue:text}`refined-error` after Fourier interpolation (medians over
# {glue:text}`fit-states` initial states). That is no property of
# the bowl but of the picture: these spots are only a few cells wide. (A model on a lattice *is* its lattice:
# with cells twice as large it is another model.)
#
# ### Noise, and its cures
#
# White noise enters the Laplacian amplified by $\sqrt{20}$, and it stands on both sides of $A p = y$: least
# squares does not average it away but shrinks the coefficients. All noise on this page is given in units of
# concentration, the same on $u$ and on $v$. In these pictures $u$ ranges over {glue:text}`range-u` and $v$
# over {glue:text}`range-v`, so a noise of 0.01 is {glue:text}`share-u` of $u$'s range and
# {glue:text}`share-v` of $v$'s. Signal over noise of the Laplacian decides:

# %%
import torch

from lib import residual

generator = torch.Generator().manual_seed(SEED)
noisy = [x[0] + 0.01 * torch.randn(x[0].shape, generator=generator) for x in states]
found = residual.fit(*noisy, noise=0.01)
print(found)

# %% tags=["hide-input"]
glue_all({"still-named": told.named(rough_pictures.named(found))})

# %% [markdown]
# {glue:text}`still-named` (Plain least squares would have said
# $D_u =$ {glue:text}`noisy-Du` and $D_v =$ {glue:text}`noisy-Dv`.) The loss is still a bowl. Its minimum has moved
# away from the truth.
#
# How sure is a fit that is wrong? The slider below adds noise to the same snapshot, several draws at each
# level. The confidence region follows from the scatter of the residuals. It stays small while the fit moves
# away from the truth, so it does not show that the fit is wrong. (The dots that stay near the truth belong to a
# cure, described next.)

# %% tags=["hide-input"]
regions = noisy_ellipses(states, (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2), seeds=profile.ellipse_draws)
publish(regions, "fit_regions")
sliders.over_noise(regions)

# %% [markdown]
# {download}`The regions (NetCDF) <data/fit_regions.nc>`
#
# {numref}`fig-noise` compares the cures. *Smoothing* the fields changes the equation (the mean of $u v^2$ is
# not $u v^2$ of the means). A *low-pass filter* keeps only what stands out of the noise. The *weak form*
# {cite}`reinbold2020` filters the equations instead of the fields: the nonlinear term is formed first, so
# nothing is biased by the filter itself. *Errors in variables* subtracts what noise of a known level adds to
# $A^\top A$ and $A^\top y$; the level is read from the image's shortest waves. The last two together are the
# recipe.

# %% data=["fit_noise"] mystnb={"figure": {"caption": "Median error of each cure against the standard deviation of the noise on both fields, in units of concentration. Dotted: 1 %.", "name": "fig-noise"}, "image": {"alt": "Four panels, one for each parameter, of errors against noise on logarithmic axes, one line for each method."}} tags=["hide-input"]
cures = accuracy.noise(states, (1e-4, 3e-4, 1e-3, 3e-3, summary.NOISE, 3e-2), seeds=profile.fit_seeds)
publish(cures, "fit_noise")
plots.noise(cures)

# %% tags=["hide-input"]
noise = summary.noise(cures, denoise.fit(*noisy))
listed.cures(cures, (1e-3, summary.NOISE, 3e-2))

# %% [markdown]
# (Bias: median over {glue:text}`noise-draws` draws, of the parameter that is worst; scatter: standard
# deviation of that parameter. Milliseconds: the four numbers of one fit, without the errors and the verdict that
# `residual.fit` works out too; mean over all fits.)
#
# **What to do with your own two images.** Below a noise of about a thousandth of the signal, fit. Above it,
# use the weak form with errors in variables. Smoothing first would change the equation. {glue:text}`second-frame-advice`
# Store more than eight bits when you can. {glue:text}`rounding`

# %% tags=["hide-input"]
bits = accuracy.quantised(states, (6, 8, 10, 12, 16))
publish(bits, "fit_bits")
glue_all({"rounding": told.rounding(rough_pictures.rounding(bits))})
listed.bits(bits)

# %% [markdown]
# The fits to rounded pictures as data (NetCDF): {download}`fit_bits.nc <data/fit_bits.nc>`.

# %% tags=["hide-input"]
timings = accuracy.timings(states, repeats=15)
glue_all(
    {
        "fit-ms": 1000 * float(np.median(timings)),
        "fit-timings": len(timings),
        "snapshot-steps": profile.steps,
        "fit-states": profile.fit_states,
    }
)
glue_all({"ages": ages, "window-side": partial.side, "noise-draws": noise.draws})
glue_all(told.phrases(bowl, elsewhere, ages, partial, ranges, noise))
claims.record(
    "minimum",
    measured={
        "clean": bowl.clean,
        "states": bowl.states,
        "elsewhere": elsewhere.error,
        "elsewhere_largest": elsewhere.largest,
        "sampled": elsewhere.sampled,
        "patterned": elsewhere.patterned,
        "young": ages.one_first,
        "first": ages.first,
        "noisy": noise.plain,
        "cured": noise.cured,
        "draws": noise.draws,
        "share_v": ranges.share_v,
        "coarse": partial.skipped,
    },
    finding=told.minimum(bowl, elsewhere, ages, noise, ranges, partial),
)
