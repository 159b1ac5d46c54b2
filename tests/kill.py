"""Builds that are killed, and what comes out of them in the end.

python -m tests.kill [NUMBER]

kills builds of a small book at so many random moments (20), finishes them, and compares with a build that was
left alone. The few fixed moments that every test run tries are in tests/book/test_killed_builds.py.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.book.conftest import HEADER, Project, lay_out
from tests.everything import published

ROOT = Path(__file__).resolve().parents[1]

#: A notebook that sweeps, trains a network, publishes, and takes a few seconds.
NOTEBOOK = """
# %% [markdown]
# # A small page
#
# With a figure.

# %% data=["line"] mystnb={"figure": {"caption": "A line.", "name": "fig-line"}, "image": {"alt": "A line."}}
import numpy as np
from IPython.display import SVG
from lib import landscape
from lib.publishing.datasets import publish
line = landscape.sweep(
    {"k": np.linspace(0.055, 0.066, 12)}, size=32, steps=STEPS, states=2, losses=("spectral",), jobs=2
)
publish(line.drop_vars("v"), "line")
from lib.studies.pinn import recovery
from lib.running.kept import arguments, kept
state = recovery.steady_states(1, 32, 400, 3)
call = arguments(recovery.CASES[1], "network + residual", state, 0, ITERATIONS, None)
(trained,) = kept(recovery.recover, [call], 1)
print(trained.error.tolist())
import time
time.sleep(1.0)
print(float(line.spectral.sum()))
SVG("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
"""

#: Everything of a build but the pages, which a test has no time for.
CHAPTERS = """
from pathlib import Path
from book.build import make_chapters
make_chapters(Path.cwd(), {"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 3}, NUMBER)
"""
PAGES = CHAPTERS + "from book.build import write_pages\nwrite_pages(Path.cwd())\n"

#: What a build is at, by what it has left on the disk.
PHASES: dict[str, Callable[[Path], object]] = {
    "sweep": lambda root: list((root / "cache" / "results").rglob("*.result")),
    "training": lambda root: list((root / "cache" / "unfinished").rglob("*.part")),
    "notebook": lambda root: list((root / "cache" / "results").glob("*.recover/*/*.result")),
    "pages": lambda root: (root / "_build" / "sphinx").is_dir(),
}

#: Where the results' folder holds the checkpoints of trainings.
CHECKPOINTS = "unfinished"

#: A kill comes at most so many seconds after the first sign of a phase.
LATEST = 2.0

#: What a build says.
LOG = "build.log"


def smallest_book(root: Path) -> Project:
    """A project with one notebook, whose sweep and whose training take about a second each."""
    root.mkdir(parents=True, exist_ok=True)
    project = lay_out(root)
    project.write(NOTEBOOK.replace("STEPS", "2000").replace("jobs=2", "jobs=1").replace("ITERATIONS", "300"))
    return project


def small_book(root: Path) -> Project:
    """A project with two notebooks, one beside the other, each with two processes of its own."""
    project = smallest_book(root)
    text = NOTEBOOK.replace("STEPS", "20_000").replace("ITERATIONS", "1000")
    project.write(text)
    # Shown under names of its own, and of other numbers.
    other = text.replace("fig-line", "fig-other").replace('"line"', '"other"').replace("0.066", "0.064")
    (root / "notebooks" / "02_other.py").write_text(HEADER + "\n" + other, encoding="utf-8")
    with (root / "_toc.yml").open("a", encoding="utf-8") as contents:
        contents.write("- file: book/chapters/02_other\n")
    return project


def start(root: Path, code: str = CHAPTERS) -> subprocess.Popen[bytes]:
    """Begin a build in a session of its own, with as many notebooks at a time as there are."""
    code = code.replace("NUMBER", str(len(list((root / "notebooks").glob("*.py")))))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GRAYSCOTT_CACHE": str(root / "cache")}
    # Into a file: a pipe would stay open as long as any process of the build lives.
    with (root / LOG).open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=root,
            env=environment,
            start_new_session=True,
            stdout=log,
            stderr=log,
        )


def finish(root: Path, code: str = CHAPTERS) -> None:
    """Build to the end.

    Raises:
        AssertionError: if it cannot.
    """
    status = start(root, code).wait()
    assert status == 0, (root / LOG).read_text(encoding="utf-8")


def kill_when(root: Path, moment: Callable[[], object], code: str = CHAPTERS) -> bool:
    """Kill a build and its whole group without warning at a moment; whether it was still at work then."""
    process = start(root, code)
    while process.poll() is None and not moment():
        time.sleep(0.02)
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return alive


def processes_of(root: Path) -> list[psutil.Process]:
    """Processes at work below a folder."""
    found = []
    for process in psutil.process_iter(["cwd"]):
        if (process.info["cwd"] or "").startswith(str(root)):
            found.append(process)
    return found


def all_gone(root: Path, seconds: float = 30.0) -> bool:
    """Whether no process is left below a folder, after a while."""
    end = time.monotonic() + seconds
    while (left := processes_of(root)) and time.monotonic() < end:
        time.sleep(0.2)
    return not left


def unfinished(root: Path) -> list[str]:
    """What a build must not leave: its work place, half-written files.

    The checkpoints of trainings are whole files, and stay: the same training is read from its last.
    """
    names = ("*.part", ".part-*", "html.old")
    left = [path for name in names for path in root.rglob(name) if CHECKPOINTS not in path.parts]
    left += [root / "_build" / name for name in ("running", "sphinx") if (root / "_build" / name).exists()]
    return [path.relative_to(root).as_posix() for path in left]


def main(number: int = 20) -> int:
    """Kill so many times, in each phase in turn, at a random moment; compare what comes to its end."""
    with tempfile.TemporaryDirectory() as folder:
        alone, killed = Path(folder) / "alone", Path(folder) / "killed"
        small_book(alone)
        finish(alone, PAGES)
        small_book(killed)
        draw, wrong, done = random.Random(number), "", 0
        while done < number and not wrong:
            phase = list(PHASES)[done % len(PHASES)]
            moment = after(phase, killed, draw.uniform(0.0, LATEST))
            # A phase that has left its traces cannot begin again: that build comes to its end.
            if PHASES[phase](killed) or not kill_when(killed, moment, PAGES):
                wrong = finished(killed, alone)
                shutil.rmtree(killed)
                small_book(killed)
                continue
            done += 1
            print(f"{done} of {number}: killed after the first sign of: {phase}", flush=True)
            wrong = "" if all_gone(killed) else f"Left at work: {processes_of(killed)}"
        wrong = wrong or finished(killed, alone)
    print(wrong or "Every build that came to its end had the same bits, and left nothing behind.")
    return 1 if wrong else 0


def after(phase: str, root: Path, seconds: float) -> Callable[[], bool]:
    """A moment: so many seconds after the first sign of a phase."""
    first: list[float] = []

    def come() -> bool:
        if not first and PHASES[phase](root):
            first.append(time.monotonic())
        return bool(first) and time.monotonic() >= first[0] + seconds

    return come


def finished(killed: Path, alone: Path) -> str:
    """Finish a build that was killed on its way: what is wrong with it; nothing where it is right."""
    finish(killed, PAGES)
    if published(killed) != published(alone):
        return "Other numbers than those of a build that was left alone!"
    return f"Left behind: {left}" if (left := unfinished(killed)) else ""


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
