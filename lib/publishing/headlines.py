"""The one number of each claim that the board's table shows, and how many things it was counted over.

Phrases name a number and take no side: they are true whatever the number is. `{name:3r}` is a measured number
with three significant digits (`lib.publishing.numbers.Number`).
"""

from typing import NamedTuple


class Headline(NamedTuple):
    """What the table says of a claim.

    Args:
        number: a phrase with a measured number in it.
        over: what it was counted over, such as "{points:.0f} points"; empty for a single measurement.
    """

    number: str
    over: str = ""


#: id of a claim → its headline.
HEADLINES: dict[str, Headline] = {
    "setup-stability": Headline("{stable:.0%} of points stable", "{points:.0f} points"),
    "setup-gradients": Headline("the adjoint grows by up to {most:2r} decades", "{runs:.0f} runs"),
    "setup-search": Headline("{beyond:.0%} of tried steps beyond 1/4", "{tries:.0f} steps"),
    "training-band": Headline("{text_inside:.0%} of the text’s losses in the band", "{text_runs:.0f} runs"),
    "training-drops": Headline("{recovered:.0%} of decided drops climb back", "{drops:.0f} drops"),
    "training-lowloss": Headline("set 3 scores {third:2r}, set 7 {seventh:2r}", "{samples:.0f} samples"),
    "training-appendixd": Headline("loss {loss:2r}; {spots:.0f} spots, {target:.0f} in the target"),
    "windowed-band": Headline("median {text_median:3r} with the text’s recipe", "{text_runs:.0f} runs"),
    "windowed-polarised": Headline("{between:.1%} of points in between", "{points:.0f} points"),
    "exploration": Headline("{found:.0f} arrive", "{searched:.0f} searches"),
    "cuts": Headline("{flat_off:.0%} flat off the patterns", "{points:.0f} points"),
    "planes": Headline("{flat_off:.1%} flat off the patterns", "{points:.0f} points"),
    "losses-agree": Headline(
        "edges {edges_apart:2r} of the axis apart; ranks agree by {rank_patterned:2r}", "{lines:.0f} lines"
    ),
    "gram": Headline(
        "ridges over {gram_ridges:.0%} of the patterned points", "{points:.0f} patterned points"
    ),
    "matrix": Headline("neighbours {inside:2r} apart, {across:3r} across the edge", "{points:.0f} points"),
    "bifurcations": Headline("within 0.001 of Hopf’s curve at {share:.0%} of rates", "{rows:.0f} rates"),
    "bifurcations-right": Headline(
        "within 0.001 of the saddle-node at {share:.0%} of rates", "{rows:.0f} rates"
    ),
    "hopf-cycles": Headline("first Lyapunov coefficient {lyapunov:3r}: subcritical if positive"),
    "hopf-flashes": Headline("{flashes:.0f} flashes after a long calm", "{runs:.0f} runs"),
    "hopf-stop": Headline("the stop rule fires in {stopped:.0%} of runs", "{runs:.0f} runs"),
    "confined": Headline(
        "{off_paper:.0%} of simulations from the paper’s start end without a pattern",
        "{decided:.0f} decided stays",
    ),
    "weak-gradients": Headline("cosine across initial states {cosine:1r}", "{states:.0f} states"),
    "routing": Headline(
        "implicit and unrolled gradients: median cosine {meeting:3r}", "{resting:.0f} patterns at rest"
    ),
    "intermediate": Headline("pairs end {patch:2r} times as unlike as they began", "{patch_pairs:.0f} pairs"),
    "intermediate-ends": Headline(
        "{middle_patch:.0%} of ends without a pattern had one on the way", "{runs_patch:.0f} runs"
    ),
    "intermediate-ends-random": Headline(
        "{middle_random:.0%} of ends without a pattern had one on the way", "{runs_random:.0f} runs"
    ),
    "traversable": Headline("{monotone:.0f} fall without a rise", "{lines:.0f} lines"),
    "remedy-loss": Headline(
        "best new loss solves {best:.0%}, the paper’s {paper:.0%}", "{problems:.0f} problems"
    ),
    "remedy-surrogate": Headline(
        "the surrogate solves {surrogate:.0%}, the paper’s {paper:.0%}", "{problems:.0f} problems"
    ),
    "remedy-intermediate": Headline(
        "frame after frame solves {growing:.0%}, the paper’s {paper:.0%}", "{problems:.0f} problems"
    ),
    "remedy-horizon": Headline(
        "a growing horizon solves {clean:.0%} without noise, {noisy:.0%} with", "{problems:.0f} problems"
    ),
    "surrogates-coarse": Headline(
        "reverse surrogate {reverse:.0%} off, the best rival {best:.1%}", "{problems:.0f} problems"
    ),
    "embedding": Headline(
        "tells {told:.0%} apart; a way down at {downhill:.0%} of steps",
        "{triples:.0f} comparisons, {steps:.0f} steps",
    ),
    "posterior-calibrated": Headline(
        "90 % intervals hold {lowest:.0%} to {highest:.0%}", "{cases:.0f} patterns"
    ),
    "forward-pinn": Headline("the network’s error is {ratio:2r} times the solver’s"),
    "evolution-expensive": Headline("evolution costs {ratio:2r} times the cheapest way that solves it"),
    "remedy-transport": Headline(
        "transport solves {transport:.0%}, the paper’s loss {paper:.0%}", "{problems:.0f} problems"
    ),
    "network-avoids": Headline(
        "networks solve {network:.0%} in the common budget", "{problems:.0f} problems"
    ),
    "homotopy-cost": Headline("homotopy costs {ratio:2r} times the cheapest way that solves it"),
    "windows-gain": Headline("windows {windows:.0%} off, one window {whole:.0%}", "{problems:.0f} problems"),
    "orthogonal": Headline("coupling {coupling_low:2r} to {coupling_high:2r}", "{networks:.0f} networks"),
    "quadratic": Headline("third differences {third:1r} of the loss"),
    "quadratic-any": Headline("third differences {third:1r} of the loss", "{networks:.0f} networks"),
    "minimum": Headline("error {clean:1r}; with noise {noisy:.0%}, cured {cured:.1%}", "{draws:.0f} draws"),
    "all-initial-states": Headline("fits within {residual:1r} of the truth", "{states:.0f} initial states"),
    "no-repair": Headline(
        "progress {spectral:2r} with a network, {bare:2r} without, {residual:2r} with the residual",
        "{starts:.0f} starts",
    ),
    "network-landscape": Headline("{flat:.0%} of directions flat", "{planes:.0f} planes"),
    "completes-data": Headline(
        "without a network better for {better_without:.0f} kinds of data, with one for {better_with:.0f}",
        "{trainings:.0f} trainings",
    ),
    "space-time": Headline("{flat:.0%} of directions flat", "{planes:.0f} planes"),
    "recurs-plateau": Headline("a plateau in {plateaus:.0f} systems", "{systems:.0f} systems"),
    "recurs-cliff-cause": Headline(
        "the end changes at {caused_least:.0%} of a system’s cliffs, or more", "{cliffs:.0f} cliffs in all"
    ),
    "recurs-bowl": Headline("parameters off by {error:2r} at most", "{bowls:.0f} systems"),
    "recurs-horizon": Headline("{broken:.0f} broken at {last_horizon:.0f} steps", "{systems:.0f} systems"),
}  # fmt: skip
