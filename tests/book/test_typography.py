"""Numbers are set in prose, and code and formulas stay as they are."""

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document

from book._ext.typography import SetNumbers


def test_prose_is_set_and_code_and_formulas_are_not() -> None:
    document = new_document("a page", get_default_settings())
    words = "within 1e-10, off by -3.5 % or -0.0 %, from -1.4e+05 on"
    sentence = nodes.paragraph(
        "", "", nodes.Text(words), nodes.literal(words, words), nodes.math(words, words)
    )
    title = nodes.title("", "", nodes.emphasis("", "The last -2 steps"))
    document += [
        nodes.section("", title, sentence, nodes.literal_block(words, words)),
        nodes.image(uri="x.png", alt="A slope of -1e-3"),
    ]
    SetNumbers(document).run()
    assert (
        sentence.children[0].astext() == "within 10⁻¹⁰, off by −3.5 % or 0.0 %, from −1.4\u00a0·\u00a010⁵ on"
    )
    assert [child.astext() for child in sentence.children[1:]] == [words, words]
    assert title.astext() == "The last −2 steps"
    assert next(document.findall(nodes.literal_block)).astext() == words
    assert next(document.findall(nodes.image))["alt"] == "A slope of −10⁻³"
