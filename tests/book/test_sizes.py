"""`make sizes` counts every file once, and says when too much lies beside the environment."""

import os
from pathlib import Path

import pytest

from book import sizes


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with something in each place."""
    cache = tmp_path / "elsewhere"
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(cache))
    monkeypatch.setenv("GRAYSCOTT_WEIGHTS", str(tmp_path / "weights"))
    root = tmp_path / "project"
    for place, size in (
        (root / ".venv" / "a", 80_000), (cache / "results" / "b", 40_000), (cache / "compiled" / "c", 8_000),
        (root / "_build" / "html" / "d", 20_000), (root / "_build" / "failed" / "e", 4_096),
        (root / "book" / "chapters" / "f", 12_000), (root / "README.md", 4_096),
        (tmp_path / "wheels" / "g", 16_000),
    ):  # fmt: skip
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(os.urandom(size))
    os.link(root / ".venv" / "a", root / "_build" / "same")
    return root


def test_each_file_is_counted_once_and_in_its_place(project: Path) -> None:
    found = sizes.sizes(project, project.parent / "wheels")
    assert 80_000 <= found[sizes.ENVIRONMENT] < 90_000
    assert 48_000 <= found["results, the cache"] < 60_000  # with the compiled code, which lies inside
    assert found["compiled code"] == 0
    assert 4_096 <= found["the rest of _build"] < 9_000  # not the link into the environment
    assert 16_000 <= found["wheels"] < 25_000
    on_disk = sum(p.stat().st_blocks * 512 for p in project.parent.rglob("*") if p.is_file())
    link = (project / "_build" / "same").stat().st_blocks * 512
    assert sum(found.values()) == on_disk - link


def test_too_much_is_told_with_the_largest_part(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sizes.main([], project) == 0
    assert "all but the environment" in capsys.readouterr().out
    monkeypatch.setattr(sizes, "MOST", 70_000)
    assert sizes.main([], project) == 1
    assert "most of it is results, the cache" in capsys.readouterr().err
