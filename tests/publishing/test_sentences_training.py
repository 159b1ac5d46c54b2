"""Every sentence of Section 3 and Appendix D that depends on an outcome has a form for each."""

import re
from dataclasses import replace

import pytest

from lib.publishing import claims
from lib.publishing.claims import Kind
from lib.publishing.criteria import CRITERIA
from lib.publishing.sentences import training as told
from lib.publishing.sentences import training_acceptance as told_of_rule
from lib.publishing.sentences import training_gradients as told_of_slopes
from lib.publishing.sentences import trajectory
from lib.publishing.sentences.training_claims import FINDINGS, measured_numbers
from lib.studies.gradients.summary import Adjoints, Directions, GradientSummary, Roughness, Way
from lib.studies.training.recorded_trajectory import Approach, Point, TrajectorySummary
from lib.studies.training.residence import Residence
from lib.studies.training.seven_sets import SampledSet, SevenSets
from lib.studies.training.stays import Drops, Stays
from lib.studies.training.steadiness import Steadiness
from lib.studies.training.summary import Bands, FurtherSteps, Search, TrainingSummary, Visits
from lib.studies.training.tries import Tries
from lib.studies.training.visits import Visit

STEADY = Steadiness(3, 90, 30, 258, 250, 262, 4, 251, 261, 266, 0.98, 0.98, 0, 3, 0.0, 0.02)
SLIDING = Steadiness(3, 90, 30, 258, 12, 20, 9, 15, 200, 258, 0.3, 0.4, 3, 3, 1.0, -0.9)
UNKNOWN = Steadiness(1, 5, 5, 258, 12, 20, 4, 15, 200, 258, None, None, 0, 1, None, None)
WINDOWED = replace(STEADY, median=232)

NOBODY = Visit(0, 0, None, 0, 0, 0, 0)
DIED = Visit(28, 1, 0.004, 28, 28, 28, 0)
EVEN = Visit(39, 5, 600.0, 0, 0, 3, 36)
AMONG = Visit(10, 4, 1500.0, 2, 2, 4, 6)

ENOUGH = TrainingSummary(
    expected=(257.0, 265.0),
    plain=Bands(SLIDING, STEADY),
    windowed=Bands(SLIDING, WINDOWED),
    drops=Drops(12, 10, 10, 0, 1, 1, 1.0, 0.1, 2, 10.9),
    stays=Stays(8, 7, 2),
    residence=Residence(0.8, 0.7, 0.6, 0.2, 0.1, 39, 12, 13, 0.1, 1, 16, 25.0, 0.3, 2, 6, 3, 180),
    visits=Visits(DIED, EVEN, replace(EVEN, iterations=67, length=30.0), AMONG),
    search=Search(0, 10, 6, 30, 4, 5, 3.0, 1.0, 9000, 8918, 0, 0.3, 0.9, 15.0, 5e-5, 7.0, 10, 0.8),
    further=FurtherSteps(0.5, 30.0, 0.127, 0.1269, 0.05, 0.0501, 9, 0.7, 3, 3),
    tried=Tries(400, 0.3, 0.1, 0.4, 0.01, 0.05),
)
LITTLE = TrainingSummary(
    expected=(128.0, 131.0),
    plain=Bands(UNKNOWN, UNKNOWN),
    windowed=Bands(UNKNOWN, UNKNOWN),
    drops=Drops(0, 0, 0, 0, 0, 0, None, 0.0, None, None),
    stays=Stays(0, 0, None),
    residence=Residence(1.0, None, 1.0, 0.0, 0.0, 0, 0, 0, 0.0, 0, 0, None, 0.0, 0, 1, 0, 5),
    visits=Visits(DIED, NOBODY, DIED, NOBODY),
    search=Search(0, 3, 1, 5, 2, 2, 3.0, 1.0, 5, 8918, None, None, None, None, 5e-5, None, 0, None),
    further=FurtherSteps(0.5, 30.0, None, None, None, None, None, 0.0, 1, 0),
    tried=Tries(20, None, None, None, None, None),
)
ONE_SET = SampledSet(12.0, 10.0, 15.0, 200.0, 80, 30_000, 0.9, 0.34, 0.09, 0.64, 2)
ALL = replace(ONE_SET, share=1.0, low=0.48, high=1.0, passed=5)
SETS = SevenSets(
    {str(i): ONE_SET for i in range(1, 8)} | {
        "2": ALL, "5": ALL, "6": ALL, "7": replace(ALL, spots=4, steps=1_789),
    },
    40, 5, 264.0, 0.0, 1 / 28, 28, 0.04, 0.01, 56,
)  # fmt: skip
NO_WAY = Way(0, None, 0, None, None, None)
EASY, CHANCE = Way(22, 4e4, 22, 0.95, 0.78, 0.99), Way(21, 5e4, 20, 0.45, 0.26, 0.66)
STEEP = GradientSummary(
    Directions(Way(20, 60.0, 20, 0.9, 0.7, 0.97), EASY, CHANCE, 1.0, 20),
    Adjoints(20, 2, 40, 0.2, 0.3, 0.0, 1.5, 0.5, 3.0, 5.0, 3.0, 14.0, 14.0),
    Roughness(0.2, 0.03, 6, 0.3, 4e4, 7.5e-6, 1e-4),
)
FLAT = GradientSummary(
    Directions(NO_WAY, NO_WAY, NO_WAY, None, 0),
    Adjoints(4, 1, 4, None, None, None, None, None, None, None, None, None, None),
    Roughness(None, None, 0, None, None, None, 1e-4),
)
RUNS = [(ENOUGH, STEEP), (LITTLE, FLAT)]

