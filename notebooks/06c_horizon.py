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
# # The horizon: from bowl to cliff
#
# :::{admonition} In one minute
# Start a simulation from the picture itself, run it for $T$ steps and compare: one family of losses.\
# At $T = 1$ it is the residual's bowl, at $T = 40{,}000$ it has the paper's plateaus and cliffs.\
# {glue:text}`hz-between`
# :::
#
# The paper has two results that seem to come from different worlds. Run the model for 40,000 steps and
# compare pictures: plateaus and cliffs, and no way down ({doc}`Section 4 <04_landscapes>`). Ask whether a
# picture satisfies the equations: a bowl ({doc}`Section 6 <06_residual>`). This page joins them. Take the
# settled picture $D = (u, v)$ itself as the *start*, run the model for $T$ steps at candidate parameters $p$,
# and see how far it has moved:
#
# $$ L(p;\,T) = \frac1N \sum_{\text{cells}} \left| G_p^{\,T}(D) - D \right|^2 , $$ (eq-horizon)
#
# where $G_p$ is one step of the model. At the truth the picture stands still as far as it has settled, so $L$
# all but vanishes there whatever $T$ is. At $T = 1$ the difference *is* the right-hand side of the equations:
# $L$ is the residual loss. At $T = 40{,}000$ it is a loss between the ends of long simulations. One number,
# the **horizon** $T$, leads from one to the other.
#
# Cutting a long run into short ones that start from data is an old idea: *multiple shooting* does it for
# boundary value problems and parameter estimation {cite}`bock1983`, and makes training through long dynamics
# tractable {cite}`turan2021`. Going from an easy problem to the hard one by a parameter is *homotopy*, or
# continuation; for losses along trajectories it has been used to train neural differential equations
# {cite}`ko2023`. That a loss can grow rough with the length of the simulation is known from system
# identification {cite}`ribeiro2020smoothness` and for recurrent models {cite}`ribeiro2020`, and so is the part that chaotic stretches have in it {cite}`metz2021`. What
# follows measures it for this system.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import torch
from IPython.display import Markdown

from lib import grid
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import horizon as told
from lib.publishing.wording import fold, percent, said
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import horizon as plots
from lib.showing.tables import horizon as listed
from lib.studies import horizon
from lib.studies.horizon import summary
from lib.studies.horizon.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
torch.set_num_threads(1)
field = {"size": profile.size, "settle": profile.horizon_settle, "seed": SEED}
small = field | {"size": profile.horizon_size}
squares, descents, few = profile.horizon_squares, profile.horizon_descents, dict(profile.horizon_few)
common = {"count": profile.horizon_starts, **small}
depth = horizon.settled(**field).v
glue_all(
    {"hz-starts": profile.horizon_starts, "hz-iterations": profile.horizon_iterations, "hz-trials": profile.horizon_trials,
     "hz-size": profile.horizon_size, "hz-full": profile.size, "hz-settle": profile.horizon_settle,
     "hz-share": percent(0.01 / float(depth.max() - depth.min()))}
)  # fmt: skip

# %% [markdown]
# ## The family in one picture
#
# The maps of {numref}`fig-horizon` show the F–k plane around the truth as $T$ grows, and at their end the
# paper's own loss. The curves below them show how many starts lead each search to the truth. There are {glue:text}`hz-starts`
# starts: the paper's own, $(0.127, 0.127, 0.05, 0.05)$, and random ones from the box that the training of
# {doc}`Section 3 <03_training>` starts in. What counts is the same at every horizon:
#
# * a start **finds the truth** if all four parameters end within 1 % of it;
# * **plain gradient descent** gets {glue:text}`hz-iterations` trial steps with the exact gradient through all
#   $T$ steps, in the paper's own coordinates, and nothing but a rate that adapts (doubled after success,
#   quartered after failure);
# * **least squares** (Gauss–Newton in a trust region, sensitivities of every cell to every parameter) gets
#   {glue:text}`hz-trials` trial points.
#
# Both are needed. Plain descent crawls along a long valley even where nothing else is wrong, so its failure
# alone proves little. Least squares does not mind the valley's shape; where *it* fails, the landscape is to
# blame. The searches run in float64 on a grid of {glue:text}`hz-size` × {glue:text}`hz-size` cells with data
# settled for {glue:text}`hz-settle:,` steps; the landscapes on {glue:text}`hz-full` × {glue:text}`hz-full`.

