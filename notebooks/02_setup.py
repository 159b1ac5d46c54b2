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
# Two substances share a square dish. One, $u$, is fed from outside; the other, $v$, eats it, copies itself
# and is washed out. Both diffuse. Gray and Scott wrote the chemistry down {cite}`gray1984`, Pearson showed
# what it can draw {cite}`pearson1993`: spots that divide, stripes, mazes, or nothing at all.
# The paper {cite}`yang2026` asks the question backwards. *Given the final picture, which four numbers made it?*
#
# This page sets up everything the later ones need: the equations, the steps that solve them, the losses that
# compare pictures, and how far each number can be trusted.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
import torch
import xarray as xr
from myst_nb import glue

from lib import SAMPLED_NAMES, SAMPLED_SETS, TRUTH, Params, initial_state, simulate
from lib.history import drift, history
from lib.publishing.datasets import publish
from lib.running.device import use
from lib.running.step_time import step_time
from lib.showing import figures
from lib.studies.landscapes import sweep
from lib.studies.landscapes.sizes import sizes

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
# how fast $v$ is removed on top of that. The dish is a grid of 128 × 128 cells whose edges meet (periodic
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
# Every run begins with a nearly empty dish, $u \approx 1$ and $v \approx 0$ with two percent of noise, and a
# square of 20 × 20 cells in the middle where $u = 0.5$ and $v = 0.25$. Values below zero are cut off, so the
# noise of $v$ is half a bell. Only the noise differs from one initial state to the next; each is drawn from a
# seed, and the same seed gives the same bits.
#
# ## Seven places in parameter space
#
# The paper keeps coming back to seven parameter sets: the optimiser's start, two points of its trajectory, the
# truth, and three more where it happened to pass. {numref}`fig-evolution` starts all seven from one and the
# same initial state.

# %% data=["evolution"] mystnb={"figure": {"caption": "The seven sampled parameter sets, grown from the same initial state. The first two lose their pattern, one with v everywhere, one with none: a dish like that looks the same whatever the parameters were, and this is where the trouble of Section 3 begins. Set 3 ends in the truth's kind of picture with other parameters. Set 7 waits at four dots for a long time; whether they ever divide depends on the noise.", "name": "fig-evolution"}, "image": {"alt": "Seven rows of square pictures of v at six times. Rows one and two go dark; the others grow spots."}} tags=["hide-input"]
times = [t for t in (0, 250, 1000, 4000, 10_000, 40_000) if t <= profile.steps]
sets = Params(*(torch.tensor(column) for column in zip(*SAMPLED_SETS, strict=True)))
same_start = initial_state(1, size=profile.size, seed=SEED)
crowd = type(same_start)(*(field.repeat(len(SAMPLED_SETS), 1, 1) for field in same_start))
evolution = history(sets, crowd, times)
names = [f"{i}  {name}" for i, name in enumerate(SAMPLED_NAMES, start=1)]
publish(evolution[["v"]].assign_attrs(sets=", ".join(names)), "evolution")
figures.fields(evolution.v.transpose("batch", "time", ...).values, names, [f"t = {t:,}" for t in times])
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
# zero. {numref}`tab-sets` gives both for the spectral loss.

# %% tags=["hide-input"]
setting = {"seed": SEED, "size": profile.size, "steps": profile.steps, "device": device}
losses = ("spectral", "windowed")
shared = sweep.evaluate(
    np.array(SAMPLED_SETS), states=profile.cut_states, losses=losses, title="seven sets", **setting
)
publish(shared, "seven_sets")

targets = simulate(TRUTH, initial_state(4, size=profile.size, seed=SEED + 1), profile.steps).v
ends = torch.as_tensor(shared.v.values)
independent = sweep.cross_losses(ends, targets)

# %% data=["seven_sets"] mystnb={"figure": {"caption": "The seven sets scored against the truth: from shared initial states (mean of the states) and against targets from other initial states.", "name": "tab-sets"}} tags=["remove-input"]
from IPython.display import Markdown

rows = [
    f"| {name} | {Du:.4f} | {Dv:.4f} | {F:.4f} | {k:.4f} | {s:.1f} | {w:.1f} | {x:.1f} |"
    for name, (Du, Dv, F, k), s, w, x in zip(
        names, SAMPLED_SETS, shared.spectral.mean("state").values, shared.windowed.mean("state").values,
        independent, strict=True,
    )
]  # fmt: skip
head = "| set | $D_u$ | $D_v$ | $F$ | $k$ | spectral | windowed | spectral, other initial states |\n|:--|--|--|--|--|--:|--:|--:|\n"
Markdown(head + "\n".join(rows))

# %% tags=["remove-cell"]
mean = shared.mean("state")
for i in range(7):
    glue(f"spectral-{i + 1}", float(mean.spectral[i]), display=False)
    glue(f"windowed-{i + 1}", float(mean.windowed[i]), display=False)
