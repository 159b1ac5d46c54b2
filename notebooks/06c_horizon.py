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
# The paper has two results that seem to come from different worlds. Run the model for 40,000 steps and compare
# pictures: plateaus and cliffs, and no way down ({doc}`Section 4 <04_landscapes>`). Ask whether a picture satisfies the
# equations: a bowl ({doc}`Section 6 <06_residual>`). This page joins them. Take the settled picture $D = (u, v)$ itself as
# the *start*, run the model for $T$ steps at candidate parameters $p$, and see how far it has moved:
#
# $$ L(p;\,T) = \frac1N \sum_{\text{cells}} \left| G_p^{\,T}(D) - D \right|^2 , $$ (eq-horizon)
#
# where $G_p$ is one step of the model. At the truth the picture stands still, so $L = 0$ whatever $T$ is. At $T = 1$ the
# difference *is* the right-hand side of the equations: $L$ is the residual loss. At $T = 40{,}000$ it is a loss between the
# ends of long simulations. One number, the **horizon** $T$, leads from one to the other.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
import torch
from IPython.display import Markdown
from myst_nb import glue

from lib import grid
from lib.publishing.datasets import publish
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import horizon as plots
from lib.studies import horizon
from lib.studies.horizon.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
torch.set_num_threads(1)
field = {"size": profile.size, "settle": profile.horizon_settle, "seed": SEED}
small = field | {"size": profile.horizon_size}
squares, descents = profile.horizon_squares, profile.horizon_descents

# %% [markdown]
# ## The family in one picture
#
# The upper row of {numref}`fig-horizon` shows the F–k plane around the truth as $T$ grows, and at its end the paper's own
# loss. The curves below tell who still finds the truth. They come from {glue:text}`hz-starts` starts: the paper's own,
# $(0.127, 0.127, 0.05, 0.05)$, and random ones from the box that the training of {doc}`Section 3 <03_training>` starts in.
# What counts is the same at every horizon:
#
# * a start **finds the truth** if all four parameters end within 1 % of it;
# * **plain gradient descent** gets {glue:text}`hz-iterations` trial steps with the exact gradient through all $T$ steps,
#   in the paper's own coordinates, and nothing but a rate that adapts (doubled after success, quartered after failure);
# * **least squares** (Gauss–Newton in a trust region, sensitivities of every cell to every parameter) gets
#   {glue:text}`hz-trials` trial points.
#
# Both are needed. Plain descent crawls along a long valley even where nothing else is wrong, so its failure alone proves
# little. Least squares does not mind the valley's shape; where *it* fails, the landscape is to blame.

# %% tags=["hide-input"]
common = {"count": profile.horizon_starts, **small}
by_squares = horizon.recover(squares, method="squares", budget=profile.horizon_trials, **common)
by_descent = horizon.recover(descents, method="descent", budget=profile.horizon_iterations, **common)
axes = {name: horizon.RANGES[name] for name in ("F", "k")}
points = (profile.horizon_plane, profile.horizon_plane)
plane = horizon.panorama(grid.axes_over(axes, points), profile.horizons, **field)
publish(plane, "horizon_plane")
publish(by_squares, "horizon_squares")
publish(by_descent, "horizon_descent")
middle = len(profile.horizons) // 2
shown = [
    profile.horizons[i] for i in sorted({0, 1, middle - 1, middle, middle + 1, len(profile.horizons) - 1})
]
for key, value in {
    "hz-starts": profile.horizon_starts, "hz-iterations": profile.horizon_iterations, "hz-trials": profile.horizon_trials,
    "hz-size": profile.horizon_size, "hz-full": profile.size, "hz-settle": profile.horizon_settle,
}.items():  # fmt: skip
    glue(key, value, display=False)

