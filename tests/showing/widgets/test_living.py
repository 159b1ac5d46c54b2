"""The dish on the front page: alive, and still where no motion is wanted."""

import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lib import TRUTH
from tests.book.conftest import serve
from tests.conftest import until
from tests.showing.widgets.conftest import Visit, small_book

FRONT = """# A small book

:::{living}
Nothing moves without scripts.
:::

{byline}`Nobody`

{download}`the source archive <_generated/gray-scott-inverted.zip>`
"""
LIVING = "document.querySelector('.living').living"


@pytest.fixture(scope="module")
def front_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a front page with a dish."""
    root = tmp_path_factory.mktemp("front")
    for address in serve(small_book(root, "small", "# %% [markdown]\n# # Small\n", FRONT)):
        yield f"{address}/book/index.html"
    shutil.rmtree(root, ignore_errors=True)


def test_the_dish_lives_can_be_painted_and_pauses(
    visit: Visit, plain_browser: Browser, front_page: str
) -> None:
    page = visit(plain_browser, front_page)
    until(page, f"{LIVING}.dish.engine.steps > 40")
    assert page.evaluate(f"{LIVING}.params") == TRUTH._asdict()
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(100)  # a frame may be under way
    stood = page.evaluate(f"{LIVING}.dish.engine.steps")
    page.wait_for_timeout(200)
    assert page.evaluate(f"{LIVING}.dish.engine.steps") == stood
    page.locator(".gs-dish-frame").click(position={"x": 20, "y": 20})  # a touch brings it back to life
    until(page, f"{LIVING}.dish.engine.steps > {stood}")


def test_where_no_motion_is_wanted_a_grown_pattern_stands_still(
    visit: Visit, plain_browser: Browser, front_page: str
) -> None:
    page = visit(plain_browser, front_page, reduced_motion="reduce")
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    until(page, f"{LIVING}.dish.engine.steps >= 6000", timeout=60_000)
    page.wait_for_timeout(100)
    assert not page.evaluate(f"{LIVING}.running")
    assert "".join(page.evaluate(f"{LIVING}.dish.canvas.toDataURL()"))
    page.get_by_role("button", name="Run").click()
    until(page, f"{LIVING}.dish.engine.steps > 6040")


def test_memory_does_not_grow(visit: Visit, plain_browser: Browser, front_page: str) -> None:
    page = visit(plain_browser, front_page)
    session = page.context.new_cdp_session(page)
    steps, sizes = [], []
    for _ in range(5):
        now = page.evaluate(f"{LIVING}.dish.engine.steps")
        until(page, f"{LIVING}.dish.engine.steps > {now + 400}", timeout=60_000)
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        sizes.append(usage["usedSize"] + usage["backingStorageSize"])  # the fields are in the second
        steps.append(page.evaluate(f"{LIVING}.dish.engine.steps"))
    # One field kept a frame would be a kilobyte a step and more. The first round still fills caches.
    assert np.polyfit(steps[1:], sizes[1:], 1)[0] < 100


def test_out_of_sight_it_rests(visit: Visit, plain_browser: Browser, front_page: str) -> None:
    page = visit(plain_browser, front_page)
    until(page, f"{LIVING}.dish.engine.steps > 0")
    page.evaluate("document.querySelector('.living').style.marginTop = '5000px'; scrollTo(0, 0)")
    until(page, f"{LIVING}.hidden")
    page.wait_for_timeout(100)
    stood = page.evaluate(f"{LIVING}.dish.engine.steps")
    page.wait_for_timeout(200)
    assert page.evaluate(f"{LIVING}.dish.engine.steps") == stood


def loaded(page: Page) -> list[str]:
    """Names of the scripts of a page."""
    return [
        address.split("/")[-1].split("?")[0]
        for address in page.evaluate("[...document.scripts].map((x) => x.src)")
    ]


def test_scripts_are_loaded_only_where_they_are_needed(
    visit: Visit, plain_browser: Browser, front_page: str
) -> None:
    page = visit(plain_browser, front_page)
    assert "living.js" in loaded(page)
    assert "embed-amd.js" not in loaded(page)  # no widgets here
    page.goto(front_page.replace("index.html", "chapters/small.html"))
    assert "living.js" not in loaded(page)


def test_a_shared_link_has_a_title_a_description_and_a_picture(
    visit: Visit, plain_browser: Browser, front_page: str
) -> None:
    page = visit(plain_browser, front_page)
    head = page.locator("head")
    picture = head.locator("meta[property='og:image']").get_attribute("content")
    assert page.evaluate("async (x) => (await fetch(x)).ok", picture)
    assert page.title() == "A small book"
    page.goto(front_page.replace("index.html", "chapters/small.html"))
    assert page.title() == "Small — Gray–Scott, inverted"
    assert head.locator("meta[property='og:title']").get_attribute("content") == "Small"


def test_the_byline_tells_version_and_day_and_the_archive_is_there(
    visit: Visit, plain_browser: Browser, front_page: str
) -> None:
    page = visit(plain_browser, front_page)
    expect(page.locator(".byline")).to_contain_text("Nobody, version 0.1.0, computed on ")
    archive = page.get_by_role("link", name="the source archive").get_attribute("href")
    assert page.evaluate("async (x) => (await fetch(x)).ok", archive)
