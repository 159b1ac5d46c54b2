"""Every sentence of Section 3 and Appendix D that depends on an outcome has a form for each."""

import re
from dataclasses import replace

import pytest

from lib.publishing import claims
from lib.publishing.claims import Kind
from lib.publishing.criteria import CRITERIA
from lib.publishing.sentences import training as told
from lib.publishing.sentences import trajectory
from lib.publishing.sentences.training_claims import FINDINGS
from lib.studies.gradients.summary import Adjoints, Directions, GradientSummary, Roughness
from lib.studies.training.recorded_trajectory import Approach, Point, TrajectorySummary
from lib.studies.training.seven_sets import SampledSet, SevenSets
from lib.studies.training.stays import Drops, Stays
from lib.studies.training.steadiness import Steadiness
from lib.studies.training.summary import Bands, FirstTries, FurtherSteps, Residence, Search, TrainingSummary
from lib.studies.training.tries import Tries

STEADY = Steadiness(3, 90, 30, 258, 250, 262, 4, 251, 261, 266, 0.98, 0.98, 0, 3, 0.0, 0.02)
SLIDING = Steadiness(3, 90, 30, 258, 12, 20, 9, 15, 200, 258, 0.3, 0.4, 3, 3, 1.0, -0.9)
UNKNOWN = Steadiness(1, 5, 5, 258, 12, 20, 4, 15, 200, 258, None, None, 0, 1, None, None)
WINDOWED = replace(STEADY, median=232)

ENOUGH = TrainingSummary(
    plain=Bands(SLIDING, STEADY),
    windowed=Bands(SLIDING, WINDOWED),
    drops=Drops(12, 11, 11, 1, 1.0, 0.1, 2, 10.9),
    stays=Stays(8, 7, 2),
    residence=Residence(0.8, 0.7, 0.6, 0.2, 0.2, 1, 25.0, 0.3, 2, 6, 3, 180),
    first_tries=FirstTries(1.0, 0.1, 0.12, 0.2),
    search=Search(0, 10, 3.0, 1.0, 9000, 8918, 0, 0.3, 0.9, 1200.0, 0.004, 30.0, 15.0, 5e-5, 0.9),
    further=FurtherSteps(0.5, 30.0, 0.127, 0.1269, 0.05, 0.0501, 9, 0.7, 3, 3),
    tried=Tries(400, 0.3, 0.1, 0.4, 0.01, 0.05),
)
LITTLE = TrainingSummary(
    plain=Bands(UNKNOWN, UNKNOWN),
    windowed=Bands(UNKNOWN, UNKNOWN),
    drops=Drops(0, 0, 0, 0, None, 0.0, None, None),
    stays=Stays(0, 0, None),
    residence=Residence(1.0, None, 1.0, 0.0, 0.0, 0, None, 0.0, 0, 1, 0, 5),
    first_tries=FirstTries(1.0, None, None, None),
    search=Search(0, 3, 3.0, 1.0, 5, 8918, None, None, None, None, 0.004, 0.004, None, 5e-5, None),
    further=FurtherSteps(0.5, 30.0, None, None, None, None, None, 0.0, 1, 0),
    tried=Tries(20, None, None, None, None, None),
)
ONE_SET = SampledSet(12.0, 10.0, 15.0, 200.0, 80, 30_000, 0.9, 0.4)
SETS = SevenSets(
    {str(i): ONE_SET for i in range(1, 8)} | {
        "2": replace(ONE_SET, share=1.0), "7": replace(ONE_SET, spots=4, steps=1_789),
    },
    40, 264.0, 0.0, 1 / 28, 28, 0.04, 0.01, 56,
)  # fmt: skip
STEEP = GradientSummary(
    Directions(0.9, 20, 0.5, 14, 5e4, 60.0, 1.0, 20),
    Adjoints(20, 2, 40, 0.2, 0.3, 0.0, 1.5, 0.5, 3.0, 5.0, 3.0, 14.0, 14.0),
    Roughness(0.2, 0.03, 6, 0.3, 4e4, 7.5e-6, 1e-4),
)
FLAT = GradientSummary(
    Directions(None, 0, None, 0, None, None, None, 0),
    Adjoints(4, 1, 4, None, None, None, None, None, None, None, None, None, None),
    Roughness(None, None, 0, None, None, None, 1e-4),
)
RUNS = [(ENOUGH, STEEP), (LITTLE, FLAT)]

