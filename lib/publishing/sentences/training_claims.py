"""The findings of Section 3's and Appendix D's claims, with the numbers' places, and Section 3's numbers."""

from collections.abc import Mapping
from dataclasses import asdict

from lib.studies.gradients.summary import GradientSummary
from lib.studies.training.seven_sets import SevenSets
from lib.studies.training.summary import TrainingSummary

#: Claim → finding; the names are those of the numbers handed to `lib.publishing.claims.record`.
FINDINGS = {
    "setup-search": (
        "{beyond:.0%} of {tries:,.0f} steps tried lead to a diffusion above 1/4 (quartiles over the runs: "
        "{lower:.0%} and {upper:.0%}), where every run is unstable; a further {strip:.1%} lie within 1/4 "
        "but beyond 8 D + F + v² = 2. Of the runs within 1/4, {lost:.1%} left the finite numbers. What "
        "keeps the search stable is the test on trial, which refuses such steps, and not the ranges."
    ),
    "setup-gradients": (
        "Over {points:#point} of the F–k plane and {seeds:#initial state} ({runs:#run}, stopped as in "
        "training) the adjoint grows beyond 1,000 times its end in {exploded:.0%}, is below a millionth "
        "of it at the start in {vanished:.0%}, and does not exist in {silent:.0%}. The median run grows "
        "by {growth:.1f} decades (quartiles {growth_lower:.1f} and {growth_upper:.1f}, at most "
        "{most:.1f}). The largest gradient lies {ratio_stopped:.1f} decades above the median one; after "
        "full runs {ratio_full:.1f} decades, at ten to the {largest_full:.0f} per unit of the parameters."
    ),
    "training-band": (
        "With the code's recipe {code_inside:.0%} of {code_iterations:,.0f} losses of {code_runs:#run} "
        "lie in the band; runs long enough to show a trend: {code_tested:.0f}, with a downward one: "
        "{code_falling:.0f} (median rank correlation {code_tau:.2f}). With the text's recipe "
        "{text_inside:.0%} of {text_iterations:,.0f} losses of {text_runs:#run} do; long enough: "
        "{text_tested:.0f}, with a downward trend over the whole length: {text_falling:.0f} (rank "
        "correlation {text_tau:.2f}). In the median they go from "
        "{text_first:.0f} down to {text_lowest:.1f} at iteration {text_lowest_at:.0f}, and end at "
        "{text_last:.0f}."
    ),
    "training-drops": (
        "With both recipes {drops:#drop} below half of the plateau cover {covered:.1%} of the iterations. "
        "Decided are {decided:.0f}, of which {back:.0f} climbed back (iterations below, in the median: "
        "{length:.0f}) and {stayed:.0f} stayed low; {cornered:.0f} ended in the corner where nothing "
        "diffuses, and {cut:.0f} with the run. At least ten decided drops are needed for a share; the share "
        "that climbed back is {recovered:.0%}."
    ),
    "training-lowloss": (
        "Sets 3 and 7 lose {third:.1f} (quartiles {third_lower:.1f} and {third_upper:.1f}) and "
        "{seventh:.1f} ({seventh_lower:.1f} and {seventh_upper:.1f}) over {samples:.0f} simulations each, "
        "on a scale of {height:.0f}, with {third_spots:.0f} and {seventh_spots:.0f} spots (truth: "
        "{truth_spots:.0f}). Training stops set 7 after {stop:,.0f} steps."
    ),
    "training-appendixd": (
        "The recorded end scores {loss:.1f} (from {least:.1f} to {most:.1f} over {states:#initial state}) "
        "against {plateau:.0f} at iteration 8,918, with {spots:.0f} spots to the target's {target:.0f} from "
        "the first of them. The second segment, run again {runs:#time}, leaves with a direction (cosine "
        "with the recorded one: {cosine:.2f}) and covers {covered:.0%} of the way in 98 iterations at the "
        "recorded rate; with the code's 1,000 further steps {covered_code:.1%}, its gradient being exactly "
        "zero in {silent:.0%} of the iterations. At the first segment's rate it comes to within {six:.0%} of "
        "the distance to set 6, after {at:#iteration}, and to within {left:.0%} of that to the end. The "
        "first segment, 8,918 iterations without a recorded seed, was not replayed."
    ),
    "windowed-band": (
        "With the code's recipe the windowed loss has a median of {code_median:.0f} ({code_near:.0%} of "
        "{code_iterations:,.0f} losses of {code_runs:#run} within 15 of it); runs long enough to show a "
        "trend: {code_tested:.0f}, with a downward one: {code_falling:.0f}. With the text's recipe the "
        "median is {text_median:.0f} ({text_near:.0%} of {text_iterations:,.0f} losses); long enough: "
        "{text_tested:.0f}, with a downward trend: {text_falling:.0f}."
    ),
    "windowed-polarised": (
        "Of {points:#point} over the F–k plane {between:.0%} have a windowed loss between 10 % and 80 % "
        "of the plateau's height (plain loss: {plain:.0%}); of the seven sets, by the "
        "means of eight runs, {sets:.0%}. That is how the training stops its runs. Of {full_runs:#full run} "
        "of the seven, {sets_full:.0%} lie in between."
    ),
    "exploration": (
        "{found:.0f} of {searched:#run} at three base rates converged to the truth: {base_runs:.0f} at the "
        "paper's rate, of up to {base_longest:#iteration}, and {other_runs:.0f} at a tenth and ten times of "
        "it, of up to {other_longest:#iteration}. The paths of those at the paper's rate are {path:.2g} long "
        "in the median and end {net:.2g} from their starts, in unconstrained parameters. The longest run "
        "had {longest:,.0f} iterations; the paper's search had {needed:,.0f}. Long searches that converged "
        "to the truth: {long_found:.0f}. A typical step at the base rate is "
        "{step:2r} among patterns, {even:2r} where v is uniform and {quiet:2r} where it has died; of "
        "{first_tries:.0f} first tries among patterns {refused:.0%} are refused."
    ),
    "confined": (
        "Without a pattern end {off_paper:.0%} of all simulations from the paper's start and "
        "{off_random:.0%} of those from {random_runs:#random start}. Among patterns there were "
        "{stays:#stay}, {decided:.0f} of them decided; iterations of these, in the median: {stay:.0f}. "
        "The acceptance rule passes {plateau:.0%} of the batches where v has died (set 2), {dots:.0%} with "
        "four dots (set 7), {truth:.0%} at the truth (95 % interval: {truth_low:.0%} to {truth_high:.0%}) "
        "and {match:.0%} at set 3 ({samples:.0f} simulations each)."
    ),
    "weak-gradients": (
        "Over {states:#initial state} the mean gradient is {noise:.2f} of the spread (mean "
        "cosine {cosine:.2f}). The median length in unconstrained parameters is {pattern:2r} among "
        "patterns ({pattern_iterations:#iteration}) and {plateau:2r} on the plateau "
        "({plateau_iterations:#iteration}): {trivial:2r} where v has died ({trivial_runs:#run}) and "
        "{uniform:2r} where it is uniform ({uniform_runs:#run}). Over {width:2r} in k the loss varies by "
        "{wiggle:.2f} with slopes around {slope:2r}, so a slope is right over about {scale:1r} in k. A "
        "typical step at the base rate is {step:2r} among patterns."
    ),
}


