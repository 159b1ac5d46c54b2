"""What no sentence of the book may say: the traces that numbers leave when nobody reads the page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from lib.publishing.numbers import typeset
from tests.book.conftest import pages_of

#: Code, formulas, and what is folded because it is code.
NOT_PROSE = "pre, code, script, style, .math, mjx-container, video, details.hide, .headerlink"
#: What holds a sentence, a number or a title.
HOLDERS = "p, li, td, th, dt, dd, figcaption, h1, h2, h3"

#: Fault → the pattern that shows it.
FAULTS = {
    "a number in e-notation": re.compile(r"(?<![\w.])\d+(?:\.\d+)?[eE][-+−]?\d+(?!\w)"),
    "a hyphen for a minus sign": re.compile(r"(?:(?<=[\s(\[±≈=])|^)-\.?\d"),
    # Nothing in this book is counted or measured as −1: that is how a program says "there is none".
    "−1 for what is missing": re.compile(
        r"(?:iterations?|steps?|horizon|after|until|about|only|over|≈|times|=) [−-]1(?![\d.,]*\d| ?[·×/%])"
    ),
    "a number that is none": re.compile(r"(?<![\w-])(?:nan|NaN|-?inf)(?![\w-])"),
    "a share of nothing": re.compile(r"\b0 of (?:the |all )?0\b"),
    "one of one, as if it were many": re.compile(
        r"\b1 of (?:the )?(?:1|one) \w+ (?:have|are|were|do|stay|end)\b"
    ),
    "one that have": re.compile(
        r"(?<![\d.,] of )(?<![\d.,])\b1 of (?:the )?\d+ \w+ (?:have|are|were|do|stay|end)\b"
    ),
    "a signed zero": re.compile(r"(?<![\w.])[−-]0(?:\.0+)?(?![\d.]*[1-9·])"),
    "an error of exactly nothing": re.compile(r"± 0\.0+(?![\d])"),
    # From ten times on it is said so: "25 times the value".
    "a share of thousands of per cent": re.compile(
        r"(?<![\d.,])(?:\d{4,}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?\s?%|10[¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹]*\s?%"
    ),
}

#: What is counted, and so has a number when a share of it is named.
THINGS = (
    "runs|points|starts|losses|gradients|batches|iterations|descents|simulations|problems|tries|pairs|draws|"
    "patterns|cliffs|rates|sets|states|pictures"
)
#: A share of such things; and a count of them, which has to stand in the same paragraph or box.
SHARE = re.compile(rf"\d\s?% of (?:(?!\d)[\w’-]+ ){{0,3}}(?:{THINGS})\b")
COUNT = re.compile(
    rf"(?<![\d.])\b(?!(?:95|5) %)\d[\d,]*(?: (?!%|of\b)[\w’.-]+){{0,3}}? (?:{THINGS}|run|start|state)\b"
)

#: Sentences as they once stood on pages, and ones like them that are fine.
WRONG = {
    "a number in e-notation": ["within 1e-10 of it", "a factor of 1.4e+05", "about 5e−06 in k"],
    "a hyphen for a minus sign": ["a mean cosine of -0.02", "(-3.5 %)", "-12.8%"],
    "−1 for what is missing": ["steps over it at iteration -1, and falls silent", "Half are lost at T ≈ −1."],
    "a number that is none": ["breaks at T = nan", "a loss of inf"],
    "a share of nothing": ["0 of 0 runs", "0 of the 0 that were left"],
    "one of one, as if it were many": ["1 of 1 runs have crossed it"],
    "one that have": ["1 of 5 runs have reached it"],
    "a signed zero": ["off by -0.00%", "a slope of −0.0"],
    "an error of exactly nothing": ["0.160000 ± 0.000000"],
    "a share of thousands of per cent": [
        "young (2519 % at 100 steps)",
        "1,200\u00a0%",
        "3 of 6, 2.5 · 10² %",
    ],
}
FINE = [
    "a slope of −1.5, and 10 · 10⁻³ of it", "Section 3e", "pages 16-17, on 2026-11-26", "16-bit pictures",
    "1 of 5 runs has reached it", "31 of 32 runs have", "information, finance, in financial terms",
    "12 % of 120 runs", "it passes 40 % of the batches (16 simulations each)", "80 % of the 25 descents",
    "within 5 % of the truth", "98 % of the range", "0.16 ± 0.01", "10 of 0.5 cells", "a share of 0.05",
    "the u-v plane", "steps −10 to 10", "an error of 3 · 10⁻⁶ %", "off by 250 %", "2026: 3 %",
]  # fmt: skip


def shares_of_unknown_numbers(text: str) -> Iterator[str]:
    """Shares in a paragraph that does not say how many things there were."""
    if not COUNT.search(text):
        yield from (f"a share of nobody knows how many: {found[0]}" for found in SHARE.finditer(text))


def faults(text: str) -> Iterator[str]:
    """What is wrong with a text, each with the words around it."""
    for name, pattern in FAULTS.items():
        for found in pattern.finditer(text):
            around = text[max(0, found.start() - 40) : found.end() + 40]
            yield f"{name}: … {around} …"


def sentences(page: BeautifulSoup) -> Iterator[str]:
    """The texts of a page's article, without code and formulas."""
    article = page.select_one("article")
    if article is None:
        return
    for part in article.select(NOT_PROSE):
        part.decompose()
    for holder in article.select(HOLDERS):
        if isinstance(holder, Tag) and not holder.find(["p", "li", "dt", "dd"]):
            yield " ".join(holder.get_text().split())
    for image in article.select("img[alt]"):
        yield str(image["alt"])


