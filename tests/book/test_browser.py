"""Every page in a real browser, over http and from disk, with the rest of the world shut out."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.book.conftest import LOADED, Project, lay_out, pages_of, serve
from tests.conftest import until

WIDE: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 360, "height": 740}

#: Whether the keyboard reaches every listing and every figure that can be scrolled.
REACHED = """[...document.querySelectorAll("pre, article figure")].every((box) =>
  box.tabIndex === 0 || getComputedStyle(box).overflowX === "visible" || (
    box.scrollWidth <= box.clientWidth + 1 && (box.scrollHeight <= box.clientHeight || box.matches("figure"))
  ))"""

#: Two frames later.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

#: Where the keyboard stands: a name, the width of its ring, its shadow, and whether it is a formula.
STANDS = """() => {
  const x = document.activeElement, { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(x);
  const width = outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth);
  const name = `${x.tagName} ${x.ariaLabel || x.textContent.trim().slice(0, 30)}`;
  return [name, width, boxShadow, x.matches("mjx-container")];
}"""

#: Where the book of widgets says it lives.
REPOSITORY = "https://github.com/someone/something"

WIDGETS = '''
# %% [markdown]
# # Widgets
#
# A formula, $a^2$.

# %%
import anywidget
import ipywidgets
import traitlets


class Square(anywidget.AnyWidget):
    """Draws the square of its number."""

    _esm = """
    export default { render({ model, el }) {
      const out = document.createElement("output");
      out.className = "square";
      const draw = () => { out.textContent = String(model.get("x") ** 2); };
      model.on("change:x", draw);
      draw();
      el.append(out);
    } };
    """
    x = traitlets.Int(3).tag(sync=True)


square = Square()
slider = ipywidgets.IntSlider(3, 0, 9, description="$x$")
play = ipywidgets.Play(value=3, max=9)
ipywidgets.VBox([slider, play, square, ipywidgets.jslink((slider, "value"), (square, "x"))][:3])
'''


#: What a browser that is too old makes of what came to the language in 2021.
OLD = "throw new SyntaxError('Unexpected token');"


@pytest.fixture(scope="session")
def widget_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with one page of widgets that says where its repository is; the folder of its html."""
    project: Project = lay_out(tmp_path_factory.mktemp("widgets"))
    project.write(WIDGETS)
    settings = project.root / "_config.yml"
    settings.write_text(settings.read_text().replace('  url: ""', f'  url: "{REPOSITORY}"'))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", "")
        return project.build().parent


@pytest.fixture(scope="session")
def widget_server(widget_book: Path) -> Iterator[str]:
    """The book of widgets over http."""
    yield from serve(widget_book)


#: The two ways a book is read, each with a theme, and with the width at which its pages are opened.
READINGS = [("http", "dark", WIDE), ("file", "light", PHONE)]


@pytest.mark.parametrize(("way", "scheme", "opened"), READINGS, ids=["http", "file"])
def test_every_page_is_clean_fits_a_phone_and_shuts_nobody_out(
    smoke_book: Path,
    smoke_server: str,
    visit: Callable[..., tuple[Page, list[str]]],
    way: str,
    scheme: str,
    opened: ViewportSize,
) -> None:
    start = smoke_server if way == "http" else f"file://{smoke_book}"
    faults: dict[str, list[str]] = {}
    for name in pages_of(smoke_book):
        page, complaints = visit(f"{start}/{name}", color_scheme=scheme, viewport=opened)
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(WIDE)
        until(page, LOADED)  # a picture may yet make its figure slide
        page.evaluate(DRAWN)  # observers of sizes have their say with the next frames
        until(page, REACHED)
        page.set_viewport_size(opened)
        page.evaluate(DRAWN)
        too_wide = [f"{width} pixels wide on a phone"] if width > PHONE["width"] else []
        faults[name] = [*complaints, *too_wide]
        faults[name] += shut_out(page)  # last, since axe-core asks for files of its own
        page.context.close()  # or its laboratories would go on beside the next page
    assert not {name: said for name, said in faults.items() if said}


