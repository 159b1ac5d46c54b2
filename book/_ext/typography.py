"""Numbers as people read them, wherever a page shows them: 1.4e+05 becomes 1.4 · 10⁵, -3 becomes −3.

Numbers come into the pages from cells, from glue and from docstrings, formatted by Python. Setting them here,
once, keeps every sentence alike. Code and formulas stay as they are.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from lib.publishing.numbers import typeset

#: What is not prose. A reference's number or a file's name is shown as code.
VERBATIM = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment)


class SetNumbers(SphinxPostTransform):
    """After glue and the choice among a cell's outputs, which are transforms of the same kind."""

    default_priority = 900

    def run(self, **options: Any) -> None:
        """Every piece of text that stands in no code and no formula; and the words for pictures."""
        for text in list(self.document.findall(nodes.Text)):
            if not is_verbatim(text) and (said := typeset(str(text))) != str(text):
                text.parent.replace(text, nodes.Text(said))
        for image in self.document.findall(nodes.image):
            if alt := image.get("alt"):
                image["alt"] = typeset(alt)


def is_verbatim(text: nodes.Text) -> bool:
    """Whether a text stands in code or a formula."""
    node = text.parent
    while node is not None:
        if isinstance(node, VERBATIM):
            return True
        node = node.parent
    return False


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(SetNumbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