NEAR = Approach(0.2, 40, 12.0, {"Du": 0.1347, "Dv": 0.0699, "F": 0.0426, "k": 0.0656}, 0.06, 0.94)
TRAJECTORY = TrajectorySummary(
    {"start": Point(247, 240, 250, 0), "8918": Point(247, 240, 250, 0), "end": Point(8, 6, 10, 116),
     "target": Point(0, 0, 0, 85)},
    4, NEAR, NEAR, replace(NEAR, cosine=None), NEAR, 0.06, 0.0, 2, 98, 44, 1, 2, 1, (-1.6, 5.1), 98, 1.0,
    12.0,
)  # fmt: skip
ASTRAY = replace(TRAJECTORY, slow=replace(NEAR, cosine=0.1), fast=replace(NEAR, left=0.9), covered=None)


def sentences(found: TrainingSummary, slopes: GradientSummary) -> list[str]:
    """Everything the page says in words."""
    return [
        told.in_one_minute(found, SETS, slopes), told.what_happened(found), told.corner(found.residence),
        told.low_loss(SETS), told.falls_silent(found),
        told_of_rule.first_tries(found), told_of_rule.rule(SETS),
        told_of_slopes.lengths_by_region(found), told_of_slopes.directions(slopes),
        told_of_slopes.adjoints(slopes), told_of_slopes.rough(slopes.rough),
        told_of_slopes.why(found, slopes),
    ]  # fmt: skip


def findings(found: TrainingSummary, slopes: GradientSummary, folder) -> dict[str, claims.Verdict]:
    """The verdicts that these numbers lead to."""
    numbers = measured_numbers(found, SETS, slopes)
    return {
        id: claims.record(id, measured=numbers[id], finding=FINDINGS[id], folder=folder) for id in numbers
    }


#: What no sentence may contain: bare numbers that stand for nothing, computer notation, sloppy counts.
UGLY = re.compile(r"None|nan|\binf\b|\de[+-]?\d|[ (]-\d|−0[ .]0*\b(?!\d)|\b1 (runs|times|iterations)\b|\d%")


@pytest.mark.parametrize(("found", "slopes"), RUNS)
def test_every_form_is_a_sentence_for_people(found, slopes, tmp_path):
    said = sentences(found, slopes) + [v.finding for v in findings(found, slopes, tmp_path).values()]
    said += [trajectory.in_one_minute(TRAJECTORY), trajectory.points(ASTRAY), trajectory.segments(ASTRAY)]
    for sentence in said:
        assert not UGLY.search(sentence), UGLY.search(sentence).group() + " in: " + sentence
        assert "{" not in re.sub(r"\{numref\}|10\^\{", "", sentence)


