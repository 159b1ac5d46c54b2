"""The dish on the front page: ```{living}``` puts it there, with the laboratory's own engine.

A page opened from disk may load no modules, so the browser code is written as one plain script.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SCRIPT, STYLE = "living.js", "living.css"


class Living(SphinxDirective):
    """The directive; its content stands there until the script has come, and where none may run."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The place, with the truth's parameters and the seed for the script to read."""
        from lib.paper import TRUTH  # only pages with a dish need the library

        params = escape(json.dumps({name: float(x) for name, x in TRUTH._asdict().items()}))
        start = f'<div class="living gs-widget" data-size="128" data-seed="0" data-params="{params}">'
        inside = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, inside)
        return [nodes.raw("", start, format="html"), *inside.children, nodes.raw("", "</div>", format="html")]


def write(app: Sphinx) -> None:
    """Put script and style where the builder looks for them; before the pages, which name their checksums."""
    from lib.showing.widgets.source import FOLDER, esm

    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / SCRIPT).write_text(f"(() => {{\n{esm(SCRIPT)}\n}})();\n", encoding="utf-8")
    styles = [(FOLDER / name).read_text(encoding="utf-8") for name in ("widget.css", "laboratory.css")]
    (static / STYLE).write_text("".join(styles), encoding="utf-8")


def load(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    """Only a page with a dish loads its script."""
    if 'class="living' not in context.get("body", ""):
        return
    if not (Path(app.outdir) / "_static" / SCRIPT).is_file():
        write(app)
    app.add_js_file(SCRIPT, loading_method="defer")
    app.add_css_file(STYLE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and what it needs."""
    app.add_directive("living", Living)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
