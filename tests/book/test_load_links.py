"""Links in the text that set a widget: each brings another view, and the widget into sight."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import until

Visit = Callable[..., tuple[Page, list[str]]]

#: Page and widget → how many views its text describes, at least.
WIDGETS = {
    ("laboratory", "laboratory"): 6,
    ("explorer", "explorer"): 4,
    ("explorer", "descend"): 2,
    ("06c_horizon", "horizon"): 4,
    ("08_rivals", "ranking"): 3,
}
#: All that a widget shows: its controls, its words, its pictures.
VIEW = """(root) => JSON.stringify([
  [...root.querySelectorAll("select, input")].map((x) => x.value), root.innerText,
  [...root.querySelectorAll("canvas")].map((x) => x.toDataURL()),
])"""
#: Pages whose text leads to a view on another page.
ELSEWHERE = ["02_setup", "04_landscapes", "05_cliffs", "06_residual"]


def opened(visit: Visit, book: Path, name: str) -> tuple[Page, list[str]]:
    """A chapter, with widgets that stand still."""
    return visit(f"file://{book}/book/chapters/{name}.html", reduced_motion="reduce")


def at_rest(widget: Locator) -> str:
    """What a widget shows when it shows the same for a while."""
    seen = ""
    while (now := str(widget.evaluate(VIEW))) != seen:
        seen = now
        widget.page.wait_for_timeout(250)
    return seen


@pytest.mark.parametrize(("name", "widget"), WIDGETS)
def test_each_link_brings_a_view_of_its_own(smoke_book: Path, visit: Visit, name: str, widget: str) -> None:
    page, complaints = opened(visit, smoke_book, name)
    root = page.locator(f".gs-{widget}").first
    root.wait_for()
    links = page.locator(f"article a.load[href^='#{widget}.']")
    assert links.count() >= WIDGETS[name, widget]
    views = set()
    for link in links.all():
        link.click()
        expect(root).to_be_in_viewport()
        if widget == "laboratory":
            page.evaluate("document.querySelector('.gs-laboratory').laboratory.run(false)")
        views.add(at_rest(root))
    assert len(views) == links.count()
    assert not complaints


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_link_to_another_page_arrives_at_the_view(smoke_book: Path, visit: Visit, name: str) -> None:
    page, complaints = opened(visit, smoke_book, name)
    links = page.locator("article a.load[href*='.html#']")
    assert links.count() > 0
    for address in {str(link.get_attribute("href")) for link in links.all()}:
        target, _, state = address.partition("#")
        plain, _ = opened(visit, smoke_book, target.removesuffix(".html"))
        led = plain.context.new_page()
        led.goto(f"file://{smoke_book}/book/chapters/{address}")
        root = f".gs-{state.partition('.')[0]}"
        for each in (plain, led):
            each.locator(root).first.wait_for()
            if root == ".gs-laboratory":
                until(each, "document.querySelector('.gs-laboratory').laboratory")
                each.evaluate("document.querySelector('.gs-laboratory').laboratory.run(false)")
        assert at_rest(plain.locator(root).first) != at_rest(led.locator(root).first)
        plain.context.close()
    assert not complaints