def test_a_slide_and_a_steady_run_are_told_differently():
    both = replace(ENOUGH, plain=Bands(STEADY, STEADY))
    assert "and stay" in told.moved("Here", STEADY)
    assert "at their lowest" in told.moved("Here", SLIDING)
    assert "too few" in told.moved("Here", UNKNOWN)
    assert told.in_one_minute(both, SETS, STEEP) != told.in_one_minute(ENOUGH, SETS, STEEP)
    assert "not tested" in told.in_one_minute(LITTLE, SETS, FLAT)


def test_the_band_is_the_papers_only_where_both_edges_meet():
    assert "That is the paper's band" in told.band(246, 269)
    assert "within the paper's band" in told.band(257, 265)
    assert "is narrower" in told.band(257, 265)
    assert "other edges" in told.band(250, 290)
    assert "lies elsewhere" in told.band(128, 131)


def test_runs_without_drops_or_refusals_say_so():
    assert "With neither recipe" in told.what_happened(LITTLE)
    assert "No run had to give up" in told.what_happened(LITTLE)
    assert "12 times" in told.what_happened(ENOUGH)


def test_the_ends_of_all_drops_add_up():
    found = Drops(4, 1, 0, 1, 1, 2, None, 0.1, None, 22.0)
    text = told.dropped(found)
    assert "both recipes" in text
    ends = re.search(r": (.*)\.$", text)
    assert sum(int(number) for number in re.findall(r"(?:^|, )(\d+) ", ends[1])) == found.drops


@pytest.mark.parametrize(
    ("falling", "tested", "depends"),
    [(0, 3, True), (1, 3, True), (3, 3, False), (0, 10, False), (2, 10, True)],
)
def test_a_verdict_that_one_run_flips_depends_on_the_draw(falling, tested, depends):
    code = replace(STEADY, falling=falling, tested=tested, downward=falling / tested)
    said = told.draw("training-band", Bands(SLIDING, code).numbers())
    assert ("depends on the draw" in said) == depends


def test_a_verdict_that_rests_on_more_than_the_trend_does_not_depend_on_it():
    elsewhere = replace(STEADY, inside=0.5, falling=0, tested=4, downward=0.0)
    assert told.draw("training-band", Bands(SLIDING, elsewhere).numbers()) == ""
    assert told.draw("training-band", Bands(UNKNOWN, UNKNOWN).numbers()) == ""


def test_the_gradient_is_held_against_both_halves_of_the_plateau():
    said = told_of_slopes.comparison(ENOUGH)
    assert "longer than where $v$ is uniform, and longer than where $v$ has died" in said
    alike = replace(ENOUGH, visits=replace(ENOUGH.visits, pattern=replace(AMONG, length=700.0)))
    assert "about as long as where $v$ is uniform" in told_of_slopes.comparison(alike)
    assert "1 run)" in told_of_slopes.lengths_by_region(ENOUGH)
    assert "cannot be compared" in told_of_slopes.lengths_by_region(LITTLE)


def test_the_test_for_convergence_is_blamed_only_where_it_decides():
    decides = replace(ENOUGH, visits=replace(ENOUGH.visits, pattern=replace(AMONG, without_converged=9)))
    assert "not to blame" in told_of_rule.first_tries(ENOUGH)
    assert "makes the difference" in told_of_rule.first_tries(decides)


def test_where_no_run_fell_silent_no_iteration_is_named():
    assert "never became exactly zero" in told.falls_silent(LITTLE)
    assert "At iteration 9" in told.falls_silent(ENOUGH)


def test_directions_are_told_from_chance_only_where_their_interval_is():
    def said(way: Way) -> str:
        return told_of_slopes.directions(replace(STEEP, directions=replace(STEEP.directions, pattern=way)))

    assert "no telling it from the half" in said(CHANCE)
    assert "more than the half" in said(EASY)
    assert "fewer than the half" in said(replace(CHANCE, right=0.1, low=0.03, high=0.3))
    assert "all four parameters" in said(CHANCE)


