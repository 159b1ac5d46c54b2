"""What the claims of Sections 2 and 3 and Appendix D are held against.

"Text" and "code" are the two recipes: the published text stops a run when it has converged, the code that
trained takes 1,000 further steps. The summaries (`lib.studies.training.summary`) hand over None for what was
not measured often or long enough; how often and how long stands in each row.
"""

from lib.publishing.criteria.criterion import Criterion, Numbers, table

#: Iterations of the paper's first run segment (Appendix D).
PAPER_ITERATIONS = 8_918


def steady(recipe: str, numbers: Numbers) -> bool:
    """Whether the runs of a recipe stay in the band and have no downward trend."""
    inside, downward = numbers[f"{recipe}_inside"], numbers[f"{recipe}_downward"]
    return inside >= 0.9 and downward <= 0.2


def near_230(recipe: str, numbers: Numbers) -> bool:
    """The same for the windowed loss."""
    enough = numbers[f"{recipe}_near"], numbers[f"{recipe}_downward"]  # stops here where runs are too few
    return abs(numbers[f"{recipe}_median"] - 230) <= 10 and enough[0] >= 0.9 and enough[1] <= 0.2


CRITERIA: dict[str, Criterion] = table(
    Criterion(
        "setup-search",
        "share of all steps that the optimiser tried whose Du or Dv lies above 1/4, with quartiles over runs",
        "less than half of at least 100 tries above 1/4; without correction if less than 5 %",
        "The paper bounds D by 1/4 in the parameters its own search visits and says that this holds in "
        "most cases. So the tried steps are counted, and not random points of a box of our choice; beyond "
        "1/4 every run is unstable.",
        "A share above one half would refute it; one below 5 % would need no correction.",
        holds=lambda n: n["beyond"] < 0.5,
        corrected=lambda n: n["beyond"] >= 0.05,
    ),
    Criterion(
        "setup-gradients",
        "norm of the adjoint relative to its value at the end of a run, over a grid of the F–k plane and "
        "at least two initial states, runs stopped as in training; and the largest gradient over the "
        "plane against the median one, for stopped and for full runs",
        "in no run above 1,000 times its end, in none below a millionth of it at the start, in none "
        "exactly zero, and no gradient a million times the median one",
        "Explode and vanish are words about growth on the way back. The end of the run is the only "
        "reference that does not depend on how deep a trough the norm passes.",
        "No run beyond these bounds would confirm it.",
        holds=lambda n: (
            n["exploded"] == 0
            and n["vanished"] == 0
            and n["silent"] == 0
            and max(n["ratio_stopped"], n["ratio_full"]) < 6
        ),
    ),
    Criterion(
        "training-band",
        "all losses of runs from the paper's start, at least three seeds for each recipe and 30 "
        "iterations planned: share inside 245–270, and Kendall's test for a trend over the whole of each "
        "run",
        "with the code's recipe 90 % of the losses inside and a significant downward trend (1 %) in at "
        "most a fifth of the runs; without correction if the text's recipe does the same",
        "The claim is about whole runs, so no loss is left out, wherever the run was. Three runs of pure "
        "noise would show a false downward trend in one book of 34. The paper's numbers come from its "
        "code; its text says another rule.",
        "Losses that leave the band or fall under the code's recipe would refute it; a text's "
        "recipe that behaves alike would need no correction.",
        holds=lambda n: steady("code", n),
        corrected=lambda n: not steady("text", n),
    ),
    Criterion(
        "training-drops",
        "stretches of iterations below half of the plateau's height that are decided: the loss climbed "
        "back, or stayed low for more than ten iterations; and the share of all iterations they cover",
        "of at least ten decided drops 95 % climbed back, and drops cover less than a fifth of the "
        "iterations",
        "A run that ends within a drop decides nothing, and with fewer than ten decided drops a share of "
        "95 % has no meaning.",
        "One decided drop in ten that never climbs back would refute it; fewer than ten are too few.",
        holds=lambda n: n["recovered"] >= 0.95 and n["covered"] < 0.2,
    ),
    Criterion(
        "training-lowloss",
        "mean loss and median number of spots of sets 3 and 7, runs stopped as in training, random targets",
        "losses within a tenth of the plateau's height of each other, numbers of spots more than a factor "
        "of two apart",
        "On the scale that the training sees, a tenth of the plateau is no difference; twice the spots is "
        "one.",
        "Equal numbers of spots, or losses as far apart as plateau and pattern, would refute it.",
        holds=lambda n: (
            abs(n["seventh"] - n["third"]) < 0.1 * n["height"] and n["seventh_spots"] * 2 < n["third_spots"]
        ),
    ),
    Criterion(
        "training-appendixd",
        "loss and spots of the recorded end; direction and part of the way of re-runs of the second "
        "segment, over its 98 iterations at the recorded learning rate, with both rules for stopping",
        "end below a tenth of the plateau with spots within half of the target's; re-runs leave in the "
        "recorded direction (cosine above 0.9); without correction if they cover at least half of the way",
        "The end can be replayed exactly, the second segment up to its draw of batches, the first not at "
        "all.",
        "An end without the target's spots, or re-runs in another direction, would refute it.",
        holds=lambda n: (
            n["loss"] < 0.1 * n["plateau"] and abs(n["spots"] / n["target"] - 1) < 0.5 and n["cosine"] > 0.9
        ),
        corrected=lambda n: max(n["covered"], n["covered_code"]) < 0.5,
    ),
    Criterion(
        "windowed-band",
        "all windowed losses of runs from the paper's start, at least three seeds for each recipe and 30 "
        "iterations planned: median, share within 15 of the median, and Kendall's test over the whole of "
        "each run",
        "with the code's recipe a median within 10 of 230, 90 % of the losses within 15 of it and a "
        "significant downward trend (1 %) in at most a fifth of the runs; without correction if the "
        "text's recipe does the same",
        "The same rule as for the plain loss; 15 is the half width of the band 245–270, rounded up to fives.",
        "Losses elsewhere, or falling ones under the code's recipe, would refute it.",
        holds=lambda n: near_230("code", n),
        corrected=lambda n: not near_230("text", n),
    ),
    Criterion(
        "windowed-polarised",
        "share of windowed losses between 10 % and 80 % of the plateau's height, for the seven sets and "
        "over a grid of the F–k plane, runs stopped as in training; beside it every full run of the seven "
        "sets",
        "less than a tenth for both; without correction if less than a tenth of the full runs too",
        "Polarised means an empty middle. A run of full length is another picture, and the paper shows both. "
        "Full runs are counted one by one: the mean of a set whose runs lie on both sides lies in a middle "
        "that none of them is in.",
        "A tenth of the points in the middle would refute it.",
        holds=lambda n: n["between"] < 0.1 and n["sets"] < 0.1,
        corrected=lambda n: n["sets_full"] >= 0.1,
    ),
    Criterion(
        "exploration",
        "where runs at a tenth, once and ten times the base rate end; one search from the paper's start "
        "of at least 8,918 iterations; the typical step among patterns",
        "no run ends within 10 % of the truth in all four parameters, the long search included; without "
        "correction if a typical step among patterns is below 1 in unconstrained parameters",
        "Too short can only be answered by a search as long as the paper's. A step of 1 in unconstrained "
        "parameters changes a diffusion by half: no search can be fine with those.",
        "A long search that ends at the truth would refute it; without a long search there is no verdict.",
        holds=lambda n: n["long_found"] == 0 and n["found"] == 0,
        corrected=lambda n: n["step"] >= 1,
    ),
    Criterion(
        "confined",
        "share of all simulations that end without a pattern, by start; length of the decided stays among "
        "patterns (left again, or longer than ten iterations) in runs of at least 30 iterations",
        "more than half from both kinds of start, and a median of at least five decided stays of ten "
        "iterations or fewer; without correction if the acceptance rule passes batches at the truth as "
        "often as on the plateau, within 10 %",
        "A stay can only be long in a run that is long; where the run was cut short the stay decides "
        "nothing.",
        "Long stays, or runs that mostly end with a pattern, would refute it.",
        holds=lambda n: min(n["off_paper"], n["off_random"]) > 0.5 and n["stay"] <= 10,
        corrected=lambda n: n["plateau"] - n["truth"] > 0.1,
    ),
    Criterion(
        "weak-gradients",
        "median length of the gradient in unconstrained parameters, among patterns and on the plateau; "
        "mean over initial states against its spread; length of a step at the base rate",
        "weak: shorter among patterns than on the plateau; noisy: mean below the spread; and a typical "
        "step of more than 1",
        "Weak is a comparison, and the plateau is where the paper says that gradients are small: where v has "
        "died, and where it is uniform.",
        "A gradient that is shorter among patterns would confirm it.",
        holds=lambda n: n["pattern"] < n["plateau"] and n["noise"] < 1 and n["step"] > 1,
    ),
)
