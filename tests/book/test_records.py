"""Records of runs and of speed: made from a build, refused when malformed, shown under a machine's name."""

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from bs4 import BeautifulSoup

from benchmarks.limit import INSTRUCTIONS
from book.contents import chapters
from book.errors import BuildError
from book.record import Record, criterion_of, write_json
from book.runs import campaign, machine
from book.runs.keep import FOLDER, MOST_BYTES, keep, kept, title, written
from book.runs.page import GENERATED, write_runs
from book.runs.record import RUN, condensed, wall_time
from lib.publishing.claims import STATEMENTS
from tests.book.conftest import ROOT, Project, lay_out

LAPTOP = {"processor": "Acme(R) Laptop(TM) CPU 7 @ 2.60GHz", "cores": 8}
WORKSTATION = {"processor": "Acme Server", "cores": 16, "gpu": "NVIDIA H200"}


#: One claim of a record.
CUTS: Record = {
    "id": "cuts",
    "verdict": "differs",
    "measured": {"slope": 1.5},
    "criterion": criterion_of({"tolerance": "flat"}),
}


def run_record(hardware: Record, **changes: Any) -> Record:
    """A run of a book of one page."""
    times = {"seconds": 12.0, "core_seconds": 40.0, "gpu_seconds": 2.0 * ("gpu" in hardware), "cached": 0.5}
    page = {"name": "01_tiny", "figures": {"fig-a": 3.0}, **times}
    return {
        "kind": "run",
        "machine": hardware,
        "date": "2026-01-31",
        "versions": {"Python": "3.12"},
        "commit": None,
        "profile": "paper",
        "device": "cuda" if "gpu" in hardware else "cpu",
        "seed": 0,
        "features": "random filters",
        "pages": [page],
        "claims": [
            {
                "id": "cuts",
                "verdict": "differs",
                "measured": {"slope": 1.5},
                "criterion": criterion_of({"tolerance": "flat"}),
            }
        ],
        **changes,
    }


def speed_record(hardware: Record, **changes: Any) -> Record:
    """Two engines at two batches."""
    rows = [
        {
            "engine": engine,
            "device": device,
            "task": task,
            "size": 128,
            "batch": batch,
            "rounds": 3,
            "steps": 64,
            "speed": {"low": 0.9 * speed, "median": speed, "high": 1.1 * speed},
            "memory": 1e6 * batch,
            "fraction": 0.25,
        }
        for task in INSTRUCTIONS
        for engine, device in (("cpu", "cpu"), ("torch eager", "cuda"))[: 1 + ("gpu" in hardware)]
        for batch, speed in ((1, 0.2), (4, 0.4))
    ]
    limit = {"instructions_per_second": 1e11, "source": "measured"}
    return {
        "kind": "speed",
        "machine": hardware,
        "date": "2026-01-31",
        "versions": {"Python": "3.12"},
        "commit": "0123456789ab",
        "limits": {"cpu": limit} | ({"cuda": limit} if "gpu" in hardware else {}),
        "instructions": INSTRUCTIONS,
        "rows": rows,
        "sweep": {"cores": 8, "rounds": 7, "ratio": {"low": 7.1, "median": 7.4, "high": 7.6}},
        "left_out": ["py-pde: it is not installed."],
        "seconds": 3,
        **changes,
    }


@pytest.fixture(scope="session")
def smoke_record(smoke_book: Path) -> Record:
    """The record of the smoke book."""
    return condensed(smoke_book.parents[1])


def test_a_build_becomes_a_small_record(smoke_record: Record, tmp_path: Path) -> None:
    place = keep(tmp_path, smoke_record)
    assert place.stat().st_size < MOST_BYTES / 4
    assert [page["name"] for page in smoke_record["pages"]] == [chapter.name for chapter in chapters(ROOT)]
    assert {claim["id"] for claim in smoke_record["claims"]} == set(STATEMENTS)
    assert smoke_record["profile"] == "smoke"
    assert kept(tmp_path, "run") == [smoke_record]


