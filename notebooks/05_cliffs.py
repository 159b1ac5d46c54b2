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
# # Section 5.1: what is each cliff?
#
# The paper finds its cliffs “surprisingly close” to bifurcations of the homogeneous states in two published diagrams
# {cite}`delgado2017,gandy2022`. It names saddle-node and Hopf, and speculates that they are the cause. (The Turing curve
# below is our addition.) A cliff and a bifurcation are not the same by definition. A cliff
# is where *a run from one particular patch* stops ending in a pattern. A bifurcation is where a state appears, vanishes
# or stops attracting, whatever a run starts from. Whether the two agree can be measured.
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
from dataclasses import asdict

from IPython.display import Markdown
from myst_nb import glue

from lib import TRUTH, initial_state
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.publishing.glued import glue_all
from lib.publishing.sentences import cliffs as says
from lib.publishing.sentences import hopf as says_hopf
from lib.publishing.sentences.branch_ends import branch_ends, ends_of_branch
from lib.running.device import use
from lib.showing import figures
from lib.showing.animation import frames
from lib.showing.figures import cliffs as drawn
from lib.showing.tables import cliffs as listed
from lib.studies import bifurcation
from lib.studies.bifurcation import hopf_summary, measurements, summary
from lib.studies.bifurcation.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
found = measurements.measure(profile, SEED)
for name, data in found.files().items():
    publish(data, name)
there = summary.causes(found.known, found.by_side, found.by_strength)
both = summary.edges(found.edges, found.feed, found.diffusion)
low = hopf_summary.without_space(profile.cycle_kills, profile.cliff_steps)
glue_all(says.phrases(summary.curves(), there) | says.lengths(profile))
glue("in-one-minute", Markdown(says.minute(there, both) + "\n" + says_hopf.minute(low)), display=False)

# %% [markdown]
# ## Fields where nothing differs from place to place
#
# Where nothing differs from place to place, diffusion does nothing, and $u$ and $v$ are two numbers. The trivial state $u = 1$, $v = 0$ is always there and always
# attracts: its linearisation is diagonal, with the negative entries $-F - D_u \mu$ and $-(F+k) - D_v \mu$. Two more
# states exist where $F \ge 4 (F+k)^2$. They are born together on the **saddle-node** curve $k = \sqrt F / 2 - F$. The
# upper one begins to oscillate on the **Hopf** curve
#
# ```{math}
# (F + k)^2 = F \sqrt k
# \quad\Longleftrightarrow\quad
# F = \tfrac12 \sqrt k \left(1 - 2 \sqrt k - \sqrt{1 - 4 \sqrt k}\right).
# ```
#
# A wave of the lattice with $\mu = 4 \sin^2 (\pi m/N) + 4 \sin^2 (\pi n/N)$ grows on it past the **Turing** curve,
# where $\det J(\mu) = 0$ first for some $\mu$; for each $\mu$ that is a quartic in $v$. One more thing belongs to
# the computation and not to the equations: the Euler map turns an eigenvalue $\lambda$ into
# $1 + \Delta t\, \lambda$, and the Hopf curve moves to where $\operatorname{tr} J + \Delta t \det J = 0$. At the truth's
# $F$ the saddle-node lies at $k =$ {glue:text}`saddle-node`, the Hopf point at {glue:text}`hopf`, or
# {glue:text}`hopf-map` for the map with $\Delta t = 1$, the Turing point at {glue:text}`turing`.
#
# These curves are closed forms, and so are the states:

# %%
from lib.studies.bifurcation import homogeneous

print("Hopf at k =", homogeneous.hopf_k(0.035))
print("saddle-node at k =", homogeneous.saddle_node_k(0.035))
print("u and v between them:", homogeneous.states(0.035, 0.058))

# %% [markdown]
# ## The F–k plane, from the patch and carried along
#
# {numref}`fig-reach-fk` asks for a pattern in two ways. *From the patch* is the landscape's way, here over {glue:text}`reach-run`
# steps (the landscapes' runs have {glue:text}`landscape-steps`). *Carried* is another: the truth's pattern, come to rest,
# is taken to a neighbouring point, left there for {glue:text}`reach-carry` steps, taken on from there, and so
# forth (a uniform continuation over the plane). Where only a carried pattern lives, pattern and trivial state both
# attract, and the patch falls on the wrong side.

