"""One command on a machine with a GPU: test the engines, time them, make the whole book, keep a record.

python -m book.runs.campaign --profile paper --device cuda --seed 0

Each stage is kept as it finishes, and none is done twice with the same sources: stop it whenever you
like, and start it again to go on. A stage that fails ends it with a sentence.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import torch

from book.build import make_chapters, prepare_kernels, write_pages
from book.errors import BuildError
from book.execute import Parameters
from book.freshness import digest, files_below
from book.record import Record, hardware, versions, write_json
from book.runs.keep import FOLDER, keep, title
from book.runs.record import condensed

ROOT = Path(__file__).resolve().parents[2]

#: The tests that every engine has to pass, and what else their outcome depends on.
TESTS = Path("tests") / "backends"
#: What finished stages have left, apart from records and notebooks.
STAGES = Path("_build") / "campaign"


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether there is a record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="paper", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--device", default="cuda", help="where: cuda or cpu")
    parser.add_argument("--seed", default=0, type=int, help="of the initial states")
    asked = parser.parse_args(arguments)
    parameters: Parameters = {"PROFILE": asked.profile, "DEVICE": asked.device, "SEED": asked.seed}
    try:
        place = run(ROOT, parameters)
    except BuildError as error:
        print(f"\nThe campaign ended early. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command to go on.", file=sys.stderr)
        return 130
    print(f"\nRecorded in {place.relative_to(ROOT)}: commit it, and the book shows it wherever it is built.")
    return 0


def run(root: Path, parameters: Parameters) -> Path:
    """All stages; returns the path of the record.

    Raises:
        BuildError: with a sentence, if there is no GPU where one is asked for, or a stage fails.
    """
    device = str(parameters["DEVICE"])
    if reason := no_gpu() if device == "cuda" else None:
        raise BuildError(reason)
    machine = hardware(device)
    tests = stage(root, "tests", device, lambda: run_tests(root))
    if not kept_speed(root, machine).is_file():
        (root / STAGES / "speed.json").unlink(missing_ok=True)
    speed = stage(root, "speed", device, lambda: run_benchmarks(root, machine, device))
    prepare_kernels()
    make_chapters(root, parameters)
    place = keep(root, condensed(root, tests=tests, **speed))
    write_pages(root)
    return place


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
    if place.is_file() and (done := json.loads(place.read_text()))["key"] == key:
        print(f"{name}: done before")
        return dict(done["result"])
    print(f"{name}: running", flush=True)
    result = do()
    write_json(place, {"key": key, "result": result})
    return result


def run_tests(root: Path) -> Record:
    """The engines' tests; returns how many did what.

    Raises:
        BuildError: if one failed; pytest has said on the console which.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", str(TESTS), f"--junitxml={report}"]
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

    Raises:
        BuildError: if they did not end well.
    """
    command = [sys.executable, "-m", "benchmarks.speed", "--device", device]
    status = subprocess.run(command, cwd=root, check=False).returncode
    place = kept_speed(root, machine)
    if status or not place.is_file():
        raise BuildError(
            f"The benchmarks did not end well (status {status}; they say above why). The tests' result is "
            "kept; run the same command to go on from there."
        )
    return {"speed": place.stem}


def kept_speed(root: Path, machine: Record) -> Path:
    """Where the benchmarks leave this machine's record."""
    return root / FOLDER / f"{title({'kind': 'speed', 'machine': machine})}.json"


if __name__ == "__main__":
    sys.exit(main())