def measured_numbers(
    found: TrainingSummary, sets: SevenSets, slopes: GradientSummary
) -> Mapping[str, dict[str, float | None]]:
    """The numbers of every claim of the page, by the names that its criterion and its finding use."""
    ends, stays, seen = found.residence, found.stays, found.visits
    seventh, third, truth, plateau = (sets.sets[number] for number in ("7", "3", "4", "2"))
    return {
        "setup-search": asdict(found.tried),
        "setup-gradients": asdict(slopes.adjoints),
        "training-band": found.plain.numbers(),
        "training-drops": asdict(found.drops),
        "training-lowloss": {
            "third": third.loss, "third_lower": third.loss_lower, "third_upper": third.loss_upper,
            "seventh": seventh.loss, "seventh_lower": seventh.loss_lower, "seventh_upper": seventh.loss_upper,
            "third_spots": third.spots, "seventh_spots": seventh.spots, "truth_spots": truth.spots,
            "height": sets.height, "stop": seventh.steps, "samples": sets.samples,
        },
        "windowed-band": found.windowed.numbers(),
        "windowed-polarised": {
            "between": sets.between, "plain": sets.between_plain, "sets": sets.between_sets,
            "sets_full": sets.between_full, "full_runs": sets.full_runs, "points": sets.points,
        },
        "exploration": asdict(found.search),
        "confined": {
            "off_paper": ends.off_paper, "off_random": ends.off_random, "random_runs": ends.random_runs,
            "stays": stays.stays, "decided": stays.decided, "stay": stays.median,
            "plateau": plateau.share, "dots": seventh.share, "truth": truth.share, "truth_low": truth.low,
            "truth_high": truth.high, "match": third.share, "samples": sets.samples,
        },
        "weak-gradients": {
            **asdict(slopes.rough), "step": found.search.step,
            "pattern": seen.pattern.length, "pattern_iterations": seen.pattern.iterations,
            "trivial": seen.trivial.length, "trivial_runs": seen.trivial.runs,
            "uniform": seen.uniform.length, "uniform_runs": seen.uniform.runs,
            "plateau": seen.plateau.length, "plateau_iterations": seen.plateau.iterations,
        },
    }  # fmt: skip
