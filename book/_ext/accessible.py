"""Mend what docutils writes and screen readers stumble over: a list of references without list items."""

from typing import Any

from sphinx.application import Sphinx

WRONG, RIGHT = '<div role="list" class="citation-list">', '<div class="citation-list">'


def mend(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    """Take the wrong role out of a page's body."""
    if "body" in context:
        context["body"] = context["body"].replace(WRONG, RIGHT)


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page before it is written."""
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