# %% data=["reach_F_k", "edges_F_k"] mystnb={"figure": {"caption": "Where the patch makes a pattern, and where a carried pattern lives, over the F–k plane, with the curves of the homogeneous states. Dots: the edges of the patch's region, bisected at each feed rate. The star is the truth.", "name": "fig-reach-fk"}, "image": {"alt": "A map of kill rate (across) and feed rate (up) in colours for where patterns live, with the bisected edges as dots, the homogeneous states' curves, and a star at the truth."}} tags=["hide-input"]
drawn.reach(found.feed, found.edges)
# %% data=["reach_Du_Dv"] mystnb={"figure": {"caption": "The same over the Du–Dv plane. No homogeneous curve crosses it: at the truth's F and k the trivial state is the only homogeneous one.", "name": "fig-reach-d"}, "image": {"alt": "A map of the two diffusion coefficients in colours for where patterns live, with a star at the truth."}} tags=["hide-input"]
drawn.reach(found.diffusion)
# %% tags=["hide-input"]
Markdown(says.covered(both, profile.reach_run, profile.reach_steps))

# %% [markdown]
# ## Which curve does each edge follow?
#
# The paper compares its cliffs with published cusps in the $F$–$k$ plane. The cusp has two flanks, and they are
# two questions. At each feed rate the edge of the patterned region is bisected to $10^{-4}$ in $k$, towards small
# and towards large $k$, and its distance to the curves is measured along $k$. What counts as the same place is 0.001:
# at the truth's $F$ the Hopf and the saddle-node curve are {glue:text}`curves-apart` apart, and a name needs less than half of that.

# %% tags=["hide-input"]
listed.flanks(found.edges)
# %% tags=["hide-input"]
finding = says.edge(both.left, "low-k", "Hopf") + says.from_map(both.left_map)
claims.record("bifurcations", measured=vars(both.left) | vars(there), finding=finding)
# %% tags=["hide-input"]
finding = says.edge(both.right, "high-k", "saddle-node")
claims.record("bifurcations-right", measured=vars(both.right), finding=finding)

# %% [markdown]
# ## Every cliff on the lines through the truth
#
# All three curves end at or below $k = 1/16 = 0.0625$. The truth has $k = 0.065$. So on the whole of the lines along
# $D_u$, $D_v$ and $F$ through the truth **there is no homogeneous state but the trivial one**, which attracts
# everywhere. No homogeneous bifurcation can be what ends the pattern there. What does?
#
# On the four lines the end of the pattern is located by bisection to $10^{-5}$, for several initial states, several
# run lengths, and once more with half the time step over the same time. {doc}`Section 4 <04_landscapes>` counts no
# cliff where runs flicker. Here two more places are sought, both along $D_u$ upwards: where flicker begins, and where
# flickering $v$ is gone too. A rule then names its cause. With $\delta$ one percent of the truth's value (or five times the range over the seeds, if that is
# more), the first of these applies.
#
# * *Time step*: with half the step the cliff lies more than $\delta$ further out, or is gone (a dash).
# * *Basin of the patch*: the carried pattern lives on more than $\delta$ beyond it.
# * *Homogeneous bifurcation*: one lies within $\delta$.
# * *End of the pattern*: the carried pattern ends within $\delta$.

# %% tags=["hide-input"]
listed.places(found.known, found.lines)
# %% [markdown]
# A run to a cliff has {glue:text}`cliff-steps` steps; a carried pattern is left for {glue:text}`carry-steps` at each value,
# and moves in steps of {glue:text}`carry-stride` of the truth's. It counts as a pattern down to its last spot.

# %% tags=["hide-input"]
Markdown(says.causes(there))

# %% [markdown]
# {download}`All cliffs (NetCDF) <data/cliffs.nc>`; the carried patterns along each line:
# {download}`Du ↓ <data/carried_Du_down.nc>`, {download}`Du ↑ <data/carried_Du_up.nc>`,
# {download}`Dv ↓ <data/carried_Dv_down.nc>`, {download}`Dv ↑ <data/carried_Dv_up.nc>`,
# {download}`F ↓ <data/carried_F_down.nc>`, {download}`F ↑ <data/carried_F_up.nc>`,
# {download}`k ↓ <data/carried_k_down.nc>`, {download}`k ↑ <data/carried_k_up.nc>`.
#
# How long must a run be to know? The cliffs against the run length:

# %% tags=["hide-input"]
listed.by_length(found.cliffs)

# %% [markdown]
# ## How the pattern itself ends
#
# A settled pattern is a steady state like any other: Newton's method finds it to round-off, and pseudo-arclength
# continuation follows it through its folds. {numref}`fig-diagrams` puts everything on one drawing for each parameter:
# the cliffs, the pattern carried outwards and back, the branch, its fold, the point where it stops attracting, and the
# homogeneous bifurcations.

