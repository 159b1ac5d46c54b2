"""The claims board has no gap, no claim twice, and every figure says where it came from."""

import json
from pathlib import Path
from string import Formatter

import nbformat
import pytest
from nbformat import NotebookNode

from book.board import DOWNLOAD, FRAME, RECORDS, RUN, TABLE, write_board
from book.claim_cells import claim_cells
from book.contents import Chapter
from book.errors import BuildError
from book.footers import add_claim_margins, add_figure_footers
from book.record import criterion_of, write_json
from lib.publishing import claims
from lib.publishing.headlines import HEADLINES, Headline

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def cell(id: str, source: str | None = None, shown: bool = True) -> NotebookNode:
    """A code cell that records a claim, as it is after execution."""
    made = nbformat.v4.new_code_cell(source or f'claims.record(\n    "{id}", holds=True)')
    if shown:
        text = f":::{{admonition}} Claim\n:name: claim-{id}\n\n:::"
        made.outputs = [nbformat.v4.new_output("execute_result", {"text/markdown": text})]
    return made


@pytest.fixture(autouse=True)
def no_criteria(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board's verdicts are made up here, and not by the claims' own criteria."""
    monkeypatch.setattr(claims, "CRITERIA", {})


@pytest.fixture
def chapter(tmp_path: Path) -> Chapter:
    (tmp_path / FRAME).parent.mkdir(parents=True)
    (tmp_path / FRAME).write_text("# Board\n")
    write_json(tmp_path / RUN, [{"parameters": {"PROFILE": "quick", "SEED": 0}}])
    return Chapter("01_tiny", tmp_path)


def named(headline: Headline) -> set[str]:
    """The measured numbers that a claim's line on the board names."""
    return {name for phrase in headline for _, name, _, _ in Formatter().parse(phrase) if name}


def publish(chapter: Chapter, ids: list[str]) -> None:
    """Lay out a published chapter that has recorded these claims."""
    chapter.published.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell(id) for id in ids]), chapter.published)
    kinds = (claims.Kind.DIFFERS, claims.Kind.HOLDS, claims.Kind.CORRECTED)
    for number, id in enumerate(ids):
        measured = dict.fromkeys(("size", *named(HEADLINES.get(id, Headline("")))), float(number))
        verdict = claims.Verdict(
            id, *claims.describe(id), kinds[number % 3], {**measured}, "three", f"It is {number}."
        )
        claims.write(verdict, chapter.published.parent / "claims")


def test_the_board_shows_what_differs_first_and_leads_to_every_cell(chapter: Chapter) -> None:
    ids = list(claims.STATEMENTS)
    publish(chapter, ids)
    write_board(chapter.root, [chapter])
    verdicts = [row["verdict"] for row in json.loads((chapter.root / DOWNLOAD).read_text())]
    assert sorted(verdicts, key=["differs", "holds with a correction", "holds"].index) == verdicts
    table = (chapter.root / TABLE).read_text()
    assert all(f"<claim-{id}>" in table for id in ids)
    assert f'differs <span class="count">{verdicts.count("differs")}</span>' in table
    assert "cell 1 of `notebooks/01_tiny.py`" in table


def test_every_claim_has_a_line_with_its_number_and_what_other_runs_say(chapter: Chapter) -> None:
    ids = list(claims.STATEMENTS)
    publish(chapter, ids)
    here = {"kind": "run", "profile": "quick", "seed": 0, "claims": [{"id": "cuts", "verdict": "differs"}]}
    claims_there = [
        {"id": "cuts", "verdict": "cannot be tested", "criterion": criterion_of({"tolerance": "three"})},
        {"id": "planes", "verdict": "holds", "criterion": criterion_of({"tolerance": "four"})},
    ]
    there = {"kind": "run", "profile": "paper", "seed": 2, "claims": claims_there}
    for name, run in (("here", here), ("there", there)):
        write_json(chapter.root / RECORDS / f"run-{name}.json", run)
    write_board(chapter.root, [chapter])
    table = (chapter.root / TABLE).read_text().split("## Each claim")[0]
    lines = dict(zip(ids, sorted(table.split("* - ")[2:], key=lambda line: place(ids, line)), strict=True))
    for id in ids:
        statement = claims.STATEMENTS[id][1].rstrip(".")
        assert lines[id].startswith(f"{{ref}}`{statement} <board-{id}>`")
        assert "e+" not in lines[id]
        assert (lines[id].count("– ") + lines[id].count("–\n")) <= 2
    assert "cannot be tested at paper, seed 2" in lines["cuts"]
    assert "quick, seed" not in table  # the run that is the book itself is not somewhere else
    assert "held against another criterion at paper, seed 2" in lines["planes"]
    assert "not compared over seeds" in lines["gram"]


def place(ids: list[str], line: str) -> int:
    """Which claim a line of the table is about."""
    return next(i for i, id in enumerate(ids) if f"<board-{id}>" in line)


def test_a_line_says_what_was_not_measured(chapter: Chapter) -> None:
    publish(chapter, list(claims.STATEMENTS))
    path = chapter.published.parent / "claims" / "cuts.json"
    recorded = json.loads(path.read_text())
    write_json(path, {**recorded, "measured": dict.fromkeys(recorded["measured"])})
    write_board(chapter.root, [chapter])
    line = (chapter.root / TABLE).read_text().split("<board-cuts>")[1].split("* - ")[0]
    assert "not measured" in line


