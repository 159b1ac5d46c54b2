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
# # The library, for your own work
#
# Everything in this book is made by one small package, `lib`. Here is what it does for pictures and parameters of
# yours: five jobs, each a few lines that were run when this page was made, and below them every argument of the
# functions they call. In programs of your own, after `pip install .` in the sources, write `gray_scott_landscapes` for `lib`:
# the two are one package. More is in {doc}`the instructions <../howto>`.

# %% tags=["parameters", "remove-cell"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["remove-cell"]
from IPython.display import Markdown

from lib.publishing.api import documented
from lib.running import profiles
from lib.running.device import use

use(DEVICE)
profile = profiles.profile(PROFILE)
size, steps = profile.size, min(5000, profile.steps)

# %% [markdown]
# ## A simulation
#
# Parameters in, two fields out; as many dishes side by side as one likes. A run that goes wrong is no exception: its
# outcome says so.

# %%
from lib import TRUTH, initial_state, simulate

run = simulate(TRUTH, initial_state(1, size=size, seed=SEED), steps=steps)
u, v = run.u[0].numpy(), run.v[0].numpy()
u.shape, run.outcome

# %% [markdown]
# ## The four numbers of two arrays
#
# Put your own arrays of $u$ and $v$ in the place of these. `dx` is the side of a cell; cells that were not seen are left out
# with `observed`. The verdict says which parameters the picture determines at all.

# %%
from lib import residual

print(residual.fit(u, v, dx=1.0))

# %% [markdown]
# This dish still grows, and the errors say so. A second picture one step later tells how fast, and then it need not be at rest:

# %%
from lib import State

later = simulate(TRUTH, run.state, steps=1)
rate = State(later.u - run.u, later.v - run.v)
print(residual.fit(u, v, rate=rate))

# %% [markdown]
# ## With noise, or without $u$
#
# Noise passes through a Laplacian and comes out four times as strong. `denoise` has the cures of
# {doc}`Section 6 <06_residual>`, to be compared on the spot:

# %%
import torch

from lib.residual import denoise

torch.manual_seed(SEED)
steady = simulate(TRUTH, initial_state(1, size=size, seed=SEED), steps=profile.steps)
noisy = [x[0] + 0.01 * torch.randn(x[0].shape) for x in steady.state]
for cure in denoise.cures():
    print(f"{cure.label:32}", "  ".join(f"{p:.4f}" for p in cure.fit(*noisy)))

# %% [markdown]
# And if only $v$ was seen, a steady $v$ is enough: $u$ is eliminated ({doc}`Section 6 <06b_network>`). `boundary="open"`
# is for a piece of a larger picture. What contradicts the numbers stands below them.

# %%
from lib.residual import elimination

print(elimination.fit_v(steady.v[0]))

# %% [markdown]
# ## A landscape
#
# A labelled `xarray.Dataset`: losses, outcomes and final pictures over any axes. Chunks are kept as they finish, so a
# sweep that was interrupted goes on where it was.

# %%
import numpy as np

from lib import landscape

axes = {"F": np.linspace(0.03, 0.04, 2), "k": np.linspace(0.06, 0.07, 3)}
swept = landscape.sweep(axes, states=1, seed=SEED, size=size, steps=steps)
swept.spectral.mean("state").round(1)

# %% [markdown]
# ## A gradient through every step
#
# Give a parameter `requires_grad`, and the simulation is differentiated exactly, step by step, without storing all of them.

# %%
from lib import losses

F = torch.tensor([TRUTH.F], dtype=torch.float64, requires_grad=True)
begin = initial_state(1, size=size, seed=SEED, dtype=torch.float64)
reached = simulate(TRUTH._replace(F=F), begin, steps=200)
losses.spectral(reached.v, steady.v.double()).backward()
F.grad

