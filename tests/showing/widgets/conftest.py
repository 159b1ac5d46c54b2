"""A small book with laboratories in it, and browsers with and without a graphics processor."""

import shutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Locator, Page

from book.build import build
from tests.book.conftest import HEADER, SETTINGS, copy_sources, serve, shut_in
from tests.conftest import until

#: A graphics processor in software: slow, and the same on every machine.
WEBGL = "--use-angle=swiftshader --enable-unsafe-swiftshader"
NO_WEBGL = "--disable-gpu --disable-3d-apis"

#: The truth's dish begins with lib's own state; the second one has no target.
LABORATORIES = """
# %% [markdown]
# # Two laboratories

# %%
from lib import TRUTH, initial_state, simulate
from lib.showing.widgets import Laboratory

start = initial_state(1, seed=SEED)
target = simulate(TRUTH, start, 40_000).v
Laboratory(target[0], initial=start, seed=SEED)

# %% [markdown]
# See a wrong answer: <a class="load" href="#laboratory.set=7&amp;laboratory.k=0.0625">load this</a>.
#
# ## Another

# %%
Laboratory(name="bare", running=False)
"""


def small_book(root: Path, name: str, cells: str, front: str = "# A small book\n\nWith one page.\n") -> Path:
    """Build a book of one notebook with these cells; returns the folder of its html."""
    copy_sources(root)
    for page in (*(root / "book").glob("*.md"), *(root / "notebooks").glob("*.py")):
        page.unlink()
    (root / "book" / "index.md").write_text(front)
    contents = f"format: jb-book\nroot: book/index\nchapters:\n- file: book/chapters/{name}\n"
    (root / "_toc.yml").write_text(contents)
    (root / "notebooks" / f"{name}.py").write_text(f"{HEADER}\n{textwrap.dedent(cells)}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root))
        return build(root, dict(SETTINGS)).parent


@pytest.fixture(scope="session")
def laboratory_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with two laboratories."""
    root = tmp_path_factory.mktemp("laboratory")
    for address in serve(small_book(root, "laboratories", LABORATORIES)):
        yield f"{address}/book/chapters/laboratories.html"
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def webgl_browser(launch: Callable[[str], Browser]) -> Browser:
    """Chromium whose WebGL runs in software."""
    return launch(WEBGL)


@pytest.fixture(scope="session")
def plain_browser(launch: Callable[[str], Browser]) -> Browser:
    """Chromium that offers no 3-D graphics at all."""
    return launch(NO_WEBGL)


Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def module_complaints() -> list[str]:
    """Everything that went wrong on the pages that the tests of a module share."""
    return []


@pytest.fixture(scope="module")
def module_visit(module_complaints: list[str]) -> Iterator[Visit]:
    """`visit` for pages that the tests of a module share."""
    yield from visitor(module_complaints)


@pytest.fixture
def visit() -> Iterator[Visit]:
    """A function that opens an address in a browser; a test ends with looking at what went wrong there."""
    complaints: list[str] = []
    yield from visitor(complaints)
    assert not complaints


def visitor(complaints: list[str]) -> Iterator[Visit]:
    """A function that opens an address, with all other hosts shut out."""
    contexts: list[BrowserContext] = []

    def open_page(
        browser: Browser, address: str, script: str = "", load: bool = True, **options: Any
    ) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        shut_in(context, address, complaints)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("console", lambda m: complaints.append(told(m)) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        if load:
            page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def told(message: ConsoleMessage) -> str:
    """A complaint with the place it comes from."""
    return f"console: {message.text} ({message.location['url']})"


#: Marks every control that can be used now, and names them.
MARK = """(root) => [...root.querySelectorAll("button, select, input, a[href], [tabindex='0']")]
  .filter((x) => x.offsetParent && !x.disabled)
  .map((x, i) => {
    x.dataset.tab = i;
    return x.getAttribute("aria-label") || x.labels?.[0]?.textContent || x.textContent;
  })"""
#: The number of the control with the focus, and whether a ring of two pixels or more shows it.
FOCUSED = """() => {
  const x = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(x);
  return [x.dataset.tab ?? null, outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2];
}"""


def missed_by_tab(widget: Locator) -> list[str]:
    """Names of a widget's controls that the Tab key does not reach, or not so that one sees it."""
    names = widget.evaluate(MARK)
    widget.locator("[data-tab='0']").focus()
    keyboard = widget.page.keyboard
    keyboard.press("Tab")
    keyboard.press("Shift+Tab")
    seen = set()
    for _ in names:
        number, ring = widget.page.evaluate(FOCUSED)
        if ring and number is not None:
            seen.add(int(number))
        keyboard.press("Tab")
    widget.evaluate("(root) => root.querySelectorAll('[data-tab]').forEach((x) => delete x.dataset.tab)")
    return [name for i, name in enumerate(names) if i not in seen]


#: Notes how long after the page has loaded every widget shows a picture. Canvases begin as 300 blank pixels.
FIRST_PICTURE = """addEventListener("load", () => {
  const loaded = performance.now();
  const drawn = (canvas) => {
    const { width, height } = canvas;
    return width > 0 && canvas.getContext("2d").getImageData(0, 0, width, height).data.some((x) => x > 0);
  };
  const look = () => {
    const places = document.querySelectorAll("script[type='application/vnd.jupyter.widget-view+json']");
    const canvases = [...document.querySelectorAll(".gs-widget :is(.gs-dish canvas, canvas.gs-map)")];
    if (document.querySelectorAll(".gs-widget").length >= places.length && canvases.every(drawn)) {
      globalThis.firstPicture = performance.now() - loaded;
    } else requestAnimationFrame(look);
  };
  look();
});"""


def first_picture(visit: "Visit", browser: Browser, address: str) -> float:
    """Seconds until each widget of a page shows a picture; the best of three visits.

    Counted from where the page has loaded. On a machine that is busy with other things the processor time
    of the page counts, from where its text is there, if that is less.
    """
    seconds = []
    for _ in range(3):
        page = visit(browser, address, script=FIRST_PICTURE, load=False)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(address, wait_until="domcontentloaded")
        before = processor_time(session)
        until(page, "globalThis.firstPicture", timeout=30_000)
        seconds += [page.evaluate("firstPicture") / 1000, processor_time(session) - before]
        page.close()
        if min(seconds) < 1:
            break
    return min(seconds)


def processor_time(session: CDPSession) -> float:
    """Seconds that the process behind a page has computed."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "ProcessTime"))
