"""What others see of a page before they open it: title, description, picture; and the byline.

A shared link shows the mosaic. Its address has to be complete for that, which it is once `html_baseurl` (in
Jupyter Book's settings `html: baseurl`) says where the book is published.
"""

import json
import tomllib
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

PICTURE = "_static/mosaic.png"
PICTURE_TEXT = (
    "Patterns over the plane of two parameters, and the loss over the same plane: a tongue in a plateau."
)
#: Letters of a description that search engines and previews show.
LONGEST = 200


def introduce(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    """Title, description and picture into the page's head."""
    book = app.config.html_title or app.config.project
    title = nodes_text(context.get("title", ""))
    front = page == app.config.root_doc or title == book
    context["docstitle"] = "" if front else book
    said = description(document) if document is not None else ""
    picture = (
        f"{app.config.html_baseurl.rstrip('/')}/{PICTURE}" if app.config.html_baseurl else relative(context)
    )
    entries = {"og:type": "article", "og:site_name": book, "og:title": title or book, "og:image": picture}
    entries |= {"og:image:alt": PICTURE_TEXT} | ({"og:description": said} if said else {})
    lines = [f'<meta property="{name}" content="{escape(text)}">' for name, text in entries.items()]
    lines.append('<meta name="twitter:card" content="summary_large_image">')
    if said:
        lines.append(f'<meta name="description" content="{escape(said)}">')
    context["metatags"] = context.get("metatags", "") + "\n".join(lines) + "\n"


def nodes_text(title: str) -> str:
    """A title without its markup."""
    return "".join(part.split(">", 1)[-1] for part in f">{title}".split("<"))


def relative(context: dict[str, Any]) -> str:
    """The picture's address as seen from the page."""
    return str(context["pathto"](PICTURE, 1))


def description(document: nodes.document) -> str:
    """The first paragraph that speaks to the reader, at most `LONGEST` letters of it."""
    for paragraph in document.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 60:
            return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
    return ""


class Byline(SphinxRole):
    """{byline}`name` writes who made this copy, its version, and the day it was computed."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The version is the package's, the day that of the latest notebook."""
        root = Path(self.env.srcdir)
        version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        runs = json.loads((root / "book" / "_generated" / "run.json").read_text(encoding="utf-8"))
        day = max(datetime.fromisoformat(run["started"]) for run in runs)
        text = f"{self.text}, version {version}, computed on {day.day} {day:%B %Y}"
        return [nodes.inline(self.rawtext, text, classes=["byline"])], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page before it is written."""
    app.add_role("byline", Byline())
    app.connect("html-page-context", introduce)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