seventh = shared.windowed[6]
few = seventh > 100
glue("few-dots", int(few.sum()), display=False)
glue("states", few.size, display=False)
glue("windowed-few", float(seventh.where(few).mean()), display=False)
glue("windowed-full", float(seventh.where(~few).mean()), display=False)
glue("truth-other-states", float(independent[3]), display=False)

# %% [markdown]
# Three things to carry along. Where the pattern dies, the spectral loss is {glue:text}`spectral-1:.1f` and stays
# there, whatever the parameters. Set 7 scores {glue:text}`spectral-7:.1f` on average, hardly another loss than the
# {glue:text}`spectral-3:.1f` of set 3 or the {glue:text}`truth-other-states:.1f` that the truth itself scores when
# the initial states differ. And set 7 is not one picture but two: {glue:text}`few-dots` of
# {glue:text}`states` initial states end with a few dots, at a windowed loss of {glue:text}`windowed-few:.0f`, the
# others with a full dish, at {glue:text}`windowed-full:.0f`. A mean over initial states, which is what a landscape
# shows, can hide that.
#
# ## Parameters without walls
#
# Gradient descent needs to move freely, so the paper searches in other coordinates:
# $D = \operatorname{softplus}(\tilde D)$ keeps the diffusion coefficients positive and
# $F, k = 0.1\,\sigma(\tilde F), 0.1\,\sigma(\tilde k)$ keep the rates between 0 and 0.1. The search starts at
# $\tilde D = -2$ and $\tilde F = \tilde k = 0$, that is $D_u = D_v = 0.1269$ and $F = k = 0.05$. A diffusion
# coefficient above 1/4 would make equation {eq}`eq-step` unstable for any reaction at all, and is refused here
# with a sentence instead of a screen of NaNs. Stability has more to say than that bound:
# {doc}`Section 4 <04_landscapes>` shows runs that diverge well inside it.
#
# ## How far to trust a number
#
# Everything runs in single precision (float32), as in the paper. {numref}`fig-precision` shows how far that
# carries: the run of the truth in float32 against the same run in float64, and the compiled engine against the
# ten lines of plain PyTorch that serve as its oracle.

# %% data=["precision"] mystnb={"figure": {"caption": "Drift between two computations of the same run at the truth. Round-off is amplified each time spots divide, so the curves keep climbing until the dish is full.", "name": "fig-precision"}, "image": {"alt": "Three growing curves on logarithmic axes, from one ten-millionth after ten steps to a few hundredths after ten thousand."}} tags=["hide-input"]
marks = [t for t in (10, 30, 100, 300, 1000, 3000, 10_000) if t <= profile.steps]
single = initial_state(1, size=profile.size, seed=SEED)
double = type(single)(*(field.double() for field in single))
exact = history(TRUTH, double, marks)
fast = history(TRUTH, single, marks)
plain = history(TRUTH, single, marks, backend="eager")
drifts = {
    "compiled float32 against float64": drift(fast, exact),
    "plain PyTorch float32 against float64": drift(plain, exact),
    "compiled against plain PyTorch, both float32": drift(fast, plain),
}
glue(
    "drift-1000",
    float(drifts["compiled float32 against float64"][marks.index(max(t for t in marks if t <= 1000))]),
    display=False,
)
glue("drift-last", float(drifts["compiled float32 against float64"][-1]), display=False)
glue("drift-steps", f"{marks[-1]:,}", display=False)
publish(
    xr.Dataset(
        {"difference": (("way", "steps"), np.stack(list(drifts.values())))},
        coords={"way": list(drifts), "steps": marks},
    ),
    "precision",
)
figures.precision(np.array(marks), drifts)

# %% [markdown]
# After 1,000 steps single and double precision differ by {glue:text}`drift-1000:.1e` in the worst cell, after
# {glue:text}`drift-steps` steps by {glue:text}`drift-last:.1e`. The two engines part at the same pace as either
# parts from the exact run, so neither is the better one. What drifts is the *position* of spots: which way a
# spot divides hangs on the last bits. The losses above are made not to care.
#
# ## How long is a step?
#
# A run of 40,000 steps is 655 million cell updates. The simulator of this book is one short C file that keeps
# a whole dish inside the processor's caches; `benchmarks/cpu_step.py` compares it with plain PyTorch, a
# straightforward C loop, JAX and py-pde on your machine.

# %% tags=["remove-cell"]
microseconds = step_time(profile.size)
glue("step-us", microseconds, display=False)
glue("run-seconds", microseconds * 40_000 / 1e6, display=False)

# %% [markdown]
# On the machine that made this page one step of one simulation took {glue:text}`step-us:.1f` µs on a single
# core, so a whole run takes {glue:text}`run-seconds:.2f` s. That is what turns the tens of hours of the
# original experiments into minutes.