# %% data=["horizon_plane", "horizon_squares", "horizon_descent"] mystnb={"figure": {"caption": "Above: loss over the F–k plane as a share of its largest value (white lines: every tenth; orange: the highest line that closes around the truth within the map; star: truth), from the residual's bowl to the paper's cliff. Below: share of the starts from which each search finds all four parameters within 1 %; open circles: of the first few starts. Hatched, if anywhere: horizons at which a search was not run.", "name": "fig-horizon"}, "image": {"alt": "Above, maps of the loss over the F–k plane from short horizons to long ones, the truth marked by a star. Below, one curve for each search: the share of starts that find the truth, against the horizon."}} tags=["hide-input"]
by_squares = horizon.recover(squares, method="squares", budget=profile.horizon_trials, few=few, **common)
by_descent = horizon.recover(descents, method="descent", budget=profile.horizon_iterations, few=few, **common)
axes = {name: horizon.CUT_ENDS[name] for name in ("F", "k")}
plane = horizon.panorama(grid.axes_over(axes, (profile.horizon_plane,) * 2), profile.horizons, **field)
for name, dataset in (("plane", plane), ("squares", by_squares), ("descent", by_descent)):
    publish(dataset, f"horizon_{name}")
plots.family(plane, [by_squares, by_descent], horizon.shown(profile.horizons))

# %% tags=["hide-input"]
by_search = {"squares": summary.search(by_squares), "descent": summary.search(by_descent)}
glue_all(told.phrases(by_search["squares"]))
listed.searches(by_squares, by_descent)

# %% tags=["hide-input"]
Markdown(told.searches(**by_search))

# %% [markdown]
# {numref}`fig-horizon-errors` has every search. Why plain descent breaks earlier, for a reason of its own,
# comes below.

# %% data=["horizon_squares", "horizon_descent"] mystnb={"figure": {"caption": "Largest relative error of the four parameters at the end of every search. Line: median where all starts were tried; a dash: of the first few, where only they were. Errors below 10⁻¹³ are drawn there. Dotted: 1 %.", "name": "fig-horizon-errors"}, "image": {"alt": "Two panels of dots over the horizon, one dot for each start, on logarithmic axes, with a line through the medians over all starts."}} tags=["hide-input"]
plots.errors([by_squares, by_descent])

# %% [markdown]
# One member of the family in code, on a small dish: the loss at a wrong $k$, after one step and after more.

# %%
from lib import TRUTH
from lib.studies import horizon

for T in (1, 10, 100):
    member = horizon.problem("data", T, size=64, settle=4000, seed=SEED)
    print(T, horizon.mismatch(TRUTH._replace(k=0.06), member).item())

# %% [markdown]
# ### Is it what it claims to be?
#
# Three checks before anything is built on this.

# %% tags=["hide-input"]
gap = horizon.residual_gap(count=profile.horizon_starts, **small)
gaps = horizon.gradient_gap([T for T in (1, 10, 100, 1000) if profile.steps >= T], **small)
three = common | {"count": min(3, profile.horizon_starts)} | field
full_size = horizon.recover(
    [T for T in (10, 100) if T in squares], method="squares", budget=profile.horizon_trials, **three
)
Markdown(told.checks(summary.checks(gap, gaps, full_size, by_squares, profile.size)))

# %% [markdown]
# ## Along each parameter
#
# {numref}`fig-horizon-cuts` cuts through the truth along each parameter. The upper row starts from the data.
# At short horizons all curves are parabolas. At longer ones the walls rise and bend over, and a bowl that grows
# steeper bends over closer to the truth. {glue:text}`hz-heights`