# %% data=["branch_*", "branches", "carried_*", "cliffs"] mystnb={"figure": {"caption": "One bifurcation diagram for each parameter. The branch is followed on a smaller grid, whose pattern, laid side by side, is a steady state of the large one too; so it lies close to the carried pattern but not on it. Jumps of the carried pattern at its inner ends are spots dividing, which happens at the inner folds of the branch.", "name": "fig-diagrams"}, "image": {"alt": "Four panels, one for each parameter: curves of the mean of v, red lines at the cliffs, and other lines at the homogeneous bifurcations and at the truth."}} tags=["hide-input"]
curves = {name: bifurcation.curves_on_line(name) for name in TRUTH._fields}
drawn.diagrams(found.cliffs, found.lines, found.outlines, curves)
# %% tags=["hide-input"]
listed.branches(found.outlines, found.released, found.lines)

# %% [markdown]
# A dash stands where the branch has no fold as far as it was followed.
#
# A pattern can end in two ways: at a fold, where a real eigenvalue crosses zero, or before it, where it stops attracting.
# Beyond a fold the branch has turned back. Spots are known to divide there {cite}`reynolds1994,nishiura1999,chen2011`, and the
# table says where the carried pattern changes.

# %% tags=["hide-input"]
Markdown(branch_ends(*(ends_of_branch(found.outlines, inwards) for inwards in (True, False))))

# %% [markdown]
# The time step has a part in this too: the map amplifies an
# oscillation $\lambda = \rho \pm i \omega$ if $\rho > -\omega^2/2$, so a pair may still be damped in the equations.
#
# Do simulations agree? There are two tests. In the first the pattern is put where Newton's method finds it,
# disturbed by noise of $10^{-4}$, and released at one value of the parameter. The second is the carried pattern.

# %% tags=["hide-input"]
Markdown(says.ends(summary.ends(found.outlines, found.released, found.lines)))

# %% [markdown]
# ## The cliff moves with the patch
#
# If a cliff is the edge of the patch's basin, another patch has another cliff. {numref}`fig-patches` does that for the
# high-$k$ cliff: {glue:text}`patches` different patches move it over {glue:text}`patch-range` in $k$,
# {glue:text}`patch-spreads` times its range over the seeds. Of these patches {glue:text}`patches-below` have their cliff below
# the truth's $k$.

# %% data=["patch_side", "patch_strength"] mystnb={"figure": {"caption": "The high-k cliff for other patches. Left: the side of the square. Right: what is in it (20 × 20 cells). The paper's patch is in both panels. Nothing about the equations has changed between any two points. Dotted: the truth's k. A patch whose point is missing made no pattern as far as it was sought, or one that did not end.", "name": "fig-patches"}, "image": {"alt": "Two panels of points: the cliff's place in k against the side of the patch, and for what is in it; lines at the truth and where a carried pattern ends."}} tags=["hide-input"]
drawn.patches(found.by_side, found.by_strength, found.known["high k"][1].carried)
# %% [markdown]
# ## The cliff that the computer makes
#
# At high $D_u$ the pattern could live on, but the explicit step is too long. A mode with eigenvalue $\lambda$ is
# multiplied by $1 + \Delta t\, \lambda$, so a real one needs $\Delta t\, |\lambda| < 2$. The stiffest is a checkerboard; the
# rule of thumb puts $|\lambda| = 8 D_u + F + v^2$. That would be exact if $v$ were as large everywhere as it is in the
# middle of a spot. <a class="load" href="laboratory.html#laboratory.set=0&amp;laboratory.Du=0.25">See cells flicker, in the laboratory</a>
# Written as a checkerboard times something smooth, the mode sees $D_u \nabla^2 + v^2$, a particle in
# the wells that the spots make. Its top level $\Lambda$ takes the place of $v^2$:
# $|\lambda| = 8 D_u + F + \Lambda$ with $0 < \Lambda < \max v^2$. The trivial state flips at $(2 - F)/8$, and there
# nothing remains finite.

# %% data=["stiffness"] mystnb={"figure": {"caption": "Stiffness of the pattern along Du: the eigenvalue itself and the rule of thumb. Where the eigenvalue meets 2, cells begin to flicker from step to step.", "name": "fig-stiffness"}, "image": {"alt": "Two curves against Du, the eigenvalue and the rule of thumb, with a line at 2 and marks where flicker begins and where the trivial state flips."}} tags=["hide-input"]
drawn.stiffness(found.stiffness, found.cliffs.place.sel(edge="high Du: flicker").values)
# %% tags=["hide-input"]
step = summary.resolved(found.survey, found.stiffness, found.known)
Markdown(says.flicker(step))

