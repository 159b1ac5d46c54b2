"""Mend what docutils and MathJax write and screen readers stumble over."""

import re
from typing import Any

from sphinx.application import Sphinx

#: A list of references without list items, and a role that is no longer one: wrong → right.
ROLES = {
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    ' role="doc-biblioentry"': "",
}

#: A table's heading that is a symbol, such as D_u, and no more.
SYMBOL = re.compile(
    r'(<th class="head[^>]*>)<p><span class="math[^>]*>'
    r"\\\(([A-Za-z])(?:_\{?([A-Za-z0-9]+)\}?)?\\\)</span></p></th>"
)


def mend(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    """Take wrong roles out of a page's body, and write symbols in headings of tables as text.

    MathJax draws a formula without any text, so a heading that is nothing else counts as empty.
    """
    if "body" in context:
        body = context["body"]
        for wrong, right in ROLES.items():
            body = body.replace(wrong, right)
        context["body"] = SYMBOL.sub(as_text, body)


def as_text(found: re.Match[str]) -> str:
    """A heading whose symbol is text."""
    cell, symbol, index = found.groups()
    below = f"<sub>{index}</sub>" if index else ""
    return f"{cell}<p><em>{symbol}</em>{below}</p></th>"


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page before it is written."""
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
