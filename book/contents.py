"""Which notebooks the book holds: those that `_toc.yml` lists below `book/chapters/`, in its order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from book.errors import BuildError

#: Executed notebooks are published here; Jupyter Book reads no sources below `_build/`.
PUBLISHED = "book/chapters"
#: What is remembered of each notebook's last complete run.
RUNS = "book/_generated/runs"
#: Reference target of the section that ends each chapter.
RECORD_TARGET = "how-{name}-was-made"
#: A notebook as it is called on the disk, in its source or as it was executed.
WITH_ENDING = re.compile(r"(book/chapters|notebooks)/.*\.(ipynb|py|md)$")


@dataclass(frozen=True)
class Chapter:
    """One notebook of the book.

    Args:
        name: such as "04_landscapes".
        root: the folder of the whole project.
    """

    name: str
    root: Path

    @property
    def source(self) -> Path:
        """The notebook without outputs, as jupytext reads it."""
        return self.root / "notebooks" / f"{self.name}.py"

    @property
    def published(self) -> Path:
        """The executed notebook that Sphinx reads."""
        return self.root / PUBLISHED / f"{self.name}.ipynb"

    @property
    def record(self) -> Path:
        """What we remember of its last complete run."""
        return self.root / RUNS / f"{self.name}.json"


def chapters(root: Path) -> list[Chapter]:
    """The book's notebooks in reading order.

    Raises:
        BuildError: if the table of contents cannot be read, or lists a notebook that is not there or by
            another name.
    """
    try:
        contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BuildError(f"The table of contents _toc.yml cannot be read: {error}") from error
    for page in filter(WITH_ENDING.match, pages(contents)):
        name = Path(page).stem
        raise BuildError(
            f"_toc.yml lists {page}: write {PUBLISHED}/{name}, without an ending, for notebooks/{name}.py."
        )
    found = [Chapter(Path(page).name, root) for page in pages(contents) if page.startswith(PUBLISHED + "/")]
    for chapter in found:
        if not chapter.source.is_file():
            raise BuildError(
                f"_toc.yml lists {PUBLISHED}/{chapter.name}, but there is no notebooks/{chapter.name}.py: "
                "write it, or take the line out."
            )
    return found


def pages(entry: object) -> Iterator[str]:
    """Every page of the table of contents, depth first."""
    if isinstance(entry, dict):
        for key in ("root", "file"):
            if key in entry:
                yield entry[key]
        for nested in entry.values():
            yield from pages(nested)
    elif isinstance(entry, list):
        for nested in entry:
            yield from pages(nested)
