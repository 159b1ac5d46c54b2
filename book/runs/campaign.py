"""One command on a machine with a GPU: test the engines, time them, make the whole book, keep records.

python -m book.runs.campaign --profile paper --device cuda --seed 0
python -m book.runs.campaign --minutes 9       as much as nine minutes hold; the same command goes on

Each stage is kept as it finishes, and none is done twice with the same sources: the first minutes, each
file of tests, each grid and task of the benchmarks, each page. Stop it whenever you like, and start it
again to go on. A page that was interrupted finds what it has computed in the cache; the other stages begin
anew, and the longest of them, the first minutes, ends itself before `SHORTEST`. A stage that fails ends the
campaign with a sentence.
"""

import argparse
import importlib.util
import json
import math
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import torch

from book.build import make_chapters, write_pages
from book.errors import BuildError
from book.execute import Parameters
from book.freshness import digest, files_below
from book.record import Record, hardware, recorded, versions, write_record
from book.runs.keep import FOLDER, keep, title
from book.runs.record import condensed
from book.settings import checked

ROOT = Path(__file__).resolve().parents[2]

#: The tests that every engine has to pass, and what else their outcome depends on.
TESTS = Path("tests") / "backends"
#: What finished stages have left, apart from records and notebooks.
STAGES = Path("_build") / "campaign"

#: Minutes within which every stage ends, or leaves in the cache what it goes on with.
SHORTEST = 8


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether there is a record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="paper", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--device", default="cuda", help="where: cuda or cpu")
    parser.add_argument("--seed", default="0", help="of the initial states")
    parser.add_argument("--minutes", help="stop after so many, 8 or more; what is finished is kept")
    asked = parser.parse_args(arguments)
    try:
        if minutes := number_of_minutes(asked.minutes):
            # As if Ctrl-C were pressed then: every stage knows how to stop.
            signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
            signal.setitimer(signal.ITIMER_REAL, 60 * minutes)
        place = run(ROOT, checked(asked.profile, asked.device, asked.seed))
    except BuildError as error:
        print(f"\nThe campaign ended early. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command to go on.", file=sys.stderr)
        return 130
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    print(f"\nRecorded in {place.relative_to(ROOT)}: commit it, and the book shows it wherever it is built.")
    return 0


def number_of_minutes(text: str | None) -> float | None:
    """How long a campaign may take; None where that is left open.

    Raises:
        BuildError: for what is no number, and for so few minutes that a stage might never end.
    """
    if text is None or not text.strip():
        return None
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not SHORTEST <= minutes < math.inf:
        raise BuildError(
            f"MINUTES={text} cannot be used: give {SHORTEST} or more, within which every stage ends, or "
            "leave it out for as many as it takes."
        )
    return minutes


def run(root: Path, parameters: Parameters) -> Path:
    """All stages; returns the path of the record.

    Raises:
        BuildError: with a sentence, if there is no GPU where one is asked for, or a stage fails.
    """
    device = str(parameters["DEVICE"])
    if reason := no_gpu() if device == "cuda" else None:
        raise BuildError(reason)
    machine = hardware(device)
    if device == "cuda":
        stage(root, "first", device, lambda: run_first(root))
    tests = run_tests(root, device)
    if not kept_speed(root, machine).is_file():
        (root / STAGES / "speed.json").unlink(missing_ok=True)
    speed = stage(root, "speed", device, lambda: run_benchmarks(root, machine, device))
    if missing := not_installed(FOR_PAGES):
        raise BuildError(
            f"Engines and speed are on record; the pages need {missing}, which are not installed here: "
            "use a folder "
            "that `make wheels` has filled with the whole environment, or run the pages elsewhere."
        )
    make_chapters(root, parameters)
    place = keep(root, condensed(root, tests=tests, **speed))
    write_pages(root)
    return place


#: What executes and writes pages; engines are tested and timed without it.
FOR_PAGES = ("papermill", "jupytext", "imageio_ffmpeg", "jupyter_book", "sphinx")


def not_installed(packages: Iterable[str]) -> str:
    """Those that are not there, as people list them."""
    return " and ".join(name for name in packages if importlib.util.find_spec(name) is None)


