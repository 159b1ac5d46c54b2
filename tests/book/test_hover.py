"""Words of the glossary are explained where they first stand, and nowhere in titles, links or code."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from book._ext import hover

GLOSSARY = (
    "Glossary\n========\n\n.. glossary::\n\n   cliff\n     A steep place.\n\n   wall of cliffs\n     Many.\n"
)
PAGE = """A cliff in a title
==================

``cliff``, and `a cliff <https://example.org>`_, then the Cliffs & a cliff; and no cliffhanger.

Here the wall of cliffs, and a cliff.
"""


@pytest.fixture
def page(tmp_path: Path) -> BeautifulSoup:
    """A page of a book with that glossary."""
    (tmp_path / "book").mkdir()
    (tmp_path / "index.rst").write_text(PAGE + "\n.. toctree::\n\n   book/glossary\n")
    (tmp_path / "book" / "glossary.rst").write_text(GLOSSARY)
    places = [str(tmp_path / name) for name in ("html", "trees")]
    app = Sphinx(str(tmp_path), None, *places, "html", status=None, warning=None)
    hover.setup(app)
    app.build()
    assert "data-meaning" not in (tmp_path / "html" / "book" / "glossary.html").read_text()
    return BeautifulSoup((tmp_path / "html" / "index.html").read_text(), "html.parser")


def test_a_word_is_explained_once_and_the_longest_wins(page: BeautifulSoup) -> None:
    found = [(link.text, link["data-meaning"], link["href"]) for link in page.select("a.term")]
    assert found == [
        ("Cliffs", "A steep place.", "book/glossary.html#term-cliff"),
        ("wall of cliffs", "Many.", "book/glossary.html#term-wall-of-cliffs"),
    ]
    assert page.select_one("p a.term").parent.text.endswith("then the Cliffs & a cliff; and no cliffhanger.")  # type: ignore[union-attr]
