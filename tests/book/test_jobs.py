"""Three jobs of somebody with pictures of their own, each from the front page by following links only."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

Visit = Callable[..., tuple[Page, list[str]]]

#: The link on the front page → what the code at its end has to do.
JOBS = {
    "Fit your arrays, noise and all": ("residual.report(u, v", "standard_normal"),
    "Draw the landscape around your own picture": ("landscape.sweep(", "target="),
    "Use the data behind a figure again": ("open_dataset(", "residual.fit("),
}
#: The cells of a section whose code is open: their code, and what they put out.
CELLS = """(section) => {
  const open = [...section.querySelectorAll("div.cell:not([class*='tag_hide-input'])")];
  return open.map((cell) => ({
    code: cell.querySelector(".cell_input pre")?.innerText ?? "",
    shows: cell.querySelector(".cell_output :is(pre, img)") !== null,
  }));
}"""


@pytest.mark.parametrize("words", JOBS)
def test_a_link_of_the_front_page_leads_to_a_job_done_in_few_lines(
    smoke_book: Path, visit: Visit, words: str
) -> None:
    page, complaints = visit(f"file://{smoke_book}/index.html")
    page.wait_for_url("**/book/index.html")
    page.get_by_role("article").get_by_role("link", name=words).click()
    page.wait_for_load_state()
    section = page.locator(
        "article section:target, article span:target + section, article section:has(> span:target)"
    )
    cells = section.last.evaluate(CELLS)
    code = "\n".join(cell["code"] for cell in cells)
    for wanted in JOBS[words]:
        assert wanted in code
    assert 0 < sum(bool(line.strip()) for line in code.splitlines()) < 10
    assert "import" in code
    assert any(cell["shows"] for cell in cells)  # it was executed by the build
    assert not complaints
