# ---
# jupyter:
#   book:
#     after: [04_landscapes]
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
# # What the landscape really says
#
# A landscape is a number at every point, and a number looks exact. {doc}`Section 4 <04_landscapes>` drew a valley
# whose floor is zero at the truth, a plateau at 250, and walls between. This page asks how much of that belongs to
# the parameters. How low can the loss get when only the parameters agree? Why is the plateau as high as it is? And
# does the landscape have to be read at the end of the run: is there more to see on the way?

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
import xarray as xr
from IPython.display import Markdown
from myst_nb import glue

from lib import SAMPLED_SETS, TRUTH, grid, initial_state, paper
from lib.history import history
from lib.losses import LOG_FLOOR
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import intermediate as figures_intermediate
from lib.showing.figures import noise_floor as figures_floor
from lib.studies import shared
from lib.studies.landscapes import flatness
from lib.studies.patterns import intermediate_times, noise_floor, spectral_distance
from lib.studies.patterns.other_initial_runs import varied_runs
from lib.studies.patterns.other_initial_states import varied_states
from lib.studies.patterns.sizes import sizes

profile = sizes(PROFILE)
device = use(DEVICE)
figures.style()

# %% [markdown]
# ## The zero at the truth
#
# Landscapes are drawn with the same initial states for candidate and target. At the truth both runs are then the same
# run, and the loss is zero by construction. Training, and anyone with a real picture to explain, has other initial
# states. So let us run the truth from {glue:text}`states:d` initial states and score the runs against each other.
#
# There is a value to expect. Far from order, the power of a picture at one wave number is distributed
# exponentially about its mean, $\log P$ then has variance $\pi^2/6$ whatever that mean is, and two independent
# pictures with the *same* expected spectrum differ by
#
# ```{math}
# :label: eq-floor
# \overline{\left(\log P - \log P^\ast\right)^2} = 2 \cdot \tfrac{\pi^2}{6} = \tfrac{\pi^2}{3} = 3.29
# ```
#
# in the mean square. The spectral loss cannot tell two pictures apart better than that unless their spots coincide.

# %% tags=["hide-input"]
aged = noise_floor.truth_over_time(
    profile.floor_times, states=profile.floor_states, seed=SEED, size=profile.size
)
at_the_end = aged.v.sel(time=profile.steps).values
floor = noise_floor.pairwise(at_the_end)
floor_windowed = noise_floor.pairwise(at_the_end, "windowed")
band, band_windowed = noise_floor.band(floor), noise_floor.band(floor_windowed)
single = initial_state(1, size=profile.size, seed=SEED)
precise = history(TRUTH, type(single)(*(x.double() for x in single)), [profile.steps]).v[0].values
round_off = float(noise_floor.against(precise.astype(np.float32), at_the_end[:1])[0, 0])

# %% tags=["remove-cell"]
for name, value in {
    "states": profile.floor_states, "pairs": floor.size, "floor-median": float(np.median(floor)),
    "floor-low": band[0], "floor-high": band[1], "floor-top": float(floor.max()),
    "windowed-median": float(np.median(floor_windowed)), "windowed-low": band_windowed[0],
    "windowed-high": band_windowed[1], "round-off": round_off, "random-floor": noise_floor.RANDOM_FLOOR,
}.items():  # fmt: skip
    glue(name, value, display=False)

# %% [markdown]
# Over the {glue:text}`pairs:d` pairs the median spectral loss after a full run is {glue:text}`floor-median:.2f`, a little
# above $\pi^2/3$, and nine pairs in ten lie between {glue:text}`floor-low:.2f` and {glue:text}`floor-high:.1f`, with a
# tail up to {glue:text}`floor-top:.0f` that the next section explains. The windowed loss has its own floor: median
# {glue:text}`windowed-median:.2f`, band {glue:text}`windowed-low:.2f` to {glue:text}`windowed-high:.2f`. Even the zero
# is soft: the truth from the same initial state, computed once in double and once in single precision, scores
# {glue:text}`round-off:.2f` against itself.
#
# {numref}`fig-floor` puts that band on the cuts of Section 4. Only what stands out of it can be known from a
# picture.

