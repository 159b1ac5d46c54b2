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
# # Does it recur?
#
# :::{admonition} In one minute
# Four other reaction–diffusion systems go through the same tests as Gray–Scott.\
# {glue:text}`re-minute`\
# What is shared, and what is not, is judged by criteria that were fixed before.
# :::
#
# The paper studies one system and hopes that its diagnosis holds for others. A model here is a value: a name,
# the reaction of each field as an expression, and the ranges of its parameters,
#
# $$ \partial_t x_f = D_f \nabla^2 x_f + R_f(x; p) . $$ (eq-general)
#
# From the expressions follow the compiled step and its exact adjoint, the residual, and the stability of
# homogeneous states. So the same questions can be asked of any system. The five are Gray–Scott, Schnakenberg
# {cite}`schnakenberg1979`, the Brusselator {cite}`prigogine1968`, Gierer and Meinhardt's model with saturation
# {cite}`gierer1972`, and FitzHugh–Nagumo with the constants of PDEBench {cite}`takamoto2022`.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import torch
from IPython.display import Markdown

from lib.models import linear_parameters
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import recurrence as told
from lib.repetitions import repetitions
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import recurrence as plots
from lib.studies import recurrence
from lib.studies.horizon.sizes import sizes as horizon_sizes
from lib.studies.recurrence import summary
from lib.studies.recurrence.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
torch.set_num_threads(1)
plane = {
    "size": profile.recur_size,
    "steps": profile.recur_steps,
    "points": profile.recur_points,
    "seed": repetitions(SEED, profile.recur_seeds)[0],
}
data = {"size": profile.recur_small, "settle": profile.recur_settle, "seed": SEED}
glue_all({"re-apart": told.apart(profile, horizon_sizes(PROFILE))})
glue_all(
    {"re-size": profile.recur_size, "re-steps": profile.recur_steps, "re-points": profile.recur_points,
     "re-small": profile.recur_small, "re-starts": profile.recur_starts, "re-trials": profile.recur_trials}
)  # fmt: skip

# %% [markdown]
# A system of the book is a value; its homogeneous states, and whether they are stable, follow from it:

# %%
from lib.models import SCHNAKENBERG, kind, states

for place in states(SCHNAKENBERG):
    print(place, kind(SCHNAKENBERG, None, place))

# %% [markdown]
# ## Planes and cliffs
#
# Every run starts from the homogeneous state of the true parameters, with noise and a square patch, on
# {glue:text}`re-size` × {glue:text}`re-size` cells, and takes {glue:text}`re-steps:,` steps. The plane spans
# two parameters, {glue:text}`re-points` values of each. The loss is the spectral loss against the truth's run
# from the same start.

# %% data=["recurrence_plane_*"] mystnb={"figure": {"caption": "Top: the picture at the true parameters. Middle: the spectral loss against it over two parameters (dark: low; star: truth). Bottom: how runs end there.", "name": "fig-recurrence-planes"}, "image": {"alt": "Five columns, one for each system: the picture at the true parameters; a map of the loss over two parameters, with the truth marked; a map of the kinds of end, in colours."}} tags=["hide-input"]
planes = {name: recurrence.plane(name, **plane) for name in recurrence.CASES}
for name, found in planes.items():
    publish(found, f"recurrence_plane_{name.lower().replace('-', '_')}")
plots.planes(planes)

# %% [markdown]
# In {numref}`fig-recurrence-planes` a step between neighbouring points is a *cliff* where the loss jumps by
# more than a quarter of the plane's range. The *plateau* is the ground in the upper half of the range on which
# no neighbour differs by more than 3 % of it. An end is one of six: the same everywhere, spots, stripes,
# holes, still moving, diverged. Spots and holes are told from stripes by the skewness of the picture. A run that
# diverged has no loss: its neighbours are held against the top of the range, and it is never plateau itself.

# %% tags=["hide-input"]
grounds = {name: recurrence.ground(found) for name, found in planes.items()}
Markdown(told.causes(grounds))

