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
    "setup-gradients": Headline("gradient’s growth on its way back: {growth:2r}-fold"),
    "training-band": Headline("{inside:.0%} of losses in the band", "{tested:.0f} runs"),
    "training-drops": Headline("{recovered:.0%} of drops climb back", "{dips:.0f} drops"),
    "training-lowloss": Headline("set 3 scores {third:2r}, set 7 {seventh:2r}"),
    "training-appendixd": Headline("loss {loss:2r}; {spots:.0f} spots, {target:.0f} in the target"),
    "windowed-band": Headline("losses {low:.0f} to {high:.0f}", "{tested:.0f} runs"),
    "windowed-polarised": Headline("{between:.1%} of points in between", "{points:.0f} points"),
    "exploration": Headline("{found:.0f} searches arrive", "{searched:.0f} searches"),
    "cuts": Headline("{flat_off:.0%} flat off the patterns", "{cliffs:.0f} cliffs"),
    "planes": Headline("{flat_off:.1%} flat off the patterns", "{cliffs:.0f} cliff edges"),
    "losses-agree": Headline("{same_side:.1%} of points on one side; ranks agree by {rank_patterned:2r}"),
    "gram": Headline(""),
    "matrix": Headline("neighbours {inside:2r} apart inside, {across:3r} across the edge"),
    "bifurcations": Headline("{homogeneous:.0f} at a bifurcation", "{cliffs:.0f} cliffs"),
    "hopf-flashes": Headline("period {period:4r} steps, predicted {predicted:4r}"),
    "confined": Headline("{off:.0%} of the time off the patterns"),
    "weak-gradients": Headline("cosine across initial states {cosine:1r}"),
    "routing": Headline("arriving from outside {outside:.0%}, from inside {inside:.0%}"),
    "intermediate": Headline("patterned in the middle {middle_patch:.0%} and {middle_random:.0%}"),
    "traversable": Headline("{monotone:.0f} fall without a rise", "{lines:.0f} lines"),
    "orthogonal": Headline("cosines {low:2r} to {high:2r}"),
    "quadratic": Headline("third derivative {third:1r} of the second"),
    "quadratic-any": Headline("third derivative {third:1r} of the second"),
    "minimum": Headline("error {clean:1r}; with noise {noisy:.0%}, cured {cured:.1%}"),
    "all-initial-states": Headline("error from two frames {two:1r}"),
    "no-repair": Headline("error with the network {closest:.0%} to {farthest:.0%}"),
    "network-landscape": Headline("{flat:.0%} of directions flat"),
    "completes-data": Headline("error from v alone {v:1r}"),
    "space-time": Headline("{flat:.0%} of directions flat"),
}  # fmt: skip
