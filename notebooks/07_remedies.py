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
# # Section 5.2: remedies
#
# :::{admonition} In one minute
# ```{glue:md} in-one-minute
# :format: myst
# ```
# :::
#
# Section 5.2 of the paper names three ways out of the landscape that it found, and tries none: **(a)** a better loss, **(b)** a
# surrogate with time as an input, **(c)** supervision at intermediate times. Here they are, each in one file of
# `lib/studies/inversion/methods`, all under the same rules:
#
# * **One currency.** A *forward equivalent* is one full simulation of {glue:text}`rm-steps:,` steps on
#   {glue:text}`rm-size` × {glue:text}`rm-size` cells. A run that dies early costs what it took; a run with its exact gradient costs
#   {glue:text}`rm-gradient:.1f`, as measured when the prices were fixed; the engine's way back has become cheaper since, so
#   descents are charged a little too much. Other work (linear algebra, networks) has a fixed price in cell-steps: the seconds that it took, times the
#   simulator's speed, both measured side by side. Each method may spend
#   {glue:text}`rm-budget:.0f`.
# * **One question.** A problem is solved if all four parameters end within 5 % of the truth. The box that is searched
#   is known to all; it is the one that the training of {doc}`Section 3 <03_training>` starts in.
# * **No peeking.** A method gets pictures and what the photographer would know. It draws initial states of its own.
# * {glue:text}`rm-targets` targets × {glue:text}`rm-seeds` draws of initial state and noise for each kind of data.
#
# What a method may see differs: a settled $v$ alone is the paper's case (S1); $u$ and $v$ (S2), with noise (S3); $v$ at five times with
# the start known (S5). {doc}`The next page <08_rivals>` has more of them, and the rivals.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import torch
from IPython.display import Markdown
from myst_nb import glue

from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import inversion as says
from lib.publishing.sentences.failing import fails
from lib.publishing.wording import percent
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import inversion as plots
from lib.studies import inversion
from lib.studies.inversion import budget, scores, summary, tables
from lib.studies.inversion.failing import failing
from lib.studies.inversion.methods import time_surrogate
from lib.studies.inversion.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
torch.set_num_threads(1)
found = inversion.in_profile(profile, SEED)
everybody = {name: (method.title, method.family) for name, method in inversion.METHODS.items()}
titles = {name: scheme.title for name, scheme in inversion.SCHEMES.items()}
chosen = ["centre", "paper", "log-amplitude", "level-aware", "transport", "surrogate", "growing", "horizon"]
told = summary.remedies(found)
glue_all(told, "rm")
problems = len(profile.inversion_targets) * profile.inversion_seeds
glue("in-one-minute", Markdown(says.remedies(told, problems)), display=False)
glue_all(fails(failing(found), problems), "fails")
for key, value in {
    "rm-steps": profile.inversion_steps, "rm-size": profile.inversion_size, "rm-budget": profile.inversion_budget,
    "rm-gradient": budget.GRADIENT, "rm-targets": len(profile.inversion_targets), "rm-seeds": profile.inversion_seeds,
    "rm-lessons": percent(time_surrogate.SHARE),
}.items():  # fmt: skip
    glue(key, value, display=False)

# %% [markdown]
# ## All of them at once

# %% data=["inversion_remedies"] mystnb={"figure": {"caption": "Share of the problems whose present answer is right, against what has been spent, a panel for each kind of data. A marker: all that the method reaches. Methods that solve nothing share the line at the bottom. A method that is not drawn does not apply there, or was left out of this profile.", "name": "fig-remedies"}, "image": {"alt": "Panels of step curves over cost, one curve for each method that solves anything, and a flat line for all others."}} tags=["hide-input"]
part = found.sel(approach=chosen)
curves = scores.success_against_cost(part)
publish(part.drop_vars("reason"), "inversion_remedies")
plots.success_against_cost(curves, titles, everybody, profile.inversion_budget, scores.WITHIN)

# %% tags=["hide-input"]
Markdown(tables.which_for_what(found, chosen))

# %% [markdown]
# (Problems solved, and the median over the problems of the largest of the four relative errors.)
#
# ## (a) A better loss
#
# *Needs* a settled $v$, and $u$ if there is one. Three losses, each with the exact gradient through every step that the paper's own loss has
# here, and with the same line search: a step is doubled after success and quartered after failure, from the paper's start and then from random ones.
#
# **Falling floor, log level.** Where $v$ dies, its end is zero for *all* parameters, and no loss of the end has a slope there. Some hundred
# steps after the start it still has one, since $v$ falls as $e^{-(F+k)t}$. So
#
# $$ L_s = \text{spectral}(v(T), v^*; \varepsilon_s) + w_s\, \overline{(\log\langle v(t)\rangle - \log\langle v^*\rangle)^2}\,, $$ (eq-falling)
#
# with the floor $\varepsilon_s$ falling to the paper's and $w_s$ to zero in three stages: first get off the plateau, then find the
# coarse waves, then the fine ones. The last stage is the paper's loss.
#
# **Level-aware.** The paper's loss takes the mean off and the logarithm of every wave. This one compares statistics of the pattern, as the likelihoods
# of {cite:t}`kazarnikov2020` do; here they are the mean, and correlations by distance, $C(r) = \langle (v-\bar v)(v'-\bar v)\rangle$ over all pairs of cells $r$ apart. Among uniform living states it has a slope where the paper's has none.
#
# **Transport.** Sum the power over rings of one wave number $r$, and ask how far power has to be *moved* along $r$ to turn one pattern's shares $p$ into the other's, $q$.
# On a line the cheapest way has a closed form in the cumulative sums $P$ and $Q$ {cite}`peyre2019`:
#
# $$ L = \Big(\tfrac1{W_0} \sum_r |P(r) - Q(r)|\Big)^2 + \Big(\log \tfrac{\text{power}}{\text{power}^*}\Big)^2, \qquad W_0 = \sum_r q(r)\,|r - \bar r|\,. $$ (eq-transport)
#
# The paper's loss compares wave by wave: it is flat once two peaks do not overlap. This one grows with the distance between them.
#
# Where do they fail? From a settled $v$ alone:
#
# * *Falling floor, log level*: {glue:text}`fails-log-amplitude`
# * *Level-aware*: {glue:text}`fails-level-aware`
# * *Transport*: {glue:text}`fails-transport`