def no_gpu() -> str | None:
    """Why nothing can run on a GPU here, a sentence; None where it can."""
    if torch.version.cuda is None and torch.version.hip is None:
        return (
            f"The torch that is installed here ({torch.__version__}) is a build for processors alone: put "
            "its CUDA build into .venv, which on Linux is what the package index has, or use DEVICE=cpu."
        )
    if not torch.cuda.is_available():
        return (
            "torch sees no GPU here: there is none, or NVIDIA's driver is missing or too old for CUDA "
            f"{torch.version.cuda}. `nvidia-smi` tells which; or use DEVICE=cpu."
        )
    return None


def stage(root: Path, name: str, device: str, do: Callable[[], Record]) -> Record:
    """Do a stage, unless it was done with these sources and packages on this machine."""
    sources = [*files_below(root / "lib"), *files_below(root / "benchmarks"), *files_below(root / TESTS)]
    key = digest(json.dumps([hardware(device), versions()]), sources, root)
    place = root / STAGES / f"{name}.json"
    if (done := recorded(place)) is not None and done["key"] == key:
        print(f"{name}: done before")
        return dict(done["result"])
    print(f"{name}: running", flush=True)
    result = do()
    write_record(place, {"key": key, "result": result})
    return result


def run_first(root: Path) -> Record:
    """The first minutes: bits, races, speeds.

    Raises:
        BuildError: if bits differ or runs race; then nothing else would mean anything.
    """
    command = [sys.executable, "-m", "benchmarks.gpu_first", "--root", str(root)]
    if status := subprocess.run(command, cwd=root, check=False).returncode:
        raise BuildError(
            f"The GPU's first minutes did not end well (status {status}; it says above why): its bits "
            "are not those of "
            "the emulation, or runs differ, so no number from this machine would mean anything."
        )
    return {"done": True}


def run_tests(root: Path, device: str) -> Record:
    """The engines' tests, a file at a time; returns how many did what."""
    files = sorted((root / TESTS).glob("test_*.py"))
    counts = [stage(root, f"tests-{file.stem}", device, partial(run_file, root, file)) for file in files]
    if not counts:
        raise BuildError(f"There is no test in {TESTS}, so nothing says that the engines are right.")
    return {key: round(sum(each[key] for each in counts), 1) for key in counts[0]}


def run_file(root: Path, file: Path) -> Record:
    """One file of tests, up to the first that fails.

    Raises:
        BuildError: if one failed; pytest has said on the console which.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-x", str(file), f"--junitxml={report}"]
        status = subprocess.run(command, cwd=root, check=False).returncode
        counts = count(report) if report.is_file() else None
    if status or counts is None:
        raise BuildError(
            f"The engines' tests did not pass (pytest ended with status {status}; it says above why), so no "
            "number from this machine would mean anything."
        )
    return counts


def count(report: Path) -> Record:
    """A summary of pytest's report."""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        raise BuildError("pytest has written a report without results: run the campaign again.")
    total, failed, skipped = (int(suite.get(name, 0)) for name in ("tests", "failures", "skipped"))
    failed += int(suite.get("errors", 0))
    return {
        "passed": total - failed - skipped,
        "failed": failed,
        "skipped": skipped,
        "seconds": round(float(suite.get("time", 0)), 1),
    }


def run_benchmarks(root: Path, machine: Record, device: str) -> Record:
    """All engines against each other; returns the name of the record of that.

    It keeps each grid and task in a folder as it is done, and goes on from there.

    Raises:
        BuildError: if they did not end well.
    """
    parts = root / STAGES / "speed"
    command = [sys.executable, "-m", "benchmarks.speed", "--device", device, "--parts", str(parts)]
    status = subprocess.run(command, cwd=root, check=False).returncode
    place = kept_speed(root, machine)
    if status or not place.is_file():
        raise BuildError(
            f"The benchmarks did not end well (status {status}; they say above why). What was timed is "
            "kept; run the same command to go on from there."
        )
    return {"speed": place.stem}


def kept_speed(root: Path, machine: Record) -> Path:
    """Where the benchmarks leave this machine's record."""
    return root / FOLDER / f"{title({'kind': 'speed', 'machine': machine})}.json"


if __name__ == "__main__":
    sys.exit(main())
