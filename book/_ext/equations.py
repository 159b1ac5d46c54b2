"""Equations are numbered through the whole book, in reading order; Sphinx begins anew on each page."""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def number(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give every labelled equation its number in the book; returns the pages with equations.

    References take the numbers from the same place, so they follow. Within a page the order stays.
    """
    equations: dict[str, tuple[str, int]] = env.domaindata["math"]["objects"]
    place = {page: index for index, page in enumerate(reading_order(env, app.config.root_doc))}
    ordered = sorted(
        equations.items(), key=lambda each: (place.get(each[1][0], len(place)), each[1][0], each[1][1])
    )
    for count, (label, (page, _)) in enumerate(ordered, start=1):
        equations[label] = (page, count)
    return sorted({page for page, _ in equations.values()})


def reading_order(env: BuildEnvironment, page: str) -> Iterator[str]:
    """The pages as a reader meets them who never skips: a page, then those that its contents list."""
    yield page
    for child in env.toctree_includes.get(page, []):
        yield from reading_order(env, child)


def show(app: Sphinx, document: nodes.document, page: str) -> None:
    """Write the book's number beside each equation of a page."""
    equations: dict[str, tuple[str, int]] = app.env.domaindata["math"]["objects"]
    for equation in document.findall(nodes.math_block):
        if equation.get("label") in equations:
            equation["number"] = equations[equation["label"]][1]


def setup(app: Sphinx) -> dict[str, bool]:
    """Number when all pages have been read, and show the numbers when one is written."""
    app.connect("env-updated", number)
    app.connect("doctree-resolved", show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