# %% data=["horizon_plane", "horizon_squares", "horizon_descent"] mystnb={"figure": {"caption": "Above: loss over the F–k plane as a share of its largest value (white lines: every tenth; star: truth), from the residual's bowl to the paper's cliff. Below: share of the starts from which each search finds all four parameters within 1 %.", "name": "fig-horizon"}, "image": {"alt": "Maps of the loss from left to right: a smooth valley, then narrower ones with a growing flat region, at last a plateau with a hole. Below, the success of least squares falls from all starts at short horizons to none at long ones; that of plain descent falls earlier."}} tags=["hide-input"]
plots.family(plane, [by_squares, by_descent], shown)

# %% tags=["hide-input"]
break_squares, break_descent = horizon.breaking_point(by_squares), horizon.breaking_point(by_descent)
largest_all = int(max((T for T in squares if float(horizon.rate(by_squares).sel(horizon=T)) == 1), default=0))
largest_descent = int(
    max((T for T in descents if float(horizon.rate(by_descent).sel(horizon=T)) == 1), default=0)
)
near = by_squares.error.sel(horizon=squares[0]).max()
rows = []
for T in sorted({*squares, *descents}):
    cells = []
    for found in (by_squares, by_descent):
        if T in found.horizon:
            one = found.sel(horizon=T)
            hit = int((one.error < horizon.WITHIN).sum())
            cells.append(
                f"{hit} of {one.sizes['start']} | {float(one.error.median()):.1e} | {float(one.evaluations.mean()):.0f}"
            )
        else:
            cells.append("· | · | ·")
    rows.append(f"| {T:,} | " + " | ".join(cells) + " |")
for key, value in {
    "hz-break-squares": break_squares, "hz-break-descent": break_descent, "hz-all": largest_all,
    "hz-all-descent": largest_descent, "hz-near": float(near), "hz-last": int(squares[-1]),
    "hz-last-rate": 100 * float(horizon.rate(by_squares)[-1]),
}.items():  # fmt: skip
    glue(key, value, display=False)
head = (
    "| $T$ | least squares: found | median error | Jacobians | plain descent: found | median error | gradients |\n"
    "|--:|--:|--:|--:|--:|--:|--:|\n"
)
Markdown(head + "\n".join(rows))

# %% [markdown]
# Up to $T =$ {glue:text}`hz-all:,` least squares finds the truth from every start (at $T = 1$ within
# {glue:text}`hz-near:.0e`). Half of the starts are lost at **$T \approx$ {glue:text}`hz-break-squares:.0f`**; at
# {glue:text}`hz-last:,` steps {glue:text}`hz-last-rate:.0f` % are left. Plain descent keeps all of them up to
# $T =$ {glue:text}`hz-all-descent` and breaks at $T \approx$ {glue:text}`hz-break-descent:.0f`, for a reason of its own, to which we come.
# {numref}`fig-horizon-errors` has every search.

# %% data=["horizon_squares", "horizon_descent"] mystnb={"figure": {"caption": "Largest relative error of the four parameters at the end of every search. Dotted: 1 %. Least squares either lands on the truth or far from it.", "name": "fig-horizon-errors"}, "image": {"alt": "Two panels of dots over the horizon. Left, dots at very small errors for short horizons and near one for long ones; right, the same with the change at shorter horizons."}} tags=["hide-input"]
plots.errors([by_squares, by_descent])

# %% [markdown]
# The searches run in float64 on a grid of
# {glue:text}`hz-size` × {glue:text}`hz-size` cells with data settled for {glue:text}`hz-settle:,` steps; the landscapes on
# {glue:text}`hz-full` × {glue:text}`hz-full`.
#
# ### Is it what it claims to be?
#
# Three checks before anything is built on this.

