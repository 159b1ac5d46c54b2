"""Books to look at: the real one at the smoke profile, and tiny ones that come out wrong on purpose."""

import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from book.build import build
from book.contents import Chapter
from book.execute import Parameters

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("book", "lib", "notebooks", "_config.yml", "_toc.yml", "requirements.txt", "pyproject.toml")
SETTINGS: Parameters = {"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 3}
#: Whether all pictures of a page are there.
LOADED = "[...document.querySelectorAll('article figure img')].every((x) => x.complete && x.naturalWidth)"

HEADER = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0
"""


def copy_sources(target: Path) -> Path:
    """The project's sources without anything generated."""
    generated = shutil.ignore_patterns("chapters", "_generated", "__pycache__", "data", "claims", "*.ipynb")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=generated)
        else:
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def smoke_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole book, every notebook executed at the smoke profile; the folder of its html."""
    root = copy_sources(tmp_path_factory.mktemp("smoke"))
    # A cold start: neither our environment's cache nor results of an earlier run.
    environment = {**os.environ, "PYTHONPATH": str(root), "GRAYSCOTT_CACHE": str(root / "cache")}
    command = [sys.executable, "-m", "book.build", "--profile", "smoke", "--device", "cpu"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
    return root / "_build" / "html"


@dataclass
class Project:
    """A book with one notebook of ours in the place of all others."""

    root: Path
    parameters: Parameters

    @property
    def chapter(self) -> Chapter:
        """The one notebook."""
        return Chapter("01_tiny", self.root)

    def write(self, cells: str) -> None:
        """Set the notebook's cells after the one with the parameters."""
        self.chapter.source.write_text(HEADER + "\n" + cells)

    def build(self) -> Path:
        """Build the book; returns the path of its front page."""
        return build(self.root, self.parameters)


def lay_out(root: Path) -> Project:
    """The real configuration and style, with one chapter and a front page."""
    copy_sources(root)
    shutil.rmtree(root / "lib")
    (root / "lib").mkdir()
    for page in (root / "book").glob("*.md"):
        page.unlink()
    for notebook in (root / "notebooks").glob("*.py"):
        notebook.unlink()
    (root / "book" / "index.md").write_text("# A tiny book\n\nWith one page.\n")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n- file: book/chapters/01_tiny\n"
    )
    return Project(root, dict(SETTINGS))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A tiny project in a folder of its own."""
    monkeypatch.setenv("PYTHONPATH", "")
    return lay_out(tmp_path)


@pytest.fixture(scope="session")
def browser(launch: Callable[[str], Browser]) -> Browser:
    """Chromium without a graphics processor."""
    return launch("--disable-gpu")


class Quiet(SimpleHTTPRequestHandler):
    """A file server that does not report each request."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def serve(folder: Path) -> Iterator[str]:
    """Serve a folder; yields its address."""
    server = ThreadingHTTPServer(("localhost", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def smoke_server(smoke_book: Path) -> Iterator[str]:
    """The smoke book over http."""
    yield from serve(smoke_book)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """A function that opens an address and returns the page with everything that went wrong on it."""
    contexts = []

    def open_page(address: str, **options: object) -> tuple[Page, list[str]]:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        complaints: list[str] = []
        shut_in(context, address, complaints)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        page.goto(address, wait_until="networkidle")
        page.wait_for_timeout(300)  # for scripts that wait for the page to be idle themselves
        return page, complaints

    yield open_page
    for context in contexts:
        context.close()


def shut_in(context: BrowserContext, address: str, complaints: list[str]) -> None:
    """Keep a browser from all other hosts than an address's; what it asks them for is noted."""

    def guard(route: Route) -> None:
        if route.request.url.startswith((base(address), "data:", "blob:")):
            route.continue_()
        else:
            complaints.append(f"asked for {route.request.url}")
            route.abort()

    context.route("**/*", guard)


def base(address: str) -> str:
    """The part of an address that all of the book's addresses share."""
    return "file://" if address.startswith("file:") else "/".join(address.split("/")[:3])


def pages_of(book: Path) -> list[str]:
    """Paths of all pages, below the book's folder."""
    found = (path.relative_to(book) for path in sorted(book.rglob("*.html")))
    return [path.as_posix() for path in found if "_static" not in path.parts]