# %% data=["horizon_cut_*"] mystnb={"figure": {"caption": "Loss along each parameter at every horizon, as a share of its largest value. Above: from the settled data. Below, the control: from the paper's patch, compared with what the truth makes of the same patch in the same time. Dotted: truth.", "name": "fig-horizon-cuts"}, "image": {"alt": "Eight panels of curves, one curve for each horizon, one column for each parameter."}} tags=["hide-input"]
cuts = {
    name: horizon.panorama(grid.axes_over({name: ends}, (profile.horizon_cut,)), profile.horizons, **field)
    for name, ends in horizon.CUT_ENDS.items()
}
for name, cut in cuts.items():
    publish(cut, f"horizon_cut_{name}")
plots.cuts(cuts)

# %% tags=["remove-cell"]
empty = horizon.emptied(profile.size, profile.horizon_settle, SEED)
glue_all({"hz-heights": told.heights(empty, float(plane.loss.sel(origin="data", measure="pixels").max()))})

# %% [markdown]
# ## Which change does it?
#
# Between the residual and the paper's loss lie *three* changes, not one: the horizon grows, the run starts
# from a patch instead of the data, and spectra of $v$ are compared instead of pixels of $u$ and $v$.
# {numref}`fig-horizon-controls` makes them one at a time, with the same starts, budget and criterion.

# %% data=["horizon_squares", "horizon_data_*", "horizon_patch_*"] mystnb={"figure": {"caption": "Least squares again, with other initial states (dashed) and other things compared (colours), from the same starts.", "name": "fig-horizon-controls"}, "image": {"alt": "Curves of the share of starts that find the truth against the horizon, one for each thing compared and each initial state."}} tags=["hide-input"]
variants = [("patch", "pixels"), ("data", "v"), ("data", "spectral"), ("patch", "spectral")]
fewer = common | {"count": profile.horizon_controls, "budget": profile.horizon_trials, "few": few}
others = [
    horizon.recover(profile.horizon_others, method="squares", origin=origin, measure=measure, **fewer)
    for origin, measure in variants
]
for (origin, measure), found in zip(variants, others, strict=True):
    publish(found, f"horizon_{origin}_{measure}")
reference = horizon.first(by_squares.sel(horizon=list(profile.horizon_others)), profile.horizon_controls)
plots.controls([reference, *others])

# %% tags=["hide-input"]
listed.controls({plots.named(found): found for found in (reference, *others)})

# %% tags=["hide-input"]
compared = summary.controls(reference, others, short=profile.horizon_short)
glue_all({"hz-follows": told.follows(by_search["squares"], compared)})
Markdown(told.controls(compared))

# %% [markdown]
# (At $T = 1$ there is a simple reason for any loss of $v$ alone to fail. After one step, $v$ depends on $F$ and
# $k$ only through their sum and does not depend on $D_u$. From the second step on it depends on all four
# parameters.) The paper blames the long run. But a loss that ignores positions and takes logarithms can be
# rough even for short runs.
#
# ## Why it closes
#
# {numref}`fig-horizon-width`, left: fit a paraboloid to the loss at the truth. In its steepest direction it
# meets the loss of an empty dish at the distance shown, the paraboloid's half width. That loss is a yardstick: no
# wall ends there.

# %% data=["horizon_curvature"] mystnb={"figure": {"caption": "Left: half width of the paraboloid at the truth, relative to the parameters: where its steepest direction meets the loss of an empty dish. Middle: condition number of the Hessian there. Both on the grid of the searches. Right: share of each cut's points from which the loss falls all the way to the truth, on the full grid.", "name": "fig-horizon-width"}, "image": {"alt": "Three panels against the horizon on logarithmic axes: the paraboloid's width, its condition number, and the share of points that lead down, one line for each parameter."}} tags=["hide-input"]
curved = horizon.curvature(profile.horizons, **small)
publish(curved, "horizon_curvature")
plots.closing(curved, cuts)

# %% tags=["hide-input"]
handed = [T for T in descents if T > 10 and T not in few] or list(descents[-1:])
begin = by_descent.params.sel(horizon=handed).values
continued = horizon.recover(handed, method="squares", budget=profile.horizon_trials, begin=begin, **common)
closed = summary.closing(curved, by_descent, continued, by_squares)
glue_all(
    {"hz-width-one": fold(closed.width_one), "hz-width-min": fold(closed.width_least), "hz-width-last": fold(closed.width_last),
     "hz-narrowest": closed.narrowest, "hz-condition-one": said(closed.condition_one), "hz-condition-max": said(closed.condition_most)}
)  # fmt: skip
listed.closing(closed)

