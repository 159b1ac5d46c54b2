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
# # Section 2: the model and the question
#
# Two substances share a square. One, $u$, is fed from outside; the other, $v$, eats it, copies itself
# and is washed out. Both diffuse. Gray and Scott wrote the chemistry down {cite}`gray1984`, Pearson showed
# what it can draw {cite}`pearson1993`: spots that divide, stripes, mazes, or nothing at all.
# The paper {cite}`yang2026` asks the question backwards. *Given the final picture, which four numbers made it?*
#
# This page sets up everything the later ones need: the equations, the steps that solve them, the losses that
# compare pictures, and how far each number can be trusted.
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
import torch
from IPython.display import Markdown
from myst_nb import glue

from lib import SAMPLED_NAMES, SAMPLED_SETS, TRUTH, Params, initial_state, simulate
from lib.history import history
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import setup as told
from lib.running.device import use
from lib.running.step_time import step_time
from lib.showing import figures
from lib.studies.landscapes import sweep
from lib.studies.landscapes.sizes import sizes
from lib.studies.setup.precision import precision
from lib.studies.setup.summary import summarise

profile = sizes(PROFILE)
device = use(DEVICE)
figures.style()

# %% [markdown]
# ## The equations
#
# ```{math}
# :label: eq-model
# \frac{\partial u}{\partial t} &= D_u \nabla^2 u - u v^2 + F\,(1 - u), \\
# \frac{\partial v}{\partial t} &= D_v \nabla^2 v + u v^2 - (F + k)\, v .
# ```
#
# $D_u$ and $D_v$ say how fast the substances spread, $F$ how fast $u$ is fed and everything washed out, $k$
# how fast $v$ is removed on top of that. The square is a grid of 128 × 128 cells whose edges meet (periodic
# boundaries), and time goes on in explicit Euler steps with spacing and step both set to one:
#
# ```{math}
# :label: eq-step
# u^{t+1} &= u^t + D_u L u^t - u^t (v^t)^2 + F\,(1 - u^t), \\
# v^{t+1} &= v^t + D_v L v^t + u^t (v^t)^2 - (F + k)\, v^t ,
# ```
#
# where $L$ adds the four neighbours of a cell and takes four times the cell itself away. In the code these two
# lines are `lib/model.py`, and the reader can check them against equation {eq}`eq-step` at a glance:

# %% tags=["remove-input"]
import inspect

from IPython.display import Code

from lib import model

Code(inspect.getsource(model.residual), language="python")

# %% [markdown]
# The data come from one set of parameters, the **truth**: $D_u = 0.16$, $D_v = 0.08$, $F = 0.035$,
# $k = 0.065$. A run lasts 40,000 steps.
#
# ## Where a run starts
#
# Every run begins near the trivial state, $u \approx 1$ and $v \approx 0$ with normal noise of standard deviation
# 0.02, and a patch of 20 × 20 cells in the middle where $u = 0.5$ and $v = 0.25$. Values below zero are cut off, so
# half of the noise of $v$ is missing. Only the noise differs from one initial state to the next; each is drawn from a
# seed, and the same seed gives the same bits.
#
# In code: two initial states, one run for both, and how unlike the paper's loss finds their ends. (The loss is explained
# below.)

# %%
from lib import TRUTH, initial_state, losses, simulate

pair = simulate(TRUTH, initial_state(2, size=64, seed=SEED), steps=4000)
print(pair.outcome)
print(losses.spectral(pair.v[:1], pair.v[1:]).item())

# %% [markdown]
# ## Seven places in parameter space
#
# The paper keeps coming back to seven parameter sets: the optimiser's start, two points of its trajectory, the
# truth, and three more where it happened to pass. {numref}`fig-evolution` starts all seven from one and the
# same initial state.

# %% data=["evolution"] mystnb={"figure": {"caption": "The seven sampled parameter sets, grown from the same initial state.", "name": "fig-evolution"}, "image": {"alt": "Seven rows of square pictures of v, one for each set, at up to six times from the start to the last step."}} tags=["hide-input"]
times = [t for t in (0, 250, 1000, 4000, 10_000, 40_000) if t <= profile.steps]
every = Params(*(torch.tensor(column) for column in zip(*SAMPLED_SETS, strict=True)))
same_start = initial_state(1, size=profile.size, seed=SEED)
crowd = type(same_start)(*(field.repeat(len(SAMPLED_SETS), 1, 1) for field in same_start))
evolution = history(every, crowd, times)
names = [f"{i}  {name}" for i, name in enumerate(SAMPLED_NAMES, start=1)]
publish(evolution[["v"]].assign_attrs(sets=", ".join(names)), "evolution")
figures.fields(evolution.v.transpose("batch", "time", ...).values, names, [f"t = {t:,}" for t in times])
# %% tags=["hide-input"]
sets = sweep.evaluate(
    np.array(SAMPLED_SETS), states=profile.cut_states, title="seven sets", seed=SEED, size=profile.size,
    steps=profile.steps, device=device,
)  # fmt: skip
publish(sets, "seven_sets")
targets = simulate(TRUTH, initial_state(4, size=profile.size, seed=SEED + 1), profile.steps).v
independent = sweep.cross_losses(torch.as_tensor(sets.v.values), targets)
drifts = precision(seed=SEED, size=profile.size, steps=profile.steps)
publish(drifts, "precision")
found = summarise(sets, independent, drifts, updates=profile.size**2 * profile.steps)
glue("in-one-minute", Markdown(told.in_one_minute(found)), display=False)
Markdown(told.ends(found))

