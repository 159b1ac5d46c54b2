"""The finished html: complete, self-contained, without errors."""

import getpass
import platform
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import xarray as xr
from bs4 import BeautifulSoup

from book.contents import chapters
from book.errors import BuildError
from tests.book.conftest import ROOT, Project, pages_of

#: What a browser fetches by itself, and where each kind of element says it.
FETCHED = {"script": "src", "link": "href", "img": "src", "video": "src", "source": "src", "iframe": "src"}


#: Bytes of one page that a reader should not have to wait for.
HEAVY = 5_000_000

#: Bytes of text that a page may have, and one with films.
TEXT, LIGHT = 3_000_000, 2_000_000


@pytest.fixture(scope="session")
def documents(smoke_book: Path) -> dict[Path, BeautifulSoup]:
    """Every page of the smoke book, parsed."""
    found = {path: BeautifulSoup(path.read_text(), "html.parser") for path in smoke_book.rglob("*.html")}
    # Templates that the theme's packages leave among their scripts are no pages.
    return {path: page for path, page in found.items() if "_static" not in path.parts}


def references(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """Element and address of everything a page refers to."""
    for element, attribute in {**FETCHED, "a": "href"}.items():
        for found in page.find_all(element, attrs={attribute: True}):
            yield element, str(found[attribute])


def test_every_chapter_became_a_page(smoke_book: Path) -> None:
    for chapter in chapters(ROOT):
        assert (smoke_book / "book" / "chapters" / f"{chapter.name}.html").is_file()


def test_the_front_page_is_one_click_from_the_index(smoke_book: Path) -> None:
    assert "url=book/index.html" in (smoke_book / "index.html").read_text()


def test_every_local_link_leads_somewhere(documents: dict[Path, BeautifulSoup]) -> None:
    broken = []
    for path, page in documents.items():
        for _, address in references(page):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                broken.append(f"{path.name}: {address}")
            elif parts.fragment and target in documents and not anchored(documents[target], parts.fragment):
                broken.append(f"{path.name}: {address} (no such place)")
    assert not broken


#: The state of a widget as an address carries it, such as laboratory.set=7&laboratory.steps=2500.
STATE = re.compile(r"(\w+)\.\w+=[^&.]*(\.\d+)?(&\1\.\w+=[^&]*)*")


def anchored(page: BeautifulSoup, fragment: str) -> bool:
    """Whether a page has that anchor, or a widget that the fragment sets."""
    if STATE.fullmatch(fragment):
        return page.find("script", type="application/vnd.jupyter.widget-view+json") is not None
    return fragment == "" or page.find(id=unquote(fragment)) is not None


def test_no_page_fetches_anything_from_another_host(documents: dict[Path, BeautifulSoup]) -> None:
    outside = [
        f"{path.name}: <{element}> {address}"
        for path, page in documents.items()
        for element, address in references(page)
        if element != "a" and (urlsplit(address).scheme in ("http", "https") or urlsplit(address).netloc)
    ]
    assert not outside


def test_no_style_sheet_imports_from_another_host(smoke_book: Path) -> None:
    for sheet in smoke_book.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", sheet.read_text()), sheet.name


def test_no_page_shows_an_error(documents: dict[Path, BeautifulSoup]) -> None:
    for path, page in documents.items():
        assert not page.select(".output.traceback, .output.stderr, .system-message, .problematic"), path.name


def test_every_computed_page_says_how_it_was_made(smoke_book: Path) -> None:
    for chapter in chapters(ROOT):
        text = (smoke_book / "book" / "chapters" / f"{chapter.name}.html").read_text()
        assert 'id="how-this-page-was-made"' in text
        # Folded: whoever only reads is not stopped by it.
        section = BeautifulSoup(text, "html.parser").select_one("#how-this-page-was-made")
        assert section
        assert section.select_one("details:not([open]) .how-made")
        assert "smoke" in text
        assert str(smoke_book) not in text


def test_every_figure_has_a_number_a_caption_and_words_for_those_who_cannot_see_it(
    documents: dict[Path, BeautifulSoup],
) -> None:
    for path, page in documents.items():
        for figure in page.select("article figure"):
            assert figure.select_one("figcaption .caption-number"), f"{path.name}: {figure.get('id')}"
            assert figure.select_one("figcaption .caption-text"), f"{path.name}: {figure.get('id')}"
            for image in figure.select("img"):
                assert len(str(image.get("alt", ""))) > 10, f"{path.name}: {figure.get('id')}"


def test_every_computed_figure_leads_to_its_picture_data_notebook_and_record(smoke_book: Path) -> None:
    lacking = []
    for chapter in chapters(ROOT):
        page = BeautifulSoup(
            (smoke_book / "book" / "chapters" / f"{chapter.name}.html").read_text(), "html.parser"
        )
        for figure in page.select("article figure[id^=fig-]"):
            below = figure.find_next(class_="figure-links")
            links = " ".join(str(a["href"]) for a in below.select("a[href]")) if below else ""
            wanted = [r"\.nc\b", rf"{chapter.name}\.ipynb", f"#how-{chapter.name.replace('_', '-')}-was-made"]
            wanted += [rf"{figure['id']}\.png"] if figure.select("img") else []
            lacking += [f"{chapter.name}: {figure['id']} {x}" for x in wanted if not re.search(x, links)]
    assert not lacking


def test_formulas_and_figures_are_referred_to_by_number(documents: dict[Path, BeautifulSoup]) -> None:
    """That each of them leads somewhere is another test's business."""
    links = [a for page in documents.values() for a in page.select("article a.reference.internal[href]")]
    assert sum("#equation-" in str(a["href"]) and a.get_text().startswith("(") for a in links) > 0
    assert sum("#fig-" in str(a["href"]) and a.get_text().startswith("Fig. ") for a in links) > 30


def heavy(book: Path) -> dict[str, str]:
    """Page → why a reader would wait for it, for every page of a book's html that is too large.

    Counted with the pictures of one theme, and without the scripts that all pages share.
    """
    found: dict[str, str] = {}
    for name in pages_of(book):
        path = book / name
        page = BeautifulSoup(path.read_text(), "html.parser")
        pictures = page.select("article [src]:not([src^='data:'])")
        own = {path, *(path.parent / unquote(str(picture["src"])) for picture in pictures)}
        size = sum(file.stat().st_size for file in own if file.is_file())
        text = path.stat().st_size
        if text >= TEXT:
            found[name] = f"{text / 1e6:.1f} MB of html"
        elif size >= HEAVY:
            found[name] = f"{size / 1e6:.1f} MB with its pictures"
    return found


def test_no_page_is_heavy(smoke_book: Path) -> None:
    assert not heavy(smoke_book)


def test_a_page_that_is_heavy_is_named_with_its_weight(tmp_path: Path) -> None:
    (tmp_path / "light.html").write_text("<article>Words.</article>")
    (tmp_path / "text.html").write_text(f"<article>{'x' * TEXT}</article>")
    (tmp_path / "pictures.html").write_text('<article><img src="a%20picture.png"></article>')
    (tmp_path / "a picture.png").write_bytes(bytes(HEAVY))
    assert heavy(tmp_path) == {
        "pictures.html": "5.0 MB with its pictures",
        "text.html": "3.0 MB of html",
    }


def test_films_lie_beside_their_pages(documents: dict[Path, BeautifulSoup]) -> None:
    """A page that held its films would be read only when all of them had come."""
    films = [(path, film) for path, page in documents.items() for film in page.select("video source")]
    assert films
    for path, film in films:
        assert not str(film["src"]).startswith("data:"), path.name
        assert (path.parent / unquote(str(film["src"]))).is_file(), path.name
    assert all(path.stat().st_size < LIGHT for path, _ in films)


def test_every_figure_that_a_notebook_makes_is_shown(smoke_book: Path) -> None:
    missing = []
    for chapter in chapters(ROOT):
        page = BeautifulSoup(
            (smoke_book / "book" / "chapters" / f"{chapter.name}.html").read_text(), "html.parser"
        )
        for name in re.findall(r'"figure": \{.*?"name": "([^"]+)"', chapter.source.read_text()):
            figure = page.find(id=name)
            if figure is None or figure.find(["img", "table", "video"]) is None:
                missing.append(f"{chapter.name}: {name}")
    assert not missing


def test_nothing_published_tells_of_the_machine_it_was_made_on(smoke_book: Path) -> None:
    """Whatever the kind of file: its bytes, and what data hold when they are opened."""
    traces = traces_of_this_machine(smoke_book.parents[1])
    found = []
    for path in sorted(p for p in smoke_book.rglob("*") if p.is_file()):
        texts = [path.read_bytes(), *(written_out(path) if path.suffix == ".nc" else [])]
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name) for name in archive.namelist()]
        found += [f"{path.name}: {trace}" for trace in traces if any(trace.encode() in x for x in texts)]
    assert not found