# %% data=["floor_Du", "floor_Dv", "floor_F", "floor_k"] mystnb={"figure": {"caption": "The cuts of Section 4 on a logarithmic scale. Teal: shared initial states, as landscapes are drawn; the line plunges to zero at the truth. Orange: the same ends scored against the truth's runs from other initial states (median, and the whole range). Yellow: the noise floor, which runs of the truth itself span.", "name": "fig-floor"}, "image": {"alt": "Four panels with logarithmic loss. The orange band of independent initial states lies inside the yellow noise floor over much of the patterned valley; only the teal line dips at the truth."}} tags=["hide-input"]
cuts = shared.cuts(profile, seed=SEED, device=device)
for name, cut in cuts.items():
    # The first of these states made the cut's pictures; the others are strangers to it.
    scores = {
        "independent": ((name, "target"), noise_floor.against(cut.v.values, at_the_end[1:])),
        "independent_windowed": (
            (name, "target"),
            noise_floor.against(cut.v.values, at_the_end[1:], "windowed"),
        ),
    }
    cuts[name] = cut.assign(scores)
    publish(
        cuts[name][["spectral", "windowed", "outcome", *scores]].assign_attrs(
            floor_low=band[0], floor_high=band[1]
        ),
        f"floor_{name}",
    )
figures_floor.floors(cuts, band)
# %% [markdown]
# How much of a cut hides in the band? The stretch around the truth over which the typical loss from other initial
# states stays below the upper edge of that loss's own band:

# %% tags=["hide-input"]
rows = []
for name, cut in cuts.items():
    line = []
    for loss, ceiling in (("independent", band[1]), ("independent_windowed", band_windowed[1])):
        low, high = noise_floor.indistinguishable(cut[loss], name, ceiling)
        line.append(f"{low:.4f} … {high:.4f} | {100 * (high - low) / getattr(TRUTH, name):.0f} %")
    rows.append(f"| {figures.SYMBOLS[name]} | {getattr(TRUTH, name)} | " + " | ".join(line) + " |")
head = (
    "| parameter | truth | not told from it by the spectral loss | width | by the windowed loss | width |\n"
)
Markdown(head + "|:--|--:|:--|--:|:--|--:|\n" + "\n".join(rows))

# %% [markdown]
# The dip of the shared landscape is not the parameters showing through. It is one and the same run recognising
# itself: a step aside in any parameter moves a few spots, and the loss is at the floor of two strangers.
#
# ## “Steady” is not
#
# A run ends after {glue:text}`steps` steps because runs have to end. {numref}`fig-ageing` lets the truth's grow
# older.

# %% data=["ageing"] mystnb={"figure": {"caption": "The truth's runs growing older. Left: the largest change of any cell in one step. Middle: each run against itself at twice the age. Right: runs from different initial states against each other, median and 5–95 %. As dishes put themselves in order, the spectral loss between equals grows to the height of the plateau; the windowed loss stays where it was.", "name": "fig-ageing"}, "image": {"alt": "Three logarithmic panels against age: changes fall from a thousandth to a ten-millionth; losses between a run and its later self, and between runs, rise from three to a hundred and more."}} tags=["hide-input"]
times = list(profile.floor_times)
doubled = [t for t in times if 2 * t in times]
ages = xr.Dataset(
    {
        "later": (("begin", "state"), np.stack([noise_floor.between_times(aged, t, 2 * t) for t in doubled])),
        "between": (("time", "pair"), np.stack([noise_floor.pairwise(v.values) for v in aged.v])),
        "windowed": (
            ("time", "pair"),
            np.stack([noise_floor.pairwise(v.values, "windowed") for v in aged.v]),
        ),
    },
    coords={"begin": doubled, "time": times},
)
publish(xr.merge([ages, aged[["change"]]]), "ageing")
figures_floor.ageing(aged, ages)
# %% tags=["remove-cell"]
first_height = noise_floor.plateau_height(aged.v.isel(time=-1).values)
order = np.argsort(first_height)
for name, value in {
    "change-end": float(aged.change.sel(time=profile.steps).median()),
    "change-last": float(aged.change.isel(time=-1).median()),
    "twice-median": float(np.median(noise_floor.between_times(aged, profile.steps, 2 * profile.steps))),
    "twice-top": float(np.max(noise_floor.between_times(aged, profile.steps, 2 * profile.steps))),
    "old-median": float(ages.between.isel(time=-1).median()),
    "old-top": float(ages.between.isel(time=-1).max()),
    "old-windowed": float(ages.windowed.isel(time=-1).median()),
    "still-moving": int((aged.change.sel(time=profile.steps) > 5e-5).sum()),
}.items():  # fmt: skip
    glue(name, value, display=False)
