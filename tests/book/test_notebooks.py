"""Notebooks tell and show: more prose than code, one "show code" at a time, and some code that teaches."""

import ast
import re
from pathlib import Path

import jupytext
import pytest

from tests.book.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))

#: Lines of code for each line of prose.
MOST_CODE = 1.5
#: A column of a page; longer lines of prose count as several.
COLUMN = 110

HIDDEN = "hide-input"

#: Lines of a cell that is not folded: a reader copies it whole. One for each chapter has its imports in it.
SHORT = range(3, 11)
#: Chapters that recompute the paper.
CHAPTERS = [path for path in NOTEBOOKS if path.stem[:2].isdigit()]


def lines_of(text: str) -> int:
    """Lines of a cell that hold something, in columns."""
    return sum(-(-len(line) // COLUMN) for line in text.splitlines() if line.strip())


def shows(source: str) -> bool:
    """Whether a cell shows something: its last line is an expression that is not just glued or published."""
    body = ast.parse(source).body
    if not body or not isinstance(body[-1], ast.Expr):
        return False
    call = body[-1].value
    quiet = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    return not (quiet and call.func.id in {"glue", "glue_all", "publish", "use"})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_more_prose_than_machinery(path: Path):
    """Captions are prose too: they stand in the cells' metadata."""
    cells = jupytext.read(path).cells
    code = sum(lines_of(cell.source) for cell in cells if cell.cell_type == "code")
    prose = sum(lines_of(cell.source) for cell in cells if cell.cell_type == "markdown")
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "") for cell in cells]
    assert code <= MOST_CODE * (prose + sum(map(lines_of, figures)))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_hidden_cells_that_show_nothing_are_one_cell(path: Path):
    cells = jupytext.read(path).cells
    silent = [
        cell.cell_type == "code" and HIDDEN in cell.metadata.get("tags", ()) and not shows(cell.source)
        for cell in cells
    ]
    follow = [
        i for i in range(1, len(cells))
        if silent[i - 1] and cells[i].cell_type == "code" and HIDDEN in cells[i].metadata.get("tags", ())
    ]  # fmt: skip
    assert not follow, [cells[i].source.splitlines()[0] for i in follow]


def open_cells(path: Path) -> list[list[str]]:
    """The lines, blank ones left out, of each cell whose code the reader sees at once."""
    cells = jupytext.read(path).cells
    return [
        [line for line in cell.source.splitlines() if line.strip()]
        for cell in cells
        if cell.cell_type == "code" and not cell.metadata.get("tags")
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_that_is_open_is_short(path: Path):
    assert max(map(len, open_cells(path)), default=0) < SHORT.stop


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_has_code_to_copy(path: Path):
    assert any(len(lines) in SHORT and re.match(r"(from|import) ", lines[0]) for lines in open_cells(path))