def paragraphs(page: BeautifulSoup) -> Iterator[str]:
    """Sentences outside of tables, whose columns carry the numbers; and no criteria, which are thresholds."""
    for table in page.select("article table"):
        table.decompose()
    yield from (text for text in sentences(page) if not text.startswith("Held against:"))


@pytest.mark.parametrize("name", FAULTS)
def test_each_pattern_finds_what_it_is_there_for(name: str) -> None:
    for text in WRONG[name]:
        assert any(fault.startswith(name) for fault in faults(text)), text


@pytest.mark.parametrize("text", FINE)
def test_what_is_fine_passes(text: str) -> None:
    assert not [*faults(text), *shares_of_unknown_numbers(text)]


@pytest.mark.parametrize(
    "text",
    [
        "it passes 40 % of the batches on the plateau",
        "leads to it from 80 % of the points along k",
        "0 % of descents",
    ],
)
def test_a_share_needs_the_number_that_it_is_of(text: str) -> None:
    assert list(shares_of_unknown_numbers(text))


def test_numbers_that_the_build_has_set_pass() -> None:
    for text in [
        *WRONG["a number in e-notation"],
        *WRONG["a hyphen for a minus sign"],
        *WRONG["a signed zero"],
    ]:
        assert not list(faults(typeset(text))), typeset(text)


def wrong_sentences(book: Path) -> dict[str, list[str]]:
    """Page → what is wrong with its sentences, for every page of a book's html where anything is."""
    wrong: dict[str, list[str]] = {}
    for name in pages_of(book):
        page = BeautifulSoup((book / name).read_text(), "html.parser")
        found = {fault for text in sentences(page) for fault in faults(text)}
        if name != "book/criteria.html":  # its shares are limits, of however many there will be
            found |= {fault for text in paragraphs(page) for fault in shares_of_unknown_numbers(text)}
        if found:
            wrong[name] = sorted(found)
    return wrong


def test_no_sentence_of_the_book_shows_how_it_was_computed(smoke_book: Path) -> None:
    assert not wrong_sentences(smoke_book)


#: Words that had to be read twice, and what readers could not know: none of them may come back.
RIDDLES = (
    "the more steps are", "on the table", "lost like everybody", "what the curvatures allow",
    "run after the dots", "the floor of two strangers", "the zero is soft", "to stay as it is",
    "does whisper", "shout", "hair’s breadth", "hair's breadth", "Held against: nothing", "and then it lies",
    "stay unexplained", "even ends", "as long on one core as on all", "raw parameters", "raw space",
)  # fmt: skip


def test_no_riddle_comes_back(smoke_book: Path) -> None:
    told = {
        name: BeautifulSoup((smoke_book / name).read_text(), "html.parser") for name in pages_of(smoke_book)
    }
    found = [
        f"{name}: {riddle}"
        for name, page in told.items()
        for text in sentences(page)
        for riddle in RIDDLES
        if riddle in text
    ]
    assert not found