def test_most_batches_at_the_truth_are_refused_only_if_the_interval_says_so():
    strict = replace(SETS, sets=SETS.sets | {"4": replace(ONE_SET, high=0.45)})
    generous = replace(SETS, sets=SETS.sets | {"4": replace(ONE_SET, share=0.9, low=0.6, high=0.97)})
    assert "do not tell" in told_of_rule.rule(SETS)
    assert "**on the truth**" in told_of_rule.rule(strict)
    assert "on the truth" not in told_of_rule.rule(generous)
    assert "95 % interval: 9\u00a0% to 64\u00a0%" in told_of_rule.rule(SETS)


def test_the_rule_favours_what_settles_only_where_it_does():
    slow_dots = replace(SETS, sets=SETS.sets | {"7": ONE_SET})
    assert "favours what settles quickly" in told_of_rule.favoured(SETS)
    assert "favours" not in told_of_rule.favoured(slow_dots)


def test_the_trajectorys_runs_are_counted_recipe_by_recipe():
    assert "of the iterations of 1 run" in trajectory.in_one_minute(TRAJECTORY)
    assert "between −1.6 and 5.1 of the way" in trajectory.segments(TRAJECTORY)
    assert "1 of 2 runs gave up" in trajectory.segments(TRAJECTORY)
    assert "gave up" not in trajectory.segments(replace(TRAJECTORY, fast_aborted=0))


def test_the_trajectory_has_a_form_for_every_direction():
    assert "in the recorded direction" in trajectory.direction(NEAR)
    assert "another direction" in trajectory.direction(ASTRAY.slow)
    assert trajectory.direction(TRAJECTORY.code) == "does not move"
    assert trajectory.verdict(TRAJECTORY) != trajectory.verdict(ASTRAY)


def test_parts_of_the_way_are_told_as_people_would():
    assert trajectory.part(-1.2e-6) == "none of the way"
    assert trajectory.part(0.061) == "6\u00a0% of the way"
    assert trajectory.part(3.2) == "3.2 times the recorded way"


def test_verdicts_follow_from_the_criteria(tmp_path):
    found = {id: verdict.verdict for id, verdict in findings(ENOUGH, STEEP, tmp_path).items()}
    assert found == {
        "setup-search": Kind.CORRECTED, "setup-gradients": Kind.DIFFERS, "training-band": Kind.CORRECTED,
        "training-drops": Kind.HOLDS, "training-lowloss": Kind.HOLDS, "windowed-band": Kind.CORRECTED,
        "windowed-polarised": Kind.HOLDS, "exploration": Kind.CORRECTED, "confined": Kind.CORRECTED,
        "weak-gradients": Kind.DIFFERS,
    }  # fmt: skip


def test_too_little_training_is_no_verdict(tmp_path):
    found = {id: verdict.verdict for id, verdict in findings(LITTLE, FLAT, tmp_path).items()}
    known = {"training-lowloss", "windowed-polarised"}
    assert {id for id, verdict in found.items() if verdict != Kind.UNTESTED} == known


def test_a_downward_trend_under_the_codes_recipe_refutes_the_band(tmp_path):
    falling = replace(ENOUGH, plain=Bands(STEADY, replace(STEADY, downward=1.0)))
    assert findings(falling, STEEP, tmp_path)["training-band"].verdict == Kind.DIFFERS


def test_the_trajectorys_end_and_direction_decide(tmp_path):
    def verdict(found: TrajectorySummary) -> Kind:
        return claims.record(
            "training-appendixd", measured=trajectory.measured(found),
            finding=FINDINGS["training-appendixd"], folder=tmp_path,
        ).verdict  # fmt: skip

    assert verdict(TRAJECTORY) == Kind.CORRECTED
    assert verdict(replace(TRAJECTORY, covered=0.8)) == Kind.HOLDS
    assert verdict(replace(TRAJECTORY, covered=None)) == Kind.UNTESTED
    assert verdict(ASTRAY) == Kind.DIFFERS


def test_every_finding_has_its_criterion():
    assert set(FINDINGS) <= set(CRITERIA)