# %% tags=["hide-input"]
claims.record(
    "remedy-loss",
    measured={
        "best": told.best, "paper": told.paper, "amplitude": told.amplitude, "level": told.level,
        "paper_error": told.paper_error, "best_error": told.best_error, "problems": problems,
    },
    finding=f"With settled v alone, over {problems} problems, " "the falling floor solves {amplitude:.0%}, the level-aware loss {level:.0%}, the paper's "
    "loss {paper:.0%}. The median of the largest error is {best_error:.0%} with the better of the two and {paper_error:.0%} with the paper's.",
)  # fmt: skip

# %% tags=["hide-input"]
claims.record(
    "remedy-transport",
    measured={"transport": told.transport, "paper": told.paper, "problems": problems},
    finding=f"Of {problems} problems with settled v alone the descent solves "
    "{transport:.0%} under transport between ring spectra, and {paper:.0%} under the paper's loss.",
)

# %% [markdown]
# Transport and the paper's loss side by side, for a picture near the goal and one farther away:

# %%
from lib import TRUTH, initial_state, losses, simulate
from lib.studies.inversion.transport import cost, ring_power

start = initial_state(1, size=64, seed=SEED)
goal, near, far = (simulate(TRUTH._replace(k=x), start, 10_000).v for x in (0.0645, 0.064, 0.061))
for name, v in (("near", near), ("far", far)):
    print(name, cost(ring_power(v), ring_power(goal)).item(), losses.spectral(v, goal).item())

# %% [markdown]
# ## (b) A surrogate with time
#
# *Needs* simulations all over the box, made once {cite}`forrester2008`. A network with two hidden layers maps $(D_u, D_v, F, k, \log t)$ to the levels and correlations
# of $u$ and $v$ at time $t$. From many starts, parameters *and time* descend the surrogate's loss together,
#
# $$ \min_{p,\,t}\; \lVert S(p, t) - s^* \rVert^2, \qquad t \to T, $$ (eq-surrogate)
#
# as the paper proposes: early times first, where the ground is gentler, then the end. The best ends are simulated, and the closest in truth is the answer.
# *Cost*: {glue:text}`rm-lessons` of the budget for the lessons, a few seconds for the network; a second target pays for its checks only.
# *Where it fails*, from a settled $v$ alone: {glue:text}`fails-surrogate`

# %% tags=["hide-input"]
claims.record(
    "remedy-surrogate",
    measured={"surrogate": told.surrogate, "paper": told.paper, "problems": problems},
    finding=f"Of {problems} problems, the surrogate, descended with time set free, "
    "solves {surrogate:.0%}; the paper's descent {paper:.0%}.",
)

# %% [markdown]
# ## (c) Supervision at intermediate times
#
# *Needs* frames between start and end, and the start. Fit the first frame pixel by pixel; go on from there to the first two, and so on:
#
# $$ \min_p \sum_{i \le n} \lVert v(t_i; p) - v^*(t_i) \rVert^2, \qquad n = 1, 2, \dots $$ (eq-growing)
#
# A pattern a hundred steps old depends smoothly on the parameters; where it leads, the next frame is close enough to be fitted too.
# *Cannot* do without the start. *Where it fails*, on $v$ at five times: {glue:text}`fails-growing`

# %% tags=["hide-input"]
claims.record(
    "remedy-intermediate",
    measured={"growing": told.growing, "paper": told.last, "problems": problems},
    finding=f"Of {problems} problems, fitting frame after frame "
    "solves {growing:.0%}, the paper's descent on the last of these frames {paper:.0%}.",
)

# %% [markdown]
# ### … and where there are no such frames
#
# The paper adds that frames between are not to be had in its setting. {doc}`The page on the horizon <06c_horizon>` shows what to do instead, if $u$ is known:
# start *from the settled picture*, look $T$ steps ahead, and grow $T$ from 1 to 30,
#
# $$ \min_p \lVert G_p^{\,T}(D) - D \rVert^2, \qquad T = 1, 3, 10, 30 . $$ (eq-growing-horizon)
#
# At $T = 1$ it is the residual loss, a bowl; the steps after that wash the noise away. *Cost*: less than one simulation. *Cannot* do without $u$, without
# every cell, or on a picture that has not settled. *Where it fails*, on $u$ and $v$ with 1 % of noise: {glue:text}`fails-horizon`

# %% tags=["hide-input"]
claims.record(
    "remedy-horizon",
    measured={"clean": told.clean, "noisy": told.noisy, "problems": problems},
    finding=f"Of {problems} problems, the growing horizon "
    "solves {clean:.0%} without noise and {noisy:.0%} with 1 % of it.",
)

# %% [markdown]
# ## What is not here
#
# * The surrogate is a small network of summary statistics, not an operator that predicts whole pictures.
# * No loss by learned filters.
# * The descents take plain steps with a line search. Whether another optimiser would do better under the same losses was not tried.
# * The budget ends at {glue:text}`rm-budget:.0f` forward equivalents. {doc}`The next page <08_rivals>` says by a rule whose curve has come to rest by then, and
#   lists all trials of settings, which were made on targets that are not scored.