# %% tags=["hide-input"]
gap = horizon.residual_gap(count=profile.horizon_starts, **small)
checked = [T for T in (1, 10, 100, 1000) if profile.steps >= T]
gaps = horizon.gradient_gap(checked, **small)
full_horizons = [T for T in (10, 100) if profile.steps >= T]
full_size = horizon.recover(
    full_horizons,
    method="squares",
    budget=profile.horizon_trials,
    **(common | {"count": min(3, common["count"])} | field),
)
same = by_squares.isel(start=slice(0, full_size.sizes["start"]))
found_full = ", ".join(f"{int(n)}" for n in (full_size.error < horizon.WITHIN).sum("start"))
found_small = ", ".join(
    f"{int((same.error.sel(horizon=T) < horizon.WITHIN).sum())}" for T in full_horizons if T in same.horizon
)
Markdown(
    f"* At $T = 1$ the loss and `residual.loss` agree within **{gap:.0e}** of its value at all starts, which is round-off.\n"
    "* The exact gradient at the paper's start against central differences, relative: "
    + ", ".join(f"{x:.0e} at $T$ = {T:,}" for T, x in gaps.items())
    + ".\n"
    f"* On the full {profile.size}² grid least squares finds the truth from {found_full} of the first "
    f"{full_size.sizes['start']} starts at $T$ = {', '.join(map(str, full_horizons))}; on the small one from {found_small}."
)

# %% [markdown]
# ## Along each parameter
#
# {numref}`fig-horizon-cuts` cuts through the truth along each parameter. The upper row starts from the data. At short
# horizons all curves are parabolas. Then the walls rise, bend over and become a plateau: two pictures of concentrations
# cannot differ by more than a pattern and an empty dish do, so a bowl that grows steeper must end somewhere.

# %% data=["horizon_cut_*"] mystnb={"figure": {"caption": "Loss along each parameter at every horizon, as a share of its largest value. Above: from the settled data. Below, the control: from the paper's patch, compared with what the truth makes of the same patch in the same time. Dotted: truth.", "name": "fig-horizon-cuts"}, "image": {"alt": "Eight panels of curves, dark ones wide parabolas, light ones flat with steep walls."}} tags=["hide-input"]
cuts = {
    name: horizon.panorama(grid.axes_over({name: ends}, (profile.horizon_cut,)), profile.horizons, **field)
    for name, ends in horizon.RANGES.items()
}
for name, cut in cuts.items():
    publish(cut, f"horizon_cut_{name}")
plots.cuts(cuts)

# %% [markdown]
# ## Which change does it?
#
# Between the residual and the paper's loss lie *three* changes, not one: the horizon grows, the run starts from a patch
# instead of the data, and spectra of $v$ are compared instead of pixels of $u$ and $v$. {numref}`fig-horizon-controls`
# makes them one at a time, with the same starts, budget and criterion.

# %% data=["horizon_squares", "horizon_data_*", "horizon_patch_*"] mystnb={"figure": {"caption": "Least squares again, with other initial states (dashed) and other things compared (colours), from the same starts.", "name": "fig-horizon-controls"}, "image": {"alt": "Curves of recovery against the horizon. The two for pixels of both fields lie close together; those for the spectrum are low at every horizon."}} tags=["hide-input"]
variants = [("patch", "pixels"), ("data", "v"), ("data", "spectral"), ("patch", "spectral")]
others = [
    horizon.recover(
        profile.horizon_others, method="squares", origin=origin, measure=measure, budget=profile.horizon_trials,
        **(common | {"count": profile.horizon_controls}),
    )
    for origin, measure in variants
]  # fmt: skip
for (origin, measure), found in zip(variants, others, strict=True):
    publish(found, f"horizon_{origin}_{measure}")
first = [T for T in squares if T in profile.horizon_others]
reference = by_squares.sel(horizon=first).isel(start=slice(0, profile.horizon_controls))
plots.controls([reference, *others])

# %% tags=["hide-input"]
named = {"both fields' pixels, from the data": reference}
named |= {f"{plots.NAMES[m]}, from the {o}": found for (o, m), found in zip(variants, others, strict=True)}
rows = [
    f"| {name} | " + " | ".join(f"{100 * float(x):.0f} %" for x in horizon.rate(found)) + " |"
    for name, found in named.items()
]
patch_pixels, data_v, data_spectral = others[0], others[1], others[2]
short = profile.horizon_others[1]
for key, value in {
    "hz-controls": profile.horizon_controls, "hz-short": short,
    "hz-spectral-short": 100 * float(horizon.rate(data_spectral).sel(horizon=short)),
    "hz-v-short": 100 * float(horizon.rate(data_v).sel(horizon=short)),
    "hz-patch-short": 100 * float(horizon.rate(patch_pixels).sel(horizon=short)),
    "hz-origin": 100 * float(np.abs(horizon.rate(patch_pixels) - horizon.rate(reference)).max()),
}.items():  # fmt: skip
    glue(key, value, display=False)
