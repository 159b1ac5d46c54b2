"""What Appendices A and C say of their numbers."""

from lib.publishing.wording import percent, said
from lib.studies.patterns.state_summary import Draws, Kinds, Moved


def draws(found: Draws) -> str:
    """What the clamp does."""
    return (
        f"The clamp matters for $v$: {percent(found.empty, 3)} of {found.cells:,} cells outside the patch "
        f"({found.states} states) hold none at all, and their mean is {found.mean_v:.5f}, where a bell of "
        f"width 0.02 with its negative half put to zero has "
        f"{found.clamped_normal:.5f}. The upper bound of $u$ cuts {found.clamped_u} cells."
    )


def moved(found: Moved) -> str:
    """What a moved state does to each loss."""
    return (
        f"Over {found.shifts} shifts and every cell the largest difference is {said(found.apart)}: the "
        f"result moves with the "
        f"state. The plain spectral loss does not mind. It sees a moved picture as the "
        f"same one "
        f"({said(found.spectral)}, round-off where the power is small). The windowed one cuts the picture "
        f"along fixed lines, "
        f"and a pattern moved by anything but whole windows scores up to {said(found.windowed)} against "
        f"itself. That is part "
        f"of its noise floor ({{doc}}`05b_what_it_says`). Moved by half of the grid, which is whole "
        f"windows, every window "
        f"finds another one's spots before it, and the score is {said(found.aligned)}. "
        "What the Gram loss makes of a move was not measured."
    )


def survival(found: Kinds) -> str:
    """Whether the shape of a state decides."""
    differs = found.patch_truth != found.stripe_truth
    corners = " The patch has corners, from which its pattern grows; a stripe has none."
    return (
        f"* **{'Survival is a matter of shape' if differs else 'Here shape does not decide'}.** At the "
        f"truth the patch grows "
        f"into a pattern in {found.patch_truth} of {found.batch} draws. A stripe of the same "
        f"concentrations, right across the grid and a sixth of its height, does in "
        f"{found.stripe_truth} of {found.batch}."
        + (corners if found.patch_truth > found.stripe_truth else "")
    )


def beyond(found: Kinds) -> str:
    """Whether the cliff moves with the state."""
    differs = found.coarse_beyond != found.patch_beyond
    start = (
        "So the cliff is not a property of the parameters" if differs else "Here the cliff stays where it is"
    )
    return (
        f"* **{start}.** At $k = 0.066$, where {found.patch_beyond} of {found.batch} patches end in a "
        f"pattern, "
        f"{found.coarse_beyond} of {found.batch} random states of coarse noise do."
    )


def white(found: Kinds) -> str:
    """What becomes of white noise."""
    return (
        f"* **“Fully random” can mean two things.** White noise is evened out by diffusion within fifty "
        f"steps, and what is "
        f"left is nearly uniform. No uniform field can stay alive above $k = \\sqrt F/2 - F$, which is "
        f"{found.limit:.4f} at "
        f"this $F$. A pattern grew from white noise in {found.white} of {found.white_runs} runs."
    )


def three_things(found: Kinds) -> str:
    """All of Appendix C's conclusions."""
    return "\n".join((survival(found), beyond(found), white(found)))
