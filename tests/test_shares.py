"""Tests that run side by side: what a file shares is made once, in one process."""

from pathlib import Path

import pytest

from tests.conftest import SMOKE_BOOK, share_of


@pytest.mark.parametrize("number", range(4))
def test_a_file_is_one_processs_work(
    number: int, worker_id: str, testrun_uid: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    common = folder if worker_id == "master" else folder.parent
    with (common / f"workers-{testrun_uid}").open("a", encoding="utf-8") as seen:
        print(worker_id, file=seen)
    assert set(Path(seen.name).read_text(encoding="utf-8").split()) == {worker_id}


def test_whatever_looks_at_the_smoke_book_stays_together() -> None:
    shares = {
        share_of(f"tests/book/test_{name}.py::test_it")
        for name in ("pages", "prose", "browser", "records", "laboratory_page", "load_links", "jobs")
    }
    assert shares == {SMOKE_BOOK}
    assert share_of("tests/test_rooms.py::test_it[a]") == "tests/test_rooms.py"
