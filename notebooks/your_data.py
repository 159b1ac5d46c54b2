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
# # Your data
#
# **In one minute**
#
# * Two images, $u$ and $v$, go in; four numbers come out, each with an error.
# * A report says first whether the images are what the fit takes them for.
# * With noise it uses the cures of Section 6, and without a pattern it says what stays open.
#
# Two images of concentrations are enough for the four parameters: {doc}`Section 6 <06_residual>` says why.
# This page is for images that this book did *not* make. Copy it (it is `notebooks/your_data.py`), put your
# own in place of the examples, and keep what you need. Without a notebook the same is one line in a shell,
# which prints a report and writes it with its figures to one page, `fit.html`:
#
# ```sh
# python -m lib.fit u.npy v.npy
# python -m lib.fit run.npz --dx 0.0098
# python -m lib.fit u.png v.png --scale 1.0 --boundary open
# ```
#
# It reads `.npy`, `.npz`, NetCDF, HDF5 (in the layout of The Well {cite}`ohana2024`, too), and grey pictures of 8 or 16 bits
# once it is told what white means; the pages of a TIFF are frames. What you pass counts before what a file says.
# In Python, `residual.report` takes the same files, or arrays of NumPy, PyTorch, pandas and xarray. Of a labelled
# array it reads, as of a file, which dimension is time and how far apart the cells are.
#
# A fit always finds *some* numbers. So the report first asks whether the images are what the fit takes them
# for. Are they fractions, or percent, or grey levels? Is u the first of them? Are they turned against each
# other? Do the edges continue at the opposite side? Which Laplacian made them? Has the pattern settled, how
# much noise is there, and how far does it move each parameter? Where the answer is another reading of the
# images, it says so, follows its own advice, and shows both results.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
import torch
import xarray as xr
from myst_nb import glue

from lib import TRUTH, Params, residual
from lib.publishing.datasets import publish
from lib.publishing.wording import percent
from lib.running.device import use
from lib.running.kept import kept_result
from lib.showing import figures
from lib.showing.figures import own_data as plots
from lib.studies.own_data import other_program
from lib.studies.own_data.accuracy import farthest
from lib.studies.own_data.other_program import PEARSON, PEARSON_DX
from lib.studies.own_data.sizes import sizes

profile = sizes(PROFILE)
device = use(DEVICE)
figures.style()
torch.set_num_threads(1)
setting = {"size": profile.own_size, "seed": SEED}

# %% [markdown]
# ## One: another program, other cells
#
# The first images come from an exponential integrator in Fourier space, with the constants of Pearson's
# classic: cells of side 2.5/256, and diffusion coefficients of $2\cdot10^{-5}$ and $10^{-5}$ in those units.
# It shares no line with our simulator.

# %%
theirs = kept_result(other_program.images, PEARSON, [profile.own_time], dx=PEARSON_DX, **setting).isel(time=0)
report = residual.report(theirs.u, theirs.v, dx=PEARSON_DX)
print(report)

# %% tags=["hide-input"]
glue("pearson-plain", farthest(report.given, PEARSON), display=False)
glue("pearson-advised", farthest(report.final, PEARSON), display=False)
reaction = (theirs.u * theirs.v**2).values.max()
glue(
    "own-left", percent(float(report.final.residual.v[0].abs().nan_to_num().max()) / reaction), display=False
)
publish(
    xr.Dataset({
        "u": (("y", "x"), theirs.u.values),
        "v": (("y", "x"), theirs.v.values),
        "left_u": (("y", "x"), report.final.residual.u[0].numpy()),
        "left_v": (("y", "x"), report.final.residual.v[0].numpy()),
    }),
    "own_images",
)  # fmt: skip

# %% [markdown]
# A Laplacian of five points is not the one that these images obey. Taken for it, they miss by up to
# {glue:text}`pearson-plain:.1%` in the worst parameter; after the report's own advice by
# {glue:text}`pearson-advised:.0e`. The *error* given with the first set of numbers already includes the
# difference between the Laplacians, which scatter alone does not know of. {numref}`fig-own-images` shows what
# is left over afterwards. Grain means that nothing is missing. Structure has one of two causes: the equations are not
# those of the images, or the images still change. Its size says how much either matters: here the largest remainder of
# $v$ is {glue:text}`own-left` of the largest reaction $u v^2$.

# %% data=["own_images"] mystnb={"figure": {"caption": "Images of another program, and what the equations leave over in each cell after the report's advice; colours end where 99.5 % of the cells do.", "name": "fig-own-images"}, "image": {"alt": "Two patterns of concentration above two maps of the remainder of each equation."}} tags=["hide-input"]
plots.images(report.state, report.final)

# %% [markdown]
# ## Two: walls, from a file
#
# The second pattern lies between walls that nothing flows through, and comes in a file. (Our own parameters,
# $D_u = 0.16$ and so on.)

# %%
walls = kept_result(other_program.images, TRUTH, [profile.own_time], walls=True, **setting).isel(time=0)
np.savez("walls.npz", u=walls.u, v=walls.v)
report = residual.report("walls.npz")
print(report)

# %% tags=["hide-input"]
glue("walls-plain", farthest(report.given, TRUTH), display=False)
glue("walls-advised", farthest(report.final, TRUTH), display=False)

# %% [markdown]
# As they came, the images were taken for a period, and were off by {glue:text}`walls-plain:.0%`; after the
# report's advice by {glue:text}`walls-advised:.0e`. If you know how your images end, say it at once:
# `boundary="no-flux"`, or `boundary="open"` for a piece of a larger picture.
#
# ## Three: a film, long before it settles
#
# One picture of a pattern that still grows cannot be told from a picture of another model. Several can: give
# them as a stack, with their times. These are three frames of the first program, one unit of time apart, soon
# after the beginning.

