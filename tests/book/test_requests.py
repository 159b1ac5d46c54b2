"""A page asks for what it needs and no more, and gives what it promises."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from book._ext import preview
from book.archive import TOP
from book.contents import pages
from tests.book.conftest import ROOT, pages_of

WIDGETS = "script[type='application/vnd.jupyter.widget-view+json']"
#: What a page without widgets has no use for.
NEEDLESS = re.compile(r"embed-amd\.js")

Visit = Callable[..., tuple[Page, list[str]]]


def test_a_page_without_widgets_does_not_ask_for_their_manager(
    smoke_book: Path, smoke_server: str, visit: Visit
) -> None:
    plain = [
        name
        for name in pages_of(smoke_book)
        if name.startswith("book/")
        and not BeautifulSoup((smoke_book / name).read_text(), "html.parser").select_one(WIDGETS)
    ]
    assert len(plain) > 10
    asked: dict[str, list[str]] = {}
    for name in ("book/index.html", "book/howto.html", "book/chapters/02_setup.html", "book/claims.html"):
        assert name in plain
        page, _ = visit(f"{smoke_server}/{name}")
        resources = page.evaluate("performance.getEntriesByType('resource').map((x) => x.name)")
        asked[name] = [address for address in resources if NEEDLESS.search(address)]
    assert not {name: found for name, found in asked.items() if found}


def test_no_formula_is_a_stop_for_the_tab_key(smoke_book: Path, visit: Visit) -> None:
    page, _ = visit(f"file://{smoke_book}/book/chapters/02_setup.html")
    assert page.locator("mjx-container").count() > 5
    assert page.locator("mjx-container[tabindex]:not([tabindex='-1'])").count() == 0


def test_the_search_leads_to_the_library(smoke_server: str, visit: Visit) -> None:
    page, _ = visit(f"{smoke_server}/search.html?q=residual.fit")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    assert "chapters/api.html" in " ".join(link.get_attribute("href") or "" for link in found.all())


def test_equations_are_numbered_from_one_on_in_the_order_of_the_contents(smoke_book: Path) -> None:
    numbers: list[int] = []
    for name in pages(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))):
        page = BeautifulSoup((smoke_book / f"{name}.html").read_text(), "html.parser")
        numbers += [int(found.get_text().strip("()¶# \n")) for found in page.select("article .eqno")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 20


def test_the_source_archive_of_a_built_book_runs(smoke_book: Path, tmp_path: Path) -> None:
    """Who has only the archive has the library."""
    archive = next(smoke_book.rglob("gray-scott-inverted.zip"))
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    asked = [sys.executable, "-c", "import lib; print(lib.__file__)"]
    done = subprocess.run(asked, cwd=tmp_path / TOP, capture_output=True, text=True, check=True, env={})
    assert Path(done.stdout.strip()).is_relative_to(tmp_path)


@pytest.mark.parametrize(
    ("address", "picture"),
    [
        ("https://example.org/book/", "https://example.org/book/_static/mosaic.png"),
        ("", "../_static/mosaic.png"),
    ],
)
def test_a_shared_link_shows_a_picture_with_a_complete_address_once_the_books_is_known(
    address: str, picture: str
) -> None:
    config = SimpleNamespace(html_title="A book", project="A book", root_doc="index", html_baseurl=address)
    context: dict[str, Any] = {"title": "A page", "pathto": lambda path, _: f"../{path}"}
    preview.introduce(SimpleNamespace(config=config), "page", "page.html", context, None)  # type: ignore[arg-type]
    assert f'<meta property="og:image" content="{picture}">' in context["metatags"]
