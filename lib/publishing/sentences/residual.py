"""What the page on the residual says of its numbers (Section 6.2)."""

from collections.abc import Sequence

from lib.model import Params
from lib.publishing.wording import counted, fold, percent, said
from lib.studies.residual_fit.rough_pictures import Named, Rounding
from lib.studies.residual_fit.summary import Ages, Bowl, Elsewhere, InitialStates, Noise, Partial, Ranges

#: A second frame helps if it makes the error smaller by this factor.
HELPS = 2.0


def phrases(
    bowl: Bowl, elsewhere: Elsewhere, ages: Ages, partial: Partial, ranges: Ranges, noise: Noise
) -> dict[str, str]:
    """Numbers of the page as they stand in its sentences."""
    return {
        "fit-error": said(bowl.error, "1r"),
        "elsewhere-sets": str(elsewhere.sets),
        "elsewhere-error": said(elsewhere.error),
        "one-first": fold(ages.one_first),
        "one-middle": fold(ages.one_middle),
        "two": said(ages.two, "1r"),
        "window-error": percent(partial.window),
        "few-error": percent(partial.few),
        "coarse-error": percent(partial.skipped),
        "refined-error": percent(partial.refined),
        "few-cells": said(partial.cells),
        "range-u": said(ranges.u),
        "range-v": said(ranges.v),
        "share-u": percent(ranges.share_u),
        "share-v": percent(ranges.share_v),
        "clean-error": said(bowl.clean),
        "noisy-error": percent(noise.plain),
        "second-frame-advice": advice(ages),
        "dip": dip(ages),
        "noisy-Du": said(noise.Du),
        "noisy-Dv": said(noise.Dv),
    }


def minimum(bowl: Bowl, found: Elsewhere, ages: Ages, noise: Noise, ranges: Ranges, partial: Partial) -> str:
    """Where the minimum lies, for a claim's box; every error is the largest of the four relative ones."""
    return (
        f"On settled snapshots at the truth's set ({counted(bowl.states, 'initial state')}) the minimum is "
        f"within {said(bowl.clean)} of the truth, the largest of the four relative errors. {others(found)} "
        f"It moves away when the data are young (off by {fold(ages.one_first)} at {ages.first:,} steps), "
        f"noisy ({percent(noise.plain)} at a noise of 0.01, {percent(ranges.share_v)} of v's range; "
        f"{percent(noise.cured)} with the best cure; medians over {counted(noise.draws, 'draw')}) or coarse "
        f"({percent(partial.skipped)} at every second pixel). The bowl stays a bowl throughout: a smooth "
        "landscape is no promise that its minimum is the truth."
    )


def others(found: Elsewhere) -> str:
    """How far off the minimum is at other sets."""
    drawn = (
        f"At {counted(found.patterned, 'other patterned set')} it is off by {said(found.error)} in the "
        f"median and by {said(found.largest)} at most"
        if found.patterned
        else "No other set that was drawn ended in a pattern"
    )
    if found.sampled is None:
        return f"{drawn}."
    seven = f"At the paper's seven sets, where a pattern forms, it is off by {said(found.sampled)} at most."
    return f"{drawn}. {seven}"


def advice(ages: Ages) -> str:
    """What a second frame is good for, on pictures of one's own."""
    young = helps(ages.young_two, ages.young_one)
    wait = (
        "A second frame replaces waiting for a young pattern to settle, if there is next to no noise"
        if young
        else "A second frame does not replace waiting for a young pattern to settle"
    )
    cure = "it helped" if helps(ages.noisy_two, ages.noisy_one) else "it did not help"
    return f"{wait}; against noise {cure}."


def helps(two: float | None, one: float | None) -> bool:
    """Whether two frames are clearly better than one; not where one of the errors was not determined."""
    return two is not None and one is not None and HELPS * two < one


def dip(ages: Ages) -> str:
    """Whether the error from one frame falls steadily with the age."""
    if None in (ages.one_first, ages.one_middle, ages.one_last):
        return "Not every age's picture determines the parameters."
    if ages.dip is None:
        return "From one age tried to the next, one frame's error only falls."
    return (
        f"One frame's error does not only fall with the age: at {ages.dip:,} steps it is "
        f"{fold(ages.one_dip)}, and later up to {fold(ages.one_after)} again. So an error that is small at "
        "one age does not show that the pattern has settled."
    )


def second_frame(ages: Ages, ranges: Ranges) -> str:
    """Whether a second frame helps: without noise, and with it."""
    without = (
        f"On a young picture ({ages.young:,} steps) without noise the second frame takes the error from "
        f"{fold(ages.young_one)} to {said(ages.young_two, '1r')}. That it does so at any age is no "
        "discovery: the two frames were made by the very step that the fit assumes, so it must find that "
        "step's parameters."
    )
    with_noise = f"from {percent(ages.noisy_one)} to {percent(ages.noisy_two)}"
    level = f"At a noise of 0.01 ({percent(ranges.share_v)} of v's range) on both frames"
    if helps(ages.noisy_two, ages.noisy_one):
        return f"{without} {level} it still helps, on a settled picture {with_noise}."
    return (
        f"{without} {level} it does not help: on a settled picture the error goes {with_noise}. Noise enters "
        "through the Laplacian, and a second noisy frame takes none of that away."
    )


def initial_states(found: InitialStates) -> str:
    """What the fits to single states say, and the spectral minima beside them."""
    fits = f"Each of {found.states} initial states alone gives k within {said(found.residual, '1r')}."
    if found.spectral is None or found.ratio is None:
        return (
            f"{fits} The spectral minima of {found.pairs} pairs of states lie no further apart than the grid "
            f"resolves (spacing {said(found.spacing)}), so there is nothing to compare with."
        )
    near = f"; too coarse for {found.unresolved} of the pairs, which lie nearer" if found.unresolved else ""
    return (
        f"{fits} Between pairs of states ({found.pairs}) the spectral loss's minimum lies "
        f"{said(found.least)} to {said(found.spectral)} away, up to {said(found.ratio)} times as far (the "
        f"grid is refined to {said(found.spacing)} around each minimum{near})."
    )


def named(found: Sequence[Named]) -> str:
    """What the fit to a noisy picture names, and how far off that is."""
    if not found:
        return "The fit names no number: they would be mostly noise."
    rows = ", ".join(
        f"{x.name} = {said(x.value)} ± {said(x.error)}, off by {percent(x.off)} ({said(x.times)} errors)"
        for x in found
    )
    all_four = len(found) == len(Params._fields)
    others = "" if all_four else " The others it refuses to name: they would be mostly noise."
    return f"The fit still names {rows}.{others}"


def rounding(found: Rounding) -> str:
    """Whether the cure for noise helps against rounding."""
    if not found.not_helped:
        return "Rounding is cured as noise is: at every number of bits the cure's error is the smaller one."
    if not found.helped:
        return "The cure for noise does not help against rounding: the plain fit's error is nowhere larger."
    return (
        f"The cure for noise helps against rounding at {listed(found.helped)} bits. At "
        f"{listed(found.not_helped)} bits the plain fit is the more accurate one."
    )


def listed(numbers: Sequence[int]) -> str:
    """Numbers in a sentence: 6, 8 and 10."""
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last