def shut_out(page: Page) -> list[str]:
    """Whatever axe-core finds on a page, by any of its rules."""
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in Axe().run(page).response["violations"]
    ]


def test_figures_have_a_picture_for_each_theme(
    smoke_book: Path, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    page, _ = visit(f"file://{smoke_book}/book/chapters/04_landscapes.html", color_scheme="dark")
    image = page.locator("#fig-cuts img")
    assert image.get_attribute("src").endswith("fig-cuts.dark.png")  # type: ignore[union-attr]
    until(page, "document.querySelector('#fig-cuts img').naturalWidth > 300")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    until(page, "!document.querySelector('#fig-cuts img').src.includes('dark')")


def test_the_board_shows_one_kind_of_verdict_when_asked(
    smoke_book: Path, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    page, _ = visit(f"file://{smoke_book}/book/claims.html")
    everything = page.locator(".claim:visible").count()
    page.locator("#show-tip").check()
    held = page.locator(".claim:visible").count()
    assert 0 < held < everything
    assert held == page.locator(".claim.tip").count()
    page.locator("#show-all").check()
    assert page.locator(".claim:visible").count() == everything


def test_formulas_are_typeset_with_the_carried_mathjax(
    smoke_book: Path, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    page, _ = visit(f"file://{smoke_book}/book/chapters/02_setup.html")
    assert page.locator("mjx-container").count() > 5


@pytest.mark.parametrize("way", ["http", "file"])
def test_widgets_work_without_a_kernel(
    widget_book: Path, widget_server: str, visit: Callable[..., tuple[Page, list[str]]], way: str
) -> None:
    start = widget_server if way == "http" else f"file://{widget_book}"
    page, complaints = visit(f"{start}/book/chapters/01_tiny.html", color_scheme="dark")
    page.locator("output.square").wait_for()
    assert page.locator("output.square").inner_text() == "9"
    handle = page.locator(".noUi-handle").first
    handle.focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('output.square').textContent === '16'")
    # Play keeps its icons, which the theme's Font Awesome would replace, and its buttons work.
    assert page.locator(".jupyter-widgets.widget-play button i").count() > 0
    assert page.locator(".widget-label mjx-container").count() == 1
    assert not complaints


def test_the_keyboard_is_seen_wherever_it_stands_and_every_word_belongs_to_a_landmark(
    widget_server: str, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    page, _ = visit(f"{widget_server}/book/chapters/01_tiny.html", viewport=WIDE)
    unseen, stops = set(), set()
    for _ in range(12):
        page.keyboard.press("Tab")
        name, width, shadow, formula = page.evaluate(STANDS)
        stops.add(name)
        if width < 2 and shadow == "none":
            unseen.add(name)
        assert not formula
    assert len(stops) > 8
    assert not unseen
    assert page.locator("mjx-container").count() > 0
    found = Axe().run(page, options={"runOnly": ["region"]}).response["violations"]
    assert not [node["html"] for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize("way", ["too old", "a file is missing"])
def test_where_no_widget_can_come_up_the_page_says_so(widget_server: str, browser: Browser, way: str) -> None:
    page = browser.new_page()
    if way == "too old":
        old = {"body": OLD, "content_type": "text/javascript"}
        page.route("**/modern.js*", lambda route: route.fulfill(**old))
    else:
        page.route("**/vendor/anywidget.js", lambda route: route.abort())
    page.goto(f"{widget_server}/book/chapters/01_tiny.html")
    said = "this browser is too old for it" if way == "too old" else "the file anywidget.js did not arrive"
    expect(page.get_by_role("alert")).to_contain_text(said)
    page.locator("#widgets mjx-container").first.wait_for()  # the rest of the page
    page.close()


def test_launch_buttons_come_with_the_repositorys_address(widget_book: Path, smoke_book: Path) -> None:
    tiny = (widget_book / "book" / "chapters" / "01_tiny.html").read_text()
    for start in (
        "https://mybinder.org/v2/gh/someone/something/main?urlpath=lab/tree/notebooks/01_tiny.ipynb",
        "https://colab.research.google.com/github/someone/something/blob/colab/01_tiny.ipynb",
        f"{REPOSITORY}/issues/",
    ):
        assert f'href="{start}' in tiny
    assert "mybinder" not in (widget_book / "book" / "index.html").read_text()  # nothing to run there
    for path in smoke_book.glob("book/**/*.html"):
        assert not re.search(r'href="https://(mybinder|colab)', path.read_text()), path.name


@pytest.mark.parametrize("way", ["http", "file"])
def test_the_search_finds_what_the_book_says(
    smoke_book: Path, smoke_server: str, visit: Callable[..., tuple[Page, list[str]]], way: str
) -> None:
    start = smoke_server if way == "http" else f"file://{smoke_book}"
    page, complaints = visit(f"{start}/search.html?q=plateau")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    assert "04_landscapes.html" in " ".join(link.get_attribute("href") or "" for link in found.all())
    # From disk there are no excerpts: a browser lets no page read another file.
    assert not complaints or way == "file"


def test_listings_can_be_copied(smoke_server: str, visit: Callable[..., tuple[Page, list[str]]]) -> None:
    page, _ = visit(f"{smoke_server}/book/howto.html", permissions=["clipboard-read", "clipboard-write"])
    listing = page.locator("div.highlight").first
    listing.hover()
    listing.locator("button.copybtn").click()
    assert (
        page.evaluate("navigator.clipboard.readText()").strip() == listing.locator("pre").inner_text().strip()
    )


def test_paper_is_white(smoke_book: Path, visit: Callable[..., tuple[Page, list[str]]]) -> None:
    page, _ = visit(f"file://{smoke_book}/book/chapters/04_landscapes.html", color_scheme="dark")
    page.emulate_media(media="print")
    until(page, "document.documentElement.dataset.theme === 'light'")
    for hidden in (".bd-sidebar-primary", ".prev-next-area", ".copybtn", "details.hide"):
        assert not page.locator(hidden).first.is_visible(), hidden
    colour = "(x) => getComputedStyle(x)[{0!r}].match(/[\\d.]+/g).slice(0, 3).map(Number)"
    for words in ("h1", "h2", "article p", "figcaption p"):
        assert max(page.locator(words).first.evaluate(colour.format("color"))) < 130, words
    assert page.locator("body").evaluate(colour.format("backgroundColor")) == [255, 255, 255]
    assert "dark" not in str(page.locator("#fig-cuts img").get_attribute("src"))
    page.emulate_media(media="screen")
    until(page, "document.querySelector('#fig-cuts img').src.includes('dark')")


@pytest.mark.parametrize("way", ["the mouse", "the keyboard"])
def test_a_words_meaning_shows_on_hover_and_on_focus(
    smoke_book: Path, visit: Callable[..., tuple[Page, list[str]]], way: str
) -> None:
    opened, complaints = visit(
        f"file://{smoke_book}/book/chapters/04_landscapes.html", viewport={"width": 390, "height": 800}
    )
    word = opened.locator("article a.term").first
    shown = "x => [getComputedStyle(x, '::after').content, x.dataset.meaning]"
    assert word.evaluate(shown)[0] == "none"
    if way == "the mouse":
        word.hover()
    else:
        word.focus()
        opened.keyboard.press("Shift+Tab")
        opened.keyboard.press("Tab")
    content, meaning = word.evaluate(shown)
    assert meaning in content
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    assert not complaints


def test_a_figure_that_the_column_shrinks_can_be_enlarged(
    smoke_book: Path, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    page, complaints = visit(f"file://{smoke_book}/book/chapters/04_landscapes.html", viewport=WIDE)
    button = page.locator("#fig-cuts .enlarge")
    column = page.locator("#fig-cuts img").bounding_box()["width"]  # type: ignore[index]
    button.click()
    large = page.locator("dialog.enlarged img")
    assert large.bounding_box()["width"] > 1.1 * column  # type: ignore[index]
    page.keyboard.press("Escape")
    expect(page.locator("dialog.enlarged")).to_have_count(0)
    assert button.evaluate("x => x === document.activeElement")
    page.set_viewport_size(PHONE)
    until(page, "document.querySelector('#fig-cuts').hasAttribute('data-slides')")
    assert not complaints
