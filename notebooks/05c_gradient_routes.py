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
# # Other routes to a gradient
#
# The paper argues that its landscape is inherited by every method that compares steady states, “regardless of how
# gradients are fed back”: by unrolled steps, by implicit differentiation, or by a forward surrogate. And it
# expects that the patterned side can be traversed “in principle”. Both statements can be measured.
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
import torch
import xarray as xr
from IPython.display import Markdown
from myst_nb import glue

from lib import TRUTH
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import routes as says
from lib.publishing.sentences import surrogate_descents, ways
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import gradient_routes as drawn
from lib.showing.tables import routes as listed
from lib.studies.gradient_routes import measurements, route_summary, slowest, summary
from lib.studies.gradient_routes.sizes import sizes
from lib.studies.horizon.sizes import sizes as horizon_sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
torch.set_num_threads(1)
small = horizon_sizes(PROFILE).horizon_size
gradients, learnt = measurements.by_routes(profile, small, SEED), measurements.surrogates(profile, SEED)
along = measurements.ways(profile, learnt.samples, SEED)
found, useful = route_summary.routes(gradients), summary.surrogates(learnt)
through = summary.ways(along, learnt.samples)
glue_all(says.phrases(found, small, profile.route_settle))
glue_all({"rt-faithful": surrogate_descents.faithful(useful), "rt-scale": ways.scale(through)})
glue_all({"rt-smooth": surrogate_descents.smooth(useful)})
glue("in-one-minute", Markdown(ways.minute(found, useful, through)), display=False)

# %% [markdown]
# ## Implicit differentiation
#
# A steady state $x$ satisfies $x = G(x, p)$. Differentiate both sides, and the gradient of any loss $\ell(x)$ follows from
# one linear system instead of forty thousand steps {cite}`blondel2022`, as in networks whose output is a fixed point
# {cite}`bai2019`:
#
# $$ \frac{\mathrm d\ell}{\mathrm dp} = \lambda^\top \frac{\partial G}{\partial p}, \qquad (I - J)^\top \lambda = \frac{\partial \ell}{\partial x}, \qquad J = \frac{\partial G}{\partial x} . $$ (eq-implicit)
#
# Unrolling $T$ steps *from the steady state* gives the first $T$ terms of the series
# $\lambda = \sum_n (J^\top)^n\, \partial\ell/\partial x$. The two must meet as $T$ grows, if every disturbance dies out.
# Does it? Move the whole pattern by a cell and nothing changes: a translation never dies out. The growth rates of the slowest
# modes at the truth's pattern, per step:

# %% tags=["hide-input"]
listed.rates(slowest(TRUTH, gradients.truth.state))

# %% [markdown]
# (Grid of {glue:text}`rt-grid` cells, {glue:text}`rt-settle` steps.) Two of these modes move the whole pattern;
# their rates are almost zero. In the next ones spots shift against each other. {glue:text}`rt-fade`
#
# Implicit differentiation is about steady states, so only patterns count that have come to rest, with changes below
# {glue:text}`rt-rest` in a step. Of {glue:text}`rt-near` random parameter sets near the truth {glue:text}`rt-patterns` end in a
# pattern, {glue:text}`rt-still` of them at rest; {numref}`fig-routes` compares the routes at {glue:text}`rt-resting` of those.
# {glue:text}`rt-far` Those that end without a pattern stand for the rest of the landscape.

# %% data=["routes"] mystnb={"figure": {"caption": "Unrolled gradients against the implicit one at patterns at rest: size (above) and direction (below), for the paper's spectral loss and for pixels of v. Lines: unrolled from the steady state, the end of a run that was given time to come to rest. Diamonds: through the paper's full run from the patch, whose end is an earlier state (spectral loss only). Parameters are measured relative to the truth.", "name": "fig-routes"}, "image": {"alt": "One line for each pattern: size and cosine against the steps unrolled, with diamonds for the full run from the patch in the first column, at its number of steps."}} tags=["hide-input"]
publish(gradients.found, "routes")
drawn.routes(gradients.found, profile.steps)
# %% tags=["hide-input"]
Markdown(
    says.from_rest(found, profile.route_horizons)
    + "\n"
    + says.from_patch(found, profile.route_settle, profile.steps)
)

