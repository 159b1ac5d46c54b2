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
# # Laboratory
#
# Paint into the dish, turn its four knobs, and watch the loss that an optimiser would see. The dish computes the
# model of {doc}`Section 2 <02_setup>` in this page, and stops only when you say so.

# %% tags=["parameters", "remove-cell"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["remove-cell"]
from myst_nb import glue

from lib import SAMPLED_SETS, TRUTH, initial_state, losses, simulate
from lib.publishing.sentences.setup import beside
from lib.running import profiles
from lib.running.device import use
from lib.showing.widgets import Laboratory
from lib.showing.widgets.laboratory import TOLERANCE

use(DEVICE)
profile = profiles.profile(PROFILE)

# %% tags=["hide-input", "code-below"]
start = initial_state(1, size=profile.size, seed=SEED)
target = simulate(TRUTH, start, profile.steps).v
Laboratory(target[0], seed=SEED)


# %% tags=["remove-cell"]
def loss(params=TRUTH, steps=profile.steps, seed=SEED):
    """Spectral loss of a run against the target."""
    begin = initial_state(1, size=profile.size, seed=seed)
    return float(losses.spectral(simulate(params, begin, steps).v, target))


early, scores = min(2500, profile.steps), {}
for name, value in {
    "plateau": loss(TRUTH._replace(k=0.075)),
    "other": loss(seed=SEED + 1),
    "seven": loss(SAMPLED_SETS[6]),
    "early": loss(steps=early),
    "half": float(losses.spectral(target.half().float(), target)),
}.items():
    glue(f"lab-{name}", value, display=False)
    scores[name] = value
steady = simulate(TRUTH, start, profile.steps, tol=TOLERANCE)
glue("lab-stopped", float(losses.spectral(steady.v, target)), display=False)
glue("lab-stopped-steps", f"{int(steady.steps):,}", display=False)
glue("lab-seven-beside", beside(scores["seven"], scores["other"]), display=False)
glue("lab-early-steps", f"{early:,}", display=False)

# %% [markdown]
# Sliders, buttons and menus work by mouse, finger and keyboard. On the dish itself one paints: drag, or move the ring with
# the arrow keys and press the space bar; P runs and pauses, S takes a single step, R starts afresh. The pace is that of
# your machine. If your system asks for less motion, the dish waits for "Run". *Load this* at the end of
# a paragraph sets the knobs above to what it describes.
#
# ## Things to try
#
# **Few spots, low loss.** Start afresh with the truth and stop at about step {glue:text}`lab-early-steps`. A handful of
# spots stands in a dish that will hold dozens, and the spectral loss is already down to {glue:text}`lab-early:.1f`. The end of
# this very run, begun from another seed, scores {glue:text}`lab-other:.1f`. The spectral loss hardly minds how much of the
# dish is filled; the windowed one below it, which looks at each corner by itself, does.
# <a class="load" href="#laboratory.set=0&amp;laboratory.steps=2500">load this</a>
#
# **Watch a pattern die.** Let the dish fill, then push $k$ up slowly, to 0.075. The spots shrink and go out, and
# the loss jumps to the dashed line, at {glue:text}`lab-plateau:.0f`, and stays there. From now on no slider moves it:
# an empty dish looks the same whatever the parameters. That is the plateau on which gradient descent stands for most of
# the paper.
# <a class="load" href="#laboratory.set=0&amp;laboratory.k=0.075">load this</a>
#
# **Bring it back.** Return $k$ to 0.065: nothing happens, since without $v$ there is nothing to copy. Paint a few
# spots, and the dish fills again. An empty dish and a full one exist *at the same parameters*; in which of them a run
# ends depends on where it began.
#
# **When is a dish steady?** The page opens with the very run that made the target, so the loss has somewhere to go. It goes
# slowly: when the rule of the paper's training calls the dish steady, after about {glue:text}`lab-stopped-steps` steps,
# it still scores {glue:text}`lab-stopped:.1f` against its own later self. Let it stop "after 40,000 steps" to
# see it come down further; not quite to zero, since no two processors round alike, and every spot that divides makes
# the difference grow.
# <a class="load" href="#laboratory.set=0&amp;laboratory.stop=training&amp;laboratory.speed=200">load this</a>
#
# **Same parameters, other noise.** Change the seed. The picture is of the same kind, its spots sit elsewhere, and the loss
# after a full run is about {glue:text}`lab-other:.1f`, although the parameters are exactly right.
# <a class="load" href="#laboratory.set=0&amp;laboratory.seed=1">load this</a>
#
# **A good score for a wrong answer.** Choose set 7. Its parameters are wrong, and from this initial state it ends at a
# loss of {glue:text}`lab-seven:.1f`, {glue:text}`lab-seven-beside` what the right ones score with other noise.
# <a class="load" href="#laboratory.set=7">load this</a>
#
# **Too fast for the time step.** Push $D_u$ up to 0.25. Cells begin to jump from step to step: that is no chemistry, but
# explicit Euler steps at the edge of their stability. {doc}`Section 4 <04_landscapes>` meets this again.
# <a class="load" href="#laboratory.set=0&amp;laboratory.Du=0.25">load this</a>
#
# ## Read the four numbers off this picture
#
# The button below the knobs fits the model to what the dish shows. At rest both equations say that diffusion, reaction,
# feed and kill add up to nothing in every cell, and they are linear in the four parameters: least squares takes
# one small linear system, solved here several times a second. {doc}`Section 6 <06_residual>` explains it; this is
# `residual.fit`, in the page.
# <a class="load" href="#laboratory.set=0&amp;laboratory.read=1">load this</a>
#
# * **Paint while it reads.** The map of what is left over lights up where you paint: nothing the four numbers can do
#   explains your stroke. A step later the model has taken it in.
# * **One picture, or two.** While the dish moves, one picture is not at rest, and the numbers are a little off. Two pictures one
#   step apart know how fast everything changes, and give all digits.
# * **Add noise.** A Laplacian makes noise four times as strong, and the numbers drift away, the diffusion of $v$ first.
#   Then compare pictures that are 10 or 30 steps apart: the run washes the noise away, and the numbers come back.
# * **Bring your own.** Drop a pair of fields. A wrong file is answered with a sentence, and nothing leaves your machine.
#
# ## What runs here
#
# Where the browser offers WebGL 2 with float textures in hardware, the dish is a texture with two numbers a cell, and a
# step is one pass over it. Elsewhere the same arithmetic runs on the processor, bit for bit that of the book's plain
# engine. The initial state comes from the same random numbers as everywhere in this book, so a seed means the same dish here and there.
# A run ends when you pause it. The menu "Stop" also holds the paper's rules: in training a run ends with the first step in which no
# cell changes by more than $5 \cdot 10^{-5}$, at the latest after 40,000 steps; for landscapes all take 40,000.
#
# The Fourier transform behind the loss is computed in the page a few times a second. The target is kept in single
# precision: rounded to half precision, it would differ from itself by a loss of {glue:text}`lab-half:.2f`. A logarithm
# of small powers is that sensitive.
#
# The address of this page follows what you do. Copy it, and whoever opens it sees the same parameters and seed and, if you
# have paused, the same step; unless you painted or turned a knob on the way, which no address can repeat.
#
# In JupyterLab the same dish is tied to Python, both ways:
#
# ```python
# dish = Laboratory(target[0])
# dish                  # shows it; dish.steps, dish.loss and dish.outcome follow
# dish.k = 0.0675       # turns the knob
# dish.advance(1000)    # takes steps in the browser, and then
# dish.state            # are the fields, for lib.losses or lib.residual
# ```