NEAR = Approach(0.2, 40, 12.0, {"Du": 0.1347, "Dv": 0.0699, "F": 0.0426, "k": 0.0656}, 0.06, 0.94)
TRAJECTORY = TrajectorySummary(
    {"start": Point(247, 240, 250, 0), "8918": Point(247, 240, 250, 0), "end": Point(8, 6, 10, 116),
     "target": Point(0, 0, 0, 85)},
    4, NEAR, NEAR, replace(NEAR, cosine=None), NEAR, 0.06, 0.0, 2, 98, 44, 98, 1.0, 12.0,
)  # fmt: skip
ASTRAY = replace(TRAJECTORY, slow=replace(NEAR, cosine=0.1), fast=replace(NEAR, left=0.9), covered=None)


def sentences(found: TrainingSummary, slopes: GradientSummary) -> list[str]:
    """Everything the page says in words."""
    return [
        told.in_one_minute(found, SETS, slopes), told.what_happened(found), told.lengths_by_region(found),
        told.corner(found.residence), told.first_tries(found), told.rule(SETS), told.low_loss(SETS),
        told.falls_silent(found), told.directions(slopes), told.adjoints(slopes), told.rough(slopes.rough),
        told.why(found, slopes),
    ]  # fmt: skip


def findings(found: TrainingSummary, slopes: GradientSummary, folder) -> dict[str, claims.Verdict]:
    """The verdicts that these numbers lead to."""
    numbers = told.measured(found, SETS, slopes)
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


def test_the_band_is_the_papers_only_where_they_meet():
    assert "That is the paper's band" in told.band(258, 265)
    assert "lies elsewhere" in told.band(128, 131)


def test_runs_without_drops_or_refusals_say_so():
    assert "never drops" in told.what_happened(LITTLE)
    assert "No run had to give up" in told.what_happened(LITTLE)
    assert "12 times" in told.what_happened(ENOUGH)


@pytest.mark.parametrize(
    ("falling", "tested", "depends"),
    [(0, 3, True), (1, 3, True), (3, 3, False), (0, 10, False), (2, 10, True)],
)
def test_a_verdict_that_one_run_flips_depends_on_the_draw(falling, tested, depends):
    said = told.draw(replace(STEADY, falling=falling, tested=tested, downward=falling / tested))
    assert ("depends on the draw" in said) == depends


def test_a_weak_gradient_is_called_weak_and_a_strong_one_is_not():
    weak = replace(ENOUGH, search=replace(ENOUGH.search, step=1e-6))
    assert "not weak" in told.lengths_by_region(ENOUGH)
    assert "shorter" in told.lengths_by_region(weak)


def test_where_no_run_fell_silent_no_iteration_is_named():
    assert "never became exactly zero" in told.falls_silent(LITTLE)
    assert "At iteration 9" in told.falls_silent(ENOUGH)


def test_directions_near_a_half_are_what_chance_gives():
    sharp = replace(STEEP, directions=replace(STEEP.directions, pattern_right=0.95))
    assert "close to the half that chance gives" in told.directions(STEEP)
    assert "not what chance gives" in told.directions(sharp)


def test_the_rules_verdict_on_the_truth_depends_on_the_shares():
    generous = replace(SETS, sets=SETS.sets | {"4": replace(ONE_SET, share=0.9)})
    assert "on the truth" in told.rule(SETS)
    assert "**on the truth**" not in told.rule(generous)


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
