"""Build the book: execute what has changed, then write the pages.

python -m book.build --profile quick --device auto --seed 0
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from book.archive import write_archive
from book.aside import raw_stderr
from book.board import write_board
from book.contents import Chapter, chapters
from book.criteria_page import write_criteria
from book.errors import DISK, BuildError, refused
from book.execute import Parameters, raw
from book.freshness import begin, is_fresh, refuse_edits
from book.kernels import clean_settings
from book.licences import write_licences
from book.lock import workplace
from book.memory import Meter
from book.pages import build_pages
from book.plan import plan
from book.publish import publish, retire
from book.record import recorded, write_json
from book.runs.page import write_runs
from book.settings import check_folders, checked, look_around, number_at_once
from book.side_by_side import Made, at_once, compute, compute_all
from book.temporary import own_temporary

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether the book is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="quick", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--device", default="auto", help="where: auto, cpu or cuda")
    parser.add_argument("--seed", default="0", help="of the initial states")
    parser.add_argument("--no-pages", action="store_true", help="execute the notebooks, and no more")
    parser.add_argument("--at-once", help="notebooks side by side; by default one a core, up to 4")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        parameters = checked(options.profile, options.device, options.seed)
        number = number_at_once(options.at_once)
        if options.no_pages:
            make_chapters(ROOT, parameters, number)
            return 0
        index = build(ROOT, parameters, number)
    except BuildError as error:
        print(f"\nThe book was not built. {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in DISK:
            raise
        print(f"\nThe book was not built. {refused(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command to go on.", file=sys.stderr)
        return 130
    print(f"\nThe book is at {index}")
    return 0


def interrupt(number: int, frame: object) -> None:
    """What asks this process to end does so as Ctrl-C would: nothing is left behind."""
    raise KeyboardInterrupt


def build(root: Path, parameters: Parameters, number: int | None = None) -> Path:
    """Execute, record and write the book below `root`; returns the path of its front page.

    Args:
        number: of notebooks that run at a time; by default as many as there are cores, four at the most.

    Raises:
        BuildError: with a sentence, if anything does not work.
    """
    make_chapters(root, parameters, number)
    return write_pages(root)


def make_chapters(root: Path, parameters: Parameters, number: int | None = None) -> None:
    """Execute and publish every notebook that has changed, and gather what all of them found."""
    contents = chapters(root)
    check_folders(root)
    surroundings = look_around(parameters)
    with workplace(root) as scratch, own_temporary(root), clean_settings(scratch / ".settings"):
        offer_library(root)
        retire(root, contents)
        refresh(contents, parameters, surroundings, scratch, number or at_once(surroundings["device"]))
        gather_records(root, contents)
        write_board(root, contents)


def write_pages(root: Path) -> Path:
    """Write the pages around the chapters' results; returns the path of the front page."""
    with workplace(root) as scratch, own_temporary(root), clean_settings(scratch / ".settings"):
        write_runs(root)
        write_criteria(root)
        write_licences(root)
        write_archive(root)
        return build_pages(root)


def refresh(
    contents: list[Chapter], parameters: Parameters, surroundings: dict[str, str], scratch: Path, number: int
) -> None:
    """Execute and publish notebooks, but for those that were made from just these inputs.

    Args:
        scratch: a folder for what is not finished; each notebook gets one of its own below it.
        number: how many run at a time.
    """
    begun = {chapter: begin(chapter, parameters, surroundings) for chapter in contents}
    stale = [chapter for chapter in contents if not is_fresh(chapter, begun[chapter].key)]
    for chapter in contents:
        if chapter not in stale:
            print(f"{chapter.name}: unchanged")
        else:
            (scratch / chapter.name).mkdir()
    number = max(1, min(number, len(stale)))
    for line in plan(contents[0].root, stale, parameters, surroundings["device"], number) if stale else ():
        print(line, flush=True)
    several = compute_all if number > 1 else one_by_one
    with Meter() as meter:
        for chapter, (executed, remembered) in several(stale, parameters, surroundings, scratch, number):
            refuse_edits(chapter, begun[chapter], parameters, surroundings)
            record = {"key": begun[chapter].key, **remembered, "at_once": number, "memory": meter.peak}
            publish(chapter, executed, record, scratch / chapter.name)
            print(f"{chapter.name}: done in {record['seconds']:.0f} s", flush=True)
    if stale:
        print(f"The notebooks took {meter.said}.", flush=True)


def one_by_one(
    contents: list[Chapter], parameters: Parameters, surroundings: dict[str, str], scratch: Path, number: int
) -> Iterator[tuple[Chapter, Made]]:
    """Execute notebooks in this process, one after the other, each with all cores to itself."""
    for chapter in contents:
        print(f"{chapter.name}: running", flush=True)
        folder = scratch / chapter.name
        with raw_stderr(raw(folder)) as console:
            made = compute(chapter, parameters, surroundings, folder, console)
        yield chapter, made


def offer_library(root: Path) -> None:
    """Let kernels import `lib` from this very tree, whatever else is installed."""
    paths = [str(root), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))


def gather_records(root: Path, contents: list[Chapter]) -> None:
    """One file that tells how the whole book was made."""
    runs = [run for chapter in contents if (run := recorded(chapter.record)) is not None]
    write_json(root / "book" / "_generated" / "run.json", runs)


if __name__ == "__main__":
    sys.exit(main())
