"""A build that was killed goes on, and ends with the bits of one left alone."""

from pathlib import Path

import pytest

from tests.everything import everything, published
from tests.kill import all_gone, finish, kill_when, smallest_book, unfinished
from tests.same import differences


def test_a_build_killed_before_it_publishes_ends_with_the_same_bits_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when its sweep is stored and its data are written, and nothing is published yet."""
    monkeypatch.setenv("PYTHONPATH", "")
    alone, tmp_path = tmp_path / "alone", tmp_path / "killed"
    for root in (alone, tmp_path):
        smallest_book(root)
    finish(alone)
    results, data = tmp_path / "cache" / "results", tmp_path / "_build" / "running"
    assert kill_when(tmp_path, lambda: list(data.glob("*/data/*.nc")))
    assert all_gone(tmp_path)
    assert not published(tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in results.rglob("*.result")}
    left_alone = {path: path.read_bytes() for path in kept}
    finish(tmp_path)
    assert [*published(tmp_path)] == ["line.nc"]
    assert not list(differences(everything(tmp_path), everything(alone)))
    assert unfinished(tmp_path) == []
    # What was finished before is taken up: not made again, nor changed.
    assert len(kept) > 2
    assert {path: path.stat().st_mtime_ns for path in results.rglob("*.result")} == kept
    assert {path: path.read_bytes() for path in kept} == left_alone