def test_a_record_says_nothing_that_identifies_a_machine(smoke_record: Record, smoke_book: Path) -> None:
    text = written(smoke_record)
    assert str(smoke_book.parents[1]) not in text
    assert socket.gethostname() not in text
    assert "/" not in text.replace("I/O", "")


def test_times_in_a_record_are_those_of_the_build(smoke_record: Record, smoke_book: Path) -> None:
    runs = json.loads((smoke_book.parents[1] / RUN).read_text())
    assert [page["seconds"] for page in smoke_record["pages"]] == pytest.approx(
        [run["seconds"] for run in runs], abs=0.06
    )
    work = [sum(data.get("core_seconds", 0) for data in run["data"]) for run in runs]
    assert [page["core_seconds"] for page in smoke_record["pages"]] == pytest.approx(work, abs=0.006)


def test_a_book_that_was_not_built_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="There is no complete book in this folder"):
        condensed(tmp_path)


def test_a_commit_is_named_only_where_nothing_was_changed(tmp_path: Path) -> None:
    assert machine.commit(tmp_path) is None
    for command in (
        ["init"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--allow-empty", "-m", "x"],
    ):
        assert machine.git(tmp_path, *command) is not None
    assert len(str(machine.commit(tmp_path))) == 12
    keep(tmp_path, run_record(LAPTOP))
    assert machine.commit(tmp_path) is not None
    (tmp_path / "changed.py").touch()
    assert machine.commit(tmp_path) is None


def test_machines_are_called_by_their_products() -> None:
    assert machine.name(LAPTOP) == "Acme Laptop 7, 8 cores"
    assert machine.slug(LAPTOP) == "acme-laptop-7-8-cores"
    assert machine.slug(WORKSTATION) == "nvidia-h200"
    assert machine.slug(LAPTOP | {"workers": 8}) == "acme-laptop-7-8-cores-8-workers"
    assert title(run_record(WORKSTATION, seed=7)) == "run-nvidia-h200-paper-seed-7"


def spoil_json(path: Path) -> None:
    path.write_text("{", encoding="utf-8")


def spoil_kind(path: Path) -> None:
    path.write_text(json.dumps({"kind": "rumour"}), encoding="utf-8")


def spoil_number(path: Path) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    record["pages"][0]["seconds"] = -1
    path.write_text(json.dumps(record), encoding="utf-8")


def spoil_entry(path: Path) -> None:
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), "hostname": "secret"}), encoding="utf-8"
    )


def spoil_name(path: Path) -> None:
    path.rename(path.with_name("run-other-paper.json"))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoil_json, "run-acme-laptop-7-8-cores-paper.json is not JSON"),
        (spoil_kind, "of no known kind .'rumour', not run, seeds, claim, speed"),
        (spoil_number, r"at \['pages'\]\[0\]\['seconds'\]: -1 is less than the minimum of 0. Write it again"),
        (spoil_entry, "at its top level: .*'hostname' was unexpected"),
        (spoil_name, "should be named run-acme-laptop-7-8-cores-paper.json: rename it"),
    ],
)
def test_a_malformed_record_is_refused_with_a_sentence(
    tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(keep(tmp_path, run_record(LAPTOP)))
    with pytest.raises(BuildError, match=sentence):
        kept(tmp_path, "run")


def test_a_record_that_is_too_large_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="holds more than a record needs"):
        keep(tmp_path, run_record(LAPTOP, features="x" * MOST_BYTES))
    assert not list(tmp_path.rglob("*.json"))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with the page's frame and one built notebook, and no record."""
    (tmp_path / "book").mkdir()
    shutil.copy(ROOT / "book" / "runs.md", tmp_path / "book" / "runs.md")
    made = {"hardware": LAPTOP, "parameters": {"PROFILE": "quick", "SEED": 0}, "device": "cpu"}
    write_json(tmp_path / RUN, [{"chapter": "01_tiny", **made}])
    return tmp_path


