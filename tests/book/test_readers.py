"""Many readers at once: the book's server answers all of them, with all it has, and never with an error.

`python -m tests.readers` does the same at full length, fifty readers for two minutes.
"""

from pathlib import Path

from tests.readers import read


def test_many_readers_at_once_get_every_file_whole(tmp_path: Path) -> None:
    pages = tmp_path / "html"
    for i in range(40):
        page = pages / f"part-{i % 4}" / f"page-{i}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(bytes([i]) * (200_000 if i % 10 == 0 else 2_000))
    found = read(pages, readers=20, seconds=2.0)
    assert found.errors == []
    assert found.answers > 200
    assert found.files == 40
