"""What stands below each figure, and in the margin beside each section that tests a claim.

A figure leads to its picture, its data, the notebook and cell that made it, and the record of the run.
"""

import base64
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book.board import claim_cells, verdict_of
from book.contents import RECORD_TARGET, Chapter
from lib.figures.dark import MIME as DARK

#: Folder of the figures' pictures, beside the notebook.
FIGURES = Path("figures")
HEADING = re.compile(r"^#{1,4} .*$", re.MULTILINE)


def add_figure_footers(chapter: Chapter, executed: NotebookNode, scratch: Path) -> None:
    """Write each figure's picture as a file, and a line of links below the figure.

    Args:
        executed: fresh from papermill, since data files are matched to figures by the cells' times.
        scratch: where the notebook has written its files.
    """
    cells = []
    data = list(written_since(executed, scratch))
    for number, cell in enumerate(executed.cells):
        cells.append(cell)
        if name := figure_name(cell):
            picture = save_picture(cell, "image/png", scratch / FIGURES / f"{name}.png")
            dark = save_picture(cell, DARK, scratch / FIGURES / f"{name}.dark.png")
            near = files_near(data, executed.cells, number)
            footer = "\n".join(links(chapter, len(cells), picture, dark, near))
            cells.append(nbformat.v4.new_markdown_cell(footer))
    executed.cells = cells


def figure_name(cell: NotebookNode) -> str | None:
    """The name of the figure that a cell makes, if it makes one."""
    name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    return str(name) if name else None


def links(
    chapter: Chapter, number: int, picture: str | None, dark: str | None, data: list[str]
) -> Iterator[str]:
    """The footer as MyST markdown."""
    parts = [f"{{download}}`picture <{picture}>`"] if picture else []
    parts += [f"data {{download}}`{Path(path).name} <{path}>`" for path in data]
    parts += [
        f"made by cell {number} of {{download}}`{chapter.name}.ipynb <{chapter.name}.ipynb>`",
        f"{{ref}}`run record <{RECORD_TARGET.format(name=chapter.name)}>`",
    ]
    yield ":::{div} figure-links"
    yield " · ".join(parts)
    yield ":::"
    if dark:  # figures.js looks for it
        yield f":::{{div}} dark-picture\n{{download}}`in dark <{dark}>`\n:::"


def save_picture(cell: NotebookNode, mime: str, path: Path) -> str | None:
    """Write the figure's picture of a kind; returns its path beside the notebook, or None if it has none.

    The picture for dark pages goes out of the notebook: no program knows what to do with it.
    """
    for output in cell.outputs:
        data = output.get("data", {})
        if encoded := data.pop(DARK, None) if mime == DARK else data.get(mime):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(encoded))
            return (FIGURES / path.name).as_posix()
    return None


def written_since(executed: NotebookNode, scratch: Path) -> Iterator[tuple[int, str]]:
    """Index of the cell that wrote each data file, and the file's path beside the notebook."""
    ends = [
        (number, datetime.fromisoformat(cell.metadata.papermill.end_time).timestamp())
        for number, cell in enumerate(executed.cells)
        if cell.metadata.get("papermill", {}).get("end_time")
    ]
    for path in sorted(scratch.rglob("*.nc")):
        # The first cell that ended after the file was last written; clocks tick in tenths of a second here.
        cell = next(
            (number for number, end in ends if end + 0.05 >= path.stat().st_mtime), len(executed.cells)
        )
        yield cell, path.relative_to(scratch).as_posix()


def files_near(data: list[tuple[int, str]], cells: list[NotebookNode], number: int) -> list[str]:
    """Data written in a figure's own section, or else last before it."""
    starts = [
        i for i, cell in enumerate(cells) if cell.cell_type == "markdown" and HEADING.search(cell.source)
    ]
    begin = max((i for i in starts if i <= number), default=0)
    end = min((i for i in starts if i > number), default=len(cells))
    own = [path for cell, path in data if begin <= cell < end]
    before = [path for cell, path in data if cell < number]
    return own or before[-1:]


def add_claim_margins(chapter: Chapter, executed: NotebookNode, scratch: Path) -> None:
    """Beside the heading of each section, the claims it tests with their verdicts."""
    for id, number in reversed(claim_cells(chapter, executed).items()):
        heading = next((cell for cell in reversed(executed.cells[:number]) if is_heading(cell)), None)
        if heading is not None:
            last = list(HEADING.finditer(heading.source))[-1].end()
            note = f"\n\n:::{{margin}}\nClaim {{ref}}`{id} <claim-{id}>`: {verdict_of(id, scratch)}\n:::\n"
            heading.source = heading.source[:last] + note + heading.source[last:]


def is_heading(cell: NotebookNode) -> bool:
    """Whether a cell begins a section."""
    return cell.cell_type == "markdown" and HEADING.search(cell.source) is not None
