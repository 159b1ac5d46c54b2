"""Damaged state: one line and doing it again, never a build that fails for ever, never a damaged page."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from book import pages
from book.build import gather_records, refresh
from book.contents import Chapter
from book.errors import BuildError
from book.lock import workplace
from book.publish import retire
from book.record import recorded, write_record
from tests.book.conftest import SETTINGS, Project, lay_out

#: What disks, other programs and people do to a file.
DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\xfe\0garbage" * 9),
    "foreign": lambda path: path.write_text("[1, 2]"),
    "altered": lambda path: path.write_bytes(path.read_bytes().replace(b"1", b"2")),
    "gone": lambda path: path.unlink(),
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tiny project, executed and published once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", "")
        project = lay_out(tmp_path_factory.mktemp("damage"))
        project.write("# %%\nfrom pathlib import Path\nPath('number.txt').write_text('11111')\nprint(12)\n")
        make(project)
        yield project.root


@pytest.fixture
def made(original: Path, tmp_path: Path) -> Project:
    """A copy of it, to be damaged."""
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path, dict(SETTINGS))


def make(project: Project) -> None:
    """Do all of a build but Sphinx."""
    with workplace(project.root) as scratch:
        retire(project.root, [project.chapter])
        refresh([project.chapter], project.parameters, {"device": "cpu"}, scratch, 1)
        gather_records(project.root, [project.chapter])


class Again(Exception):
    """Raised in the place of an execution."""


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("what", ["record", "notebook", "file"])
def test_whatever_was_damaged_is_made_again(
    made: Project, what: str, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made.chapter.published.parent
    place = {"record": made.chapter.record, "notebook": made.chapter.published, "file": folder / "number.txt"}
    DAMAGES[damage](place[what])

    def again(*arguments: object) -> None:
        raise Again

    # Whether it is executed again is the question; executing it only takes longer to answer.
    monkeypatch.setattr("book.side_by_side.execute", again)
    with pytest.raises(Again):
        make(made)


def test_a_build_mends_what_was_damaged(made: Project, capsys: pytest.CaptureFixture[str]) -> None:
    made.chapter.record.write_text("{")
    made.chapter.published.with_name("number.txt").write_text("2")
    make(made)
    assert made.chapter.published.with_name("number.txt").read_text() == "11111"
    assert recorded(made.chapter.record) is not None
    make(made)
    assert "unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["truncated", "empty", "garbage", "foreign"])
def test_a_damaged_record_of_another_chapter_is_no_obstacle(made: Project, damage: str) -> None:
    other = Chapter("09_old", made.root)
    shutil.copy(made.chapter.record, other.record)
    DAMAGES[damage](other.record)
    other.published.write_text("{}")
    make(made)
    assert not other.record.exists()
    assert not other.published.exists()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_page_is_written_again(
    tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = []

    def sphinx(root: Path) -> Path:
        written.append(1)
        made = root / pages.WORK / "_build" / "html"
        made.mkdir(parents=True)
        for name in ("index.html", "other.html"):
            (made / name).write_text("<p>A page with 1 number.</p>")
        return made

    monkeypatch.setattr(pages, "run_sphinx", sphinx)
    monkeypatch.setattr(pages, "pages_key", lambda root: "the same")
    pages.build_pages(tmp_path)
    pages.build_pages(tmp_path)
    assert len(written) == 1
    DAMAGES[damage](tmp_path / "_build" / "html" / "other.html")
    pages.build_pages(tmp_path)
    assert len(written) == 2
    assert "_build/html/other.html is gone or was altered" in capsys.readouterr().out
    (tmp_path / "_build" / "pages.key").write_text("the same")
    pages.build_pages(tmp_path)
    assert len(written) == 3


def test_a_record_knows_whether_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_record(path, {"seconds": 1.5, "name": "ü", "sha256": {"b": "c"}})
    assert recorded(path) == {"seconds": 1.5, "name": "ü", "sha256": {"b": "c"}}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"seconds": 2.5}))
    assert recorded(path) is None


REMARKS = """
# %%
import sys, warnings
class DamagedResult(UserWarning):
    pass
warnings.warn("/a/b.result was shortened or altered. It is computed again.", DamagedResult)
print("\\r 50%|█████     | 2/4 [00:01<00:01]", file=sys.stderr)
{more}
"""


def test_a_known_remark_lets_the_page_pass_and_does_not_stand_on_it(project: Project) -> None:
    project.write(REMARKS.format(more=""))
    make(project)
    assert "shortened" not in project.chapter.published.read_text().replace(
        "was shortened or altered. It", ""
    )
    assert '"stderr"' not in project.chapter.published.read_text()


def test_an_unknown_remark_refuses_the_page_in_its_own_words_today_and_not_tomorrow(project: Project) -> None:
    project.write(REMARKS.format(more="import os; os.path.exists('/') and warnings.warn('too close to 1')"))
    with pytest.raises(
        BuildError, match=r"01_tiny.py was executed, but cell 2 .*UserWarning: too close to 1"
    ):
        make(project)
    assert not project.chapter.record.exists()
    project.write(REMARKS.format(more=""))
    make(project)
    assert project.chapter.record.exists()