glue("steps", f"{profile.steps:,}", display=False)
glue("double-steps", f"{2 * profile.steps:,}", display=False)
glue("last-time", f"{times[-1]:,}", display=False)

# %% [markdown]
# * At {glue:text}`steps` steps a typical run still changes by {glue:text}`change-end:.1e` a step, and
#   {glue:text}`still-moving:d` of {glue:text}`states:d` are above the 5·10⁻⁵ at which training calls a run converged.
# * The same run at {glue:text}`double-steps` steps scores {glue:text}`twice-median:.1f` in the median against itself,
#   {glue:text}`twice-top:.0f` at worst: no closer than a stranger.
# * And the end is not a sharper landscape. At {glue:text}`last-time` steps the change is down to
#   {glue:text}`change-last:.1e`, and two runs of the truth differ by {glue:text}`old-median:.0f` in the median, up to
#   {glue:text}`old-top:.0f`: as much as between a pattern and an empty dish. The windowed loss between the same runs is
#   still {glue:text}`old-windowed:.1f`.
#
# {numref}`fig-settled` shows why. The defects heal one by one, and what is left is close to a crystal: its power sits in a
# few sharp peaks, everywhere else it falls through the log floor. Which peaks, and how deep the rest falls, depends on
# how far this dish has come, and the logarithm counts every empty wave number as much as a peak.

# %% data=["settled"] mystnb={"figure": {"caption": "Two runs of the truth at the end of a full run and at the last age computed, with their spectra. One has turned into a near-perfect crystal, the other still carries defects.", "name": "fig-settled"}, "image": {"alt": "Four pictures of spots with their spectra: three spectra are broad, one consists of sharp points on a dark ground."}} tags=["hide-input"]
pick_two = [int(order[0]), int(order[-1])]
pictures = aged[["v"]].sel(time=[profile.steps, times[-1]]).isel(state=pick_two)
publish(pictures, "settled")
figures_floor.settled(
    pictures.v.transpose("state", "time", ...).values,
    [f"state {i}" for i in pick_two],
    [f"{profile.steps:,} steps", f"{times[-1]:,} steps"],
)
# %% [markdown]
# ## Who set the height of the plateau?
#
# A uniform field has no variation: $X = 0$ at every wave number, whatever level it settled at and whatever the
# parameters are. Its loss against a target with powers $P^\ast$ is therefore a number of the target and of the log floor
# alone,
#
# ```{math}
# :label: eq-plateau
# \mathcal L_{\text{plateau}} = \overline{\left(\log(P^\ast + \varepsilon) - \log \varepsilon\right)^2} ,
# ```
#
# and $\varepsilon = 10^{-8}$ was put there to keep a logarithm finite. {numref}`fig-plateau-height` varies it, and the age
# of the target.

# %% tags=["hide-input"]
exponents = np.arange(-12.0, -1.0)
floors = 10.0**exponents
heights = noise_floor.heights(aged, floors)
error = noise_floor.formula_error(at_the_end, 0.3, floors)
ends = noise_floor.dead_and_even_ends(SAMPLED_SETS[:2], seed=SEED, size=profile.size, steps=profile.steps)
simulated = xr.DataArray(
    noise_floor.cut_over_floors(ends, at_the_end[0], floors).T,
    dims=("end", "epsilon"), coords={"end": ["set 1: uniform", "set 2: dead"], "epsilon": floors},
)  # fmt: skip
cut = cuts["k"]
over_floors = noise_floor.cut_over_floors(cut.v.values, at_the_end[0], floors)
floor_epsilon = xr.Dataset(
    {"floors": (("epsilon", "k"), over_floors), "height": heights, "simulated": simulated},
    coords={"epsilon": floors, "k": cut.k.values},
    attrs={
        "description": "spectral loss along k, first initial state, under several log floors; plateau heights"
    },
)
_ = publish(floor_epsilon, "floor_epsilon")

