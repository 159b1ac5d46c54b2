"""Equation numbers run through the book, whatever page they stand on, and references follow."""

import re
from pathlib import Path

from sphinx.application import Sphinx

from book._ext import equations

PAGES = {
    "index": "Front\n=====\n\n.. toctree::\n\n   second\n   first\n",
    "second": "Two\n===\n\n.. math:: a\n   :label: eq-a\n\n.. math:: b\n   :label: eq-b\n\n.. math:: no\n",
    "first": "First\n=====\n\n.. math:: c\n   :label: eq-c\n\n:eq:`eq-b`, :eq:`eq-c`\n",
}


def build(folder: Path) -> dict[str, list[int]]:
    """The numbers beside the equations and in the references of each page, in order."""
    app = Sphinx(
        str(folder), None, str(folder / "html"), str(folder / "trees"), "html", status=None, warning=None,
        confoverrides={"math_eqref_format": "({number})"},
    )  # fmt: skip
    equations.setup(app)
    app.build()
    texts = {name: (folder / "html" / f"{name}.html").read_text() for name in PAGES}
    return {
        name: [int(n) for n in re.findall(r'(?:eqno">|href="[^"]*#equation-[^"]*">)\((\d+)\)', text)]
        for name, text in texts.items()
    }


def test_numbers_run_through_the_pages_in_the_order_of_the_contents(tmp_path: Path) -> None:
    for name, text in PAGES.items():
        (tmp_path / f"{name}.rst").write_text(text)
    assert build(tmp_path) == {"index": [], "second": [1, 2], "first": [3, 2, 3]}


def test_a_further_equation_moves_those_after_it(tmp_path: Path) -> None:
    for name, text in PAGES.items():
        (tmp_path / f"{name}.rst").write_text(text)
    build(tmp_path)
    (tmp_path / "second.rst").write_text(PAGES["second"] + "\n.. math:: d\n   :label: eq-d\n")
    assert build(tmp_path) == {"index": [], "second": [1, 2, 3], "first": [4, 2, 4]}
