# ---
# jupyter:
#   book:
#     long: true
#     after: [07_remedies]
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
# # Rivals
#
# :::{admonition} In one minute
# ```{glue:md} in-one-minute
# :format: myst
# ```
# :::
#
# Sections 6.1 and 6.3 of the paper judge other ways from pictures to parameters from reading. This page puts them side by side: the same
# pictures, the same budget, the same draws as for the {doc}`remedies <07_remedies>`, and the same plain baselines that
# every method has to beat. If you have a reaction–diffusion system to invert, {numref}`fig-which` is what to look at first.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
from dataclasses import replace

import numpy as np
import torch
import xarray as xr
from IPython.display import Markdown
from myst_nb import glue

from lib.paper import TRUTH
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import inversion as says
from lib.publishing.sentences.failing import fails
from lib.publishing.wording import said
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import beside_the_benchmark as beside_plots
from lib.showing.figures import inversion as plots
from lib.showing.widgets import Ranking
from lib.studies import inversion
from lib.studies.inversion import (
    asides,
    expense,
    gierer_meinhardt,
    pictures,
    prices,
    scores,
    standings,
    summary,
    tables,
    tuning,
)
from lib.studies.inversion.failing import failing
from lib.studies.inversion.sizes import sizes
from lib.studies.inversion.trials import COUNT

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
torch.set_num_threads(1)
found = inversion.in_profile(profile, SEED)
everybody = {name: (method.title, method.family) for name, method in inversion.METHODS.items()}
titles = {name: scheme.title for name, scheme in inversion.SCHEMES.items()}
told = summary.rivals(found)
beside = asides.asides(profile, SEED)
price = prices.evaluation(profile.inversion_size, 1) / (profile.inversion_steps * profile.inversion_size**2)
glue_all(told, "rv")
glue_all(beside.numbers, "rv-beside")
problems = len(profile.inversion_targets) * profile.inversion_seeds
glue("in-one-minute", Markdown(says.rivals(told, problems)), display=False)
glue_all(fails(failing(found), problems), "fails")
for key, value in {
    "rv-steps": profile.inversion_steps, "rv-size": profile.inversion_size, "rv-budget": profile.inversion_budget,
    "rv-problems": problems,
    "rv-trials": COUNT, "rv-hours": said(expense.hours(found, profile, sizes("paper"))),
    "rv-uncut": said(expense.hours(found, profile, replace(sizes("paper"), inversion_left_out=()))),
    "rv-failures": int(scores.failures(found).sum()),
    "rv-evaluation": price, "rv-evaluations": profile.inversion_budget / price,
}.items():  # fmt: skip
    glue(key, value, display=False)

# %% [markdown]
# ## Which method for which data

# %% data=["inversion_scores"] mystnb={"figure": {"caption": "Median over the problems of the largest of the four relative errors. Blue: below 5 %; red: above. A dash on grey: the method does not apply to such data, or was left out of this profile.", "name": "fig-which"}, "image": {"alt": "A coloured table of methods by kinds of data, an error in each field: blue below 5 %, yellow to red above, grey where a method does not apply."}} tags=["hide-input"]
typical = scores.median_error(found)
publish(xr.Dataset({"error": typical, "solved": scores.success(found)}), "inversion_scores")
plots.error_map(typical, everybody, scores.WITHIN)

# %% tags=["hide-input"]
Markdown(tables.which_for_what(found))

# %% [markdown]
# (Problems solved within 5 %, of {glue:text}`rv-problems`; median of the largest error.) {numref}`fig-rivals` shows when: a method that
# has its answer at once jumps at the left.

# %% data=["inversion"] mystnb={"figure": {"caption": "Share of the problems whose present answer is right within 5 %, against what has been spent. Dotted: baselines; dashed: methods that use the equations; dash-dotted: rivals; solid: the paper's descent and the remedies. A marker: all that the method reaches. Methods that solve nothing share the line at the bottom.", "name": "fig-rivals"}, "image": {"alt": "Panels of step curves over cost, one for each kind of data, one curve for each method that solves anything, and a flat line for all others."}} tags=["hide-input"]
publish(found.drop_vars("reason"), "inversion")
plots.success_against_cost(
    scores.success_against_cost(found), titles, everybody, profile.inversion_budget, scores.WITHIN
)

