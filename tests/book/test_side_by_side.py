"""Several notebooks at once: in which order, what a failure and an interruption leave, what people see."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from book import side_by_side
from book.build import refresh
from book.contents import Chapter
from book.errors import BuildError
from book.lock import workplace
from book.side_by_side import Labelled, at_once, first_ready
from tests.book.conftest import HEADER, SETTINGS, Project

Write = Callable[..., Chapter]
#: A cell that says when it ran, in a file that gets published.
CLOCK = """
# %%
import time
from pathlib import Path
begin = time.monotonic()
{body}
Path(PLACE).write_text(f"{{begin}} {{time.monotonic()}}")
"""


@pytest.fixture
def write(project: Project) -> Write:
    """Writes one more notebook into a tiny project."""

    def writer(name: str, body: str, says: str = "after: []") -> Chapter:
        chapter = Chapter(name, project.root)
        needs = f"# jupyter:\n#   book:\n#     {says}\n"
        cells = CLOCK.format(body=body).replace("PLACE", repr(f"{name}.txt"))
        chapter.source.write_text(HEADER.replace("# jupyter:\n", needs) + cells)
        return chapter

    return writer


def run(chapters: list[Chapter], number: int = 2) -> None:
    """Execute and publish them."""
    with workplace(chapters[0].root) as scratch:
        refresh(chapters, dict(SETTINGS), {"device": "cpu"}, scratch, number)


def times(chapter: Chapter) -> tuple[float, float]:
    """When a notebook's cell began and ended."""
    begin, end = (chapter.published.parent / f"{chapter.name}.txt").read_text().split()
    return float(begin), float(end)


def test_two_run_at_a_time_and_a_third_waits_for_the_one_it_needs(write: Write) -> None:
    slow = write("slow", "time.sleep(3)")
    quick = write("quick", "import os; assert os.environ['LOKY_MAX_CPU_COUNT']")
    needy = write("needy", "assert __name__", "after: [slow]")
    run([slow, needy, quick])
    assert times(quick)[0] < times(slow)[1] < times(needy)[0]
    assert json.loads(slow.record.read_text())["at_once"] == 2
    assert "beside 1 other notebook" in slow.published.read_text()


def test_one_that_all_others_wait_for_has_all_cores(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: 4)
    cores = "import os; assert os.environ['LOKY_MAX_CPU_COUNT'] == {count!r}"
    first = write("first", cores.format(count="4"))
    others = [write(name, cores.format(count="2"), "after: [first]") for name in ("second", "third")]
    run([first, *others])


def test_long_ones_begin_before_the_others(write: Write) -> None:
    one, other = write("one", "time.sleep(2)"), write("other", "pass")
    long = write("long", "time.sleep(2)", "long: true")
    run([one, other, long])
    assert times(long)[0] < times(other)[0]


def test_a_failure_names_its_notebook_and_stops_the_others(write: Write) -> None:
    endless, broken = write("endless", "time.sleep(600)"), write("broken", "1 / 0")
    begin = time.monotonic()
    with pytest.raises(BuildError, match=r"notebooks/broken.py failed in cell .*ZeroDivisionError"):
        run([endless, broken])
    assert time.monotonic() - begin < 60
    assert not endless.published.exists()


def test_a_process_that_is_gone_is_reported(write: Write) -> None:
    papermill = "import os, signal; os.kill(os.getppid(), signal.SIGKILL); time.sleep(600)"
    with pytest.raises(BuildError, match=r"executed notebooks/lost.py ended without an answer"):
        run([write("fine", "time.sleep(600)"), write("lost", papermill)])


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_keeps_what_was_finished_and_leaves_no_process(
    write: Write, asked: signal.Signals
) -> None:
    chapters = [write("first", "pass"), write("second", "time.sleep(600)"), write("third", "time.sleep(600)")]
    root = chapters[0].root
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n"
        + "".join(f"- file: book/chapters/{chapter.name}\n" for chapter in chapters)
    )
    command = [sys.executable, "-m", "book.build", "--profile", "smoke", "--device", "cpu", "--at-once", "3"]
    # The project's own library is empty; the build itself needs the real one.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True) as build:
        give_up = time.monotonic() + 300
        while not chapters[0].published.exists() and build.poll() is None and time.monotonic() < give_up:
            time.sleep(0.1)
        build.send_signal(asked)
        _, said = build.communicate(timeout=120)
    assert build.returncode == 130, said
    assert "run the same command to go on" in said
    assert "Traceback" not in said
    assert "Error" not in said
    assert chapters[0].published.exists()
    places = [process.info["cwd"] or "" for process in psutil.process_iter(["cwd"])]
    assert not [place for place in places if place.startswith(str(root))]


def test_notebooks_that_wait_for_one_another_are_refused(write: Write) -> None:
    circle = [write("egg", "pass", "after: [hen]"), write("hen", "pass", "after: [egg]")]
    with pytest.raises(BuildError, match="egg, hen wait for one another"):
        first_ready(circle, [])


def test_a_gpu_takes_one_notebook_at_a_time() -> None:
    assert at_once("cuda") == at_once("cuda:1") == 1
    assert 1 <= at_once("cpu") <= 4


def test_progress_says_whose_it_is() -> None:
    console = io.StringIO()
    stream = Labelled("04_landscapes", console)
    stream.write("\rF-k plane: 40%")
    stream.flush()
    assert console.getvalue() == "\r04_landscapes: F-k plane: 40%"