Markdown(
    "| compared | " + " | ".join(f"$T$ = {T:,}" for T in profile.horizon_others) + " |\n|:--|"
    + "--:|" * len(profile.horizon_others) + "\n" + "\n".join(rows)
)  # fmt: skip

# %% [markdown]
# ({glue:text}`hz-controls` starts each.) Three answers:
#
# * **The initial state hardly matters.** From the patch, with the patch's own trajectory as the goal, the curve is
#   the same within {glue:text}`hz-origin:.0f` percentage points. The bowl is no privilege of settled data; a young pattern has one
#   too, as long as one asks about a short time.
# * **The horizon is enough to break it.** From perfect data, comparing every pixel of both fields, the cliffs come with $T$ alone.
# * **What is compared is enough, too.** With log spectra of $v$ least squares fails at once: at $T =$ {glue:text}`hz-short` it
#   finds the truth from {glue:text}`hz-spectral-short:.0f` % of the starts, while pixels of the same $v$ allow {glue:text}`hz-v-short:.0f` %.
#   (At $T = 1$ there is a simple reason for any loss of $v$ alone: $v$'s first step knows $F$ and $k$ only by their sum,
#   and of $D_u$ nothing. From the second step on it knows them all.)
#
# The paper names the horizon's part. The loss's part was hidden behind it: a loss that throws away positions, and takes
# logarithms of what is left, is bumpy before any dynamics come in.
#
# ## Why it closes
#
# {numref}`fig-horizon-width`, left: the paraboloid that fits the loss at the truth would reach the height of an empty
# dish's loss at this distance, in the steepest direction. There is no bowl beyond it.

# %% data=["horizon_curvature"] mystnb={"figure": {"caption": "Left: half width of the bowl at the truth, relative to the parameters. Middle: condition number of its Hessian there. Right: share of each cut's points from which the loss falls all the way to the truth.", "name": "fig-horizon-width"}, "image": {"alt": "The width falls by two orders of magnitude within a hundred steps and then stays; the condition number rises and stays; the shares fall from all to few."}} tags=["hide-input"]
curved = horizon.curvature(profile.horizons, **small)
publish(curved, "horizon_curvature")
plots.closing(curved, cuts)

# %% tags=["hide-input"]
handed = [T for T in descents if T > 10] or list(descents[-1:])
begin = by_descent.params.sel(horizon=handed).values
continued = horizon.recover(handed, method="squares", budget=profile.horizon_trials, begin=begin, **common)
rows = []
for T in handed:
    direct = horizon.rate(by_squares).sel(horizon=T, method="nearest")
    rows.append(
        f"| {T:,} | {100 * float(horizon.rate(by_descent).sel(horizon=T)):.0f} % | {100 * float(horizon.rate(continued).sel(horizon=T)):.0f} % "
        f"| {100 * float(direct):.0f} % (at $T$ = {int(direct.horizon):,}) |"
    )
width, condition = curved.width.values.tolist(), curved.raw_condition.values.tolist()
for key, value in {
    "hz-width-one": 100 * width[0], "hz-width-min": 100 * min(width), "hz-width-last": 100 * width[-1],
    "hz-narrowest": int(curved.horizon[width.index(min(width))]), "hz-condition-one": condition[0], "hz-condition-max": max(condition),
    "hz-continued": 100 * float(horizon.rate(continued)[0]), "hz-handed": handed[0],
}.items():  # fmt: skip
    glue(key, value, display=False)
