"""Build the book: execute what has changed, then write the pages.

python -m book.build --profile quick --device auto --seed 0
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from book.board import write_board
from book.contents import Chapter, chapters
from book.errors import BuildError
from book.execute import Parameters, execute
from book.freshness import chapter_key, is_fresh
from book.lock import workplace
from book.pages import build_pages
from book.publish import publish, retire
from book.record import record, write_json
from lib import profiles
from lib.device import pick
from lib.features import vgg19

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether the book is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="quick", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--device", default="auto", help="where: auto, cpu or cuda")
    parser.add_argument("--seed", default=0, type=int, help="of the initial states")
    options = parser.parse_args(arguments)
    # Kernels inherit it. Experiments run side by side, and threads inside each would only get in the way.
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    # joblib replaces a worker that has grown, as ours do on purpose: they keep checkpoint memory for the next
    # gradient. No job is lost, but it says so on stderr, where anything but a progress bar stops the build.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:A worker stopped while some jobs:UserWarning")
    parameters: Parameters = {"PROFILE": options.profile, "DEVICE": options.device, "SEED": options.seed}
    try:
        index = build(ROOT, parameters)
    except BuildError as error:
        print(f"\nThe book was not built. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command to go on.", file=sys.stderr)
        return 130
    print(f"\nThe book is at {index}")
    return 0


def build(root: Path, parameters: Parameters) -> Path:
    """Execute, record and write the book below `root`; returns the path of its front page.

    Raises:
        BuildError: with a sentence, if anything does not work.
    """
    surroundings = look_around(parameters)
    offer_library(root)
    contents = chapters(root)
    with workplace(root) as scratch:
        retire(root, contents)
        for chapter in contents:
            refresh(chapter, parameters, surroundings, scratch)
        gather_records(root, contents)
        write_board(root, contents)
        return build_pages(root)


def refresh(chapter: Chapter, parameters: Parameters, surroundings: dict[str, str], scratch: Path) -> None:
    """Execute and publish one notebook, unless that was done with just these inputs.

    Args:
        scratch: a folder for what is not finished; the notebook gets one of its own below it.
    """
    key = chapter_key(chapter, parameters, surroundings)
    if is_fresh(chapter, key):
        print(f"{chapter.name}: unchanged")
        return
    print(f"{chapter.name}: running", flush=True)
    begin = time.monotonic()
    folder = scratch / chapter.name
    folder.mkdir()
    executed = execute(chapter, parameters, folder)
    remembered = record(chapter, executed, parameters, surroundings, folder)
    publish(chapter, executed, {"key": key, **remembered}, folder)
    print(f"{chapter.name}: done in {time.monotonic() - begin:.0f} s", flush=True)


def look_around(parameters: Parameters) -> dict[str, str]:
    """What the outcome depends on beyond the sources: the device that `auto` means, the filters at hand.

    Raises:
        BuildError: for an unknown profile or device.
    """
    try:
        device = pick(str(parameters["DEVICE"]))
        profiles.profile(str(parameters["PROFILE"]))
    except ValueError as error:
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