# %% [markdown]
# ## Equations of your own
#
# A model is a value: reactions as text, which parameter diffuses which field, typical values and ranges. The compiled
# step, its exact gradient, the residual and the stability of homogeneous states follow from it. Here are the
# equations of Lengyel and Epstein; {doc}`five systems <09_recurrence>` come with the book. The fit takes `sigma` and `b` as
# given, since a picture at rest tells $\sigma b$ and $D_v$ only by their ratio.

# %%
from lib.models import Grid, ReactionDiffusion, fit, kind, states
from lib.models import simulate as run_model

model = ReactionDiffusion(
    "Lengyel-Epstein",
    reaction={"u": "a - u - 4*u*v/(1 + u**2)", "v": "sigma*b*(u - u*v/(1 + u**2))"},
    diffusion={"u": "Du", "v": "Dv"},
    parameters={"Du": 1.0, "Dv": 20.0, "a": 12.0, "b": 0.8, "sigma": 8.0},
    ranges={"Du": (0.5, 2), "Dv": (4, 24), "a": (8, 16), "b": (0.1, 1), "sigma": (1, 20)},
)

# %% [markdown]
# From its homogeneous state, with a little noise, it grows a pattern, whose parameters the fit reads off:

# %%
grid, (place,) = Grid(dx=1.0, dt=0.005), states(model)
start = torch.tensor(list(place.values()))[:, None, None] + 0.1 * torch.rand(1, 2, 24, 24)
picture = run_model(model, None, start.double(), 20_000, grid=grid).fields[0]
print(kind(model, None, place))
print(fit(model, picture, grid, {"sigma": 8.0, "b": 0.8}).params)

# %% [markdown]
# Its landscape is laid out as Gray–Scott's. The target may be frames of several times, and where it has gaps the loss
# `"squares"` compares the cells that were seen:
#
# ```python
# landscape.sweep_model(model, {"a": [11, 12, 13]}, start, steps=[10_000, 20_000], grid=grid,
#                       target=frames, observed=mask, losses="squares")
# ```

# %% [markdown]
# ## The numbers behind a figure
#
# Below every figure stand the files it was drawn from, as NetCDF with names, units and seeds inside. They open anywhere:
#
# ```python
# import xarray
#
# plane = xarray.open_dataset("plane_F_k.nc")
# plane.spectral.mean("state").plot()
# ```
#
# ## Reference
#
# ### `lib.simulate`

# %% tags=["remove-input"]
Markdown(documented(simulate))

# %% [markdown]
# ### `lib.initial_state`

# %% tags=["remove-input"]
Markdown(documented(initial_state))

# %% [markdown]
# ### `lib.losses.spectral`

# %% tags=["remove-input"]
Markdown(documented(losses.spectral))

# %% [markdown]
# ### `lib.losses.windowed_spectral`

# %% tags=["remove-input"]
Markdown(documented(losses.windowed_spectral))

# %% [markdown]
# ### `lib.residual.fit`

# %% tags=["remove-input"]
Markdown(documented(residual.fit))

# %% [markdown]
# It returns a `Fit`:

# %% tags=["remove-input"]
Markdown(documented(residual.Fit))

# %% [markdown]
# ### `lib.residual.report`
#
# `python -m lib.fit FILES` prints it for files and writes a page with its figures; `--help` lists what can be said.

# %% tags=["remove-input"]
Markdown(documented(residual.report))

# %% [markdown]
# ### `lib.residual.denoise.fit`

# %% tags=["remove-input"]
Markdown(documented(denoise.fit))

# %% [markdown]
# ### `lib.residual.elimination.fit_v`

# %% tags=["remove-input"]
Markdown(documented(elimination.fit_v))

# %% [markdown]
# ### `lib.landscape.sweep`

# %% tags=["remove-input"]
Markdown(documented(landscape.sweep))

# %% [markdown]
# ### `lib.landscape.evaluate`

# %% tags=["remove-input"]
Markdown(documented(landscape.evaluate))

# %% [markdown]
# ### `lib.landscape.sweep_model`

# %% tags=["remove-input"]
Markdown(documented(landscape.sweep_model))
