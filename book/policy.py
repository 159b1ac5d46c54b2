"""A strict Content-Security-Policy on every page: a browser runs the book's own script files, nothing else.

Themes and notebooks write scripts into their pages. At publishing each becomes a file of its own, so the
policy needs neither 'unsafe-inline' nor hashes. It has no 'unsafe-eval' either: no text becomes code.
"""

import hashlib
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from book.errors import BuildError

#: `file:` is the book opened from disk, where some browsers count no other file as 'self'; it allows nothing
#: to a page that came over http. `blob:` is how anywidget loads a widget's module, which lies in the page as
#: data: only a script that already runs can make such an address. Styles stay in pages: widgets and formulas
#: write them.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' file: blob:",
        "style-src 'self' file: 'unsafe-inline'",
        "img-src 'self' file: data: blob:",
        "font-src 'self' file: data:",
        "media-src 'self' file: data: blob:",
        "connect-src 'self'",
        "form-action 'self' file:",
        "base-uri 'none'",
    )
)
META = f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">'

#: Where scripts go that stood in pages.
FOLDER = Path("_static") / "inline"

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
TYPE = re.compile(r"""\btype\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
SRC = re.compile(r"\bsrc\s*=", re.IGNORECASE)
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
#: The theme's button for printing, which figures.js takes over.
PRINTS = ' onclick="window.print()"'

#: The widget manager compiles two checks of widgets' states out of text as it loads, twice, which the policy
#: forbids. They only look for mistakes of the program that wrote the states: what is published goes without.
MANAGER = Path("_static") / "vendor" / "@jupyter-widgets" / "html-manager" / "dist" / "embed-amd.js"
CHECKS = (
    (re.compile(r"(?<=;)([\w$]+)\.compile\([\w$]+\),\1\.compile\([\w$]+\);"), ""),
    (
        re.compile(r"([\w$]+)=([\w$]+)\.compile\([\w$]+\),([\w$]+)=\2\.compile\([\w$]+\);"),
        r"\1=()=>!0,\3=()=>!0;",
    ),
)

#: What a browser runs; other types hold data, such as the states of widgets.
CODE = {"", "text/javascript", "application/javascript", "module"}


def seal(book: Path) -> None:
    """Write the policy into every page below a folder, and the pages' scripts into files.

    Raises:
        BuildError: naming the page, if it holds what the policy would silently keep from working.
    """
    for page in sorted(book.rglob("*.html")):
        if "_static" not in page.relative_to(book).parts:
            text = sealed(page.read_text(encoding="utf-8"), book, page)
            page.write_text(text, encoding="utf-8")
    if (manager := book / MANAGER).is_file():
        manager.write_text(without_checks(manager.read_text(encoding="utf-8")), encoding="utf-8")


def without_checks(code: str) -> str:
    """The widget manager without the checks that it compiles out of text.

    Raises:
        BuildError: if they are not where they were: another version is carried.
    """
    for pattern, instead in CHECKS:
        code, number = pattern.subn(instead, code)
        if number != 1:
            raise BuildError(
                f"{MANAGER.name} compiles its checks of widgets in another way than the version that was "
                "carried before, and the pages' policy forbids that: look for `.compile(` near its end, and "
                "mend CHECKS in book/policy.py."
            )
    return code


def sealed(text: str, book: Path, page: Path) -> str:
    """The text of a page under the policy, which comes before anything that it rules over."""
    text = SCRIPT.sub(lambda found: outside(found, book, page), text.replace(PRINTS, ""))
    if handlers := list(Handlers.of(text)):
        raise BuildError(
            f"The page {page.relative_to(book)} has code in an attribute ({handlers[0]}), which its policy "
            "forbids to run: put it into a file below book/_static, as an event listener."
        )
    if not HEAD.search(text):
        return f"{META}\n{text}"
    return HEAD.sub(lambda found: f"{found[0]}\n    {META}", text, count=1)


def outside(found: re.Match[str], book: Path, page: Path) -> str:
    """A script's element as it was, if it has a file or holds data; else with a file that holds its text."""
    attributes, code = found[1], found[2]
    kind = TYPE.search(attributes)
    if SRC.search(attributes) or (kind[1].lower() if kind else "") not in CODE:
        return found[0]
    name = f"{hashlib.sha256(code.encode()).hexdigest()[:16]}.js"
    place = book / FOLDER / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(code, encoding="utf-8")
    up = "../" * (len(page.relative_to(book).parts) - 1)
    return f'<script{attributes} src="{up}{(FOLDER / name).as_posix()}"></script>'


class Handlers(HTMLParser):
    """Finds code in attributes: `onclick="…"`, `href="javascript:…"`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def of(cls, text: str) -> list[str]:
        """Each as it is written."""
        parser = cls()
        parser.feed(text)
        parser.close()
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        for name, value in attrs:
            said = (value or "").strip()
            if name.startswith("on") or said.lower().startswith("javascript:"):
                self.found.append(f'<{tag} {name}="{said[:60]}">')