# %% [markdown]
# Did the budget stop a method too early? A curve has flattened if in the second half of the budget no further problem was solved
# within 5 % and the median error fell by less than a tenth of itself. By this rule, which was written down before the run:

# %% tags=["hide-input"]
Markdown(says.at_rest(tables.unsettled(found), tables.answering_once(found)))

# %% [markdown]
# Every method that has settings was tried with the same number of them, {glue:text}`rv-trials`. The trials ran on the grid and with the budget of the profile `quick`,
# on two targets that are not scored. These targets are the first two random sets of the box that form a pattern and differ from every scored target by more than 15 % in a parameter. The setting with the
# lowest typical error (the median of the errors' logarithms) was taken before anything on this page was scored.

# %% tags=["hide-input", "hide-output"]
Markdown(tables.trials(tuning.recorded()))

# %% [markdown]
# What it cost, and what the stated uncertainties are worth. Forward equivalents hold everything, libraries and trainings too; the
# seconds are those of an attempt whose library and training were there. The price of a solution includes failed attempts. It is given for the kind of data on which the method is cheapest.

# %% tags=["hide-input"]
Markdown(tables.costs(found))

# %% [markdown]
# Do the answers at least make the right pictures? {numref}`fig-recovered` runs those for the first target, seen as a settled $v$, from a new initial state, used neither for the data nor by a
# method. Above each, its loss on fresh states in units of the noise floor: at 1 the patterns cannot be told from the truth's.

# %% data=["inversion"] mystnb={"figure": {"caption": "v grown from a fresh initial state with the parameters that each method recovered from settled v alone; first the truth. Numbers: spectral loss against the truth, in units of that between two runs of the truth.", "name": "fig-recovered"}, "image": {"alt": "Small square pictures of v: the truth's first, then one for each method, with its name and its loss above."}} tags=["hide-input"]
grid = {"size": profile.inversion_size, "steps": profile.inversion_steps}
units = pictures.mismatch(found, "S1", **grid).isel(target=0, seed=0)
first = found.sel(scheme="S1").isel(target=0, seed=0)
answered = [str(n) for n in found.approach.values if bool(np.isfinite(first.params.sel(approach=n)).all())]
points = [first.truth.values, *(first.params.sel(approach=n).values for n in answered)]
fields = pictures.grown(points, **grid)[:, 0]
names = ["truth", *(f"{everybody[n][0]}: {float(units.sel(approach=n)):.1f}" for n in answered)]
plots.recovered(list(zip(names, fields, strict=True)))

# %% [markdown]
# Choose yours: what you have, how noisy it is, and what you can spend. The methods stand in the order of the problems they solve within 5 %,
# of {glue:text}`rv-problems`; where that is equal, the smaller median error comes first. The pictures are for the first target and draw, each grown from the same fresh
# initial state as the target's. *Load this* sets the table to a case.
#
# * A settled $v$ alone, the paper's case, with all of the budget.
#   <a class="load below" href="#ranking.data=0&amp;ranking.noise=0&amp;ranking.look=3">load this</a>
# * The same after a hundredth of the budget: who has an answer already?
#   <a class="load below" href="#ranking.data=0&amp;ranking.noise=0&amp;ranking.look=0">load this</a>
# * Settled $u$ and $v$, with noise where this profile has it.
#   <a class="load below" href="#ranking.data=1&amp;ranking.noise=1&amp;ranking.look=3">load this</a>

# %% tags=["hide-input"]
Ranking(
    standings.standings(found),
    standings.gallery(found, **grid),
    names=everybody,
    kinds=standings.kinds_of_data(profile.inversion_schemes),
    left_out=scores.not_run(found),
    limit=profile.inversion_budget,
    target=profile.inversion_targets[0],
)