# %% data=["floor_epsilon"] mystnb={"figure": {"caption": "The height of the plateau. Left: against ε, in closed form for targets of several ages (lines), and as simulated for the two ends without a pattern among the seven sets (marks; the target is a full run). Middle: against the target's age, one line for each initial state. Right: the cut along k under several ε; the shape stays, the scale is free.", "name": "fig-plateau-height"}, "image": {"alt": "Left, falling lines on logarithmic axes from six hundred to ten. Middle, heights that rise to 270 and then fall apart between 30 and 250. Right, a family of cuts of the same shape at different heights."}} tags=["hide-input"]
figures_floor.plateau(heights, floor_epsilon, "k", simulated)
# %% tags=["remove-cell"]
usual = heights.sel(epsilon=LOG_FLOOR, method="nearest")
mean_end = heights.sel(time=profile.steps).mean("state")
for place in (-12, -8, -4, -2):
    glue(f"height{place}", float(mean_end.sel(epsilon=10.0**place, method="nearest")), display=False)
own = float(noise_floor.plateau_height(at_the_end[:1])[0])
low_own = float(noise_floor.plateau_height(at_the_end[:1], floors[0])[0])
for name, value in {
    "formula-error": error, "height-top": float(usual.mean("state").max()),
    "height-last-low": float(usual.isel(time=-1).min()), "height-last-high": float(usual.isel(time=-1).max()),
    "even-spread": float(ends[0].std()), "even-loss": 100 * abs(float(simulated[0].sel(epsilon=LOG_FLOOR, method="nearest")) / own - 1),
    "even-loss-low": 100 * abs(float(simulated[0, 0]) / low_own - 1),
}.items():  # fmt: skip
    glue(name, value, display=False)

# %% [markdown]
# * In double precision, equation {eq}`eq-plateau` and the loss of a uniform field agree to
#   {glue:text}`formula-error:.0e`: the formula is the plateau.
# * At full age the plateau stands at {glue:text}`height-12:.0f`, {glue:text}`height-8:.0f`, {glue:text}`height-4:.0f` or
#   {glue:text}`height-2:.0f` for $\varepsilon = 10^{-12}, 10^{-8}, 10^{-4}, 10^{-2}$. The paper's 245 is a choice, and so
#   is the height of every cliff. What no $\varepsilon$ changes is that the plateau is flat.
# * A target that is given time lowers it: to anything between {glue:text}`height-last-low:.0f` and
#   {glue:text}`height-last-high:.0f` at {glue:text}`last-time` steps, depending on how well the dish has put itself in order.
# * The precision of the transform plays no part, that of the field a small one: the uniform end of set 1 carries round-off
#   of {glue:text}`even-spread:.0e`, and scores {glue:text}`even-loss:.2f` % less than the formula; at
#   $\varepsilon = 10^{-12}$ it is {glue:text}`even-loss-low:.0f` % less, as round-off begins to look like power.
#
# ## On the way there
#
# The paper suspects that earlier pictures would serve better: patterns vary regularly there, perhaps on both sides of
# the cliffs, since “uniform steady-states evolve from patterns”. {numref}`fig-in-time` compares candidate and truth at
# {glue:text}`looks:d` moments of one batch of runs, each continued from the one before.

# %% data=["intermediate_F", "intermediate_k", "intermediate_k_random"] mystnb={"figure": {"caption": "The landscape at intermediate times: along k and F from the paper's patch, and along k from random states. Dashed: the cliffs of the full run. Candidate and truth have the same age. Above, from the same initial states; below, from others.", "name": "fig-in-time"}, "image": {"alt": "Six panels with ten curves each. From the patch, early curves have a wide dip at the truth even from other initial states; late ones do not. Beyond most cliffs the curve is on the plateau from step 250 on, beyond the low-k cliff only after two thousand."}} tags=["hide-input"]
along = {
    "$k$, from the patch": ("k", "patch"),
    "$F$, from the patch": ("F", "patch"),
    "$k$, random states": ("k", "coarse noise"),
}
in_time = {
    words: intermediate_times.sweep_in_time(
        grid.axes_over({name: intermediate_times.RANGES[name]}, [profile.middle_points]),
        profile.middle_times, kind=kind, states=profile.middle_states, seed=SEED, size=profile.size, title=words,
    )
    for words, (name, kind) in along.items()
}  # fmt: skip
edges = {words: flatness.cliffs(cut.isel(time=-1), along[words][0]) for words, cut in in_time.items()}
for words, file in zip(in_time, ("k", "F", "k_random"), strict=True):
    cut = in_time[words]
    publish(cut[["spectral", "independent", "outcome", "texture"]], f"intermediate_{file}")
