"""Films lie beside the pages that show them, instead of inside their text: a page loads before it plays."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx

#: Where the chapters' films are, in the sources and in the book alike.
FOLDER = Path("book") / "chapters" / "figures"


def setup(app: Sphinx) -> dict[str, bool]:
    """Copy the films when all pages are written."""
    app.connect("build-finished", copy_films)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def copy_films(app: Sphinx, failure: Exception | None) -> None:
    """Put every film where its page looks for it."""
    for film in sorted((Path(app.srcdir) / FOLDER).glob("*.mp4")):
        target = Path(app.outdir) / FOLDER
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(film, target / film.name)
