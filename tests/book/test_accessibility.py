"""axe-core finds no serious fault on any page, in either theme."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.book.test_browser import pages_of

SERIOUS = ("serious", "critical")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(
    smoke_book: Path, visit: Callable[..., tuple[Page, list[str]]], scheme: str
) -> None:
    found = {}
    for name in pages_of(smoke_book):
        page, _ = visit(f"file://{smoke_book}/{name}", color_scheme=scheme)
        faults = Axe().run(page).response["violations"]
        found[name] = [
            f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
            for fault in faults
            if fault["impact"] in SERIOUS
        ]
        page.close()
    assert not {name: said for name, said in found.items() if said}