# %% [markdown]
# Is the rest of the searched region safe? The paper names one bound, $D \le 1/4$, and says “most cases”. The
# search itself has no box; here random points are drawn from the box that holds all of the book's cuts and planes, since
# the landscapes rest on such runs. Each is run with both time steps, for {glue:text}`survey-steps` steps of time 1 (the
# landscapes' runs have {glue:text}`landscape-steps`).

# %% data=["survey"] mystnb={"figure": {"caption": "Runs at random points of the searched box, by Du and the rule of thumb (largest v at the end of the half-step run). Below the line the rule forbids flicker and divergence.", "name": "fig-survey"}, "image": {"alt": "Two scatter plots by outcome, for the full and the half time step, with a line at 2."}} tags=["hide-input"]
drawn.survey(found.survey)
# %% tags=["hide-input"]
claims.record("setup-stability", measured=vars(step), finding=says.resolved(step, profile.survey_steps))

# %% [markdown]
# ## Cycles that look uniform?
#
# The Hopf curve is near the low-$k$ edge, and the paper's animations show fields there that stay uniform for long
# and now and then flash. It takes them for limit cycles, and suspects that the stop rule of the training cuts them off
# as uniform. These are three statements. The first has an answer without any simulation. At a Hopf point the amplitude
# $r$ of a small oscillation obeys $\dot r = \omega\, l_1 r^3$, with the first Lyapunov coefficient $l_1$
# {cite}`kuznetsov2004`; the Euler map has a coefficient of its own. If it is negative, a stable cycle is born. If it is
# positive, the cycle is unstable: whatever grows away from the uniform state goes on growing.

# %% tags=["hide-input"]
Markdown(says_hopf.unison(low))

# %% [markdown]
# With space there may be more. So runs from the patch are watched at a few kill rates near the Hopf points of the equations and
# of their map, from several initial states. With the usual colours a spread of $v$ below 0.01 looks like one colour. It is not enough that the
# spread rises through 0.01: within one flash it does so many times. A flash of its own follows a *long calm*, five
# periods of the linear oscillation. The same runs are stopped by the rule of the training, and followed for
# four run lengths to see what becomes of them.

# %% data=["cycle_*"] mystnb={"figure": {"caption": "Mean and spread of v over a run from the patch, for a few kill rates, with pictures below each at the steps named.", "name": "fig-cycles"}, "image": {"alt": "For each kill rate a time series of the mean and the spread of v, and below it a row of pictures."}} tags=["hide-input"]
drawn.cycles(found.first_records)
# %% tags=["hide-input"]
watched = hopf_summary.flashing(found.records, found.fates, profile.cliff_steps)
listed.unrest(found.records, found.fates, profile.cliff_steps)
# %% [markdown]
# (Second half of a run of full length; median over the initial states, range in brackets. The last two columns: runs
# that the stop rule cuts off within a full length, and runs that have died within four.)

# %% tags=["hide-input"]
claims.record("hopf-cycles", measured=asdict(watched) | asdict(low), finding=says_hopf.cycles(watched, low))
# %% tags=["hide-input"]
claims.record(
    "hopf-flashes", measured=asdict(watched) | asdict(found.checked),
    finding=f"{says_hopf.flashes(watched)} {says_hopf.other_schemes(found.checked)}",
)  # fmt: skip
# %% tags=["hide-input"]
claims.record(
    "hopf-stop", measured=asdict(watched) | asdict(found.checked),
    finding=says_hopf.stops(watched, found.checked),
)  # fmt: skip

# %% data=["film_cycles"] mystnb={"figure": {"caption": "Two of these kill rates in motion, from the middle of the run on, ten steps a frame; v from 0 to 0.4.", "name": "fig-film-cycles"}} tags=["hide-input"]
kills, middle = profile.cycle_kills[:2], profile.cliff_steps // 2
times = list(range(middle, middle + min(4000, middle // 2), 10))
film = frames.film_of_panels(
    [TRUTH._replace(k=k) for k in kills], [f"k = {k:.4f}" for k in kills],
    initial_state(1, size=profile.size, seed=SEED), times, columns=2, top=0.4,
)  # fmt: skip
publish(film.data, "film_cycles")
film
