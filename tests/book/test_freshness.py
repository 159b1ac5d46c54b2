"""What makes a notebook run again: what it uses, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from book import freshness
from book.contents import Chapter, chapters
from book.errors import BuildError
from tests.book.conftest import ROOT, SETTINGS, copy_sources

KEYS = """
import json
from pathlib import Path
from book.contents import chapters
from book.freshness import chapter_key
settings = {"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 3}
print(json.dumps({c.name: chapter_key(c, settings, {}) for c in chapters(Path.cwd())}))
"""


def keys(root: Path) -> dict[str, str]:
    """The key of every notebook, as a build that begins now would find it."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", KEYS]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def changed(root: Path, before: dict[str, str]) -> set[str]:
    """Notebooks that would run again."""
    return {name for name, key in keys(root).items() if key != before[name]}


def append(path: Path, text: str) -> None:
    """Add to the end of a file."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_comment_runs_those_again_that_use_what_it_is_in(tmp_path: Path) -> None:
    root = copy_sources(tmp_path)
    before = keys(root)
    for path in (root / "book").glob("*.py"):
        append(path, "\n# A word.\n")
    assert changed(root, before) == set()
    append(root / "lib" / "losses.py", "\n# A word.\n")
    after = keys(root)
    assert {"03_training", "04_landscapes"} <= {name for name, key in after.items() if key != before[name]}
    before = after
    append(root / "lib" / "studies" / "bifurcation" / "flashes.py", "\n# A word.\n")
    again = changed(root, before)
    assert "05_cliffs" in again
    assert not {"04_landscapes", "06_residual", "laboratory"} & again


def test_what_the_build_makes_of_a_notebook_counts(tmp_path: Path) -> None:
    root = copy_sources(tmp_path)
    before = keys(root)
    path = root / "book" / "publish.py"
    path.write_text(path.read_text().replace("how-this-page-was-made", "how-it-was-made"))
    assert changed(root, before) == set(before)


def test_an_installed_version_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    chapter = next(c for c in chapters(ROOT) if c.name == "04_landscapes")
    before = freshness.chapter_key(chapter, dict(SETTINGS), {})
    monkeypatch.setattr(freshness.metadata, "version", lambda name: "99.0")
    assert freshness.chapter_key(chapter, dict(SETTINGS), {}) != before


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"# %%\nx = (1,\n", "is no Python"),
        (b"# %%\nprint 'here'\n", "print 'here'"),
        ("# %%\nx = 'é'\n".encode("latin-1"), "is not in UTF-8"),
        (b"\xef\xbb\xbf# %%\nx = 1\n", "byte order mark"),
    ],
)
def test_a_notebook_that_cannot_be_read_is_a_sentence_with_its_name(tmp_path: Path, written, said) -> None:
    chapter = Chapter("mine", tmp_path)
    chapter.source.parent.mkdir()
    chapter.source.write_bytes(written)
    with pytest.raises(BuildError, match=said) as refused:
        freshness.read(chapter)
    assert "notebooks/mine.py" in str(refused.value)


def test_a_cell_in_another_language_is_no_obstacle(tmp_path: Path) -> None:
    chapter = Chapter("mine", tmp_path)
    chapter.source.parent.mkdir()
    text = "# %%\n%%bash\nls -l | wc\n\n# %%\nfrom lib import losses\n"
    chapter.source.write_text(text, encoding="utf-8")
    assert "losses.py" in {path.name for path in freshness.read(chapter)[1]}
