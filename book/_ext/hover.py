"""A word of the glossary shows its meaning where it first stands on a page: on hover, and on keyboard focus.

The words are marked when a page is written, so prose stays free of marks. The style sheet shows the meaning;
no script is needed.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
#: Where a link would be in the way, or a word is no prose.
ELSEWHERE = (
    nodes.reference, nodes.literal, nodes.math, nodes.raw, nodes.caption, nodes.entry, nodes.title,
    nodes.legend,
)  # fmt: skip
#: Classes of parts in which nothing is explained.
QUIET = {"hero-words", "hero-links", "figure-links", "sd-card-body", "claim"}


def explained(app: Sphinx) -> dict[str, tuple[str, str]]:
    """Word → its anchor and its meaning, longest words first; nothing for a book without a glossary."""
    if GLOSSARY not in app.env.found_docs:
        return {}
    found = {}
    for item in app.env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        meaning = " ".join(item[-1].astext().split())
        for term in item.findall(nodes.term):
            found[term.astext()] = (term["ids"][0], meaning)
    return dict(sorted(found.items(), key=lambda each: -len(each[0])))


def mark(app: Sphinx, document: nodes.document, page: str) -> None:
    """Mark each word of the glossary once on a page."""
    if page == GLOSSARY or app.builder.format != "html":
        return
    words = explained(app)
    for text in list(document.findall(nodes.Text)):
        if words and speaks(text):
            parts = list(marked(str(text), words, app.builder.get_relative_uri(page, GLOSSARY)))
            if len(parts) > 1:
                text.parent.replace(text, parts)


def speaks(text: nodes.Text) -> bool:
    """Whether a text is part of a sentence in a paragraph."""
    node, sentence = text.parent, False
    while node is not None:
        if isinstance(node, ELSEWHERE) or QUIET & set(
            node.get("classes", []) if hasattr(node, "get") else []
        ):
            return False
        sentence |= isinstance(node, nodes.paragraph)
        node = node.parent
    return sentence


def marked(text: str, words: dict[str, tuple[str, str]], address: str) -> Iterator[nodes.Node]:
    """A text in pieces, with a link for each word in it that is still in `words`, which loses it."""
    while words:
        pattern = "|".join(map(re.escape, words))
        match = re.search(rf"(?<![\w-])({pattern})(?:s|es)?(?![\w-])", text, re.IGNORECASE)
        if match is None:
            break
        word = next(each for each in words if each.lower() == match[1].lower())
        anchor, meaning = words[word]
        # A synonym has the same meaning, which need not be told twice.
        for same in [each for each, (_, said) in words.items() if said == meaning]:
            del words[same]
        if match.start():
            yield nodes.Text(text[: match.start()])
        yield nodes.raw("", link(match[0], f"{address}#{anchor}", meaning), format="html")
        text = text[match.end() :]
    if text:
        yield nodes.Text(text)


def link(word: str, address: str, meaning: str) -> str:
    """The word as a link to the glossary that carries its meaning along."""
    said = escape(meaning)
    return (
        f'<a class="term" href="{escape(address)}" aria-description="{said}" data-meaning="{said}">'
        f"{escape(word)}</a>"
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Come last, when all other references are there."""
    app.connect("doctree-resolved", mark, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