# %% [markdown]
# ## The baselines
#
# **The box's centre** is what is known without a picture. **Random search** draws from the box and keeps the lowest spectral loss; it needs whole pictures.
# **The nearest neighbour** in a library of simulations compares levels and correlations instead. The library is made once, and its cost is charged in full to every target.
# **Latin hypercube + Gauss–Newton** spreads out a sample, then refines its three best by least squares on levels and correlations, averaged over two initial states,
#
# $$ p \leftarrow p - (J^\top J + \lambda D)^{-1} J^\top r . $$ (eq-gauss-newton)
#
# *Where it fails* (Gauss–Newton, from a settled $v$ alone): {glue:text}`fails-squares`
#
# ## Evolution
#
# {cite:t}`najarro2026` search by CMA-ES {cite}`hansen2016`: a normal distribution over the box is sampled, and moved and shaped by the better half,
#
# $$ m \leftarrow \textstyle\sum_i w_i\, x_{i:\lambda}, \qquad C \leftarrow (1-c)\,C + c \sum_i w_i\, y_{i:\lambda}\, y_{i:\lambda}^\top . $$ (eq-cma)
#
# It *needs* any loss at all, and simulations. Here it minimises the paper's spectral loss, and levels and correlations. Their populations have 128 members and
# their runs take 4,096 simulations or more. Ours have 16 or 32 members, and a run takes at most {glue:text}`rv-budget:.0f` simulations.
# *Where it fails* (spectral loss, from a settled $v$
# alone): {glue:text}`fails-evolution`

# %% tags=["hide-input"]
claims.record(
    "evolution-expensive",
    measured={
        "ratio": told.ratio, "evolution": told.evolution, "cheapest": told.cheapest, "solved": told.evolution_solved,
    },
    finding="On settled v alone an attempt by evolution spends {evolution:.0f} forward equivalents and solves {solved:.0%} of "
    f"{problems} problems; the cheapest "
    "method that solves at least half of them "
    + (f"({told.cheapest_name}) " if told.cheapest_name else "")
    + "spends {cheapest:.3g} equivalents for each one solved: a ratio of {ratio:.0f}.",
)  # fmt: skip

# %% [markdown]
# ### Distances of visual embeddings
#
# They compare pictures by what a network sees in them, by $1 - \cos$ between two embeddings. Theirs comes from a host that many machines cannot reach. Two others can be asked the
# same: what the convolutional reverse surrogate below has learned to look at, and the filters of the Gram loss.
# The table asks two questions. Take two patterns of one target and one of another: how often is the first nearer to the second, its own kind, than to the third? Chance is one half.
# Take points all over the searched range: from what share of them does a step of 2 % of the way towards the truth lower the distance?

# %% tags=["hide-input"]
Markdown(tables.embeddings(beside.embeddings))

# %% tags=["hide-input"]
claims.record(
    "embedding",
    measured={
        "told": beside.numbers.told,
        "downhill": beside.numbers.downhill,
        "living": beside.numbers.living,
        "triples": tables.triples(),
        "steps": beside.numbers.steps,
    },
    finding=f"In {{told:.0%}} of {tables.triples():,} comparisons of one pattern with one of its own kind and one of another the learned embedding puts its own "
    f"kind nearer, where chance is one half. Its distance falls in {{downhill:.0%}} of {beside.numbers.steps} steps towards a truth "
    f"({beside.embeddings[0].flat:.0%} of them change nothing), and in {{living:.0%}} of the {beside.numbers.between} between two patterns.",
)

# %% [markdown]
# ## Reverse surrogates
#
# {cite:t}`schnorr2023` learn the way back: features of a pattern in, parameters out. Cells are the nodes of a graph, neighbours are joined by a conductance of 1 inside one phase and
# of 0.0003 across its border (their reproduction has ten times as much); the histogram of *resistance distances* between cells says how long and how connected the pattern's pieces are. A Gaussian kernel regression does the rest,
#
# $$ p(x) = k(x, X)\,\big(k(X, X) + \lambda I\big)^{-1} P . $$ (eq-kernel)
#
# Beside it stands a **convolutional network** on the pictures themselves: three layers on a torus, mean and maximum over the field, four numbers out. Its authors find kernels better on small training sets and networks on large ones.
#
# *They need* a library (most of the budget here), and whole pictures. *They cost* nothing more for the next target. *They cannot* be asked to look closer.
# *Where it fails* (the kernel, from a settled $v$ alone): {glue:text}`fails-reverse`

# %% tags=["hide-input"]
claims.record(
    "surrogates-coarse",
    measured={"reverse": told.reverse, "best": told.best_error, "problems": problems},
    finding=f"From settled v alone, over {problems} problems, "
    "the reverse surrogate's largest error has a median of {reverse:.0%}; the best method there "
    + (f"({told.best_name}) " if told.best_name else "")
    + "is off by {best:.1e}.",
)

