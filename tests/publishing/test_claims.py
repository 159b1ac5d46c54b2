"""Verdicts are computed, complete and written whole."""

import json

import pytest

from lib.publishing import claims


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
    assert kept["finding"] == "The drop is 70%."


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
