"""What every test relies on; shapes and types of `lib` are checked through pytest's addopts."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Two threads fighting for two cores can be many times slower than one, and tests measure nothing.
torch.set_num_threads(1)

ROOT = Path(__file__).resolve().parents[1]

#: What tests share that use a fixture named `smoke_…`: the book itself, or a server that shows it.
SMOKE_BOOK = "the smoke book"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: No sandbox, which root may not have; and none of the requests a browser makes on its own account.
FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """All tests that look at the smoke book come first, since building it takes the longest."""
    for item in items:
        if "smoke_book" in item.fixturenames and share_of(item.nodeid) != SMOKE_BOOK:
            raise pytest.UsageError(
                f"{item.nodeid} looks at the smoke book by a fixture that is not named `smoke_…`, "
                "so another process would build that book again: name the fixture so."
            )
    items.sort(key=lambda item: "smoke_book" not in item.fixturenames)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Who runs what where tests run side by side: a file is one process's work, and so is the smoke book.

    Groups by marker (`--dist loadgroup`) do nothing with this pytest: its test ids no longer take the suffix
    by which pytest-xdist 3.8 tells them apart.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return share_of(nodeid)

    return ByFile(config, log)


def share_of(nodeid: str) -> str:
    """What a test shares with others: the smoke book, or its file."""
    file = nodeid.split("::")[0]
    return SMOKE_BOOK if "smoke_" in (ROOT / file).read_text(encoding="utf-8") else file


def chromium() -> str | None:
    """Path of the browser, if there is one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Results of tests stay away from those of the book."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAYSCOTT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def copied_lib(tmp_path: Path) -> Path:
    """A folder with a copy of `lib`, to be edited."""
    shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture(scope="session")
def launch() -> "Iterator[Callable[[str], Browser]]":
    """A function that starts Chromium with further flags, once for each set of them.

    Absent, it fails where everything must run (CI) and skips elsewhere. There can be one Playwright only,
    so all tests share it.
    """
    # Here, since the engines are tested on machines that have no browser either.
    from playwright.sync_api import sync_playwright

    found = chromium()
    if not found:
        message = "No Chromium was found: install it, or name it in the environment variable CHROMIUM."
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with ExitStack() as stack:
        started: dict[str, Browser] = {}
        playwright = stack.enter_context(sync_playwright())

        def start(flags: str) -> "Browser":  # evaluated here, where its import is not
            if flags not in started:
                arguments = f"{FLAGS} {flags}".split()
                started[flags] = playwright.chromium.launch(executable_path=found, args=arguments)
                stack.callback(started[flags].close)
            return started[flags]

        yield start


def until(page: "Page", condition: str, arg: Any = None, timeout: float = 30_000) -> None:
    """Wait until an expression holds in a page, or a function of `arg`; so many milliseconds at most.

    It is asked for from outside. Playwright's own waiting makes code of text inside the page, which the
    pages' Content-Security-Policy forbids.
    """
    asked = condition if arg is not None else f"() => Boolean({condition})"
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(asked, arg):
        assert time.monotonic() < end, f"In {timeout / 1000:g} s it did not come to this: {condition}"
        page.wait_for_timeout(20)
