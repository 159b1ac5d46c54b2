"""The table of contents decides what is a chapter."""

from pathlib import Path

import pytest

from book.contents import chapters
from book.errors import BuildError

ROOT = Path(__file__).resolve().parents[2]


def test_chapters_come_in_reading_order(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    for name in ("02_b", "01_a"):
        (tmp_path / "notebooks" / f"{name}.py").touch()
    (tmp_path / "_toc.yml").write_text(
        "root: book/index\nparts:\n- chapters:\n  - file: book/chapters/02_b\n    sections:\n"
        "    - file: book/chapters/01_a\n  - file: book/howto\n"
    )
    assert [chapter.name for chapter in chapters(tmp_path)] == ["02_b", "01_a"]


def test_a_chapter_without_its_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "_toc.yml").write_text("root: book/index\nchapters:\n- file: book/chapters/09_gone\n")
    with pytest.raises(BuildError, match="no notebooks/09_gone.py: write it, or take the line out"):
        chapters(tmp_path)


@pytest.mark.parametrize(
    "page", ["book/chapters/01_a.ipynb", "book/chapters/01_a.py", "notebooks/01_a.py", "notebooks/01_a.ipynb"]
)
def test_a_notebook_by_its_file_name_is_told_how_to_write_it(tmp_path: Path, page: str) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_a.py").touch()
    (tmp_path / "_toc.yml").write_text(f"root: book/index\nchapters:\n- file: {page}\n")
    with pytest.raises(BuildError, match=f"lists {page}: write book/chapters/01_a, without an ending"):
        chapters(tmp_path)


def test_every_notebook_is_in_the_book() -> None:
    """One that is not would never be executed by anybody."""
    assert {path.stem for path in (ROOT / "notebooks").glob("*.py")} == {c.name for c in chapters(ROOT)}
