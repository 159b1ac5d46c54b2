"""Build the book: execute what has changed, then write the pages.

python -m book.build --profile quick --device auto --seed 0
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from book.archive import write_archive
from book.board import write_board
from book.contents import Chapter, chapters
from book.errors import BuildError
from book.execute import Parameters
from book.freshness import chapter_key, is_fresh
from book.lock import workplace
from book.pages import build_pages
from book.publish import publish, retire
from book.record import write_json
from book.runs.page import write_runs
from book.side_by_side import Made, at_once, compute, compute_all
from lib.features import vgg19
from lib.running import profiles
from lib.running.cluster import ClusterError
from lib.running.device import pick

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether the book is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="quick", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--device", default="auto", help="where: auto, cpu or cuda")
    parser.add_argument("--seed", default=0, type=int, help="of the initial states")
    parser.add_argument("--at-once", type=int, help="notebooks side by side; by default one a core, up to 4")
    options = parser.parse_args(arguments)
    prepare_kernels()
    parameters: Parameters = {"PROFILE": options.profile, "DEVICE": options.device, "SEED": options.seed}
    try:
        index = build(ROOT, parameters, options.at_once)
    except BuildError as error:
        print(f"\nThe book was not built. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command to go on.", file=sys.stderr)
        return 130
    print(f"\nThe book is at {index}")
    return 0


def prepare_kernels() -> None:
    """Settings of this process that kernels inherit."""
    # Experiments run side by side, and threads inside each would only get in the way.
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    # joblib replaces a worker that has grown, as ours do on purpose: they keep checkpoint memory for the next
    # gradient. No job is lost, but it says so on stderr, where anything but a progress bar stops the build.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:A worker stopped while some jobs:UserWarning")


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
    surroundings = look_around(parameters)
    offer_library(root)
    contents = chapters(root)
    with workplace(root) as scratch:
        retire(root, contents)
        refresh(contents, parameters, surroundings, scratch, number or at_once(surroundings["device"]))
        gather_records(root, contents)
        write_board(root, contents)


def write_pages(root: Path) -> Path:
    """Write the pages around the chapters' results; returns the path of the front page."""
    with workplace(root):
        write_runs(root)
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
    keys = {chapter: chapter_key(chapter, parameters, surroundings) for chapter in contents}
    stale = [chapter for chapter in contents if not is_fresh(chapter, keys[chapter])]
    for chapter in contents:
        if chapter not in stale:
            print(f"{chapter.name}: unchanged")
        else:
            (scratch / chapter.name).mkdir()
    number = max(1, min(number, len(stale)))
    several = compute_all if number > 1 else one_by_one
    for chapter, (executed, remembered) in several(stale, parameters, surroundings, scratch, number):
        record = {"key": keys[chapter], **remembered, "at_once": number}
        publish(chapter, executed, record, scratch / chapter.name)
        print(f"{chapter.name}: done in {record['seconds']:.0f} s", flush=True)


def one_by_one(
    contents: list[Chapter], parameters: Parameters, surroundings: dict[str, str], scratch: Path, number: int
) -> Iterator[tuple[Chapter, Made]]:
    """Execute notebooks in this process, one after the other, each with all cores to itself."""
    for chapter in contents:
        print(f"{chapter.name}: running", flush=True)
        yield chapter, compute(chapter, parameters, surroundings, scratch / chapter.name)


def look_around(parameters: Parameters) -> dict[str, str]:
    """What the outcome depends on beyond the sources: the device that `auto` means, the filters at hand.

    Raises:
        BuildError: for an unknown profile or device, or a cluster that cannot be used.
    """
    try:
        device = pick(str(parameters["DEVICE"]))
        profiles.profile(str(parameters["PROFILE"]))
    except (ValueError, ClusterError) as error:
        raise BuildError(str(error)) from error
    return {"device": device, "features": vgg19().label}


def offer_library(root: Path) -> None:
    """Let kernels import `lib` from this very tree, whatever else is installed."""
    paths = [str(root), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))


def gather_records(root: Path, contents: list[Chapter]) -> None:
    """One file that tells how the whole book was made."""
    runs = [json.loads(chapter.record.read_text()) for chapter in contents]
    write_json(root / "book" / "_generated" / "run.json", runs)


if __name__ == "__main__":
    sys.exit(main())
