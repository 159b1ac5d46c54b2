"""The horizon's widget in a real browser: the slider changes the map, a click lets both searches go."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from lib.showing.widgets import Horizon
from lib.studies import horizon
from tests.book.conftest import serve
from tests.showing.widgets.conftest import Visit, missed_by_tab, small_book

CELLS = """
# %% [markdown]
# # A horizon

# %%
from lib import grid
from lib.showing.widgets import Horizon
from lib.studies import horizon

field = {"size": 32, "settle": 2000, "seed": SEED, "jobs": 1}
axes = {name: horizon.CUT_ENDS[name] for name in ("F", "k")}
plane = horizon.panorama(grid.axes_over(axes, (6, 7)), (1, 10, 200), **field)
searches = [
    horizon.trails((1, 10), method="squares", count=3, budget=12, **field),
    horizon.trails((10,), method="descent", count=3, budget=12, **field),
]
Horizon(plane, searches, seed=SEED)
"""
PHONE: ViewportSize = {"width": 390, "height": 844}
DRAWN = "(canvas) => canvas.toDataURL()"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with the widget."""
    root: Path = tmp_path_factory.mktemp("horizon")
    for base in serve(small_book(root, "horizon", CELLS)):
        yield f"{base}/book/chapters/horizon.html"
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def widget(visit: Visit, plain_browser: Browser, address: str) -> Locator:
    """The widget on a page where less motion is wanted, so that searches are there at once."""
    page = visit(plain_browser, address, reduced_motion="reduce")
    found = page.locator(".gs-horizon")
    found.wait_for()
    return found


def map_of(widget: Locator) -> str:
    """The map as it is drawn."""
    return str(widget.locator("canvas").first.evaluate(DRAWN))


def test_the_slider_goes_from_one_step_to_the_longest_and_changes_map_and_cut(widget: Locator) -> None:
    slider = widget.get_by_label("Horizon T")
    expect(widget.locator("output")).to_have_text("1 step")
    seen = {map_of(widget)}
    cuts = {widget.locator("canvas").nth(1).evaluate(DRAWN)}
    for text in ("10 steps", "200 steps"):
        slider.press("ArrowRight")
        expect(widget.locator("output")).to_have_text(text)
        seen.add(map_of(widget))
        cuts.add(widget.locator("canvas").nth(1).evaluate(DRAWN))
    assert len(seen) == len(cuts) == 3


def test_both_searches_are_told_and_what_was_not_run_is_said(widget: Locator) -> None:
    told = widget.get_by_role("status").last
    expect(told).to_contain_text("Least squares found the truth: the worst of the four numbers is off by")
    expect(told).to_contain_text("Plain gradient descent was not run at this horizon.")
    widget.get_by_label("Horizon T").press("ArrowRight")
    expect(told).to_contain_text(
        re.compile(r"Plain gradient descent (found the truth|got lost).* after \d+ gradients")
    )


def test_a_click_near_a_start_chooses_it_and_its_searches_are_drawn(widget: Locator) -> None:
    widget.get_by_label("Horizon T").press("ArrowRight")
    before = map_of(widget)
    page: Page = widget.page
    start = widget.get_by_label("Search from")
    canvas = widget.locator("canvas").first
    for number in ("1", "2"):
        start.select_option(number)
        assert map_of(widget) != before
    # A click in each corner chooses the start that is nearest to it, which the address then names.
    box = canvas.bounding_box()
    assert box is not None
    chosen = set()
    for x in np.linspace(0.2, 0.9, 4):
        for y in np.linspace(0.1, 0.7, 4):
            canvas.click(position={"x": float(x * box["width"]), "y": float(y * box["height"])})
            chosen.add(start.input_value())
    assert len(chosen) > 1
    assert f"horizon.start={start.input_value()}" in page.url
    assert "horizon.T=10" in page.url


def test_the_papers_loss_has_its_own_map_and_no_searches(widget: Locator) -> None:
    before = map_of(widget)
    widget.get_by_label("Loss", exact=True).select_option("paper")
    assert map_of(widget) != before
    expect(widget.get_by_role("status").last).to_contain_text("follow the other loss")


def test_searches_are_seen_to_go_unless_less_motion_is_wanted(
    visit: Visit, plain_browser: Browser, address: str
) -> None:
    page = visit(plain_browser, f"{address}#horizon.T=10&horizon.start=1")
    found = page.locator(".gs-horizon")
    expect(found.locator("output")).to_have_text("10 steps")
    still = map_of(found)
    found.get_by_role("button", name="See it go").click()
    page.wait_for_timeout(150)
    assert map_of(found) != still
    page.wait_for_timeout(2500)
    assert map_of(found) == still


def test_on_a_phone_everything_is_within_the_page(visit: Visit, plain_browser: Browser, address: str) -> None:
    page = visit(plain_browser, address, viewport=PHONE)
    page.locator(".gs-horizon").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_tab_leads_to_every_control(widget: Locator) -> None:
    assert missed_by_tab(widget) == []


def test_searches_without_the_same_starts_are_refused() -> None:
    plane = horizon.panorama(
        {"F": np.array([0.03, 0.04]), "k": np.array([0.06, 0.065])}, (1,), size=32, settle=2000, jobs=1
    )
    with pytest.raises(ValueError, match="no starts"):
        Horizon(plane, [])
