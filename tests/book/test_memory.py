"""The meter counts a build's processes together, what they share once, and a build's record says so."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from book import pages
from book.build import refresh
from book.contents import RUNS
from book.lock import workplace
from book.memory import EVERY, MOST, Meter, taken
from book.record import recorded
from tests.book.conftest import Project

MB = 1_000_000

#: A process that takes 60 MB, and whose child shares them and takes 40 more.
FORKS = """
import os, sys, time
own = b"x" * 60_000_000
if os.fork() == 0:
    more = b"y" * 40_000_000
    print("both", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells what processes share.")
def test_what_a_fork_shares_counts_once() -> None:
    before = taken(psutil.Process())
    with Meter() as meter, subprocess.Popen([sys.executable, "-c", FORKS], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        meter.look()
        for child in psutil.Process(process.pid).children():
            child.kill()
        process.kill()
    assert 100 * MB < meter.peak - own(before) < 150 * MB


def own(before: int) -> int:
    """What this process takes by itself: its part of what others load meanwhile as well grows smaller."""
    return min(before, taken(psutil.Process()))


def test_a_record_says_how_much_its_build_took(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("# %%\nimport time\nheld = b'x' * 300_000_000\ntime.sleep(2.5)\n")
    with workplace(project.root) as scratch:
        refresh([project.chapter], project.parameters, {"device": "cpu"}, scratch, 1)
    record = recorded(project.chapter.record)
    assert record is not None
    assert 300 * MB < record["memory"] < MOST
    assert f"at most {record['memory'] / 1e9:.2f} GB of memory" in capsys.readouterr().out


def test_writing_the_pages_is_watched_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def sphinx(root: Path) -> Path:
        """Holds 100 MB for long enough to be seen."""
        code = "import time; held = b'x' * 100_000_000; print('held', flush=True); time.sleep(60)"
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(EVERY + 1)
            process.kill()
        page = root / pages.WORK / "_build" / "html" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text("<html><head></head></html>")
        return page.parent

    monkeypatch.setattr(pages, "run_sphinx", sphinx)
    monkeypatch.setattr(pages, "pages_key", lambda root: "a key")
    before = taken(psutil.Process())
    pages.build_pages(tmp_path)
    stamp = recorded(tmp_path / "_build" / "pages.key")
    assert stamp is not None
    assert 100 * MB < stamp["memory"] - own(before) < 200 * MB
    assert f"The pages took at most {stamp['memory'] / 1e9:.2f} GB of memory" in capsys.readouterr().out


def test_the_smoke_book_takes_less_than_it_may(smoke_book: Path) -> None:
    records = [recorded(path) for path in (smoke_book.parents[1] / RUNS).glob("*.json")]
    records.append(recorded(smoke_book.parent / "pages.key"))
    peaks = [record["memory"] for record in records if record]
    assert peaks
    assert max(peaks) < MOST, f"{max(peaks) / 1e9:.2f} GB"
