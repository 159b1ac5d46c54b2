"""The ranking in a real browser: three choices, a table, pictures; without a kernel and without network."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, ViewportSize, expect

from tests.book.conftest import serve
from tests.book.test_browser import serious_faults
from tests.showing.widgets.conftest import Visit, missed_by_tab, small_book

CELLS = """
# %% [markdown]
# # A ranking

# %%
from lib.showing.widgets import Ranking
from lib.studies.inversion import METHODS, benchmark, scores, standings

schemes, field = ["S1", "S2", "S3-1"], {"size": 32, "steps": 400}
methods = {name: METHODS[name] for name in ("centre", "random", "residual")}
setting = {"limit": 40.0, "left_out": [("random", "S2")], "jobs": 1}
found = benchmark(schemes, ["maze"], [0], methods=methods, **setting, **field)
Ranking(
    standings.standings(found), standings.gallery(found, **field),
    names={name: (method.title, method.family) for name, method in methods.items()},
    kinds=standings.kinds_of_data(schemes), left_out=scores.not_run(found), limit=40.0, target="maze",
)
"""
PHONE: ViewportSize = {"width": 390, "height": 844}
DRAWN = "(canvas) => canvas.toDataURL()"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with the widget."""
    root: Path = tmp_path_factory.mktemp("ranking")
    for base in serve(small_book(root, "ranking", CELLS)):
        yield f"{base}/book/chapters/ranking.html"
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def widget(visit: Visit, plain_browser: Browser, address: str) -> Locator:
    """The widget with its pictures."""
    found = visit(plain_browser, address).locator(".gs-ranking")
    found.locator("canvas").first.wait_for()
    return found


def titles(widget: Locator) -> list[str]:
    """Methods from the top of the table."""
    return widget.locator("tbody th").all_inner_texts()


def test_data_choose_who_is_ranked_and_who_does_not_apply(widget: Locator) -> None:
    assert set(titles(widget)) == {"box centre", "random search, spectral loss"}
    expect(widget).to_contain_text("Does not apply to such data: residual fit.")
    widget.get_by_label("Data").select_option(label="settled u and v")
    assert titles(widget) == ["residual fit", "box centre"]
    expect(widget).to_contain_text("Not run in this profile: random search, spectral loss.")
    expect(widget.get_by_role("status").last).to_contain_text(re.compile("ahead: residual fit, with 1 of 1"))


def test_noise_is_offered_where_it_was_added(widget: Locator) -> None:
    noise = widget.get_by_label("Noise")
    expect(noise).to_be_disabled()
    widget.get_by_label("Data").select_option(label="settled u and v")
    assert noise.locator("option").all_inner_texts() == ["none", "1 %"]
    clean = widget.locator("tbody").inner_text()
    noise.select_option(label="1 %")
    assert widget.locator("tbody").inner_text() != clean
    assert "ranking.noise=1" in widget.page.url


def test_the_budget_changes_the_table_and_the_pictures_by_keyboard(widget: Locator) -> None:
    budget = widget.get_by_label("Budget")
    expect(widget.locator("output")).to_have_text("40 forward equivalents")
    last = [canvas.evaluate(DRAWN) for canvas in widget.locator("canvas").all()]
    table = widget.locator("tbody").inner_text()
    budget.press("Home")
    expect(widget.locator("output")).to_have_text("0.4 forward equivalents")
    assert widget.locator("tbody").inner_text() != table
    assert [canvas.evaluate(DRAWN) for canvas in widget.locator("canvas").all()] != last


def test_the_target_stands_first_and_every_answer_has_a_picture(widget: Locator) -> None:
    captions = widget.locator("figcaption").all_inner_texts()
    assert captions[0] == "Target: maze"
    assert [caption.partition(". ")[2] for caption in captions[1:]] == titles(widget)
    assert len({canvas.evaluate(DRAWN) for canvas in widget.locator("canvas").all()}) == 3


def test_an_address_leads_to_a_view(visit: Visit, plain_browser: Browser, address: str) -> None:
    page = visit(plain_browser, f"{address}#ranking.data=1&ranking.noise=1&ranking.look=0")
    found = page.locator(".gs-ranking")
    expect(found.locator("output")).to_have_text("0.4 forward equivalents")
    expect(found.get_by_label("Noise")).to_have_value("1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_everything_is_within_the_page_and_shuts_nobody_out(
    module_visit: Visit, plain_browser: Browser, address: str, scheme: str
) -> None:
    # Not `visit`, which looks at what was asked for: axe-core asks for files of its own.
    page = module_visit(plain_browser, address, viewport=PHONE, color_scheme=scheme)
    page.locator(".gs-ranking canvas").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".gs-ranking-table").evaluate("(x) => x.scrollWidth <= x.parentElement.clientWidth")
    assert serious_faults(page) == []


def test_tab_leads_to_every_control(widget: Locator) -> None:
    widget.get_by_label("Data").select_option(label="settled u and v")
    assert missed_by_tab(widget) == []