# %%
film = kept_result(other_program.images, PEARSON, [100.0, 101.0, 102.0], dx=PEARSON_DX, dt=0.5, **setting)
alone = residual.fit(film.u[0], film.v[0], dx=PEARSON_DX, stencil="spectral")
together = residual.report(film.u, film.v, dx=PEARSON_DX, times=film.time)
print(alone, together, sep="\n\n")

# %% tags=["hide-input"]
glue("film-alone", farthest(alone, PEARSON), display=False)
glue("film-together", farthest(together.final, PEARSON), display=False)

# %% [markdown]
# A single frame is off by {glue:text}`film-alone:.1%`, the three together by {glue:text}`film-together:.1%`.
# What remains is the time between frames: a change divided by it is the rate in the middle, up to its square.
#
# (job-fit)=
# ## Fit your arrays, noise and all
#
# Put your own two arrays in the place of `u` and `v`; here they are the images between walls, with noise. Without
# `noise=` its level is read from the shortest waves of the images.

# %%
import numpy as np

from lib import residual

draw = np.random.default_rng(SEED)
u, v = (x + 0.005 * draw.standard_normal(x.shape) for x in (walls.u.values, walls.v.values))
noisy = residual.report(u, v, boundary="no-flux")
print(noisy)

# %% tags=["hide-input"]
glue("noisy-plain", farthest(noisy.given, TRUTH), display=False)
glue("noisy-advised", farthest(noisy.final, TRUTH), display=False)
both = [noisy.given, noisy.final]
publish(
    xr.Dataset(
        {
            "params": (("fit", "parameter"), [[float(x) for x in f.params] for f in both]),
            "uncertainty": (("fit", "parameter"), [[float(x) for x in f.errors] for f in both]),
        },
        coords={"parameter": list(Params._fields), "fit": ["as they came", "after the advice"]},
    ),
    "own_parameters",
)  # fmt: skip

# %% [markdown]
# Noise does not only blur the numbers, it moves them: by {glue:text}`noisy-plain:.0%` in the worst case, and
# more cells do not help. The error that comes with them says so, and the cure of {doc}`Section 6
# <06_residual>` leaves {glue:text}`noisy-advised:.1%` ({numref}`fig-own-parameters`).

# %% data=["own_parameters"] mystnb={"figure": {"caption": "The four parameters of images with noise, plainly and after the report's advice, with their errors. Line: the truth.", "name": "fig-own-parameters"}, "image": {"alt": "Four small panels, one for each parameter: a value with its error bar for each fit, and a line at the truth."}} tags=["hide-input"]
plots.parameters(noisy, TRUTH)

# %% [markdown]
# (job-landscape)=
# ## A landscape around your own picture
#
# `landscape.sweep` compares runs with the truth's data by default, as the paper does. With `target=` it
# compares them with a picture: here with $v$ of the pattern between walls, cell for cell as a simulation on a
# period would never make it. The losses look at power spectra, so where spots stand does not matter.

# %%
import numpy as np

from lib import landscape

axes = {
    "F": np.linspace(0.025, 0.045, profile.own_points),
    "k": np.linspace(0.060, 0.068, profile.own_points),
}
mine = landscape.sweep(axes, target=walls.v, states=1, steps=profile.own_steps, seed=SEED, device=device)

# %% tags=["hide-input"]
_ = publish(mine.drop_vars("v"), "own_plane")

# %% data=["own_plane"] mystnb={"figure": {"caption": "Spectral loss against one's own picture over a part of the F–k plane. Star: the parameters that made it.", "name": "fig-own-plane"}, "image": {"alt": "A heat map of the loss over kill rate (across) and feed rate (up), with a star at the parameters that made the picture."}}
figures.plane(mine, "spectral", star=TRUTH)

# %% [markdown]
# (job-data)=
# ## Data behind a figure, used again
#
# Every figure of this book leads to its data. They are NetCDF files, and need nothing of ours to be read.
# This takes the file behind {numref}`fig-own-images` and fits it once more.

# %%
import xarray as xr

from lib import residual

again = xr.open_dataset("data/own_images.nc")
print(residual.fit(again, dx=PEARSON_DX, stencil="spectral"))

# %% [markdown]
# ## What the report recognises
#
# | Images that are | what the report does |
# | :-- | :-- |
# | percent, per mille, or grey levels of 8, 10, 12 or 16 bits, in both fields or in one | divides, and says by what |
# | grey levels that were cut off, not rounded | adds half a level |
# | so few grey levels that they form a staircase | says so: such rounding is no noise |
# | stretched to their full range, or with a mean taken off | says so: what is lost cannot be fitted |
# | in another unit, or with an offset | says what u is where nothing reacts |
# | u and v exchanged, or one turned, mirrored or transposed against the other | turns it back |
# | a piece of a larger picture, or between walls | leaves out the edge, or mirrors there |
# | with gaps: `NaN`, zeros, a number such as −999 | leaves those cells out, and says how many |
# | of cells that are not square | says how oblong they are |
# | of another Laplacian: nine points, Oono and Puri's, eighth order, Fourier space | takes that one |
# | noisy, or stored in few digits | weak form with errors in variables |
# | scaled up | says so |
# | still changing, blurred, or of another model | asks for a second frame |
# | frames far apart | adds to the error what the time between them does |
# | without a pattern | says which combinations of parameters stay open |
#
# One thing no picture at rest can show is the unit of $v$: with $v' = bv$ the equations hold for $b^2 D_u$,
# $b D_v$, $b^2 F$ and $b(F+k)$. So the report says that it takes this unit for granted.
#
# It knows one model. A picture of anything else will fit badly, and the share of the reaction that is left
# unexplained says how badly.
