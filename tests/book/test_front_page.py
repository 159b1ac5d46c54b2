"""The front page in ten seconds: what a reader sees first, at two widths, in both themes."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.conftest import until

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 720}
SCREENS = [(size, scheme) for size in (PHONE, DESK) for scheme in ("light", "dark")]
NAMES = [f"{size['width']}-{scheme}" for size, scheme in SCREENS]

#: Where the page's links must lead, below the folder of the front page.
TARGETS = ("chapters/laboratory.html", "found.html", "chapters/api.html")

#: The bottom edge of a part, in pixels from the top of the page.
BOTTOM = "(x) => x.getBoundingClientRect().bottom + scrollY"

#: The ring around the card that the keyboard stands on, or around the link that is laid over it.
RING = """() => {
  const link = document.activeElement;
  const card = link.closest(".sd-card");
  if (!card) return null;
  const seen = [link, card].map((x) => getComputedStyle(x)).map((x) =>
    x.outlineStyle === "none" ? 0 : Number.parseFloat(x.outlineWidth));
  return Math.max(...seen);
}"""

Visit = Callable[..., tuple[Page, list[str]]]


@pytest.fixture(params=SCREENS, ids=NAMES)
def front(request: pytest.FixtureRequest, smoke_book: Path, visit: Visit) -> Iterator[Page]:
    """The front page on one screen; nothing may go wrong on it."""
    size, scheme = request.param
    page, complaints = visit(
        f"file://{smoke_book}/book/index.html", viewport=size, color_scheme=scheme, reduced_motion="reduce"
    )
    until(page, f"document.documentElement.dataset.theme === '{scheme}'")
    yield page
    assert not complaints


def test_the_first_screen_holds_dish_sentence_and_both_buttons(front: Page) -> None:
    size = front.viewport_size
    assert size is not None
    for part in (".living canvas", ".hero-words > p", ".hero-buttons a >> nth=0", ".hero-buttons a >> nth=1"):
        found = front.locator(part).first
        expect(found).to_be_visible()
        assert found.evaluate(BOTTOM) <= size["height"], part
    assert "New here" in front.locator(".hero-words").inner_text()
    assert front.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_three_findings_each_begin_with_a_number(front: Page) -> None:
    findings = front.locator(".findings .finding")
    assert findings.count() == 3
    for text in findings.all_inner_texts():
        assert re.search(r"\d", text), text
        assert "not measured" not in text


def test_links_lead_where_they_say(front: Page, smoke_book: Path) -> None:
    hero = {link.get_attribute("href") for link in front.locator(".hero-words a").all()}
    assert {f"{name}" for name in TARGETS} <= hero
    assert "https://arxiv.org/abs/2606.11258" in hero
    for href in front.locator(".hero-words a, .sd-card a").evaluate_all("(all) => all.map((x) => x.href)"):
        if href.startswith("file://"):
            path = href.removeprefix("file://").split("#")[0]
            assert Path(path).is_file(), href
    archives = [href for href in hero if href and href.endswith(".zip")]
    assert archives
    assert (smoke_book / "book" / archives[0]).resolve().is_file()


def test_a_card_that_tab_reaches_has_a_ring(front: Page) -> None:
    cards = front.locator("article .sd-card a.sd-stretched-link").count()
    rings = []
    front.locator("article h1").click()
    for _ in range(60):
        front.keyboard.press("Tab")
        ring = front.evaluate(RING)
        if ring is not None:
            rings.append(ring)
        if len(rings) == cards:
            break
    assert len(rings) == cards > 10
    assert min(rings) >= 2
