"""Readers who all read at once, and whether any of them gets an error or a part of a page.

python -m tests.readers [READERS [SECONDS]]

lets 50 readers read the built book for 120 seconds, each its files in an order of its own.
"""

import http.client
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

from book.pages import INDEX
from book.serve import HOST, Server

ROOT = Path(__file__).resolve().parents[1]


class Silent(SimpleHTTPRequestHandler):
    """The book's handler without a line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Found:
    """What readers met with."""

    answers: int = 0
    errors: list[str] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)

    @property
    def files(self) -> int:
        """How many different files were read."""
        return len(self.seen)


def read(pages: Path, readers: int, seconds: float) -> Found:
    """Serve a folder as `make serve` does, and let so many readers read it for so long.

    Each file must come with the status 200 and as many bytes as it has on disk.
    """
    sizes = {path: path.stat().st_size for path in sorted(pages.rglob("*")) if path.is_file()}
    found, lock = Found(), threading.Lock()
    with Server((HOST, 0), partial(Silent, directory=str(pages))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        end = time.monotonic() + seconds
        threads = [
            threading.Thread(target=one, args=(server.server_address[1], pages, sizes, end, i, found, lock))
            for i in range(readers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.shutdown()
    return found


def one(
    port: int, pages: Path, sizes: dict[Path, int], end: float, seed: int, found: Found, lock: threading.Lock
) -> None:
    """One reader, who comes again and again."""
    draw, files = random.Random(seed), list(sizes)
    while time.monotonic() < end:
        path = draw.choice(files)
        said = ask(port, quote(path.relative_to(pages).as_posix()), sizes[path])
        with lock:
            found.answers += 1
            found.seen.add(path)
            found.errors += [f"{path.relative_to(pages)}: {said}"] if said else []


def ask(port: int, path: str, size: int) -> str:
    """Ask for one file; what is wrong with the answer, or nothing."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        length = len(answer.read())
        whole = (answer.status, length) == (200, size)
        return "" if whole else f"status {answer.status}, {length} of {size} bytes"
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    finally:
        connection.close()


def main(readers: int = 50, seconds: float = 120.0) -> int:
    """Read the built book."""
    pages = ROOT / INDEX.parent
    if not pages.is_dir():
        print("There is no book to read yet: run `make book`.")
        return 1
    found = read(pages, int(readers), float(seconds))
    print(f"{readers:g} readers got {found.answers} answers from {found.files} files.")
    print(f"{len(found.errors)} of them were errors.")
    print("\n".join(found.errors[:20]))
    return 1 if found.errors or not found.answers else 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
