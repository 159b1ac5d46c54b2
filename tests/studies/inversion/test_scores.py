"""Scores on attempts that are known: who counts as close, and what a failure costs."""

import numpy as np
import pytest
import xarray as xr

from lib.paper import TRUTH
from lib.studies.inversion import METHODS, benchmark, scores, summary, tables
from lib.studies.inversion.attempt import Attempt, without_answer
from lib.studies.inversion.benchmark import labelled
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.failing import Failing, on_one
from lib.studies.inversion.recovery import FAILED, FINISHED, NOT_APPLICABLE

NAMES = ["centre", "random", "residual"]
CHOSEN = {name: METHODS[name] for name in NAMES}


def answered(error: float, cost: float, uncertainty: float = np.nan) -> Attempt:
    """One that ends this far off, and was 10 times further off at a tenth of the cost."""
    ends = np.array(TRUTH) * (1 + error)
    rows = np.array([[0.1 * cost, *(np.array(TRUTH) * (1 + 10 * error))], [cost, *ends]])
    return Attempt(ends, np.full(4, uncertainty), rows, cost, 1.0, FINISHED, "")


def refused(ending: str) -> Attempt:
    return without_answer(ending, "because", Budget(1, steps=1, size=1), 0.0)


@pytest.fixture
def found():
    """Two seeds: the centre near and far, the random search near and failed, the residual on no such data."""
    done = [
        answered(0.01, 40.0, 0.002), answered(0.2, 60.0, 0.002),
        answered(0.04, 100.0), refused(FAILED),
        refused(NOT_APPLICABLE), refused(NOT_APPLICABLE),
    ]  # fmt: skip
    return labelled(done, 100.0, CHOSEN, ["S1"], ["truth"], [0, 1])


def test_success_counts_all_four_parameters_and_failures(found):
    assert scores.success(found).sel(scheme="S1").values[:2].tolist() == [0.5, 0.5]
    assert np.isnan(scores.success(found).values[2, 0])


def test_a_failure_is_an_infinite_error(found):
    assert np.isinf(scores.errors(found).sel(approach="random").values[0, 0, 1])


def test_success_against_cost_rises_when_the_answer_becomes_right(found):
    curve = scores.success_against_cost(found).sel(approach="centre", scheme="S1")
    assert float(curve.sel(spent=0.05, method="nearest")) == 0
    assert float(curve.sel(spent=0.5, method="nearest")) == 0.5


def test_expected_cost_charges_the_runs_that_failed(found):
    assert float(scores.expected_cost(found).sel(approach="centre", scheme="S1")) == pytest.approx(100)


def test_coverage_counts_parameters_inside_the_stated_interval(found):
    """1 % off is 0.0016, 0.0008, 0.00035, 0.00065: all within 1.96 · 0.002; 20 % off: none but F."""
    far = np.abs(0.2 * np.array(TRUTH)) <= 1.96 * 0.002
    assert float(scores.coverage(found).sel(approach="centre", scheme="S1")) == (4 + far.sum()) / 8


def test_the_interval_of_a_median_holds_it(found):
    low, high = scores.interval(found).sel(approach="centre", scheme="S1").values
    assert low <= float(scores.median_error(found).sel(approach="centre", scheme="S1")) <= high


def test_the_table_says_what_does_not_apply(found):
    text = tables.which_for_what(found)
    assert "| residual fit | does not apply |" in text
    assert "1 of 2" in text
    assert "never solved" in tables.costs(found, ["residual"])


def test_the_benchmark_goes_on_after_a_failure_and_loads_what_is_kept(tmp_path):
    setting = {"limit": 10.0, "size": 32, "steps": 400, "jobs": 1, "cache": tmp_path}
    first = benchmark(["S1", "S2"], ["maze"], [0], methods=CHOSEN, **setting)
    again = benchmark(["S1", "S2"], ["maze"], [0], methods=CHOSEN, **setting)
    assert first.identical(again)
    assert int(scores.failures(first).sum()) == 0
    assert not bool(scores.applies(first).sel(approach="residual", scheme="S1"))
    assert float(scores.success(first).sel(approach="residual", scheme="S2")) in (0, 1)


def moving(late: float, last: float) -> Attempt:
    """One that is `late` off from half of its budget on, and ends `last` off."""
    rows = [[at, *(np.array(TRUTH) * (1 + error))] for at, error in ((40.0, late), (99.0, last))]
    return Attempt(np.array(rows[-1][1:]), np.full(4, np.nan), np.array(rows), 100.0, 1.0, FINISHED, "")


@pytest.mark.parametrize(
    ("late", "last", "rest"),
    [(0.2, 0.2, True), (0.2, 0.19, True), (0.2, 0.1, False), (0.06, 0.049, False), (0.03, 0.001, False)],
)
def test_a_curve_is_at_rest_if_nobody_is_newly_right_and_the_error_has_stopped_falling(late, last, rest):
    found = labelled([moving(late, last)], 100.0, {"centre": METHODS["centre"]}, ["S1"], ["truth"], [0])
    assert bool(scores.flattened(found).values[0, 0]) is rest


def test_whoever_has_no_answer_by_half_time_and_one_at_the_end_is_not_at_rest():
    late = answered(0.01, 90.0)._replace(history=np.array([[90.0, *(np.array(TRUTH) * 1.01)]]))
    found = labelled([late], 100.0, {"centre": METHODS["centre"]}, ["S1"], ["truth"], [0])
    assert not bool(scores.flattened(found).values[0, 0])
    assert bool(scores.answers_once(found).values[0, 0])
    early = labelled([moving(0.2, 0.1)], 100.0, {"centre": METHODS["centre"]}, ["S1"], ["truth"], [0])
    assert not bool(scores.answers_once(early).values[0, 0])
    assert (tables.unsettled(found), tables.answering_once(found)) == ({"S1": []}, [METHODS["centre"].title])
    assert (tables.unsettled(early), tables.answering_once(early)) == ({"S1": [METHODS["centre"].title]}, [])


def test_where_a_method_fails_is_told_by_its_medians_and_intervals(found):
    centre, random = (on_one(found, name, "S1") for name in ("centre", "random"))
    assert (centre.share, centre.error) == (0.5, pytest.approx(0.105))
    assert centre.inside == pytest.approx(float(scores.coverage(found).sel(approach="centre", scheme="S1")))
    assert random == Failing(0.5, None, None, None)


def test_what_was_not_run_fails_nowhere(found):
    nothing = Failing(None, None, None, None)
    assert on_one(found, "residual", "S1") == on_one(found, "centre", "S2") == nothing


def test_a_method_that_was_not_tried_is_not_the_one_that_solves_most(monkeypatch):
    shares = {"one": None, "other": 0.0}
    monkeypatch.setattr(summary, "solved", lambda found, name, scheme: shares[name])
    assert summary.most_solved(xr.Dataset(), ("one", "other"), "S1") == "other"