def traces_of_this_machine(project: Path) -> set[str]:
    """Names that no page needs: folders of the build, of Python and its user; the computer's, the user's.

    A name that is a word, such as root or runner, is looked for as a folder only.
    """
    user, host = getpass.getuser(), platform.node()
    names = {str(project), sys.prefix, sys.base_prefix, f"/home/{user}/"}
    names |= {f"{Path.home()}/", f"{tempfile.gettempdir()}/"}
    names |= {name for name in (user, host) if len(name) > 4 and not re.fullmatch(r"[a-z]+", name)}
    return {name for name in names if name not in ("/", "/usr")}


def written_out(path: Path) -> Iterator[bytes]:
    """All text in a data file, which may be compressed there: attributes, and variables that are texts."""
    with xr.open_dataset(path, engine="h5netcdf") as data:
        yield repr(data.attrs).encode()
        for variable in data.variables.values():
            yield repr(variable.attrs).encode()
            if variable.dtype.kind in "OSU":
                yield repr(variable.values.tolist()).encode()


def test_a_trace_of_this_machine_would_be_seen(tmp_path: Path) -> None:
    xr.Dataset({"who": ("i", [str(Path.home() / "x")])}, attrs={"made": str(tmp_path)}).to_netcdf(
        tmp_path / "a.nc", engine="h5netcdf"
    )
    text = b" ".join(written_out(tmp_path / "a.nc")).decode()
    assert str(tmp_path) in text
    assert str(Path.home()) in text
    assert {str(tmp_path), sys.prefix} <= traces_of_this_machine(tmp_path)


def test_a_broken_reference_stops_the_build_and_keeps_the_old_pages(project: Project) -> None:
    project.write("# %% [markdown]\n# # A chapter\n")
    index = project.build()
    before = (index.parent / "book" / "chapters" / "01_tiny.html").read_bytes()
    project.write("# %% [markdown]\n# # A chapter\n#\n# See {ref}`nowhere`.\n")
    with pytest.raises(BuildError, match="each is an error"):
        project.build()
    assert (index.parent / "book" / "chapters" / "01_tiny.html").read_bytes() == before
