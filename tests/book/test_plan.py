"""A build says at its start what it will do and how long that took before."""

import json
from pathlib import Path

import pytest

from book.contents import Chapter
from book.order import in_order, nearest, seconds_by_name
from book.plan import finished, plan
from tests.book.conftest import HEADER, ROOT, Project

RECORD = "run-intel-xeon-processor-2-cores-paper.json"


def notebook(root: Path, name: str, header: str = "") -> Chapter:
    """A notebook whose header says something to the build."""
    chapter = Chapter(name, root)
    chapter.source.parent.mkdir(exist_ok=True)
    extra = f"#   book:\n#     {header}\n" if header else ""
    chapter.source.write_text(HEADER.replace("#   kernelspec:", f"{extra}#   kernelspec:"), encoding="utf-8")
    return chapter


def test_the_time_is_that_of_the_order_in_which_a_build_goes(tmp_path: Path) -> None:
    a, b, c = (
        notebook(tmp_path, name, header)
        for name, header in (("a", ""), ("b", "after: [a]"), ("c", "long: true"))
    )
    took = {"a": 10.0, "b": 20.0, "c": 25.0}
    assert finished([a, b, c], took, 1) == 55
    assert finished([a, b, c], took, 2) == 30  # c at once beside a, then b from 10 to 30
    assert finished([b, c], took, 2) == 25
    circle = [notebook(tmp_path, "d", "after: [e]"), notebook(tmp_path, "e", "after: [d]")]
    assert finished(circle, {"d": 1.0, "e": 2.0}, 2) == 3


def test_the_longest_chain_begins_first(tmp_path: Path) -> None:
    """A short notebook goes before a long one where a still longer one waits for it."""
    says = {"short": "", "alone": "", "heavy": "after: [short]", "tiny": "", "new": "long: true", "last": ""}
    chapters = [notebook(tmp_path, name, header) for name, header in says.items()]
    took = {"short": 10.0, "alone": 50.0, "heavy": 60.0, "tiny": 1.0}
    names = [chapter.name for chapter in in_order(chapters, took)]
    # Never timed and said to be long: as long as the longest. Never timed and not: last, as in the book.
    assert names == ["short", "heavy", "new", "alone", "tiny", "last"]
    assert [c.name for c in in_order(chapters, {})][:2] == ["new", "short"]


def test_a_circle_is_put_in_some_order_and_left_to_the_build(tmp_path: Path) -> None:
    circle = [notebook(tmp_path, "d", "after: [e]"), notebook(tmp_path, "e", "after: [d]")]
    assert {chapter.name for chapter in in_order(circle, {"d": 1.0, "e": 2.0})} == {"d", "e"}


def test_a_record_of_the_same_kind_is_taken_and_of_this_machine_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("book.order.hardware", lambda device: {"processor": "ours", "cores": 2})
    runs = [
        {"profile": "quick", "device": "cpu", "machine": {"processor": p, "cores": 2}, "date": d}
        for p, d in (("ours", "2026-01-01"), ("theirs", "2026-02-01"))
    ]
    assert nearest(runs, "quick", "cpu") == runs[0]
    assert nearest(runs[1:], "quick", "cpu") == runs[1]
    assert nearest(runs, "paper", "cpu") is None
    assert nearest(runs, "quick", "cuda") is None


def test_the_plan_is_made_of_the_committed_record(tmp_path: Path) -> None:
    (tmp_path / "book" / "records").mkdir(parents=True)
    text = (ROOT / "book" / "records" / RECORD).read_text(encoding="utf-8")
    (tmp_path / "book" / "records" / RECORD).write_text(text, encoding="utf-8")
    run = json.loads(text)
    cores = run["machine"]["cores"]
    took = {
        page["name"]: page["seconds"] + page["cached"] * page["core_seconds"] / cores for page in run["pages"]
    }
    chapters = [notebook(tmp_path, name) for name in ("02_setup", "06_residual", "99_new")]
    lines = list(plan(tmp_path, chapters, {"PROFILE": "paper"}, "cpu", 1))
    assert seconds_by_name(tmp_path, "paper", "cpu") == took
    assert seconds_by_name(tmp_path, "smoke", "cpu") == {}
    assert lines[0] == "3 notebooks to run, 1 at a time."
    assert f"About {(took['02_setup'] + took['06_residual']) / 60:.0f} min" in lines[1]
    assert f"02_setup ({took['02_setup']:.0f} s)" in lines[2]
    assert "99_new (not recorded)" in lines[2]
    assert "has not been recorded yet" in list(plan(tmp_path, chapters, {"PROFILE": "smoke"}, "cpu", 1))[1]
    assert "None of them" in list(plan(tmp_path, chapters[2:], {"PROFILE": "paper"}, "cpu", 1))[1]
    assert list(plan(tmp_path, [], {"PROFILE": "paper"}, "cpu", 1)) == []


def test_a_build_begins_with_its_plan_and_says_none_where_nothing_is_to_be_done(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("book.build.write_pages", lambda root: root)
    project.write("# %%\n1\n")
    project.build()
    said = capsys.readouterr().out
    assert said.index("1 notebook to run, 1 at a time.") < said.index("01_tiny: running")
    project.build()
    assert "to run" not in capsys.readouterr().out
