"""Verdicts are computed, complete and written whole."""

import json
import re

import pytest

from lib.publishing import claims
from lib.publishing.claims import Kind
from lib.publishing.criteria import CRITERIA, Criterion, table


@pytest.fixture(autouse=True)
def no_criterion(monkeypatch):
    """The claim these tests record has no criterion but the one that a test gives it."""
    monkeypatch.setattr(claims, "CRITERIA", {})


def record(folder, **changes):
    arguments = {
        "id": "cuts",
        "measured": {"drop": 0.7},
        "tolerance": "more than half",
        "holds": True,
        "finding": "The drop is {drop:.0%}.",
        "folder": folder,
    } | changes
    return claims.record(arguments.pop("id"), **arguments)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "holds"),
        ({"corrected": True}, "holds with a correction"),
        ({"holds": False}, "differs"),
        ({"holds": False, "corrected": True}, "differs"),
    ],
)
def test_the_verdict_follows_from_the_comparison(tmp_path, changes, verdict):
    record(tmp_path, **changes)
    kept = json.loads((tmp_path / "cuts.json").read_text())
    assert kept["verdict"] == verdict
    assert kept["finding"] == "The drop is 70\u00a0%."


def test_an_untestable_claim_says_why(tmp_path):
    assert claims.untested("space-time", why="no data", folder=tmp_path).verdict == "cannot be tested"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": "cut"}, "There is no claim 'cut'"),
        ({"measured": {}}, "at least one number"),
        ({"measured": {"drop": float("nan")}}, "all of them finite"),
        ({"finding": "{slope}"}, "names 'slope'"),
    ],
)
def test_a_verdict_without_a_number_is_refused(tmp_path, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        record(tmp_path, **changes)
    assert list(tmp_path.iterdir()) == []


def held_against(monkeypatch, **changes):
    """Give the claim `cuts` a criterion."""
    row = {
        "quantity": "the drop", "threshold": "more than half", "why": "a cliff",
        "would_change": "A ramp would.", "holds": lambda n: n["drop"] > 0.5,
    } | changes  # fmt: skip
    monkeypatch.setattr(claims, "CRITERIA", table(Criterion("cuts", **row)))


def judged(folder, **changes):
    return record(folder, tolerance=None, holds=None, **changes)


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        ({"drop": 0.7}, Kind.HOLDS),
        ({"drop": 0.3}, Kind.DIFFERS),
        ({"drop": None}, Kind.UNTESTED),
        ({"drop": 0.7, "spread": None}, Kind.HOLDS),
    ],
)
def test_the_criterion_judges_and_lacks_no_number_it_needs(tmp_path, monkeypatch, measured, verdict):
    held_against(monkeypatch)
    found = judged(tmp_path, measured=measured)
    assert found.verdict == verdict
    assert found.tolerance == "more than half"
    assert found.would_change == "A ramp would."


def test_a_correction_needs_its_own_number_too(tmp_path, monkeypatch):
    held_against(monkeypatch, corrected=lambda n: n["spread"] > 1)
    assert judged(tmp_path, measured={"drop": 0.7, "spread": 2}).verdict == Kind.CORRECTED
    assert judged(tmp_path, measured={"drop": 0.7, "spread": None}).verdict == Kind.UNTESTED
    assert judged(tmp_path, measured={"drop": 0.3, "spread": None}).verdict == Kind.DIFFERS


def test_an_open_question_is_observed(tmp_path, monkeypatch):
    held_against(monkeypatch, holds=None)
    assert judged(tmp_path).verdict == Kind.OBSERVED


def test_a_number_that_was_not_measured_is_said_so_and_kept_as_none(tmp_path, monkeypatch):
    held_against(monkeypatch)
    found = judged(tmp_path, measured={"drop": None})
    assert found.finding == "The drop is not measured. Missing for a verdict: `drop`."
    assert json.loads((tmp_path / "cuts.json").read_text())["measured"] == {"drop": None}


def test_a_cell_cannot_overrule_the_criterion(tmp_path, monkeypatch):
    held_against(monkeypatch)
    with pytest.raises(ValueError, match="judges it alone"):
        record(tmp_path, tolerance=None, holds=True)


def test_a_rule_that_asks_for_an_unknown_number_is_refused(tmp_path, monkeypatch):
    held_against(monkeypatch, holds=lambda n: n["height"] > 1)
    with pytest.raises(ValueError, match="'height'"):
        judged(tmp_path)


def test_every_criterion_belongs_to_a_claim_and_is_told_in_full():
    assert set(CRITERIA) <= set(claims.STATEMENTS)
    for criterion in CRITERIA.values():
        for phrase in (criterion.quantity, criterion.threshold, criterion.why, criterion.would_change):
            assert len(phrase.split()) > 2, criterion.id
        # It stands under the verdict too, whichever came out: "would have" would deny what has just happened.
        assert not re.search("would have|of six", criterion.would_change)


def test_two_criteria_for_one_claim_are_refused():
    one = Criterion("cuts", "a", "b", "c", "d")
    with pytest.raises(ValueError, match="one claim"):
        table(one, one)