# %% [markdown]
# ## Comparing two pictures
#
# The noise decides where each spot ends up, so pictures of the same parameters never match cell by cell. The
# losses therefore compare *statistics* of $v$. With the mean subtracted, $X = \mathrm{FFT}_2(v - \bar v)$ and
# $\varepsilon = 10^{-8}$,
#
# ```{math}
# :label: eq-spectrum
# S(v) = \log\left(|X|^2 + \varepsilon\right), \qquad
# \mathcal L_{\text{spectral}}(v, v^\ast) = \overline{\left(S(v) - S(v^\ast)\right)^2},
# ```
#
# the mean taken over all wave numbers. The **windowed** loss computes the same inside each of the 8 × 8 windows
# of 16 × 16 cells (the mean removed stays that of the whole picture), and the **Gram** loss compares
#
# ```{math}
# :label: eq-gram
# G(v) = \tfrac{1}{200}\, f f^{\mathsf T}, \qquad \mathcal L_{\text{Gram}} = \overline{\left(G(v) - G(v^\ast)\right)^2},
# ```
#
# where the rows of $f$ are the 256 feature maps that the first 18 layers of VGG-19 {cite}`simonyan2015` make of
# $v$, a recipe from painting in somebody else's style {cite}`gatys2016`.
#
# Landscapes in this book use the same initial states for target and candidate, so that the loss at the truth
# is exactly zero. Training, in the paper, draws them independently: there even the truth scores more than
# zero. {numref}`tab-sets` gives both for the spectral loss. Any of the sets can be grown by hand.
# <a class="load" href="laboratory.html#laboratory.set=7">Set 7, in the laboratory</a>

# %% data=["seven_sets"] mystnb={"figure": {"caption": "The seven sets scored against the truth: from shared initial states (mean of the states); last column, the first state's run alone against targets from other initial states. Where the states of a set end differently, as they can in set 7, that column has one of these ends.", "name": "tab-sets"}} tags=["remove-input"]
Markdown(told.table(found))
# %% tags=["remove-input"]
Markdown(told.losses_of_the_sets(found))

# %% [markdown]
# ## Unconstrained parameters
#
# Gradient descent needs to move freely, so the paper searches in other coordinates:
# $D = \operatorname{softplus}(\tilde D)$ keeps the diffusion coefficients positive and
# $F, k = 0.1\,\sigma(\tilde F), 0.1\,\sigma(\tilde k)$ keep the rates between 0 and 0.1. The search starts at
# $\tilde D = -2$ and $\tilde F = \tilde k = 0$, that is $D_u = D_v = 0.1269$ and $F = k = 0.05$. A diffusion
# coefficient above 1/4 would make equation {eq}`eq-step` unstable for any reaction at all, and is refused here
# with an error that says so. Stability has more to say than that bound:
# {doc}`Section 4 <04_landscapes>` shows runs that diverge well inside it.
#
# ## How far to trust a number
#
# Everything runs in single precision (float32), as in the paper. {numref}`fig-precision` shows how far that
# carries: the run of the truth in float32 against the same run in float64, and the compiled engine against the
# ten lines of plain PyTorch that serve as its oracle.

# %% data=["precision"] mystnb={"figure": {"caption": "Drift between two computations of the same run at the truth: largest difference of u or v in any cell. Round-off is amplified each time spots divide.", "name": "fig-precision"}, "image": {"alt": "Three curves of the difference against steps, on logarithmic axes."}} tags=["hide-input"]
figures.precision(drifts.steps.values, dict(zip(drifts.way.values, drifts.difference.values, strict=True)))
# %% tags=["remove-input"]
Markdown(told.drift(found))

# %% [markdown]
# What drifts is the *position* of spots: which way a spot divides depends on the last bits. The losses above are made
# not to see positions.
#
# ## How long is a step?
#
# A run of {glue:text}`steps` steps on {glue:text}`size` × {glue:text}`size` cells is {glue:text}`updates` million cell
# updates. The simulator of this book is one short C file that keeps a whole simulation inside the processor's caches;
# `benchmarks/cpu_step.py` compares it with plain PyTorch, a straightforward C loop, JAX and py-pde on your machine.

# %% tags=["remove-cell"]
microseconds = step_time(profile.size)
glue_all({
    "steps": f"{profile.steps:,}", "size": profile.size, "updates": f"{found.updates / 1e6:,.1f}",
    "set-seven": told.set_seven(found), "step-us": microseconds, "run-seconds": microseconds * profile.steps / 1e6,
})  # fmt: skip

# %% [markdown]
# On the machine that made this page one step of one simulation took {glue:text}`step-us:.1f` µs on a single
# core, so a whole run takes {glue:text}`run-seconds:.2f` s.
