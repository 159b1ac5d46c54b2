"""A verdict that depends on the draw of seeds says so on its own page too, not only on the board.

The box of a claim comes out of a notebook, which knows one seed. What the claims board says over seeds is
written into the box, and into the margin notes that name the claim's verdict, when the pages are made.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

from lib.publishing.claims import ADMONITIONS, SYMBOLS, Kind

BOARD = Path("book/_generated/claims.json")
#: Of a claim's box and of references to it.
CLAIM = "claim-"


def mark(app: Sphinx, document: nodes.document) -> None:
    """Change the boxes and margin notes of claims that flip."""
    board = Path(app.srcdir) / BOARD
    if not board.is_file():
        return
    rows = {row["id"]: row for row in json.loads(board.read_text(encoding="utf-8"))}
    drawn = {CLAIM + id: row for id, row in rows.items() if (row.get("seeds") or {}).get("flips")}
    for box in list(document.findall(nodes.admonition)):
        for name in drawn.keys() & set(box["names"]):
            rewrite(box, drawn[name])
    for note in list(document.findall(nodes.sidebar)):
        for reference in list(note.findall(pending_xref)):
            if reference.get("reftarget") in drawn:
                reference.parent.replace(reference.parent[-1], nodes.Text(f": {Kind.DRAWN}"))


def rewrite(box: nodes.admonition, row: dict[str, Any]) -> None:
    """Another colour, another word, and what came out at which seed."""
    box["classes"] = ["claim", ADMONITIONS[Kind.DRAWN]]
    word = next(iter(box.findall(nodes.strong)))
    over_seeds, here = row["seeds"]["said"], row["verdict"]
    said = f"This claim has no verdict: {over_seeds}. In this build it came out as “{here}”."
    word.children = []
    word += nodes.Text(f"{SYMBOLS[Kind.DRAWN]} {Kind.DRAWN.capitalize()}")
    place = word.parent
    place.parent.insert(place.parent.index(place) + 1, nodes.paragraph("", said))


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page after it was read."""
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
