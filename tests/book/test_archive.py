"""The source archive holds what the book needs, nothing that is made, and the same bytes each time."""

import zipfile
from pathlib import Path

from book.archive import TOP, write_archive
from tests.book.conftest import ROOT, copy_sources


def test_the_archive_is_complete_and_free_of_what_is_generated(tmp_path: Path) -> None:
    copy_sources(tmp_path)
    for made in ("book/chapters/02_setup.ipynb", "book/_generated/board.md", "lib/__pycache__/model.pyc"):
        (tmp_path / made).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / made).write_text("made")
    with zipfile.ZipFile(write_archive(tmp_path)) as archive:
        names = {name.removeprefix(f"{TOP}/") for name in archive.namelist()}
        assert archive.read(f"{TOP}/lib/model.py") == (ROOT / "lib" / "model.py").read_bytes()
    assert {"_toc.yml", "pyproject.toml", "notebooks/02_setup.py", "book/build.py"} <= names
    assert not any(
        name.startswith(("book/chapters", "book/_generated")) or "__pycache__" in name for name in names
    )


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_archive(copy_sources(tmp_path / "a")).read_bytes()
    second = write_archive(copy_sources(tmp_path / "b")).read_bytes()
    assert first == second
