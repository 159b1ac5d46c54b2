"""Claims on dynamics measured again under another scheme: records, and lines on the board."""

from pathlib import Path

import numpy as np
import pytest
import torch

from book.board_text import elsewhere
from book.record import criterion_of
from book.runs import schemes
from book.runs.keep import keep, kept
from lib.publishing.criteria import CRITERIA
from lib.running.profiles import profile
from lib.studies import shared
from lib.studies.gradient_routes import cross_losses
from lib.studies.patterns import intermediate_times
from lib.studies.scheme import DOUBLE, HALF, PAPER


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path / "cache"))


def test_cuts_in_double_precision_are_refused() -> None:
    with pytest.raises(ValueError, match="single precision only"):
        shared.cuts(profile("smoke"), scheme=DOUBLE)


def test_a_scheme_covers_the_same_time_in_its_own_steps() -> None:
    assert [scheme.steps(40_000) for scheme in (PAPER, HALF, DOUBLE)] == [40_000, 80_000, 40_000]
    assert [scheme.dtype for scheme in (PAPER, HALF, DOUBLE)] == [torch.float32, torch.float32, torch.float64]


def test_other_schemes_give_nearly_the_same_runs_and_not_the_same_bits() -> None:
    """Over a short time only, before round-off is amplified by dividing spots."""
    setting = {"states": 1, "size": 32, "jobs": 1}
    axes, times = {"k": np.array([0.065])}, (50, 100)
    runs = [
        intermediate_times.sweep_in_time(axes, times, scheme=s, **setting).v for s in (PAPER, HALF, DOUBLE)
    ]
    for other, most in zip(runs[1:], (2e-2, 1e-5), strict=True):
        assert 0 < float(np.abs(runs[0] - other).max()) < most
    points = np.array([[0.16, 0.08, 0.035, 0.06]])
    losses = [
        float(cross_losses.spectra(points, states=2, size=32, steps=100, jobs=1, scheme=s).loss[0, 0, 1])
        for s in (PAPER, HALF, DOUBLE)
    ]
    assert losses[1] == pytest.approx(losses[0], rel=0.2)
    assert losses[1] != losses[0]
    assert losses[2] == pytest.approx(losses[0], rel=0.01)


def test_a_record_names_its_scheme_and_the_board_tells_it(tmp_path: Path) -> None:
    records = schemes.measured("smoke", "0", "half")
    assert [record["claims"][0]["id"] for record in records] == [
        "intermediate",
        "intermediate-ends",
        "intermediate-ends-random",
        "traversable",
        "cuts",
        "planes",
        "losses-agree",
        "matrix",
        "bifurcations",
        "bifurcations-right",
    ]
    for record in records:
        place = keep(tmp_path, record)
        assert "-half-the-time-step-" in place.stem
        (claim,) = record["claims"]
        assert claim["criterion"] == criterion_of({"tolerance": CRITERIA[claim["id"]].threshold})
        verdict = {
            "id": claim["id"],
            "verdict": claim["verdict"],
            "tolerance": CRITERIA[claim["id"]].threshold,
        }
        line = elsewhere(verdict | {"seeds": {"said": "not compared"}}, [record | {"file": place.name}])
        assert "the same at smoke, seed 0, with half the time step" in line
        remark = f"{record['remark']}; " if "remark" in record else ""
        assert f"({remark}{{download}}`record <records/{place.name}>`)" in line
    assert len(kept(tmp_path, "claim")) == len(records)


def test_schemes_with_the_same_verdict_share_a_phrase() -> None:
    verdict = {"id": "cuts", "verdict": "differs", "tolerance": "x", "seeds": {"said": "not compared"}}
    claim = {"id": "cuts", "verdict": "differs", "criterion": criterion_of(verdict)}
    common = {"kind": "claim", "profile": "quick", "seed": 0}
    runs = [
        common | {"scheme": scheme, "file": f"{scheme}.json", "claims": [claim | {"verdict": found}]}
        for scheme, found in (("one", "differs"), ("two", "differs"), ("three", "holds"))
    ]
    assert elsewhere(verdict, [*runs, {**common, "kind": "run", "claims": [claim]}]) == (
        "not compared; the same at quick, seed 0; "
        "the same at quick, seed 0, with one ({download}`record <records/one.json>`) "
        "and with two ({download}`record <records/two.json>`); "
        "holds at quick, seed 0, with three ({download}`record <records/three.json>`)"
    )
