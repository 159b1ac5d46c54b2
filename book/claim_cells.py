"""Which cell of a notebook records which claim, and what verdict it came to."""

import json
import re
from pathlib import Path

from nbformat import NotebookNode

from book.contents import Chapter
from book.errors import BuildError

#: A call that records a verdict, as it stands in a notebook's cell.
RECORDED = re.compile(r"""claims\.(?:record|untested)\(\s*["']([^"']+)["']""")


def claim_cells(chapter: Chapter, notebook: NotebookNode) -> dict[str, int]:
    """Claim → index of the one cell that records and shows it.

    Raises:
        BuildError: naming the cells, if two record the same claim or one does not show what it records.
    """
    cells: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        for id in dict.fromkeys(RECORDED.findall(cell.source)):
            place = f"cell {number + 1} of notebooks/{chapter.name}.py"
            if id in cells:
                raise BuildError(
                    f"Claim {id!r} is recorded twice, in cell {cells[id] + 1} and in {place}: keep one."
                )
            if f":name: claim-{id}\n" not in shown(cell):
                raise BuildError(
                    f"Claim {id!r} is recorded in {place} but not shown: make it the cell's last value."
                )
            cells[id] = number
    return cells


def verdict_of(id: str, folder: Path) -> str:
    """The verdict that a notebook wrote into its folder."""
    return str(json.loads((folder / "claims" / f"{id}.json").read_text(encoding="utf-8"))["verdict"])


def shown(cell: NotebookNode) -> str:
    """All markdown among a cell's outputs."""
    return "\n".join(output.get("data", {}).get("text/markdown", "") for output in cell.outputs)
