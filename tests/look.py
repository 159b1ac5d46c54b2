"""Photograph every page of the built book: in both themes, at two widths, with motion and without.

    python -m tests.look            # _build/html → _build/looks, one picture a page
    python -m tests.look explorer   # pages with that in their name only

What can be said by a machine is in the tests; what looks wrong is seen by a person.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.book.conftest import pages_of
from tests.conftest import FLAGS, chromium

ROOT = Path(__file__).resolve().parents[1]
THEMES, WIDTHS, MOTIONS = ("light", "dark"), (390, 1280), ("no-preference", "reduce")
#: Milliseconds for formulas and widgets to come up.
SETTLING = 1000


def main(wanted: str = "") -> None:
    """Write the pictures of all pages whose name contains a text."""
    book, looks = ROOT / "_build" / "html", ROOT / "_build" / "looks"
    names = [name for name in pages_of(book) if wanted in name and name != "index.html"]
    if not names:
        sys.exit(f"There is no page like “{wanted}” in {book}: build the book first, or ask for another one.")
    looks.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=f"{FLAGS} --disable-gpu".split()
        )
        for theme in THEMES:
            for width in WIDTHS:
                for motion in MOTIONS:
                    photograph(browser, book, names, theme, width, motion, looks)
    print(f"{len(names) * len(THEMES) * len(WIDTHS) * len(MOTIONS)} pictures in {looks}")


def photograph(
    browser: Browser, book: Path, names: list[str], theme: str, width: int, motion: str, looks: Path
) -> None:
    """All pages in one theme at one width, with motion or as where less of it is wanted."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce" if motion == "reduce" else "no-preference",
    )
    still = "-still" if motion == "reduce" else ""
    for name in names:
        page.goto(f"file://{book / name}")
        page.wait_for_timeout(SETTLING)
        page.screenshot(path=looks / f"{Path(name).stem}-{theme}-{width}{still}.png", full_page=True)
    page.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
