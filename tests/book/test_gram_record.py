"""The Gram loss's claim, measured apart with trained filters: a record, and a line on the board."""

import json
from pathlib import Path

import pytest
import torch
from joblib.externals.loky import get_reusable_executor

from book.board_text import elsewhere
from book.errors import BuildError
from book.record import criterion_of
from book.runs import gram
from book.runs.keep import keep, kept, title
from lib import features
from lib.folders import VGG16, WEIGHTS, weights_file
from lib.publishing.criteria import CRITERIA


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with filters that count as VGG-16's."""
    monkeypatch.setenv(WEIGHTS, str(tmp_path))
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path / "cache"))
    start_afresh()
    torch.save(features.build(5, features.LAYOUT_16).state_dict(), weights_file(tmp_path, VGG16))
    yield tmp_path
    start_afresh()


def start_afresh() -> None:
    """Forget the filters here, and the worker processes, which keep theirs and the folder they began with."""
    features.at_hand.cache_clear()
    get_reusable_executor().shutdown(wait=True)


def test_a_claim_measured_apart_names_its_filters(trained: Path) -> None:
    record = gram.measured("smoke", "cpu", "0")
    assert record["features"] == "VGG-16 filters"
    (claim,) = record["claims"]
    assert claim["measured"]["trained"] == 1
    assert claim["verdict"] != "cannot be tested"
    assert claim["criterion"] == criterion_of({"tolerance": CRITERIA["gram"].threshold})
    place = keep(trained, record)
    assert place.stem.startswith("claim-gram-vgg-16-filters-")
    assert kept(trained, "claim") == [json.loads(place.read_text())] == [record]


def test_random_filters_are_no_test_of_the_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WEIGHTS, str(tmp_path))
    features.at_hand.cache_clear()
    with pytest.raises(BuildError, match="make weights FILTERS=vgg16"):
        gram.measured("smoke", "cpu", "0")
    features.at_hand.cache_clear()


def test_the_board_shows_what_other_filters_found() -> None:
    claim = {"id": "gram", "verdict": "differs", "criterion": criterion_of({"tolerance": "flat"})}
    run = {"kind": "claim", "profile": "quick", "seed": 0, "features": "VGG-16 filters", "file": "a.json"}
    run["remark"] = "plateau midway: yes"
    verdict = {"id": "gram", "verdict": "cannot be tested", "tolerance": "flat"}
    said = elsewhere(verdict | {"seeds": {"said": "not compared over seeds"}}, [run | {"claims": [claim]}])
    filters = "VGG-16 filters (plateau midway: yes; {download}`record <records/a.json>`)"
    assert f"differs at quick, seed 0, with {filters}" in said


def test_committed_records_are_held_against_todays_criterion() -> None:
    found = kept(gram.ROOT, "claim")
    assert found
    for record in found:
        (claim,) = record["claims"]
        assert claim["criterion"] == criterion_of({"tolerance": CRITERIA[claim["id"]].threshold})
        assert title(record).startswith(f"claim-{claim['id']}-")
    assert any(record["claims"][0]["id"] == gram.CLAIM for record in found)
