"""Make an executed notebook fit to be read, and put it and its files in place, whole or not at all."""

import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book.contents import PUBLISHED, RUNS, Chapter
from book.errors import BuildError
from book.footers import add_claim_margins, add_figure_footers
from book.freshness import checksum
from book.provenance import section
from book.record import Record, recorded, write_record
from book.remarks import is_stderr, refuse_remarks
from book.traces import refuse_traces


def publish(chapter: Chapter, executed: NotebookNode, record: Record, scratch: Path) -> None:
    """Publish a notebook with the files it wrote into the scratch folder.

    The record goes first and comes back last: an interruption in between leaves a chapter that
    counts as not made.
    """
    refuse_remarks(chapter, executed)
    add_figure_footers(chapter, executed, scratch)
    add_claim_margins(chapter, executed, scratch)
    tidy(executed)
    refuse_traces(chapter, executed, [path for path in scratch.rglob("*") if path.is_file()])
    executed.cells.append(nbformat.v4.new_markdown_cell(section(record), id="how-this-page-was-made"))
    part = scratch / chapter.published.name
    nbformat.write(executed, part)
    written = [path.relative_to(scratch) for path in sorted(scratch.rglob("*")) if path.is_file()]
    refuse_clashes(chapter, written)
    withdraw(chapter.record, chapter.published.parent)
    for path in written:
        target = chapter.published.parent / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(scratch / path, target)
    sums = {path.as_posix(): checksum(chapter.published.parent / path) for path in written}
    write_record(chapter.record, {**record, "sha256": sums})


def refuse_clashes(chapter: Chapter, written: list[Path]) -> None:
    """Stop if another chapter has published a file under a name that this one uses too."""
    names = {path.as_posix() for path in written}
    for other in sorted(chapter.record.parent.glob("*.json")):
        shared = sorted(names & owned(other).keys())
        if other != chapter.record and shared:
            raise BuildError(
                f"notebooks/{chapter.name}.py and notebooks/{other.stem}.py both write {', '.join(shared)}: "
                "one would overwrite the other, so let each write under names of its own."
            )


def withdraw(record: Path, published: Path) -> None:
    """Forget a run and remove what it published; the record goes first."""
    names = [*owned(record), f"{record.stem}.ipynb"]  # which is known even where the record is damaged
    record.unlink(missing_ok=True)
    for name in names:
        (published / name).unlink(missing_ok=True)


def owned(record: Path) -> dict[str, str]:
    """The files that a run published, with their checksums; none where its record is damaged."""
    return dict((recorded(record) or {}).get("sha256", {}))


def retire(root: Path, contents: list[Chapter]) -> None:
    """Withdraw chapters that are no longer in the table of contents."""
    kept = {chapter.name for chapter in contents}
    for record in sorted((root / RUNS).glob("*.json")):
        if record.stem not in kept:
            withdraw(record, root / PUBLISHED)


def tidy(executed: NotebookNode) -> None:
    """Keep what a reader needs: outputs without remarks, parameters as they were, no bookkeeping."""
    injected = next(cell for cell in executed.cells if "injected-parameters" in cell.metadata.get("tags", []))
    injected.metadata.tags.append("remove-cell")
    for number, cell in enumerate(executed.cells):
        # Fresh ids in every run would make every rebuild of a page differ.
        cell.id = f"cell-{number}"
        if "parameters" in cell.metadata.get("tags", []):
            # The page shows the values that made its outputs, not the defaults.
            cell.source = injected.source.removeprefix("# Parameters\n").strip()
        for bookkeeping in ("papermill", "execution"):
            cell.metadata.pop(bookkeeping, None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_stderr(output)]
    for bookkeeping in ("papermill", "jupytext"):
        executed.metadata.pop(bookkeeping, None)
