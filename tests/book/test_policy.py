"""Published pages run the book's own files and nothing else, and all of the book still works under that."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from book.errors import BuildError
from book.policy import MANAGER, META, POLICY, seal, without_checks
from tests.book.conftest import ROOT, pages_of, serve
from tests.book.test_browser import widget_book, widget_server

__all__ = ["serve", "widget_book", "widget_server"]

#: What somebody who can write into a page might try; each sets a mark where it runs.
ATTACKS = {
    "a script in the page": "const s = document.createElement('script'); s.textContent = 'window.mark = 1'; "
    "document.body.append(s);",
    "an attribute": "document.body.insertAdjacentHTML('beforeend', "
    "'<img src=x: onerror=\"window.mark = 1\">');",
    "text as code": "setTimeout('window.mark = 1', 0);",
    "another host": "const s = document.createElement('script'); s.src = 'https://example.org/x.js'; "
    "s.onload = () => { window.mark = 1; }; document.body.append(s);",
    "data as a script": "const s = document.createElement('script'); s.src = 'data:text/javascript,mark=1'; "
    "document.body.append(s);",
}


def page_of(folder: Path, text: str) -> Path:
    """One page in a book of its own."""
    page = folder / "book" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(text, encoding="utf-8")
    return page


def test_a_script_in_a_page_becomes_a_file_and_data_stay(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        "<html><head><title>A</title><script>let a = '<p>';</script></head><body>"
        '<script type="application/json">{"b": 1}</script><script defer src="c.js"></script></body></html>',
    )
    seal(tmp_path)
    text = page.read_text(encoding="utf-8")
    name = re.search(r'<script src="(\.\./_static/inline/\w+\.js)"></script>', text)
    assert name
    assert (page.parent / name[1]).read_text(encoding="utf-8") == "let a = '<p>';"
    assert '<script type="application/json">{"b": 1}</script><script defer src="c.js"></script>' in text
    assert text.index(META) < text.index("<title>")


@pytest.mark.parametrize("written", ['<p onclick="f()">', "<a href=' JavaScript:f()'>"])
def test_code_in_an_attribute_stops_the_build(tmp_path: Path, written: str) -> None:
    page_of(tmp_path, f"<html><head></head><body>{written}</body></html>")
    with pytest.raises(BuildError, match=r"book/page.html has code in an attribute"):
        seal(tmp_path)


def test_the_policy_allows_no_code_in_pages_and_no_text_as_code() -> None:
    scripts = next(rule for rule in POLICY.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "*" not in POLICY
    assert "http" not in POLICY


def test_the_carried_widget_manager_can_do_without_text_as_code() -> None:
    code = (ROOT / "book" / MANAGER).read_text(encoding="utf-8")
    mended = without_checks(code)
    assert 0 < len(code) - len(mended) < 100
    with pytest.raises(BuildError, match="mend CHECKS"):
        without_checks(mended)


def test_every_page_has_the_policy_and_no_script_of_its_own(smoke_book: Path) -> None:
    for name in pages_of(smoke_book):
        text = (smoke_book / name).read_text(encoding="utf-8")
        assert text.count(META) == 1, name
        for attributes in re.findall(r"<script\b([^>]*)>", text):
            assert "src=" in attributes or "application/" in attributes, f"{name}: {attributes}"


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_slipped_into_a_page_does_not_run(
    widget_server: str, visit: Callable[..., tuple[Page, list[str]]], attack: str
) -> None:
    page, complaints = visit(f"{widget_server}/book/chapters/01_tiny.html")
    assert not complaints
    page.evaluate(f"() => {{ {ATTACKS[attack]} }}")
    page.wait_for_timeout(200)
    assert page.evaluate("window.mark") is None
    assert any("Content Security Policy" in said for said in complaints), complaints


def test_the_same_does_run_without_the_policy(
    widget_server: str, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    """Or the test above would show nothing."""
    page, _ = visit(f"{widget_server}/book/chapters/01_tiny.html", bypass_csp=True)
    page.evaluate(f"() => {{ {ATTACKS['a script in the page']} }}")
    assert page.evaluate("window.mark") == 1


#: What somebody might write into an address that he sends to a reader.
HOSTILE = (
    "<img src=x: onerror=window.mark=1>", "javascript:window.mark=1", '"><script>window.mark=1</script>',
    '{"__proto__":{"mark":1}}', "1e999", "NaN", "-Infinity", "",
)  # fmt: skip
WIDGETS = ("explorer", "laboratory", "ranking", "horizon", "descend")
KEYS = ("F", "k", "Du", "Dv", "x", "y", "loss", "set", "steps", "seed", "run", "read", "engine", "__proto__",
        "constructor", "<b>")  # fmt: skip


def hostile(value: str) -> str:
    """A fragment that hands a value to every widget under many names."""
    return "#" + urlencode([(f"{widget}.{key}", value) for widget in WIDGETS for key in KEYS])


def test_a_hostile_address_is_no_code_and_stops_no_widget(
    smoke_book: Path, smoke_server: str, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    """As the page opens, and as the reader follows a link within it."""
    names = [
        name for name in pages_of(smoke_book) if "widget-view+json" in (smoke_book / name).read_text("utf-8")
    ]
    assert names
    for name in names:
        page, complaints = visit(f"{smoke_server}/{name}{hostile(HOSTILE[0])}")
        for value in HOSTILE:
            page.evaluate("(fragment) => { location.hash = fragment; }", hostile(value))
            page.wait_for_timeout(50)
        assert complaints == [], name
        assert page.evaluate("[window.mark, ({}).mark]") == [None, None], name
        page.context.close()


def test_the_button_for_a_pdf_still_prints(
    widget_server: str, visit: Callable[..., tuple[Page, list[str]]]
) -> None:
    page, complaints = visit(f"{widget_server}/book/chapters/01_tiny.html")
    page.evaluate("() => { window.print = () => { window.printed = 1; }; }")
    page.evaluate("() => document.querySelector('.btn-download-pdf-button').click()")
    assert page.evaluate("window.printed") == 1
    assert not complaints


def test_no_script_of_ours_makes_markup_or_code_of_text() -> None:
    """So nothing that stands in an address, a file or a number can become an element or a script."""
    folders = (ROOT / "lib" / "showing" / "widgets" / "js", ROOT / "book" / "_static")
    ours = [path for folder in folders for path in folder.glob("*.js")]
    assert len(ours) > 20
    makes = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")
    assert [path.name for path in ours if makes.search(path.read_text(encoding="utf-8"))] == []