# %% [markdown]
# How wide is the paraboloid, relative to the parameters? At $T = 1$: {glue:text}`hz-width-one`. It is
# narrowest at $T =$ {glue:text}`hz-narrowest:,`, with {glue:text}`hz-width-min`; after the full run:
# {glue:text}`hz-width-last`. It tells the curvature at the truth, and not where the bowl ends. From how far away
# searches still lead there, {numref}`fig-horizon` shows.
#
# Plain descent has another difficulty: the valley becomes long and thin. Its condition number in the
# coordinates of the descent is {glue:text}`hz-condition-one` at $T = 1$ and {glue:text}`hz-condition-max` at
# most. A descent that did not arrive was either slow or on a wrong way. To tell which, least squares continues
# from where it stopped; the table counts how often it arrives.

# %% tags=["hide-input"]
Markdown(told.closing(closed))

# %% [markdown]
# ## What the middle is good for: noise
#
# The residual's weakness is noise: the Laplacian amplifies it ({doc}`Section 6 <06_residual>`). A few steps
# of the model do the opposite; diffusion washes noise away before anything is compared.
# {numref}`fig-horizon-noise` puts noise on the data, on the start of every run and on its goal, and fits from
# the paper's start. (In units of concentration: 0.01 is {glue:text}`hz-share` of $v$'s range.)

# %% data=["horizon_noise"] mystnb={"figure": {"caption": "Error of least squares from the paper's start, with noise on the data. Thin: single draws; thick: their median; dotted: 1 %.", "name": "fig-horizon-noise"}, "image": {"alt": "Errors against the horizon on logarithmic axes, one colour for each level of noise."}} tags=["hide-input"]
setting = {"draws": profile.horizon_draws, "budget": profile.horizon_trials, **small}
with_noise = horizon.noisy((1e-3, 1e-2, 3e-2), profile.horizon_noise, **setting)
publish(with_noise, "horizon_noise")
plots.noise(with_noise)

# %% tags=["hide-input"]
listed.noise(with_noise)

# %% tags=["hide-input"]
borne = summary.noisy(with_noise)
glue_all({"hz-between": told.between(by_search["squares"], borne)})
Markdown(told.noise(borne))

# %% [markdown]
# ## What follows
#
# {glue:text}`hz-follows` The residual loss is not another kind of loss: it is the direct route with a horizon of
# one step. Between the two ends lies a choice. Whoever has the data can start from them and choose how many steps
# to look ahead; the curves above say where searches are lost, and what noise does at each horizon.

# %% [markdown]
# ## Slide it yourself
#
# The map is the loss after $T$ steps, the curve beside it a cut through the truth. Slide $T$ from 1 to
# 40,000 and watch the bowl become a cliff. Click near a start, or choose one, and see both searches go
# from it at this horizon. *Load this* sets the widget to what a line describes.
#
# * One step: the residual's bowl, and both searches from the paper's start.
#   <a class="load below" href="#horizon.T=1&amp;horizon.loss=pixels&amp;horizon.start=0">load this</a>
# * Ten steps: the same searches on a steeper bowl.
#   <a class="load below" href="#horizon.T=10&amp;horizon.loss=pixels&amp;horizon.start=0">load this</a>
# * The full run, still from the picture itself.
#   <a class="load below" href="#horizon.T=40000&amp;horizon.loss=pixels&amp;horizon.start=0">load this</a>
# * The full run from the patch, with spectra compared: the paper's landscape.
#   <a class="load below" href="#horizon.T=40000&amp;horizon.loss=paper&amp;horizon.start=0">load this</a>

# %% tags=["hide-input"]
from lib.showing.widgets import Horizon

budgets = {"squares": (squares, profile.horizon_trials), "descent": (descents, profile.horizon_iterations)}
number = min(6, profile.horizon_starts)
trails = [
    horizon.trails(
        [T for T in times if few.get(T, number) >= number],
        method=method,
        count=number,
        budget=budget,
        **small,
    )
    for method, (times, budget) in budgets.items()
]
Horizon(plane, trails, seed=SEED)