def test_a_claim_without_a_verdict_stops_the_build(chapter: Chapter) -> None:
    publish(chapter, list(claims.STATEMENTS)[1:])
    with pytest.raises(BuildError, match=f"No verdict was computed for {next(iter(claims.STATEMENTS))}:"):
        write_board(chapter.root, [chapter])


def test_a_claim_recorded_twice_names_both_cells(chapter: Chapter) -> None:
    notebook = nbformat.v4.new_notebook(cells=[cell("cuts"), cell("planes"), cell("cuts")])
    with pytest.raises(
        BuildError, match=r"'cuts' is recorded twice, in cell 1 and in cell 3 of notebooks/01"
    ):
        claim_cells(chapter, notebook)


def test_one_cell_may_choose_between_two_verdicts(chapter: Chapter) -> None:
    source = 'claims.untested("cuts") if poor else claims.record("cuts")'
    assert claim_cells(chapter, nbformat.v4.new_notebook(cells=[cell("cuts", source)])) == {"cuts": 0}


def test_a_verdict_that_is_not_shown_names_its_cell(chapter: Chapter) -> None:
    with pytest.raises(BuildError, match="cell 1 of notebooks/01_tiny.py but not shown"):
        claim_cells(chapter, nbformat.v4.new_notebook(cells=[cell("cuts", shown=False)]))


def figure(name: str, *data: str) -> NotebookNode:
    """A code cell that makes a figure and says which data it shows."""
    about = {"mystnb": {"figure": {"name": name}}, "data": list(data)}
    made = nbformat.v4.new_code_cell("plot()", metadata=about)
    made.outputs = [nbformat.v4.new_output("display_data", {"image/png": PIXEL})]
    return made


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder into which a notebook has written its data."""
    (tmp_path / "data").mkdir()
    for name in ("cut_F", "cut_k", "plane"):
        (tmp_path / "data" / f"{name}.nc").touch()
    return tmp_path


def test_a_figure_leads_to_its_picture_data_cell_and_run(chapter: Chapter, published: Path) -> None:
    text = nbformat.v4.new_markdown_cell("# One")
    notebook = nbformat.v4.new_notebook(cells=[text, figure("fig-a", "cut_*"), figure("fig-b", "plane")])
    add_figure_footers(chapter, notebook, published)
    first, second = (each.source for each in notebook.cells if "figure-links" in each.source)
    assert "<figures/fig-a.png>" in first
    assert "<data/cut_F.nc>` · data {download}`cut_k.nc" in first
    assert "plane.nc" not in first
    assert "<data/plane.nc>" in second
    assert "cell 2 of" in first
    assert notebook.cells[1].metadata["mystnb"]["figure"]["name"] == "fig-a"
    assert "<how-01_tiny-was-made>" in first
    assert (published / "figures" / "fig-a.png").stat().st_size > 0


def test_a_film_is_a_figure_that_readers_can_keep(chapter: Chapter, published: Path) -> None:
    shown = figure("fig-film", "plane")
    html = '<video poster="data:image/jpeg;base64,AAAA"><source src="data:video/mp4;base64,QUJD"></video>'
    shown.outputs = [nbformat.v4.new_output("execute_result", {"text/html": html})]
    notebook = nbformat.v4.new_notebook(cells=[shown])
    add_figure_footers(chapter, notebook, published)
    assert "{download}`film <figures/fig-film.mp4>` · data {download}`plane.nc" in notebook.cells[1].source
    assert "picture" not in notebook.cells[1].source
    assert (published / "figures" / "fig-film.mp4").read_bytes() == b"ABC"


def test_a_picture_that_is_no_figure_stops_the_build(chapter: Chapter, published: Path) -> None:
    shown = figure("fig-a", "plane")
    del shown.metadata["mystnb"]
    with pytest.raises(BuildError, match=r"01_tiny.py: cell 1 shows a picture or film without a name"):
        add_figure_footers(chapter, nbformat.v4.new_notebook(cells=[shown]), published)


def test_a_figure_without_its_data_stops_the_build(chapter: Chapter, published: Path) -> None:
    for cells, words in (
        (figure("fig-a"), "the cell of fig-a does not say which data it shows"),
        (
            figure("fig-b", "plane", "cut_Du"),
            "fig-b names the data “cut_Du”, and the notebook has published no",
        ),
    ):
        with pytest.raises(BuildError, match=words):
            add_figure_footers(chapter, nbformat.v4.new_notebook(cells=[cells]), published)


def test_a_section_names_its_claim_in_the_margin(chapter: Chapter, tmp_path: Path) -> None:
    write_json(tmp_path / "claims" / "cuts.json", {"verdict": "differs"})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# One\n\nText."), cell("cuts")])
    add_claim_margins(chapter, notebook, tmp_path)
    assert notebook.cells[0].source.startswith(
        "# One\n\n:::{margin}\n"
        "{ref}`Along each parameter there are sharp cliffs, with flat ground on both sides "
        "<claim-cuts>`: differs"
    )
    assert notebook.cells[0].source.endswith("Text.")


def test_a_line_that_names_an_unknown_number_stops_the_build(chapter: Chapter, monkeypatch) -> None:
    ids = list(claims.STATEMENTS)
    publish(chapter, ids)
    monkeypatch.setitem(HEADLINES, ids[3], Headline("{nobody:.0f} of them"))
    with pytest.raises(BuildError, match=f"{ids[3]}.*names nobody"):
        write_board(chapter.root, [chapter])


def test_every_claim_has_a_line() -> None:
    assert set(HEADLINES) == set(claims.STATEMENTS)