glue("looks", len(profile.middle_times), display=False)
figures_intermediate.in_time(in_time, edges)
# %% [markdown]
# The first of these as pictures:

# %% data=["intermediate_pictures"] mystnb={"figure": {"caption": "v along k at intermediate times, the first initial state. Beyond the cliff at high k the patch is gone before anything has grown; beyond the one at low k a ring spreads, and then v fills the dish evenly.", "name": "fig-in-time-pictures"}, "image": {"alt": "A table of pictures: rows for values of k, columns for times from fifty to forty thousand steps."}} tags=["hide-input"]
first = in_time["$k$, from the patch"]
shown = first.isel(k=np.unique(np.linspace(0, first.sizes["k"] - 1, 8).round().astype(int)))
publish(shown[["v"]], "intermediate_pictures")
figures.fields(
    shown.v.transpose("k", "time", ...).values,
    [f"$k$ = {x:.4f}" for x in shown.k.values],
    [f"{t:,}" for t in shown.time.values],
)
# %% [markdown]
# Two questions to each time. *Is there anything to see beyond the cliffs?* The first four columns say how high the ground
# there lies, as a share of an empty dish's loss at that time: at 100 % it is the plateau. *Does the valley point to
# the truth?* The others give, from other initial states, the loss at the truth beside the typical one inside the
# cliffs.

