"""A build that was killed goes on, and ends with the bits of one left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.everything import everything, published
from tests.kill import PAGES, PHASES, all_gone, finish, kill_when, smallest_book, unfinished
from tests.same import differences


def kept(root: Path) -> dict[Path, tuple[int, bytes]]:
    """Every result in the cache: when it was written, and its bytes."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (root / "cache").rglob("*.result")}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project that was built in one go."""
    root = tmp_path_factory.mktemp("killed") / "alone"
    smallest_book(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", "")
        finish(root, PAGES)
        yield root


def test_a_build_killed_in_every_phase_loses_nothing_and_ends_with_the_same_bits(
    alone: Path, tmp_path: Path
) -> None:
    """Killed while it sweeps, trains, runs other cells and writes pages; the same build each time."""
    root = tmp_path / "killed"
    smallest_book(root)
    known: dict[Path, tuple[int, bytes]] = {}
    for phase, reached in PHASES.items():
        assert kill_when(root, lambda reached=reached: reached(root), PAGES), phase
        assert all_gone(root), phase
        # What was finished before is taken up: not made again, nor changed.
        now = kept(root)
        assert known.items() <= now.items(), phase
        known = now
        # Nothing is published before it is whole.
        assert bool(published(root)) == (phase == "pages")
        assert not (root / "_build" / "html").exists()
    finish(root, PAGES)
    assert [*published(root)] == ["line.nc"]
    assert (root / "_build" / "html" / "index.html").is_file()
    assert not list(differences(everything(root), everything(alone)))
    assert unfinished(root) == []
    assert len(known) > 2
    assert kept(root) == known
