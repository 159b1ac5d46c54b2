"""Read every page of a built book for what no sentence may say, and for pages that are too large to wait for.

    python -m tests.read              # _build/html
    python -m tests.read FOLDER ...   # the html of other books, of other seeds or sizes

The same is asked of the smoke book by the tests. What a sentence says depends on what was computed, so it
is worth asking of a book that was computed in full.
"""

import sys
from pathlib import Path

from tests.book.test_pages import heavy
from tests.book.test_prose import wrong_sentences

ROOT = Path(__file__).resolve().parents[1]


def main(books: list[Path]) -> int:
    """Print what is wrong, page by page; the exit status says whether anything is."""
    found, large = 0, 0
    for book in books:
        if not (book / "index.html").is_file():
            sys.exit(f"There is no book in {book}: name the folder of its html, where index.html lies.")
        for name, faults in wrong_sentences(book).items():
            found += len(faults)
            print(f"{book / name}")
            print(*(f"  {fault}" for fault in faults), sep="\n")
        for name, weight in heavy(book).items():
            large += 1
            print(f"{book / name}\n  a heavy page: {weight}")
    print(f"Sentences that are wrong: {found}. Heavy pages: {large}.")
    return 1 if found or large else 0


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or [ROOT / "_build" / "html"]))