# %% [markdown]
# {glue:text}`rt-gain` Where patterns still change, there is no steady state to differentiate.
#
# Both gradients in code, for the mean of $v$ as the loss, on a small dish:

# %%
import torch

from lib import TRUTH, initial_state, simulate
from lib.studies.gradient_routes.implicit import implicit, unrolled

begin = initial_state(1, size=32, seed=SEED, dtype=torch.float64)
quiet = simulate(TRUTH, begin, steps=20_000).state
print("implicit:", implicit(TRUTH, quiet, lambda state: state.v.mean()).slope)
print("unrolled:", unrolled(TRUTH, quiet, 1000, lambda state: state.v.mean()).slope)

# %% [markdown]
# ## A forward surrogate
#
# Now a surrogate {cite}`forrester2008`: radial basis functions from $(F, k)$ to the principal components of the log power spectrum, through samples of
# the F–k plane from one initial state. Its gradient exists everywhere and costs nothing. {numref}`fig-surrogates` shows the
# landscape it has learnt, faithfully and smoothed.

# %% data=["surrogate_samples", "surrogate_maps"] mystnb={"figure": {"caption": "Spectral loss over the F–k plane: simulated, and as surrogates have learnt it.", "name": "fig-surrogates"}, "image": {"alt": "Maps of the loss over kill and feed rate side by side: as simulated, and as each surrogate has learnt it; a star at the truth."}} tags=["hide-input"]
publish(
    xr.Dataset({name.replace(" ", "_"): one.plane for name, one in learnt.judged.items()}), "surrogate_maps"
)
publish(learnt.samples.drop_vars("log_power"), "surrogate_samples")
drawn.surrogates(learnt.maps())

# %% tags=["hide-input"]
listed.quality(learnt)

# %% [markdown]
# A descent arrives if it ends within 1 % of the goal in both parameters. {glue:text}`rt-faithful`

# %% tags=["hide-input"]
claims.record(
    "routing", measured=vars(found) | vars(useful), finding=surrogate_descents.routing(found, useful)
)

# %% [markdown]
# ## Is there a way through the patterns?
#
# The loss of a single pair of pictures depends on where each spot ends, which is an accident ({doc}`Section 3 <03_training>`).
# So the loss is averaged over initial states, candidate and target from *different* ones. What remains of it at the truth is the
# **noise floor**, below which no descent can come. The averaged loss is then followed on straight lines from patterned places to the truth.

# %% data=["lines"] mystnb={"figure": {"caption": "Spectral loss averaged over pairs of different initial states along straight lines to the truth, with two standard errors. Grey: noise floor, the same at the truth.", "name": "fig-lines"}, "image": {"alt": "A curve with a band of error for each straight line, against the share of the way to the truth, and a grey band for the noise floor."}} tags=["hide-input"]
publish(along.lines, "lines")
drawn.lines(along.by_name(), *along.floor)

# %% tags=["hide-input"]
listed.lines(along)

# %% [markdown]
# The same question over the F–k plane: always step to the lowest of the eight neighbours, and never leave the patterns. From how many
# patterned points does this reach the floor?

# %% data=["surrogate_samples"] mystnb={"figure": {"caption": "Averaged loss on the patterned side of the F–k plane, and where the steepest way down the grid leads.", "name": "fig-ways"}, "image": {"alt": "A map of the averaged loss with circles at points that lead to the floor and crosses at those that do not."}} tags=["hide-input"]
drawn.ways_down(along.plane, along.share >= 0.5, along.arrives)
# %% tags=["hide-input"]
claims.record("traversable", measured=vars(through), finding=ways.through(through))

# %% [markdown]
# {glue:text}`rt-scale` A method can only go downhill, and the map shows where that ends.