# %% [markdown]
# ## A neural posterior
#
# Why a mean, and not all sets that fit? Simulation-based inference {cite}`cranmer2020` learns from the same library how parameters are distributed *given* a picture. Its input
# is the mean of the picture and the correlations between cells at each distance. Its output is a distribution over the four parameters: a sum of normal distributions, after the
# searched range of each parameter has been stretched to the whole line,
#
# $$ \max_\theta \sum_i \log q_\theta(p_i \mid x_i), \qquad q_\theta(p \mid x) = \sum_k \pi_k(x)\, \mathcal N\big(p;\, \mu_k(x), L_k(x) L_k(x)^\top\big) . $$ (eq-posterior)
#
# *Needs* a library of patterns; noise and missing cells do not disturb the correlations. *Costs* some seconds of training once.
# *Where it fails*, from a settled $v$ alone: {glue:text}`fails-posterior`
#
# Are they right? For patterns that it was not taught with, the truth's rank among its draws must be uniform {cite}`talts2018`: {numref}`fig-ranks` asks it about {glue:text}`rv-beside-cases` patterns of another library.

# %% data=["inversion_ranks"] mystnb={"figure": {"caption": "Simulation-based calibration of the neural posterior for settled v: share of cases whose rank lies below a value, minus that value. Zero is right; a slope that rises in the middle means intervals that are too wide, and the other way round; a curve that leaves on one side only is off on average. The verdict takes the least of the four p-values. Grey: where 99 % of right posteriors lie at each rank.", "name": "fig-ranks"}, "image": {"alt": "Four curves around zero over the rank from 0 to 1, with a grey band of what chance allows."}} tags=["hide-input"]
publish(
    xr.Dataset({"rank": (("case", "parameter"), beside.ranks)}, coords={"parameter": list(TRUTH._fields)}),
    "inversion_ranks",
)
beside_plots.ranks(beside.ranks)

# %% tags=["hide-input"]
claims.record(
    "posterior-calibrated",
    measured={
        "lowest": beside.numbers.lowest,
        "highest": beside.numbers.highest,
        "doubt": beside.numbers.doubt,
        "cases": beside.numbers.cases,
    },
    finding=f"Asked about {beside.numbers.cases} patterns that it was not taught with, its central 90 % intervals hold the truth in "
    "{lowest:.0%} to {highest:.0%} of them, by parameter. Ranks as uneven as the most uneven parameter's have a probability of {doubt:.1g} under a right posterior.",
)

# %% [markdown]
# ## Ensemble Kalman inversion
#
# An ensemble of parameter sets moves by its own covariances, without any derivative {cite}`iglesias2013,iglesias2021`:
#
# $$ \theta_j \leftarrow \theta_j + C_{\theta G}\,(C_{GG} + \alpha I)^{-1} \big(y + \sqrt\alpha\,\xi_j - G_j\big) . $$ (eq-kalman)
#
# *Needs* simulations side by side, and members that form a pattern: most of the searched range forms none, so a larger sample is drawn first. It states an uncertainty, the ensemble's spread; for a linear model
# it is the right one. *Where it fails*, from a settled $v$ alone: {glue:text}`fails-kalman`
#
# ## Fits of the equations
#
# The **residual fit** of {doc}`Section 6 <06_residual>` is four linear equations. The **weak form** asks for the equations under smooth test functions only, and takes the noise's own share off. **Elimination** computes
# the unseen $u$ from $v$,
#
# $$ (F + v^2 - D_u\nabla^2)\,u = F, $$ (eq-eliminate)
#
# and searches the two parameters that remain. They *need* a settled picture, made by these equations, and its units: $v$ as a concentration, the spacing of the cells. The residual fit also does with part of the cells.
# *Cost*: seconds or less. With 1 % of noise the plain fit's median error is {glue:text}`rv-residual-noisy`, that of the weak form {glue:text}`rv-weak-noisy`.
# *Where it fails* (the weak form, on $u$ and $v$ with 1 % of noise): {glue:text}`fails-weak`
#
# **Sparse terms.** What if the equations are not known? Offer ten terms to each, products of $u$ and $v$ up to the third power and the field's own Laplacian, and take the few that explain the
# reaction $u v^2$, which fixes the scale,
#
# $$ \langle\psi, u v^2\rangle = \sum_i \xi_i\, \langle\psi, \theta_i(u, v)\rangle, \qquad \text{few } \xi_i \ne 0, $$ (eq-sparse)
#
# under smooth test functions $\psi$ {cite}`messenger2021`. Of {glue:text}`rv-problems` problems it solves {glue:text}`rv-sparse` without noise and {glue:text}`rv-sparse-noisy` with 1 % of it. *Where it
# fails*, on $u$ and $v$ with 1 % of noise: {glue:text}`fails-sparse`
#
# One caution. Data and fits share one discretisation here, which flatters whoever uses the equations; scheme S7 of the `paper` profile makes its data on a finer grid with shorter steps.
#
# ## Networks under the equations
#
# A physics-informed network {cite}`raissi2019,kho2022` shows $u$ and $v$ at every cell, and is trained together with the parameters,
#
# $$ \min_{\theta, p}\; L_\text{data}(\theta) + \alpha\, L_\text{residual}(\theta, p) . $$ (eq-network)
#
# The network is that of {doc}`Section 6's own page <06b_network>`, trained by L-BFGS. It *needs* a settled picture; cells may be missing, and so may $u$. Three ways to train it:
# with **tanh**, with **sines** {cite}`sitzmann2020`, and with the **homotopy** of {cite:t}`zheng2024`, which begins with heavy equations and lets go, $\alpha_n = 0.6^n \alpha_0$ in ten stages.
# An evaluation of the losses with all slopes costs as much as {glue:text}`rv-evaluation:.2f` forward equivalents, so that the common budget is about {glue:text}`rv-evaluations:.0f` of them.
# *Where it fails* (tanh, on settled $u$ and $v$): {glue:text}`fails-network-tanh`
# How many steps a training takes until it rests is measured on {doc}`06b_network`.
#
# Through time there are two more, for $v$ at five times: **one network** for the whole time, and one **window after the other** as {cite:t}`krishnapriyan2021` do, each from one frame to the next, each beginning with what the last one shows.
# Both ideas work where they come from: in this book's tests the homotopy finds both solutions and the parameter of its authors' own example, and ten windows cut the error of fast convection by more than ten.

