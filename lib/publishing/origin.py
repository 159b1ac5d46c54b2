"""Where a published file comes from, as its attributes say it: title, source, licence, by ACDD 1.3."""

from pathlib import Path

from lib import sources

#: The book as its configuration and `CITATION.cff` name it, its version, and its licence.
BOOK, VERSION, LICENCE = "Gray–Scott, inverted", "0.1.0", "Apache-2.0"

#: The paper that it recomputes, as the book cites it.
PAPER = "arXiv:2606.11258"


def about(name: str) -> dict[str, str]:
    """Global attributes of a file of data: what it is called, what made it, what may be done with it.

    Args:
        name: of the file, without ending.
    """
    made_by = notebook(Path.cwd())
    where = f"notebook {made_by}.py of " if made_by else ""
    return {
        "Conventions": "ACDD-1.3",
        "title": f"{name.replace('_', ' ')}: data of the book “{BOOK}”",
        "source": f"{where}“{BOOK}”, version {VERSION}, a computational companion to {PAPER}",
        "license": LICENCE,
        "references": f"https://arxiv.org/abs/{PAPER.removeprefix('arXiv:')}",
    }


def notebook(folder: Path) -> str:
    """The notebook that is run in a folder: a build gives each one a folder of its name. Empty elsewhere."""
    source = sources.PACKAGE.parent / "notebooks" / f"{folder.name}.py"
    return folder.name if source.is_file() else ""