# %% [markdown]
# Where a picture settles into a perfect lattice, most wave numbers have no power, as in a flat picture. The
# spectral loss then sees little difference between the lattice and nothing at all: level ground can lie lower
# than a neighbouring pattern.
#
# ## The residual's bowl
#
# A settled picture on {glue:text}`re-small` × {glue:text}`re-small` cells is put into the equations.
# {numref}`fig-recurrence-bowls` varies one parameter at a time. SymPy tells which parameters enter linearly;
# in these the loss is a paraboloid, and its minimum follows from a linear system.

# %% data=["recurrence_cut_*"] mystnb={"figure": {"caption": "Residual loss along each parameter over its range, as a share of the cut's largest value, the others true. Dashed: a parameter that does not enter linearly.", "name": "fig-recurrence-bowls"}, "image": {"alt": "Five panels of curves, one panel for each system and one curve for each parameter."}} tags=["hide-input"]
cuts = {name: recurrence.cuts(name, **data) for name in recurrence.CASES}
for name, found in cuts.items():
    publish(found, f"recurrence_cut_{name.lower().replace('-', '_')}")
models = {name: case.model for name, case in recurrence.CASES.items()}
plots.bowls(cuts, {n: tuple(p for p in m.names if p not in linear_parameters(m)) for n, m in models.items()})

# %% tags=["hide-input"]
bowls = {name: recurrence.bowl(name, found, **data) for name, found in cuts.items()}
Markdown(told.nonlinear(bowls))

# %% [markdown]
# ## The horizon
#
# Runs start from the settled picture, take $T$ steps, and are compared with it. Least squares starts from {glue:text}`re-starts` random places in
# the ranges of all parameters and has {glue:text}`re-trials` trial points. A start finds the truth if all
# parameters end within 1 % of it. Steps are of different length in different systems, so the horizons of
# {numref}`fig-recurrence-horizons` compare a system with itself only.
#
# This is the same kind of measure as on {doc}`the page on the horizon <06c_horizon>`, and not the same measure.
# {glue:text}`re-apart`
#
# So Gray–Scott need not break at the same horizon on both pages.

# %% data=["recurrence_horizon_*"] mystnb={"figure": {"caption": "Left: share of the starts from which least squares finds all parameters within 1 %. Right: largest relative error of every start, a mark each, systems side by side at each horizon; dotted: 1 %.", "name": "fig-recurrence-horizons"}, "image": {"alt": "Two panels against the horizon, five curves and five kinds of marks: the share of starts that find the truth, and the error of each start."}} tags=["hide-input"]
effort = {"starts": profile.recur_starts, "trials": profile.recur_trials}
searches = {
    name: recurrence.recover(name, profile.recur_horizons, **effort, **data) for name in recurrence.CASES
}
for name, found in searches.items():
    publish(found, f"recurrence_horizon_{name.lower().replace('-', '_')}")
plots.horizons(searches)

# %% tags=["hide-input"]
drifts = {name: recurrence.drift(name, data["size"], data["settle"], SEED) for name in recurrence.CASES}
Markdown(told.breaks(searches) + "\n\n" + told.limits(searches, drifts))

# %% [markdown]
# ## Verdicts
#
# Each asks for at least four of the five systems.

# %% tags=["hide-input"]
total = summary.recurrence(grounds, bowls, searches)
glue_all({"re-minute": told.minute(total)})
decides = summary.deciding(grounds)
others = repetitions(SEED, profile.recur_seeds)[1:]
again = [recurrence.ground(recurrence.plane(decides, **plane | {"seed": seed})) for seed in others]
claims.record(
    "recurs-plateau",
    measured=vars(total),
    finding=told.FINDINGS["recurs-plateau"],
    draw=told.nearness(decides, [grounds[decides], *again]),
)

# %% tags=["hide-input"]
claims.record("recurs-cliff-cause", measured=vars(total), finding=told.FINDINGS["recurs-cliff-cause"])

# %% tags=["hide-input"]
claims.record("recurs-bowl", measured=vars(total), finding=told.FINDINGS["recurs-bowl"])

# %% tags=["hide-input"]
claims.record("recurs-horizon", measured=vars(total), finding=told.FINDINGS["recurs-horizon"])

# %% [markdown]
# What the planes show holds for these ranges, these patches and runs of this length. Other sizes of the grid
# or longer runs were not tried here in the same profile.