# %% tags=["hide-input"]
claims.record(
    "network-avoids",
    measured={"network": told.network, "error": told.network_error, "problems": problems},
    finding="In the common budget the better of two networks ("
    + (told.network_name or "none was run")
    + f") solves, of {problems} problems with settled u and v, "
    "{network:.0%}; the median of its "
    "largest error is {error:.0%}.",
)

# %% tags=["hide-input"]
claims.record(
    "homotopy-cost",
    measured={"ratio": told.homotopy_ratio, "cost": told.homotopy_cost, "solved": told.homotopy},
    finding="On settled u and v an attempt with homotopy spends {cost:.0f} forward equivalents, {ratio:.0f} times what the cheapest "
    "method that solves half of the problems spends for each one solved. With homotopy, "
    f"of {problems} problems, "
    "{solved:.0%} are solved.",
)

# %% tags=["hide-input"]
claims.record(
    "windows-gain",
    measured={"windows": told.windows, "whole": told.whole, "problems": problems},
    finding=f"Over {problems} problems the median of the largest error is {{windows:.0%}} window after window; with one network for the whole time, in the same budget, {{whole:.0%}}.",
)

# %% [markdown]
# ## Networks that go forward
#
# {cite:t}`giampaolo2022` use a network for the forward problem: parameters and start are known, $u$ and $v$ are sought. Against what? {numref}`fig-forward` puts their network (four layers of 20, Adam), once alone and once given the
# solver's values at ten points in time, beside the simulator on coarse to fine grids: their parameters, $t \le 5{,}000$, and error against a grid four times as fine, over the moments at which that grid and the one half as fine agree within a tenth: later on patterns have divided in ways that depend on the grid, and nobody knows the answer.

# %% data=["inversion_forward"] mystnb={"figure": {"caption": "Relative error of v, over the moments at which the two finest grids agree, against processor time on one core. Points: the simulator on grids from a quarter to twice as fine as the field. Lines: trainings of a forward network.", "name": "fig-forward"}, "image": {"alt": "Relative error against processor time, both axes logarithmic: a point for each grid of the simulator, a line for each training of a network."}} tags=["hide-input"]
publish(asides.as_dataset(beside.forward.courses), "inversion_forward")
beside_plots.course(beside.forward.courses)

# %% tags=["hide-input"]
Markdown(says.forward(beside.numbers))

