# ---
# jupyter:
#   book:
#     after: [03_training, 04_landscapes]
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
# # Explore the landscape
#
# **In one minute**
#
# * Point at a place of a map: its loss, and the picture that grows there.
# * Choose a run of the training: its path over the map.
# * Start two descents from one place: one on the landscape, one in the residual's bowl.
#
# {doc}`Section 4 <04_landscapes>` shows its maps as pictures. Here you can point at them and ask: what is the loss at this
# point, what grows there, which way is down, and where did the training of {doc}`Section 3 <03_training>` go? Nothing is
# computed while you play. Every number and picture was made before: by the runs of those two sections, and on this page the
# shorter runs, the residual and the Gram loss over the second plane.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
from myst_nb import glue

from lib import TRUTH, Outcome, paper
from lib.losses import LOG_FLOOR
from lib.publishing.datasets import publish
from lib.publishing.sentences import landscapes as sentences
from lib.running.device import use
from lib.showing.widgets import Descend, Explorer, planes, sliders
from lib.showing.widgets.explorer import Curve, recorded_path, training_paths
from lib.showing.widgets.refined_planes import refined_plane
from lib.studies import shared
from lib.studies.bifurcation import homogeneous, timestep
from lib.studies.landscapes import derived_maps, flatness
from lib.studies.landscapes.between_runs import between_runs
from lib.studies.landscapes.coarse import coarse_grid
from lib.studies.landscapes.sizes import sizes
from lib.studies.patterns import intermediate_times
from lib.studies.pinn.recovery import steady_states
from lib.studies.training import train_plans
from lib.studies.training.sizes import sizes as training_sizes_of

profile = sizes(PROFILE)
training_sizes = training_sizes_of(PROFILE)
device = use(DEVICE)

# %% [markdown]
# ## Point at a map
#
# Point at a place, or focus the map and use the arrow keys (with Shift: in longer steps; Home: the truth). A click, or
# Enter, shows what has grown there after {glue:text}`steps` steps, and the button under the picture starts the same parameters in the
# {doc}`laboratory <laboratory>`, where one can watch it happen.

# %% tags=["hide-input"]
# The very sweeps of Section 4: they come from the cache.
feed = shared.feed_plane(profile, seed=SEED, device=device)
diffusion = shared.diffusion_plane(profile, seed=SEED, device=device)
even = coarse_grid(feed)
early = intermediate_times.sweep_in_time(
    derived_maps.axes_of(even),
    profile.explorer_times,
    states=1,
    seed=SEED,
    size=profile.size,
    pictures=False,
    title="shorter runs",
)
steady = steady_states(1, profile.size, profile.steps, SEED)
every = profile.explorer_gram_every
# Kept where it was computed alone: the widget says where each value belongs.
gram = derived_maps.gram_map(coarse_grid(diffusion), every=every)[::every, ::every]
# Section 3's runs.
runs = train_plans({"plain": shared.plain_training(profile, seed=SEED)}, title="plain loss")["plain"]
labels = [f"the paper's start, batch draw {i + 1}" for i in range(training_sizes.paper_starts)]
labels += [f"random start {i + 1}" for i in range(training_sizes.training_starts)]
rates = np.linspace(*paper.FEED_PLANE["F"], 81)
oscillating = [homogeneous.hopf_k(float(F), dt=1.0) or np.nan for F in rates]
waving = [homogeneous.turing_k(TRUTH.Du, TRUTH.Dv, float(F), profile.size) or np.nan for F in rates]
flips = timestep.flip_Du(TRUTH.Dv, TRUTH.F, TRUTH.k, 0.0)
curves = [
    Curve(
        "saddle-node: no uniform state to the right", "F-k", np.c_[homogeneous.saddle_node_k(rates), rates]
    ),
    Curve("Hopf: the uniform state oscillates to the right", "F-k", np.c_[oscillating, rates]),
    Curve("Turing: a wave grows on the uniform state to the right", "F-k", np.c_[waving, rates]),
    Curve(
        "the time step's limit: where v is zero, a checkerboard grows above",
        "Du-Dv",
        [(Dv, flips) for Dv in paper.DIFFUSION_PLANE["Dv"]],
    ),
]
surfaces = [between_runs(plane, every=2) for plane in (feed, diffusion)]
residuals = [{"residual": derived_maps.residual_map(surface, steady)} for surface in surfaces]
bowls = [derived_maps.residual_bowl(surface, steady) for surface in surfaces]
maps = [
    refined_plane(feed, more=residuals[0], early=early, bowl=bowls[0]),
    refined_plane(diffusion, more=residuals[1] | {"gram": gram}, bowl=bowls[1]),
]
Explorer(maps, paths=[recorded_path(), *training_paths(runs, labels)], curves=curves, selected=list(TRUTH))

