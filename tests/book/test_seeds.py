"""Verdicts over seeds: compared, recorded, and shown on the board and on the claims' own pages."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup

from book import archive, build, criteria_page
from book.board import DOWNLOAD, FRAME, RECORDS, RUN, TABLE, write_board
from book.contents import Chapter
from book.draws import Ranged, draws, told
from book.errors import BuildError
from book.record import Record, criterion_of, write_json
from book.runs import seeds
from book.runs.keep import keep, kept, title
from lib.publishing import claims
from lib.publishing.criteria import CRITERIA
from lib.publishing.headlines import HEADLINES, Headline
from tests.book.conftest import ROOT, Project
from tests.book.test_board import named
from tests.book.test_board import publish as publish_claims
from tests.book.test_records import LAPTOP, run_record

FLAT = criterion_of({"tolerance": "flat"})
#: One claim as a notebook records it.
CUTS: Record = {"id": "cuts", "verdict": "holds", "tolerance": "flat", "measured": {"slope": 1.0}}


def a_run(seed: int, verdict: str = "holds", slope: float | None = 1.0, **changes: Any) -> Record:
    """The record of a book with one seed."""
    cuts = {"id": "cuts", "verdict": verdict, "measured": {"slope": slope}, "criterion": FLAT}
    planes = {"id": "planes", "verdict": "differs", "measured": {}, "criterion": FLAT}
    # On a board claims stand by verdict, so that their order changes from seed to seed.
    both = [cuts, planes] if verdict == "holds" else [planes, cuts]
    return run_record(LAPTOP, seed=seed, profile="quick", claims=both, **changes)


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch):
    """Compare runs as if each were the book of a folder."""

    def compare(*runs: Record) -> Record:
        books = {Path(f"/nowhere/{number}"): run for number, run in enumerate(runs)}
        monkeypatch.setattr(seeds, "condensed", lambda root: books[root])
        return seeds.compared(list(books))

    return compare


@pytest.fixture
def flipped(over) -> Record:
    """A record of three seeds, one of which differs."""
    return over(a_run(2, "differs", 0.25), a_run(0), a_run(1, slope=None))


def test_a_record_of_seeds_holds_every_verdict_and_number_in_the_order_of_the_seeds(flipped, tmp_path):
    place = keep(tmp_path, flipped)
    assert place.stem == title(flipped) == "seeds-acme-laptop-7-8-cores-quick"
    assert kept(tmp_path, "seeds") == [flipped]
    cuts, planes = flipped["claims"]
    assert flipped["seeds"] == [0, 1, 2]
    assert cuts["verdicts"] == ["holds", "holds", "differs"]
    assert cuts["measured"] == {"slope": [1.0, None, 0.25]}
    assert planes["verdicts"] == ["differs"] * 3


def test_what_flipped_is_printed_first_with_its_numbers(flipped):
    first, numbers, *rest = told(flipped)
    assert first == "cuts depends on the draw (seed 0: holds; seed 1: holds; seed 2: differs)"
    assert numbers.strip() == "slope: 1, not measured, 0.25"
    assert rest == ["1 of 2 verdicts came out the same at seeds 0, 1 and 2.", "planes: differs"]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"seed": 0}, "do not have a seed each"),
        ({"seed": 1, "features": "VGG-19 filters"}, "differ in more than their seeds .features"),
        ({"seed": 1, "versions": {"Python": "3.13"}}, "differ in more than their seeds .versions"),
    ],
)
def test_books_that_differ_in_more_than_their_seeds_are_refused(over, other, sentence):
    with pytest.raises(BuildError, match=sentence):
        over(a_run(0), a_run(**other))


def test_books_with_other_criteria_are_refused(over):
    other = a_run(1)
    other["claims"][0]["criterion"] = criterion_of({"tolerance": "steep"})
    with pytest.raises(BuildError, match="different criteria"):
        over(a_run(0), other)


def test_the_commit_of_a_record_is_that_of_all_its_books(over):
    assert over(a_run(0, commit="0" * 12), a_run(1, commit="0" * 12))["commit"] == "0" * 12
    assert over(a_run(0, commit="0" * 12), a_run(1, commit="1" * 12))["commit"] is None


def test_one_seed_is_no_comparison(tmp_path):
    with pytest.raises(BuildError, match="at least two"):
        seeds.made(tmp_path, [{"PROFILE": "quick", "DEVICE": "cpu", "SEED": 0}])


def test_a_copy_follows_its_sources_and_leaves_what_is_as_it_was(tmp_path):
    root, place = tmp_path / "here", tmp_path / "there"
    for name in ("lib/a.py", "lib/b.py", "book/chapters/made.ipynb"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1")
    seeds.copy(root, place)
    assert [path.name for path in archive.sources(place)] == ["a.py", "b.py"]
    (place / "book" / "chapters").mkdir(parents=True)
    (place / "book" / "chapters" / "executed.ipynb").write_text("its own")
    before = (place / "lib" / "a.py").stat().st_mtime_ns
    (root / "lib" / "b.py").unlink()
    (root / "lib" / "c.py").write_text("2")
    seeds.copy(root, place)
    assert [path.name for path in archive.sources(place)] == ["a.py", "c.py"]
    assert (place / "lib" / "a.py").stat().st_mtime_ns == before
    assert (place / "book" / "chapters" / "executed.ipynb").read_text() == "its own"


class Process:
    """Stands for a build; remembers how it was started."""

    status, started = 0, []

    def __init__(self, command, cwd, env, start_new_session):
        self.started.append((command, cwd, env))

    def wait(self):
        return self.status


def test_each_seed_is_executed_in_its_copy_with_the_common_folder_of_results(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(Process, "started", [])
    settings = [{"PROFILE": "smoke", "DEVICE": "cpu", "SEED": seed} for seed in (0, 1)]
    books = seeds.made(tmp_path, settings)
    assert [book.name for book in books] == ["smoke-seed-0", "smoke-seed-1"]
    for seed, (command, cwd, env) in enumerate(Process.started):
        assert cwd == books[seed]
        assert command[-4:] == ["--no-pages", "--profile=smoke", "--device=cpu", f"--seed={seed}"]
        assert env["PYTHONPATH"] == str(cwd)
    assert len({env["GRAYSCOTT_CACHE"] for _, _, env in Process.started}) == 1
    monkeypatch.setattr(Process, "status", 1)
    with pytest.raises(BuildError, match="could not be executed with seed 0"):
        seeds.made(tmp_path, settings)


def test_a_claim_is_compared_where_profile_and_criterion_are_the_same(flipped):
    assert draws(CUTS, "quick", 0, [flipped]).sentence() == "holds at seeds 0 and 1; differs at seed 2"
    assert draws(CUTS, "quick", 0, [flipped]).ranges == {"slope": (0.25, 1.0)}
    for profile, verdict in (("paper", CUTS), ("quick", CUTS | {"tolerance": "steep"})):
        found = draws(verdict, profile, 0, [flipped])
        assert (found.flips, found.sentence()) == (False, "not compared over seeds")


def test_this_books_own_verdict_counts(over):
    agreed = over(a_run(0), a_run(1))
    assert draws(CUTS, "quick", 0, [agreed]).sentence() == "the same at seeds 0 and 1"
    found = draws(CUTS | {"verdict": "differs"}, "quick", 7, [agreed])
    assert found.flips
    assert found.sentence() == "differs at seed 7; holds at seeds 0 and 1"


def test_a_record_that_says_otherwise_at_the_same_seed_is_of_other_sources_and_not_of_the_draw(over):
    agreed = over(a_run(0), a_run(1))
    found = draws(CUTS | {"verdict": "differs"}, "quick", 0, [agreed])
    assert (found.flips, found.ranges) == (False, {})
    assert found.sentence() == "not compared over seeds: the record says holds at this seed too"
    (name, value), *_ = CUTS["measured"].items()
    assert name in draws(CUTS, "quick", 0, [agreed]).ranges
    for other, same in ((value * 1.001, True), (value * 1.5, False), (None, False)):
        moved = CUTS | {"measured": CUTS["measured"] | {name: other}}
        assert (name in draws(moved, "quick", 0, [agreed]).ranges) == same
    assert name in draws(moved, "quick", 7, [agreed]).ranges  # a seed that the record lacks


def test_a_number_is_followed_by_its_range_where_that_shows():
    assert f"{Ranged(0.5, 0.25, 0.75):.0%}" == "50% (25% … 75%)"
    assert f"{Ranged(0.5, 0.499, 0.501):.0%}" == "50%"


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chapter:
    """A published chapter that has recorded every claim, in a book with a board."""
    monkeypatch.setattr(claims, "CRITERIA", {})
    (tmp_path / FRAME).parent.mkdir(parents=True)
    (tmp_path / FRAME).write_text("# Board\n")
    write_json(tmp_path / RUN, [{"parameters": {"PROFILE": "quick", "SEED": 0}}])
    made = Chapter("01_tiny", tmp_path)
    publish_claims(made, list(claims.STATEMENTS))
    return made


def test_without_a_record_of_seeds_the_board_says_so(chapter):
    write_board(chapter.root, [chapter])
    text = (chapter.root / TABLE).read_text()
    assert "depends on the draw of seeds is not known here" in text
    assert "`make seeds PROFILE=quick`" in text
    assert 'depends on the draw <span class="count">0</span>' in text


def test_a_claim_that_flips_has_no_verdict_on_the_board(chapter, flipped):
    recorded = json.loads((chapter.published.parent / "claims" / "cuts.json").read_text())
    name = min(named(Headline(HEADLINES["cuts"].number)))
    criterion = criterion_of(recorded)
    row = {"id": "cuts", "criterion": criterion, "verdicts": ["holds", "differs", "holds"]}
    measured = {name: [recorded["measured"][name], 30.0, 2.0]}
    write_json(
        chapter.root / RECORDS / "seeds-a-quick.json", flipped | {"claims": [row | {"measured": measured}]}
    )
    write_board(chapter.root, [chapter])
    text = (chapter.root / TABLE).read_text()
    line = text.split("<board-cuts>")[1].split("* - ")[0]
    assert "[± depends on the draw]{.verdict .caution}" in line
    assert "holds at seeds 0 and 2; differs at seed 1" in line
    assert "…" in line
    entry = text.split(":name: board-cuts")[1].split(":::")[0]
    assert "This claim has no verdict: " in entry
    assert 'depends on the draw <span class="count">1</span>' in text
    assert "1 came out differently from seed to seed" in text
    assert "{download}`record <records/seeds-a-quick.json>`" in text
    row = next(each for each in json.loads((chapter.root / DOWNLOAD).read_text()) if each["id"] == "cuts")
    assert row["verdict"] == recorded["verdict"]
    assert row["seeds"]["flips"]


def test_a_claim_that_flips_says_so_on_its_own_page(project: Project, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    project.write(
        "# %% [markdown]\n# # One page\n#\n# ## A section\n\n"
        "# %%\nfrom lib.publishing import claims\n\n"
        'claims.untested("cuts", why="It is a test.")\n\n'
        '# %%\nclaims.untested("planes", why="It is another.")\n'
    )
    said = {"flips": True, "said": "holds at seed 0; differs at seed 1", "ranges": {}}
    rows = [{"id": "cuts", "verdict": "holds", "seeds": said}]
    rows += [{"id": "planes", "verdict": "holds", "seeds": said | {"flips": False}}]
    write_json(project.root / DOWNLOAD, rows)
    page = BeautifulSoup((project.build().parent / "book/chapters/01_tiny.html").read_text(), "html.parser")
    cuts, planes = (page.find(id=f"claim-{id}") for id in ("cuts", "planes"))
    assert {"claim", "caution"} <= set(cuts["class"])
    assert "note" not in cuts["class"]
    assert "± Depends on the draw" in cuts.get_text()
    assert "This claim has no verdict: holds at seed 0; differs at seed 1." in cuts.get_text()
    assert {"claim", "note"} <= set(planes["class"])
    assert "Cannot be tested" in planes.get_text()
    notes = [aside.get_text(" ", strip=True) for aside in page.select("aside.margin, .margin")]
    assert sum("depends on the draw" in note for note in notes) == 1
    assert sum("cannot be tested" in note for note in notes) == 1


def test_every_claim_of_the_board_has_its_criterion_printed(tmp_path):
    (tmp_path / criteria_page.FRAME).parent.mkdir(parents=True)
    (tmp_path / criteria_page.FRAME).touch()
    criteria_page.write_criteria(tmp_path)
    text = (tmp_path / criteria_page.TABLE).read_text()
    assert text.count("(criterion-") == len(CRITERIA) == len(claims.STATEMENTS)
    assert text.count("Another scheme\n:") == len(CRITERIA)
    for id, criterion in CRITERIA.items():
        assert f"(criterion-{id})=" in text
        assert f"<board-{id}>" in text
        for phrase in (criterion.quantity, criterion.threshold, criterion.why, criterion.would_change):
            assert phrase[1:] in text


def test_a_notebook_of_no_pages_is_executed_and_not_written(project: Project, monkeypatch) -> None:
    monkeypatch.setattr(build, "ROOT", project.root)
    project.write("# %% [markdown]\n# # One page\n")
    assert build.main(["--no-pages", "--profile", "smoke", "--device", "cpu"]) == 0
    assert nbformat.read(project.chapter.published, as_version=4).cells
    assert not (project.root / "_build" / "html").exists()