# %% tags=["hide-input"]
claims.record(
    "forward-pinn",
    measured={
        "ratio": beside.numbers.ratio,
        "network": beside.numbers.network,
        "solver": beside.numbers.solver,
        "moments": beside.numbers.moments,
    },
    finding="Over {moments:.0f} moments at which the answer is known the better network is off by {network:.0%}, the most accurate run of the simulator that took no more time by {solver:.1%}: {ratio:2r} times as much.",
)

# %% [markdown]
# ## On known ground
#
# A method that fails here should first work where it is known to. The reverse surrogates and the posterior come from Gierer and Meinhardt's model {cite}`gierer1972` with four parameters and a
# prior of {cite:t}`schnorr2023`. Below are errors in units of each parameter's own spread (1: nothing learned), in brackets the rank correlation, for patterns that none was taught with.

# %% tags=["hide-input"]
ground = gierer_meinhardt.recorded()
Markdown(tables.known_ground(ground))

# %% tags=["hide-input"]
Markdown(says.kernel_or_network(ground))

# %% [markdown]
# The others are held to their known cases by this book's tests: evolution to a bent valley in four dimensions; the surrogate with time to simulations that it has not seen; the ensemble and the conditional
# density to a linear model with normal noise, whose posterior is known; the homotopy to both solutions of its authors' example; windows in time to convection at $\beta = 30$.
#
# ## A method of yours
#
# A method is one function of the data, a budget and a seed. It simulates through the budget, which counts, and pays for other heavy work with `budget.work(cell_steps)`; a second of a
# processor is worth `cell_steps_per_second()` of them. One that raises, answers no number, states another cost than was counted, or takes far more processor time than it paid for has *failed*: it is counted, and nothing breaks. Attempts on this page that failed: {glue:text}`rv-failures`. This one walks at random from the centre:

# %%
import numpy as np

from lib.studies.inversion.recovery import to_box


def walk(budget, goal, start, draw):
    while True:
        centre = np.array(budget.history[-1][1:]) if budget.history else to_box(np.full(4, 0.5))
        points = centre * np.exp(0.1 * draw.standard_normal((16, 4)))
        run = budget.simulate(points.clip(1e-3, 0.24), start)
        for point, loss in zip(points, goal.loss(run.v, run.u), strict=True):
            budget.note(point, float(loss))


# %% [markdown]
# The method gives the walk what it needs, and lets it go on until the budget is spent:

# %%
from lib.initial_states import initial_state
from lib.studies.inversion.budget import spend
from lib.studies.inversion.recovery import concluded
from lib.studies.inversion.statistics import Statistics


def recover(data, budget, seed):
    start, draw = initial_state(1, size=data.size, seed=seed), np.random.default_rng(seed)
    return concluded(budget, spend(budget, lambda: walk(budget, Statistics(data), start, draw)))


# %% [markdown]
# One problem, a quarter of the budget:

# %%
from lib.studies.inversion.attempt import attempt

problem = inversion.one_problem("maze", "S1", **grid)
mine = attempt(recover, problem.data, profile.inversion_budget / 4, seed=0)
print(mine.ending, mine.reason, f"{mine.cost:.0f} forward equivalents")
print("relative errors:", np.round(mine.params / np.array(problem.truth) - 1, 2))

# %% [markdown]
# Put such a function into a file of its own in `lib/studies/inversion/methods`, add a line to the table there, and it stands in every figure of these two pages.
#
# ## What is not here
#
# * Networks for one settled picture are shown on settled $u$ and $v$ only, unless the profile is `paper`.
# * The visual embedding of {cite:t}`najarro2026` itself is not computed; two others stand for it.
# * Trials of settings were few, and on two targets; another budget may want other settings.
# * The profile shown has {glue:text}`rv-problems` problems for each kind of data and a budget of {glue:text}`rv-budget:.0f`; the profile `paper` has eight targets, five seeds, a thousand forward equivalents and all ten kinds of data.
#   It has been run whole once: {doc}`the page of runs <../runs>` has its record, and {doc}`the board <../claims>` says beside each verdict
#   how it came out there. From the processor seconds of this run it would take {glue:text}`rv-hours` hours on two such cores, and
#   {glue:text}`rv-uncut` if nothing were left out. So it leaves out descents on noisy, patchy, young and foreign pictures, and networks on one
#   picture wherever a neighbouring kind of data says the same.
