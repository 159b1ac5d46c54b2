"""The findings of Section 3's and Appendix D's claims, with the numbers' places."""

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
        "{drops:#drop} below half of the plateau cover {covered:.1%} of the iterations. Decided are "
        "{decided:.0f}, of which {back:.0f} climbed back (iterations below, in the median: {length:.0f}); "
        "{cut:.0f} ended with the run. At least ten decided drops are needed for a share; the share that "
        "climbed back is {recovered:.0%}."
    ),
    "training-lowloss": (
        "Sets 3 and 7 lose {third:.1f} (quartiles {third_lower:.1f} and {third_upper:.1f}) and "
        "{seventh:.1f} ({seventh_lower:.1f} and {seventh_upper:.1f}) over {samples:.0f} simulations each, "
        "on a scale of {height:.0f}, with {third_spots:.0f} and {seventh_spots:.0f} spots (truth: "
        "{truth_spots:.0f}). Training stops set 7 after {stop:,.0f} steps."
    ),
    "training-appendixd": (
        "The recorded end scores {loss:.1f} (from {least:.1f} to {most:.1f} over {states:#initial state}) "
        "against {plateau:.0f} at iteration 8,918, with {spots:.0f} spots to the target's {target:.0f}. "
        "The second segment, run again {runs:#time}, leaves with a direction (cosine with the recorded "
        "one: {cosine:.2f}) and covers {covered:.0%} of the way in 98 iterations at the recorded rate; "
        "with the code's 1,000 further steps {covered_code:.1%}, its gradient being exactly zero in "
        "{silent:.0%} of the iterations. At the first segment's rate it comes to within {six:.0%} of the "
        "distance to set 6, after {at:#iteration}, and to within {left:.0%} of that to the end. The "
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
        "of the plateau's height (plain loss: {plain:.0%}); of the seven sets, {sets:.0%}. That is how "
        "the training stops its runs. Of {full_runs:#full run} of the seven, {sets_full:.0%} lie in between."
    ),
    "exploration": (
        "{found:.0f} of {searched:#run} at three base rates converged to the truth; the paths are "
        "{path:.2g} long in the median and end {net:.2g} from their starts, in unconstrained parameters. "
        "The longest run had {longest:,.0f} iterations; the paper's search had {needed:,.0f}. Long "
        "searches that converged to the truth: {long_found:.0f}. A typical step at the base rate is "
        "{step:2r} among patterns and {quiet:2r} where v has died; {refused:.0%} of the first tries among "
        "patterns are refused."
    ),
    "confined": (
        "Without a pattern end {off_paper:.0%} of all simulations from the paper's start and "
        "{off_random:.0%} of those from {random_runs:#random start}. Among patterns there were "
        "{stays:#stay}, {decided:.0f} of them decided; iterations of these, in the median: {stay:.0f}. "
        "The acceptance rule has its part in it: it passes {plateau:.0%} of batches on the plateau, "
        "{truth:.0%} at the truth and {match:.0%} at set 3 ({samples:.0f} simulations each)."
    ),
    "weak-gradients": (
        "Over {states:#initial state} the mean gradient is {noise:.2f} of the spread (mean "
        "cosine {cosine:.2f}). The median length in unconstrained parameters is {pattern:2r} among "
        "patterns and {plateau:2r} on the plateau, where v has died or is uniform. Over {width:2r} in k the "
        "loss varies by {wiggle:.2f} with slopes around {slope:2r}, so a slope is right over about "
        "{scale:1r} in k. A typical step at the base rate is {step:2r} among patterns."
    ),
}