def parts(root: Path) -> dict[str, str]:
    """The generated parts of the page, by name."""
    write_runs(root)
    return {path.stem: path.read_text() for path in (root / GENERATED).glob("*.md")}


def test_a_page_without_records_says_what_remains_to_be_run(shelf: Path) -> None:
    page = parts(shelf)
    assert "Acme Laptop 7, 8 cores" in page["here"]
    assert "`make bench` measures it" in page["speed"]
    assert "No run has been recorded yet" in page["runs"]
    assert "a run of the whole book on a GPU, the speed of any engine on a GPU" in page["remains"]
    assert "absent from this book rather than estimated" in page["remains"]
    assert "`make gpu`" in page["remains"]


def test_a_record_of_a_gpu_ends_the_search_for_one(shelf: Path) -> None:
    keep(shelf, run_record(WORKSTATION))
    assert "the speed of any engine on a GPU" in parts(shelf)["remains"]
    keep(shelf, speed_record(WORKSTATION))
    assert parts(shelf)["remains"].startswith("Nothing")


def test_pages_that_nobody_has_run_at_the_paper_profile_are_named(shelf: Path) -> None:
    other = {**run_record(LAPTOP)["pages"][0], "name": "99_other"}
    keep(shelf, run_record(LAPTOP, pages=[other]))
    assert "the `paper` profile of {doc}`chapters/01_tiny`" in parts(shelf)["remains"]


def test_side_by_side_notebooks_are_timed_by_the_wall(shelf: Path) -> None:
    page = run_record(LAPTOP)["pages"][0]
    keep(shelf, run_record(LAPTOP, pages=[page, page], at_once=2, wall=13.0))
    assert "13 s for 2 notebooks, up to 2 at a time" in parts(shelf)["runs"]


def test_a_build_with_a_break_has_no_wall_time() -> None:
    first = {"started": "2026-01-31T10:00:00+00:00", "seconds": 60.0}
    at_once = {"started": "2026-01-31T10:00:10+00:00", "seconds": 60.0}
    hours_later = {"started": "2026-01-31T15:00:00+00:00", "seconds": 60.0}
    assert wall_time([first, at_once]) == 70
    assert wall_time([first, hours_later]) is None


def test_verdicts_of_another_machine_are_held_against_this_books(shelf: Path) -> None:
    keep(shelf, run_record(WORKSTATION))
    cuts = {"id": "cuts", "verdict": "holds", "tolerance": "flat"}
    board = [cuts, {"id": "planes", "verdict": "holds", "tolerance": "flat"}]
    write_json(shelf / "book" / "_generated" / "claims.json", board)
    found = parts(shelf)["runs"]
    assert "1 of 1 verdict came out otherwise" in found
    assert "{ref}`cuts <claim-cuts>`\n  - differs\n  - holds" in found
    write_json(shelf / "book" / "_generated" / "claims.json", [cuts | {"verdict": "differs"}])
    assert "All verdicts, 1 of them, came out as in this copy" in parts(shelf)["runs"]
    write_json(shelf / "book" / "_generated" / "claims.json", [cuts | {"tolerance": "steep"}])
    assert "held against other criteria" in parts(shelf)["runs"]


def test_what_more_cores_add_to_a_sweep_is_told_where_it_was_measured(shelf: Path) -> None:
    unmeasured = speed_record(LAPTOP)
    del unmeasured["sweep"]
    keep(shelf, unmeasured)
    assert "as fast as with one" not in parts(shelf)["speed"]
    keep(shelf, speed_record(LAPTOP))
    assert (
        "With all 8 cores a sweep over the F–k plane is 7.40 (7.10 … 7.60) times as fast"
        in parts(shelf)["speed"]
    )


