"""Nothing of the builder's machine gets into a page: a folder that is shown is refused, by its cell."""

import contextlib
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from book.contents import Chapter
from book.errors import BuildError

#: Kinds of output that are numbers of pixels, written as letters.
PICTURES = ("image/png", "image/jpeg", "image/gif", "application/pdf")


def refuse_traces(chapter: Chapter, executed: NotebookNode, written: list[Path]) -> None:
    """Stop where a page, or a text file that it wrote, names a folder of this machine.

    Args:
        chapter: which notebook.
        executed: with its outputs.
        written: the other files it made.

    Raises:
        BuildError: naming the cell or the file, and the folder.
    """
    folders = private_folders(chapter.root)
    for place, text in (*shown_by_cells(executed), *texts_of(written)):
        for folder in folders:
            if re.search(rf"((?<![\w./:-])|(?<=file://)){re.escape(folder)}(?![\w-])", text):
                raise BuildError(
                    f"notebooks/{chapter.name}.py shows {folder}, a folder of this machine, in {place}: a "
                    "published page must not tell who built it, so show the file's name alone, as path.name. "
                    "Nothing was published."
                )


def private_folders(root: Path) -> list[str]:
    """Folders whose names tell about the builder: of the project, of Python, of temporary files, the home."""
    found = {root.resolve(), Path(sys.prefix), Path(tempfile.gettempdir())}
    with contextlib.suppress(RuntimeError):  # of nobody
        found.add(Path.home())
    return sorted({str(folder) for folder in found} - {"/", "/usr"})


def shown_by_cells(executed: NotebookNode) -> Iterator[tuple[str, str]]:
    """(place, text) of everything that cells print or show as text."""
    for number, cell in enumerate(executed.cells):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            texts = [output.get("text", ""), *(data[kind] for kind in data if kind not in PICTURES)]
            yield f"cell {number}", "\n".join(text if isinstance(text, str) else str(text) for text in texts)


def texts_of(written: list[Path]) -> Iterator[tuple[str, str]]:
    """(name, content) of the files that are text."""
    for path in written:
        try:
            yield path.name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
