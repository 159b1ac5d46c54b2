"""Figures as a reader meets them: letters of the text's size, and words where a picture has to be slid."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from lib.showing.figures.style import SMALLEST
from tests.book.conftest import LOADED, pages_of
from tests.conftest import until

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: Pixels of a figure's picture for each inch of it, and points in an inch.
DOTS, POINTS = 160, 72
#: The smallest letters of a figure over those of the text: where the page shows it, and where it is enlarged.
LEAST = {1280: 0.75, 390: 0.65, "enlarged": 0.98}

#: Of each picture: how much its pixels are shrunk, the text's size, whether it slides and says so.
SHOWN = """() => [...document.querySelectorAll("article figure img")].map((image) => {
  const { paddingLeft, paddingRight, borderLeftWidth } = getComputedStyle(image);
  const figure = image.closest("figure");
  const frame = [paddingLeft, paddingRight, borderLeftWidth, borderLeftWidth].map(Number.parseFloat);
  const inside = image.getBoundingClientRect().width - frame.reduce((a, b) => a + b);
  const words = getComputedStyle(figure.querySelector("figcaption"), "::before").content;
  return {
    name: figure.id, scale: inside / image.naturalWidth, wide: image.naturalWidth,
    text: Number.parseFloat(getComputedStyle(document.querySelector("article p")).fontSize),
    slides: figure.scrollWidth > figure.clientWidth + 1, told: words.includes("slide the picture"),
  };
})"""

Visit = Callable[..., tuple[Page, list[str]]]


def shown(page: Page, size: ViewportSize) -> list[dict]:
    """What is measured of each picture on a page of that size."""
    page.set_viewport_size(size)
    until(page, LOADED)
    page.wait_for_timeout(200)  # observers of sizes have their say after the next frame
    return page.evaluate(SHOWN)


def letters(picture: dict, scale: float | None = None) -> float:
    """A picture's smallest letters over those of the text."""
    return SMALLEST / POINTS * DOTS * (scale or picture["scale"]) / picture["text"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_letters_of_every_figure_can_be_read_where_it_stands_and_enlarged(
    smoke_book: Path, visit: Visit, scheme: str
) -> None:
    faults = []
    for name in pages_of(smoke_book):
        if "<figure" not in (smoke_book / name).read_text():
            continue
        page, complaints = visit(f"file://{smoke_book / name}", viewport=DESK, color_scheme=scheme)
        for size in (DESK, PHONE):
            for picture in shown(page, size):
                place = f"{name}: {picture['name']} at {size['width']}"
                if letters(picture) < LEAST[size["width"]]:
                    faults.append(f"{place}: letters of {letters(picture):.2f} of the text's size")
                if picture["slides"] != picture["told"]:
                    faults.append(f"{place}: slides: {picture['slides']}, says so: {picture['told']}")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                faults.append(f"{name} at {size['width']}: {width} pixels wide")
        faults += [f"{name}: {said}" for said in (*too_small_enlarged(page), *complaints)]
        page.context.close()
    assert not faults


def too_small_enlarged(page: Page) -> Iterator[str]:
    """Each picture of a page that offers to be enlarged and then has small letters still."""
    pictures = {picture["name"]: picture for picture in shown(page, DESK)}
    for figure in page.locator("article figure:has(.enlarge:visible)").all():
        name = str(figure.get_attribute("id"))
        figure.locator(".enlarge").click()
        large = page.locator("dialog.enlarged img").bounding_box()
        assert large is not None
        found = letters(pictures[name], large["width"] / pictures[name]["wide"])
        if found <= LEAST["enlarged"]:
            yield f"{name} enlarged: letters of {found:.2f} of the text's size"
        page.keyboard.press("Escape")


def test_a_figure_that_breaks_out_of_the_column_moves_the_list_of_sections_aside(
    smoke_book: Path, visit: Visit
) -> None:
    page, _ = visit(f"file://{smoke_book}/book/chapters/04_landscapes.html", viewport=DESK)
    sections = page.locator(".bd-sidebar-secondary")
    assert sections.is_visible()
    figure = page.locator("#fig-mosaic")
    box = figure.bounding_box()
    column = page.locator("article p").first.bounding_box()
    assert box is not None
    assert column is not None
    assert box["width"] > 1.2 * column["width"]
    page.evaluate("document.querySelector('#fig-mosaic').scrollIntoView()")
    until(page, "document.querySelector('.bd-sidebar-secondary').classList.contains('steps-aside')")
    assert not sections.is_visible()
    page.evaluate("scrollTo(0, 0)")
    until(page, "!document.querySelector('.bd-sidebar-secondary').classList.contains('steps-aside')")


def test_the_titles_in_a_film_can_be_read_on_a_phone_too(smoke_book: Path, visit: Visit) -> None:
    page, _ = visit(f"file://{smoke_book}/book/chapters/appendix_e.html", viewport=DESK)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(200)
        for film in page.locator("article figure video").all():
            box = film.bounding_box()
            assert box is not None
            scale = box["width"] / float(film.get_attribute("width") or 0)
            assert scale >= 0.8  # letters of 15 pixels become 12