# %% tags=["hide-input"]
ground = [
    intermediate_times.ground_height(in_time[words], along[words][0], side)
    for words in list(in_time)[:2]
    for side in ("low", "high")
]
valley = {words: intermediate_times.contrast(cut, along[words][0]) for words, cut in in_time.items()}
head = (
    "| steps | below the low $k$ cliff | above the high | below the low $F$ cliff | above the high | "
    + " | ".join(f"{words}: at the truth, typical" for words in valley)
    + " |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)
rows = [
    f"| {t:,} | "
    + " | ".join(f"{x[i]:.0%}".replace("nan%", "–") for x in ground)
    + " | "
    + " | ".join(f"{float(x.at_truth[i]):.1f}, {float(x.typical[i]):.1f}" for x in valley.values())
    + " |"
    for i, t in enumerate(profile.middle_times)
]
Markdown(head + "\n".join(rows))

# %% tags=["remove-cell"]
early = 250 if 250 in profile.middle_times else profile.middle_times[0]
for words, short in zip(valley, ("k", "F", "random"), strict=True):
    for when, t in (("early", early), ("late", profile.middle_times[-1])):
        here = valley[words].sel(time=t)
        glue(f"{short}-{when}-truth", float(here.at_truth), display=False)
        glue(f"{short}-{when}-typical", float(here.typical), display=False)
    for loss in ("spectral", "independent"):
        shares = intermediate_times.downhill_in_time(in_time[words], along[words][0], loss)
        glue(f"{short}-{loss}-downhill", 100 * float(shares.max()), display=False)
        glue(f"{short}-{loss}-downhill-late", 100 * float(shares[-1]), display=False)
    glue(f"{short}-best-time", f"{profile.middle_times[int(shares.argmax())]:,}", display=False)
for number, place in enumerate(("k-low", "k-high", "F-low", "F-high")):
    glue(
        f"ground-{place}", 100 * float(ground[number][list(profile.middle_times).index(early)]), display=False
    )
glue("early", f"{early:,}", display=False)

# %% [markdown]
# Half of what the paper suspects is there. At step {glue:text}`early` the valley has a bottom that strangers can see: from
# other initial states the truth scores {glue:text}`k-early-truth:.1f` along $k$ where the typical point inside the
# cliffs scores {glue:text}`k-early-typical:.1f`; at the end of the run it is {glue:text}`k-late-truth:.1f` against
# {glue:text}`k-late-typical:.1f`. But it is the patch that they see. It grows in the same way whatever the noise around it,
# and as long as the picture is that of the patch, the loss is below $\pi^2/3$. Nor is that valley downhill: the best
# of these times leads a walker, stepping to the lower neighbour, to the truth from
# {glue:text}`k-independent-downhill:.0f` % of the points along $k$ and {glue:text}`F-independent-downhill:.0f` % along $F$.
#
# Behind three of the patch's four cliffs nothing grows that could be compared: at step {glue:text}`early` the ground
# beyond the high-$k$ cliff stands at {glue:text}`ground-k-high:.0f` % of the plateau, and beyond those in $F$ at
# {glue:text}`ground-F-low:.0f` % and {glue:text}`ground-F-high:.0f` %. Only below the low-$k$ cliff, at
# {glue:text}`ground-k-low:.0f` %, there is a ring to look at until it has filled the dish.
#
# Random states are another story. They have no cliff at high $k$ in this range, and at step
# {glue:text}`random-best-time` the cut slopes towards the truth from {glue:text}`random-independent-downhill:.0f` % of its
# points, from other initial states too; at the end of the run, from {glue:text}`random-independent-downhill-late:.0f` %. So the
# intermediate landscape can be a good one, if the dish is full of structure from the start, and not before a patch has had
# the time to fill it.
#
# ## Do patterns grow alike, and do uniform ends come from patterns?
#
# The paper says so, for random initial states too. Three readings can be measured. Each was given its yardstick before the
# final measurement, but after a first look at some of the pictures.
#
# 1. *Alike across parameters.* Runs that end in a pattern, along both cuts from the patch and over the $F$–$k$ plane
#    from a random state: are their pictures more alike at the end than at step 250? “Unlike” is the share of power that
#    sits at different wavelengths, from 0 to 1, which does not mind where spots lie; “more alike” means that the
#    median over all pairs has fallen by a quarter.
# 2. *Alike across initial states.* The same at the truth, among the patch, scattered patches, a stripe, and random
#    states, as far as they survive ({doc}`Appendix C <appendix_c>` shows them).
# 3. *Patterned middles.* Runs over the $F$–$k$ plane that end trivial or uniform: had they, at some time from step 250
#    on, at least half of the texture of the truth's full pattern? Texture is the spread of $v$ in wavelengths up to
#    20 cells, the side of the patch, so that a bare front or blob has little of it.
#
# “Random” is Gaussian noise blurred to lumps as wide as spots, its positive half filled with $v$. Noise drawn cell by cell
# will not do: diffusion evens it out before anything grows, and at the truth no even dish stays alive.

# %% tags=["hide-input"]
planes = {
    words: intermediate_times.sweep_in_time(
        grid.axes_over(paper.FEED_PLANE, profile.middle_plane),
        profile.middle_times, kind=kind, states=1, seed=SEED, size=profile.size, pictures=False, title=words,
    )
    for words, kind in (("from the patch", "patch"), ("from a random state", "coarse noise"))
}  # fmt: skip
looks = [0, *profile.middle_times]
varied = varied_runs(TRUTH, looks, batch=profile.varied_batch, seed=SEED, size=profile.size)
survivors = varied.stack(run=["kind", "state"])
survivors = survivors.isel(run=(survivors.outcome.isel(time=-1) == 2).values).sel(
    time=list(profile.middle_times)
)
alive = {
    words: intermediate_times.patterned_ends(cut, [along[words][0]])
    for words, cut in list(in_time.items())[:2]
}
wild = intermediate_times.patterned_ends(planes["from a random state"], ["F", "k"])
groups = {
    "other parameters, from the patch": xr.concat(
        [spectral_distance.unlikeness_in_time(ends.wavelengths) for ends in alive.values()], "pair"
    ),
    "other parameters, from a random state": spectral_distance.unlikeness_in_time(wild.wavelengths),
    "the truth, other initial states": spectral_distance.unlikeness_in_time(survivors.wavelengths),
}
scores = {
    "other parameters, from the patch": xr.concat(
        [spectral_distance.losses_in_time(ends.v) for ends in alive.values()], "pair"
    ),
    "the truth, other initial states": spectral_distance.losses_in_time(survivors.v),
}
full = float(first.texture.sel(k=TRUTH.k).isel(time=-1).mean())
publish(
    xr.Dataset(
        {
            f"{kind}_{name.replace(',', '').replace(' ', '_')}": x.quantile([0.25, 0.5, 0.75], "pair")
            for kind, found in (("unlikeness", groups), ("loss", scores))
            for name, x in found.items()
        }
    ),
    "likeness",
)
for words, plane in planes.items():
    publish(plane.drop_vars("wavelengths"), f"middles_{words.split()[-1]}")

# %% data=["likeness"] mystnb={"figure": {"caption": "How unlike pictures are as they age, median and quartiles over all pairs. Left: the share of power at different wavelengths. Right: the paper's loss.", "name": "fig-alike"}, "image": {"alt": "Two panels of curves against time on a logarithmic axis."}} tags=["hide-input"]
figures_intermediate.growing_alike(groups, scores)
# %% data=["middles_*"] mystnb={"figure": {"caption": "Runs that end without a pattern, coloured by the largest texture they had from step 250 on, as a share of the truth's full pattern. Teal: runs that end in a pattern. The star is the truth.", "name": "fig-middles"}, "image": {"alt": "Two maps of the F-k plane, one from the patch and one from a random state: a teal tongue; left of it bright cells, right of it black ones."}} tags=["hide-input"]
figures_intermediate.middles(planes, full)
# %% tags=["hide-input"]
median = {name: x.median("pair") for name, x in groups.items()}
change = {name: float(x.isel(time=-1) / x.sel(time=early)) for name, x in median.items()}
middle = {
    words: float(intermediate_times.patterned_middles(plane, full).mean()) for words, plane in planes.items()
}
largest = {words: p.texture.sel(time=slice(early, None)).max("time") / full for words, p in planes.items()}
even = {w: float(largest[w].where(p.outcome.isel(time=-1) == 1).median()) for w, p in planes.items()}
dead = {w: float(largest[w].where(p.outcome.isel(time=-1) == 0).median()) for w, p in planes.items()}
bare = varied_states("coarse noise", profile.varied_batch, size=profile.size, seed=SEED).v
measured = {
    "patch": change["other parameters, from the patch"],
    "random": change["other parameters, from a random state"],
    "states": change["the truth, other initial states"],
    "middle_patch": middle["from the patch"],
    "middle_random": middle["from a random state"],
    "even_patch": np.nan_to_num(even["from the patch"]),
    "even_random": np.nan_to_num(even["from a random state"]),
    "dead_patch": np.nan_to_num(dead["from the patch"]),
    "dead_random": np.nan_to_num(dead["from a random state"]),
    "diffused": float(spectral_distance.left_by_diffusion(bare, TRUTH.Dv, 250).max()) / full,
}
alike = [measured[name] <= 0.75 for name in ("patch", "random", "states")]
middles = [measured[name] >= 0.5 for name in ("middle_patch", "middle_random")]
claims.record(
    "intermediate",
    measured=measured,
    tolerance="pictures are called more alike if the median unlikeness falls by a quarter from step 250 to the end, in at "
    "least two of the three groups; uniform ends come from patterned middles if half of the ends without a pattern had "
    "half of the truth's texture; the claim holds if the first is true, or the second for at least one kind of state, and "
    "without correction if every one of the five numbers meets its mark",
    holds=sum(alike) >= 2 or any(middles),
    corrected=not (all(alike) and all(middles)),
    finding="Across initial states pictures grow alike: at the truth their unlikeness changes by a factor of {states:.2f} from "
    "step 250 to the end. Across parameters it changes by {patch:.2f} from the patch and {random:.2f} from a random "
    "state. Of the runs that end without a pattern, {middle_patch:.0%} had a patterned middle from the patch and "
    "{middle_random:.0%} from a random state. Ends in a uniform v reached {even_patch:.0%} of the truth's texture from "
    "the patch and {even_random:.0%} from a random state (diffusion alone would have left at most {diffused:.0%}), "
    "ends in an empty dish {dead_patch:.0%} and {dead_random:.0%}.",
)
