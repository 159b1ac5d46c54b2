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
# # Appendix C: from other initial states
#
# Everything so far grew from one small square. The paper says that its observations about growth hold for “much more
# diverse initial conditions, including fully random initialization” {cite}`yang2026`, and leaves no recipe. Here are
# five kinds of state, each run at four points along $k$: below the patch's low cliff, inside, at the truth, and above
# its high cliff.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
from IPython.display import Markdown
from myst_nb import glue

from lib import TRUTH, Outcome
from lib.publishing.datasets import publish
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import states as figures_states
from lib.studies.patterns.other_initial_runs import how_they_ended, varied_runs
from lib.studies.patterns.sizes import sizes

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
times = [0, *profile.middle_times]
shown = [t for t in times if t in (0, 50, 250, 1000, 4000, 10_000, times[-1])]
found = {}
for k in (0.0556, 0.0600, TRUTH.k, 0.0660):
    found[k] = varied_runs(
        TRUTH._replace(k=k), times, batch=profile.varied_batch, seed=SEED, size=profile.size
    )
    pictures = found[k][["v", "outcome", "texture"]].isel(state=[0]).sel(time=shown)
    publish(pictures, f"varied_{round(1e4 * k)}")

# %% [markdown]
# * **patch**: the paper's, {doc}`Appendix A <appendix_a>`;
# * **scattered patches**: eight squares of its concentrations, of 5 % to 20 % of the dish's side, anywhere;
# * **stripe**: a band of the same across the dish, a sixth of its height;
# * **coarse noise**, fully random: Gaussian noise blurred over four cells; its positive half is $v$, at the patch's 0.25
#   for one standard deviation, and $u = 1 - 2v$;
# * **white noise**, fully random: every cell draws $u$ from 0 … 1 and $v$ from 0 … 0.5.
#
# ## At the truth

# %% data=["varied_650"] mystnb={"figure": {"caption": "The truth from five kinds of initial state.", "name": "fig-varied-truth"}, "image": {"alt": "Five rows of pictures. Patch, scattered patches and coarse noise end in the same kind of spots; the stripe and white noise go dark."}} tags=["hide-input"]
figures_states.kinds(found[TRUTH.k], shown)
# %% [markdown]
# ## Inside, further from the cliff

# %% data=["varied_600"] mystnb={"figure": {"caption": "k = 0.060 from the same states.", "name": "fig-varied-inside"}, "image": {"alt": "Five rows of pictures. All but white noise end in worms and mazes; the stripe's are parallel."}} tags=["hide-input"]
figures_states.kinds(found[0.0600], shown)
# %% [markdown]
# ## Beyond both cliffs

# %% data=["varied_556"] mystnb={"figure": {"caption": "k = 0.0556, below the patch's low cliff, from the same states: on the way to an even dish.", "name": "fig-varied-low"}, "image": {"alt": "Five rows of pictures. Rings, fronts and mazes at early times; even orange or dark squares at the end."}} tags=["hide-input"]
figures_states.kinds(found[0.0556], shown)
# %% data=["varied_660"] mystnb={"figure": {"caption": "k = 0.0660, above the patch's high cliff, from the same states. The patch dies; coarse noise grows into the truth's kind of spots.", "name": "fig-varied-high"}, "image": {"alt": "Five rows of pictures. Most go dark within 250 steps; the row of coarse noise keeps spots."}} tags=["hide-input"]
figures_states.kinds(found[0.0660], shown)
# %% [markdown]
# ## How they end

# %% tags=["hide-input"]
kinds = [str(kind) for kind in found[TRUTH.k].kind.values]
rows = [
    f"| {kind} | " + " | ".join(how_they_ended(runs.sel(kind=kind)) for runs in found.values()) + " |"
    for kind in kinds
]
head = (
    "| initial state | "
    + " | ".join(f"$k$ = {k:.4f}" for k in found)
    + " |\n"
    + "|:--" * (1 + len(found))
    + "|\n"
)
Markdown(head + "\n".join(rows))

# %% tags=["remove-cell"]
truth, beyond = (
    {kind: found[k].outcome.isel(time=-1).sel(kind=kind) == Outcome.PATTERN for kind in kinds}
    for k in (TRUTH.k, 0.0660)
)
for name, value in {
    "batch": profile.varied_batch, "patch-truth": int(truth["patch"].sum()), "stripe-truth": int(truth["stripe"].sum()),
    "coarse-beyond": int(beyond["coarse noise"].sum()), "patch-beyond": int(beyond["patch"].sum()),
    "white-alive": sum(int((runs.outcome.isel(time=-1).sel(kind="white noise") == Outcome.PATTERN).sum()) for runs in found.values()),
    "even-limit": TRUTH.F**0.5 / 2 - TRUTH.F,
}.items():  # fmt: skip
    glue(name, value, display=False)

# %% [markdown]
# Three things stand out.
#
# * **Survival is a matter of shape.** At the truth the patch grows into a pattern in {glue:text}`patch-truth:d` of
#   {glue:text}`batch:d` draws, a stripe as high as the patch, of the same concentrations and right across the dish, in
#   {glue:text}`stripe-truth:d`. The patch comes through by its corners; a stripe has none.
# * **So the cliff is not a property of the parameters.** At $k = 0.066$, where {glue:text}`patch-beyond:d` of
#   {glue:text}`batch:d` patches survive, {glue:text}`coarse-beyond:d` of {glue:text}`batch:d` random states do, and end in the
#   truth's kind of spots.
# * **“Fully random” can mean two things.** White noise is evened out by diffusion within fifty steps, and what is left is
#   an even dish with a ripple. No even dish can stay alive above $k = \sqrt F/2 - F$, which is
#   {glue:text}`even-limit:.4f` at this $F$, and a pattern grew from white noise in {glue:text}`white-alive:d` of these runs; below
#   that limit a single lump that escapes is enough to fill the dish evenly. Noise with lumps as wide as spots grows
#   patterns nearly everywhere the patch does, and further out.
#
# Whether pictures become more alike on the way, and whether even ends come from patterns, is measured in
# {doc}`05b_what_it_says`.
