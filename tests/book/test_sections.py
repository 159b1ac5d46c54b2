"""The pages carry the numbers of the paper's sections, once each, and every chapter begins with its gist."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from book.contents import pages

ROOT = Path(__file__).resolve().parents[2]
#: The paper's sections that have a page or a part of a page of their own.
SECTIONS = ("1", "2", "3", "4", "5.1", "5.2", "6", "6.1", "6.2", "6.3", "6.4", "7")
#: A title, or a heading, with a section's number; titles that go on with one say "continued".
NUMBERED = re.compile(r"^#{1,2} (?:Section )?(\d(?:\.\d)?)(?=[: ])", re.MULTILINE)
#: Pages that recompute the paper begin with three lines.
CHAPTERS = sorted(
    path
    for path in (ROOT / "notebooks").glob("*.py")
    if re.match(r"0\d|appendix|explorer|your_data", path.name)
)


def source(page: str) -> Path:
    """The file that a line of the table of contents stands for."""
    path = ROOT / f"{page}.md"
    return path if path.is_file() else ROOT / "notebooks" / f"{Path(page).name}.py"


def prose(page: str) -> str:
    """A page's source, without the marks of comments that a notebook's prose stands behind."""
    text = source(page).read_text(encoding="utf-8")
    return re.sub(r"^(?!# ).*$\n|^# ", "", text, flags=re.MULTILINE) if source(page).suffix == ".py" else text


def in_reading_order() -> list[str]:
    """Every page of the book."""
    return list(pages(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))


def test_each_section_of_the_paper_has_its_number_once() -> None:
    found = Counter(number for page in in_reading_order() for number in NUMBERED.findall(prose(page)))
    assert found == Counter(SECTIONS)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_says_in_one_minute_what_it_found(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("# %% [markdown]\n", "")
    assert len(re.findall("[Ii]n one minute", text)) == 1
    assert text.index("n one minute") < text.index("PROFILE")


def test_what_a_page_calls_next_is_what_the_button_opens() -> None:
    order = in_reading_order()
    said = re.compile(
        r"\{doc\}`[^`<]*\bnext\b[^`<]*<([^>]+)>`|\{doc\}`[^`<]*<([^>]+)>`\sis next", re.IGNORECASE
    )
    count = 0
    for here, following in zip(order, order[1:], strict=False):
        for match in said.finditer(prose(here)):
            target = next(filter(None, match.groups()))
            assert Path(target).name == Path(following).name, f"{here} calls {target} the next page"
            count += 1
    assert count > 2


def test_every_figure_that_the_papers_text_names_has_its_line_on_the_map() -> None:
    said = (ROOT / "book" / "paper_map.md").read_text(encoding="utf-8")
    missing = [number for number in (2, 3, 5, 6, 8) if f"| Figure {number} |" not in said]
    assert not missing
