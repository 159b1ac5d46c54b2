"""What stands below each figure, and in the margin beside each section that tests a claim.

A figure leads to its picture or film, its data, the notebook and cell that made it, and the run's record.
"""

import base64
import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book.claim_cells import claim_cells, verdict_of
from book.contents import RECORD_TARGET, Chapter
from book.errors import BuildError
from lib.publishing.claims import STATEMENTS
from lib.showing.figures.dark import MIME as DARK

#: Folders of the figures' pictures and of their data, beside the notebook.
FIGURES, DATA = Path("figures"), "data"
MP4 = re.compile(r'src="data:video/mp4;base64,([^"]+)"')
#: What a figure can be: a picture, a film, a table or a widget.
SHOWING = re.compile(r"text/markdown|image/.*|text/html|application/vnd\.jupyter\.widget-view\+json")
HEADING = re.compile(r"^#{1,4} .*$", re.MULTILINE)


def add_figure_footers(chapter: Chapter, executed: NotebookNode, scratch: Path) -> None:
    """Write each figure's picture as a file, and a line of links below the figure.

    Args:
        executed: fresh from papermill.
        scratch: where the notebook has written its files.

    Raises:
        BuildError: if a figure's cell does not name the data it shows, or a picture or film is no figure.
    """
    cells = []
    published = sorted(path.relative_to(scratch).as_posix() for path in scratch.rglob("*.nc"))
    for cell in executed.cells:
        cells.append(cell)
        if name := figure_name(cell):
            picture = save_picture(cell, "image/png", scratch / FIGURES / f"{name}.png")
            film = save_film(cell, scratch / FIGURES / f"{name}.mp4")
            dark = save_picture(cell, DARK, scratch / FIGURES / f"{name}.dark.png")
            if not any(SHOWING.fullmatch(mime) for output in cell.outputs for mime in output.get("data", {})):
                raise BuildError(
                    f"notebooks/{chapter.name}.py: cell {len(cells)} is to show the figure {name} and shows "
                    "nothing: let it end with the figure."
                )
            data = list(with_tables(data_of(chapter, name, cell, published), scratch))
            footer = "\n".join(links(chapter, len(cells), {"picture": picture, "film": film}, dark, data))
            cells.append(nbformat.v4.new_markdown_cell(footer))
        elif shows(cell):
            raise BuildError(
                f"notebooks/{chapter.name}.py: cell {len(cells)} shows a picture or film without a name, and "
                "nothing below it could say where it comes from: make it a figure in the cell's metadata, "
                'mystnb={"figure": {"name": …, "caption": …}}.'
            )
    executed.cells = cells


def with_tables(paths: Iterator[str], scratch: Path) -> Iterator[str]:
    """Each file of data, and after it the same as a table, where it is small enough to be one."""
    for path in paths:
        yield path
        if (scratch / path).with_suffix(".csv").is_file():
            yield Path(path).with_suffix(".csv").as_posix()


def shows(cell: NotebookNode) -> bool:
    """Whether a cell puts out a picture or a film."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    return any("image/png" in each or MP4.search(each.get("text/html", "")) for each in data)


def figure_name(cell: NotebookNode) -> str | None:
    """The name of the figure that a cell makes, if it makes one."""
    name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    return str(name) if name else None


def links(
    chapter: Chapter, number: int, shown: dict[str, str | None], dark: str | None, data: list[str]
) -> Iterator[str]:
    """The footer as MyST markdown."""
    parts = [f"{{download}}`{kind} <{path}>`" for kind, path in shown.items() if path]
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


def save_film(cell: NotebookNode, path: Path) -> str | None:
    """Write the figure's film, if it is one, as a file, and let the page play that instead of its own copy.

    Returns:
        The film's path beside the notebook, where `book/_ext/films.py` puts it in the book too.
    """
    beside = (FIGURES / path.name).as_posix()
    for output in cell.outputs:
        html = output.get("data", {}).get("text/html", "")
        if found := MP4.search(html):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(found[1]))
            output["data"]["text/html"] = html.replace(found[0], f'src="{beside}"')
            return beside
    return None


def data_of(chapter: Chapter, name: str, cell: NotebookNode, published: list[str]) -> Iterator[str]:
    """The files that a figure was drawn from: its cell names them in its metadata, `data=["cut_*"]`.

    Raises:
        BuildError: if it names none, or one that the notebook has not written.
    """
    stems = cell.metadata.get("data", [])
    for stem in stems:
        found = fnmatch.filter(published, f"{DATA}/{stem}.nc")
        if not found:
            raise BuildError(
                f"notebooks/{chapter.name}.py: the cell of {name} names the data “{stem}”, and the notebook "
                f"has published no {DATA}/{stem}.nc: publish it with "
                "lib.publishing.datasets.publish, or correct it."
            )
        yield from found
    if not stems:
        raise BuildError(
            f"notebooks/{chapter.name}.py: the cell of {name} does not say which data it shows: publish them "
            'with lib.publishing.datasets.publish(dataset, "NAME"), and add data=["NAME"] to the '
            "cell's metadata."
        )


def add_claim_margins(chapter: Chapter, executed: NotebookNode, scratch: Path) -> None:
    """Beside the heading of each section, the claims it tests with their verdicts."""
    for id, number in reversed(claim_cells(chapter, executed).items()):
        heading = next((cell for cell in reversed(executed.cells[:number]) if is_heading(cell)), None)
        if heading is not None:
            last = list(HEADING.finditer(heading.source))[-1].end()
            statement = STATEMENTS[id][1].rstrip(".")
            note = f"\n\n:::{{margin}}\n{{ref}}`{statement} <claim-{id}>`: {verdict_of(id, scratch)}\n:::\n"
            heading.source = heading.source[:last] + note + heading.source[last:]


def is_heading(cell: NotebookNode) -> bool:
    """Whether a cell begins a section."""
    return cell.cell_type == "markdown" and HEADING.search(cell.source) is not None