# %% [markdown]
# Three things are easily misread. Every place shows the run that is nearest to it: the cliffs
# are thin because runs crowd along them, and the plateaus come in large pieces because nothing happens there. Its numbers are
# that run's, but for those known on another grid: shorter runs and the Gram loss on the coarse grid, the residual on every
# second line of the lattice. There the nearest point is taken, and where it is another one the list names it. Runs that diverge or flicker have a colour of
# their own, because what they score belongs to the time step. And a training run moves in four dimensions: its path is
# the shadow it casts on the plane, and the colour beneath a dot is not the loss it met. That one stands in the line
# below the slider.
#
# **Try this.** *Load this* sets the map above to what a line describes.
#
# * Switch between the losses and watch what stays: the wall.
#   <a class="load" href="#explorer.plane=F-k&amp;explorer.loss=windowed">load this</a>
# * Switch to the residual: for the same data the wall is gone.
#   <a class="load" href="#explorer.plane=F-k&amp;explorer.loss=residual">load this</a>
# * From the truth, walk right with the arrow keys and see where the picture dies. None of the curves is near.
#   <a class="load" href="#explorer.plane=F-k&amp;explorer.loss=spectral&amp;explorer.Du=0.16&amp;explorer.Dv=0.08&amp;explorer.F=0.035&amp;explorer.k=0.065">load this</a>
# * Play a run of the training, and look at how far it leaps.
#   <a class="load" href="#explorer.plane=F-k&amp;explorer.loss=spectral&amp;explorer.run=run-0">load this</a>
#
# ## Descend yourself
#
# Both maps below show the same parameters, and the start is yours: click, or move with the keys and press Enter. Then *Go*.
# On each map a walker goes straight downhill, $p \leftarrow p - \eta\,(\nabla L + \text{noise})$, with the same learning
# rate and the same noise.

# %% tags=["hide-input"]
both = zip(surfaces, residuals, bowls, strict=True)
Descend([planes.plane(surface, more=more, bowl=bowl, pictures=False) for surface, more, bowl in both])

# %% [markdown]
# On the left this is a descent on the *sampled* surface. Between the computed points the height is interpolated,
# and the slope of that is what the walker feels. It is kinder than the truth: it lends every cliff a slope, one cell
# wide, and hides the roughness among the patterns that {doc}`Section 3 <03_training>` measures. The bowl on the right needs no such help;
# it is descended by its formula. Heights are divided by their range and positions by the map's width and height, so that
# one learning rate serves both sides.
#
# Start where $v$ has died, at the upper right of the first plane, and nothing moves: the slope is zero.
# <a class="load" href="#descend.plane=F-k&amp;descend.loss=spectral&amp;descend.noise=0&amp;descend.rate=0.3&amp;descend.across=0.0675&amp;descend.up=0.06">load this</a>
#
# Start where $v$ fills the dish, and the walker hardly moves: over that whole region the loss varies by
# {glue:text}`uniform-span:.1f` on a scale of {glue:text}`uniform-scale:.0f`.
# <a class="load" href="#descend.plane=F-k&amp;descend.loss=spectral&amp;descend.noise=0&amp;descend.rate=0.3&amp;descend.across=0.0535&amp;descend.up=0.035">load this</a>
#
# Reaching a cliff does not help, for a cliff is no way down. {glue:text}`catapult`
#
# On the bowl the same settings lead to the star from every start, slowly only along the valley. Too large a rate, or
# noise, spoils that too; there a smaller rate is a remedy.
#
# ## One number at a time
#
# How long must a simulation run before there is a wall? In the cut on the right, a single step between neighbours takes more than half of
# the range for the first time after {glue:text}`wall-above` steps above the truth's $k$, where the patch dies, and after
# {glue:text}`wall-below` below it, where what had begun as a pattern fills the dish.
# {glue:text}`downhill`

# %% tags=["hide-input"]
times = derived_maps.in_time(early, even)
sliders.over_time(times)

# %% [markdown]
# And $\varepsilon$ in $\log(P + \varepsilon)$, put there to keep the logarithm finite? It sets how high the plateau stands.
# {glue:text}`floors-apart`

# %% tags=["hide-input"]
by_floor = derived_maps.floor_maps(even, (1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0))
sliders.over_floor(by_floor)

# %% [markdown]
# Data behind these sliders (NetCDF): {download}`simulation time <data/explorer_times.nc>`,
# {download}`floor <data/explorer_floors.nc>`; the planes themselves are on the page of {doc}`Section 4 <04_landscapes>`.

# %% tags=["remove-cell"]
publish(times.to_dataset(name="spectral"), "explorer_times")
publish(by_floor.to_dataset(name="spectral"), "explorer_floors")
level = feed.spectral.mean("state").where(feed.outcome.isel(state=0) == Outcome.UNIFORM)
glue("steps", f"{profile.steps:,}", display=False)
glue("uniform-span", float(level.max() - level.min()), display=False)
glue("uniform-scale", float(feed.spectral.max()), display=False)
glue("catapult", sentences.catapult(flatness.relief(even).drop), display=False)
standing = derived_maps.walls(times)
for side, since in standing._asdict().items():
    glue(f"wall-{side}", "none of these numbers of" if since is None else f"{since:,}", display=False)
along_k = derived_maps.cut_through_truth(times).values
goal = int(np.flatnonzero(times.k.values == TRUTH.k)[0])
points = times.sizes["k"]
ways_down = {
    int(time): round(points * intermediate_times.downhill_share(cut, goal))
    for time, cut in zip(times.time.values, along_k, strict=True)
}
glue("downhill", sentences.downhill(ways_down, points), display=False)
usual = by_floor.sel(floor=LOG_FLOOR, method="nearest")
alike = min(sliders.same_side(one, usual) for one in by_floor)
glue("floors-apart", sentences.floors_apart(round((1 - alike) * usual.size), usual.size), display=False)
