"""The laboratory's own page: its picture is there at once, and on the first screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.showing.widgets.conftest import Visit, first_picture, visitor

SIZES: list[ViewportSize] = [{"width": 1280, "height": 720}, {"width": 390, "height": 844}]
#: Seconds from a cold load to the first picture.
SOON = 1.5


@pytest.fixture
def look() -> Iterator[Visit]:
    """Opens an address in a browser."""
    yield from visitor([])


@pytest.fixture
def address(smoke_server: str) -> str:
    """The page's address."""
    return f"{smoke_server}/book/chapters/laboratory.html"


@pytest.mark.parametrize("size", SIZES, ids=["a desk", "a phone"])
def test_the_whole_dish_stands_on_the_first_screen(
    look: Visit, browser: Browser, address: str, size: ViewportSize
) -> None:
    page = look(browser, address, viewport=size)
    dish = page.locator(".gs-laboratory .gs-dish-frame").first
    dish.wait_for()
    assert page.evaluate("scrollY") == 0
    box = dish.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size["height"]


def test_the_first_picture_is_there_soon_after_a_cold_load(
    look: Visit, browser: Browser, address: str
) -> None:
    assert first_picture(look, browser, address) < SOON