def test_every_number_of_another_machine_stands_under_its_name(shelf: Path) -> None:
    for each in (
        run_record(LAPTOP),
        run_record(WORKSTATION),
        speed_record(LAPTOP),
        speed_record(WORKSTATION),
    ):
        keep(shelf, each)
    page = parts(shelf)
    for name in ("Acme Laptop 7, 8 cores", "NVIDIA H200 (Acme Server, 16 cores)"):
        assert f"### {name}" in page["speed"]
        assert f"Steps per µs, simulations, on {name}" in page["speed"]
        assert f"### `paper` on {name}" in page["runs"]
    assert "torch eager, GPU" in page["speed"]
    assert "2.0 s on the GPU and 40 s on one core" in page["runs"]
    assert page["runs"].count("simulations and gradients by the on-chip engine") == 1
    assert "50 % of that came from an earlier run" in page["runs"]


@pytest.fixture
def campaigner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A tiny project with the page of runs, a test of its own, and a speed that is known."""
    for variable in ("PYTHONPATH", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONWARNINGS"):
        monkeypatch.setenv(variable, "")
    project = lay_out(tmp_path)
    shutil.copy(ROOT / "book" / "runs.md", tmp_path / "book" / "runs.md")
    with (tmp_path / "_toc.yml").open("a") as contents:
        contents.write("- file: book/runs\n")
    (tmp_path / campaign.TESTS).mkdir(parents=True)
    shutil.rmtree(tmp_path / FOLDER, ignore_errors=True)

    def benchmarks(root: Path, hardware: Record, device: str) -> Record:
        return {"speed": keep(root, speed_record(hardware)).stem}

    monkeypatch.setattr(campaign, "run_benchmarks", benchmarks)
    return project


def test_a_campaign_goes_on_where_it_failed_and_ends_in_a_record(
    campaigner: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    root, parameters = campaigner.root, campaigner.parameters
    test = root / campaign.TESTS / "test_it.py"
    test.write_text("def test_it():\n    assert 1 + 1 == 3\n")
    with pytest.raises(BuildError, match="The engines' tests did not pass .pytest ended with status 1"):
        campaign.run(root, parameters)
    assert not kept(root, "speed")
    assert not campaigner.chapter.published.exists()

    test.write_text("def test_it():\n    assert 1 + 1 == 2\n")
    campaigner.write("# %%\n1 / 0\n")
    with pytest.raises(BuildError, match="01_tiny.py failed in cell"):
        campaign.run(root, parameters)
    assert len(kept(root, "speed")) == 1
    assert not kept(root, "run")

    campaigner.write("# %% [markdown]\n# # One page\n")
    capsys.readouterr()
    record = json.loads(campaign.run(root, parameters).read_text())
    said = capsys.readouterr().out
    assert "tests-test_it: done before" in said
    assert "speed: done before" in said
    assert record["tests"] == {"passed": 1, "failed": 0, "skipped": 0, "seconds": record["tests"]["seconds"]}
    assert (root / FOLDER / f"{record['speed']}.json").is_file()
    assert [page["name"] for page in record["pages"]] == ["01_tiny"]
    shows_the_run(root, record)


def shows_the_run(root: Path, record: Record) -> None:
    """The page of runs, as html, has the run and the figure of the speed, under the machine's name."""
    page = BeautifulSoup((root / "_build" / "html" / "book" / "runs.html").read_text(), "html.parser")
    name = machine.name(record["machine"])
    assert f"smoke on {name}" in page.get_text(" ", strip=True)
    figure = page.find(id=f"fig-{record['speed']}")
    assert figure is not None
    assert name in figure.get_text(" ", strip=True)
    assert len(page.select(".dark-picture a")) == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_a_campaign_ends_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert campaign.main(["--profile", "smoke", "--device", "cuda"]) == 1
    said = capsys.readouterr().err
    assert "The campaign ended early." in said
    assert "DEVICE=cpu" in said


def test_the_smoke_books_page_names_the_machine_that_made_it(smoke_book: Path, smoke_record: Record) -> None:
    text = BeautifulSoup((smoke_book / "book" / "runs.html").read_text(), "html.parser").get_text(
        " ", strip=True
    )
    assert machine.name(smoke_record["machine"]) in text
    assert "make gpu" in text