Markdown(
    "| $T$ | plain descent finds | least squares, going on from where descent stopped | least squares from the starts themselves |\n"
    "|--:|--:|--:|--:|\n" + "\n".join(rows)
)

# %% [markdown]
# At $T = 1$ the bowl is {glue:text}`hz-width-one:.0f` % of the parameters wide: wider than any range one would search. At
# $T =$ {glue:text}`hz-narrowest` it has shrunk to {glue:text}`hz-width-min:.0f` %, and at full length it has {glue:text}`hz-width-last:.0f` %. Starts
# that are further away than that stand on the wall or behind it. Least squares makes up for part of it, as its steps are long; then
# the cliffs come, and it has nothing left to hold on to.
#
# Plain descent breaks earlier because the valley becomes long and thin: its condition number in the coordinates of the descent
# grows from {glue:text}`hz-condition-one:.0f` to {glue:text}`hz-condition-max:.0f`. The table tells slow from lost. Where descent ran
# out of its budget at $T =$ {glue:text}`hz-handed`, least squares takes over and finds the truth from {glue:text}`hz-continued:.0f` % of those places:
# descent was on its way in the right valley. At longer horizons it is lost like everybody else.
#
# ## What the middle is good for: noise
#
# The residual's weak spot is noise: the Laplacian amplifies it ({doc}`Section 6 <06_residual>`). A few steps of the model
# do the opposite; diffusion washes noise away before anything is compared. {numref}`fig-horizon-noise` puts noise on the
# data, on the start of every run and on its goal, and fits from the paper's start.

# %% data=["horizon_noise"] mystnb={"figure": {"caption": "Error of least squares from the paper's start, with noise on the data. Thin: single draws; thick: their median; dotted: 1 %.", "name": "fig-horizon-noise"}, "image": {"alt": "For each noise level the error falls steeply from one step to a few dozen, and rises again at a hundred."}} tags=["hide-input"]
levels = (1e-3, 1e-2, 3e-2)
with_noise = horizon.noisy(
    levels, profile.horizon_noise, draws=profile.horizon_draws, budget=profile.horizon_trials, **small
)
publish(with_noise, "horizon_noise")
plots.noise(with_noise)

# %% tags=["hide-input"]
typical = np.abs(with_noise.error).max("parameter").median("draw")
rows = [
    f"| {level:g} | " + " | ".join(f"{100 * float(x):.2g} %" for x in typical.sel(noise=level)) + " |"
    for level in levels
]
at_hundredth = typical.sel(noise=1e-2)
for key, value in {
    "hz-noise-one": 100 * float(at_hundredth[0]), "hz-noise-best": 100 * float(at_hundredth.min()),
    "hz-noise-where": int(at_hundredth.horizon[int(np.argmin(at_hundredth.values))]),
}.items():  # fmt: skip
    glue(key, value, display=False)
Markdown(
    "| noise | " + " | ".join(f"$T$ = {T:,}" for T in profile.horizon_noise) + " |\n|--:|"
    + "--:|" * len(profile.horizon_noise) + "\n" + "\n".join(rows)
)  # fmt: skip

# %% [markdown]
# At a noise of 0.01 the residual, $T = 1$, is off by {glue:text}`hz-noise-one:.0f` %. At $T =$ {glue:text}`hz-noise-where` the
# same data give {glue:text}`hz-noise-best:.2g` %, without any filter and without knowing the noise's level; compare the cures of
# {doc}`Section 6 <06_residual>`. The bowl is still whole there. Still longer horizons lose again: what is left of the noise in the start has
# grown into a difference of patterns by then.
#
# ## What follows
#
# The direct route to the parameters is not ill-posed. It is ill-posed *at long horizons, and under a loss that forgets
# positions*; the paper's setting has both. The residual loss is not another kind of loss, either: it is the direct
# route with a horizon of one step. Between the two ends lies a choice, and both ends are bad choices for real data:
# one step trusts the noise, forty thousand lose the way. Whoever has the data should start from them and look some dozen steps ahead.
