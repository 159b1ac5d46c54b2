"""A number from the claims board inside a sentence: {measured}`cuts flat .0%`.

The three words are the claim's id, the name of one of its measured numbers, and how to format it.
A number that is not on the board is a warning, and so stops the build.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from lib.publishing.numbers import Number

BOARD = Path("book/_generated/claims.json")


class Measured(SphinxRole):
    """The role."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the number up and format it; in place of one that is not there stands a complaint."""
        try:
            said = number(Path(self.env.srcdir) / BOARD, self.text)
        except (KeyError, ValueError, OSError) as error:
            message = self.inliner.reporter.error(f"No number for {self.text!r}: {error}", line=self.lineno)
            return [nodes.problematic(self.rawtext, self.rawtext)], [message]
        return [nodes.inline(self.rawtext, said, classes=["measured"])], []


def number(board: Path, asked: str) -> str:
    """The number as text, from "id name format"."""
    id, name, form = asked.split()
    rows = json.loads(board.read_text(encoding="utf-8"))
    verdicts: dict[str, dict[str, Any]] = {each["id"]: each for each in rows}
    value = verdicts[id]["measured"][name]
    return "not measured" if value is None else format(Number(value), form)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role."""
    app.add_role("measured", Measured())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
