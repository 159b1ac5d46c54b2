"""Keep what the last build of the book measured as a record of a run: `make record`.

python -m book.runs.record                  the book in this folder
python -m book.runs.record --book FOLDER    one that was built elsewhere, recorded here
"""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from book.board import DOWNLOAD
from book.contents import Chapter, chapters
from book.errors import BuildError
from book.freshness import chapter_key, is_fresh
from book.record import SURROUNDINGS, Record, criterion_of
from book.runs.keep import keep
from book.runs.machine import commit

ROOT = Path(__file__).resolve().parents[2]
#: What the last complete build has written about all its notebooks.
RUN = Path("book") / "_generated" / "run.json"


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether there is a record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--book", type=Path, default=ROOT, help="folder of the project whose book was built")
    parser.add_argument("--remark", help="a sentence about the circumstances, such as what else was running")
    options = parser.parse_args(arguments)
    remark = {"remark": options.remark} if options.remark else {}
    try:
        place = keep(ROOT, condensed(options.book.resolve(), **remark))
    except BuildError as error:
        print(f"Nothing was recorded. {error}", file=sys.stderr)
        return 1
    print(f"Recorded in {place.relative_to(ROOT)}; the next `make book` shows it on the page of runs.")
    return 0


def condensed(root: Path, **more: Any) -> Record:
    """The record of the book built below `root`.

    Args:
        more: further entries, such as a summary of tests.

    Raises:
        BuildError: with a sentence, if no complete book was built there, or not in one go.
    """
    runs, contents = last_build(root), chapters(root)
    if [run["chapter"] for run in runs] != [chapter.name for chapter in contents]:
        raise BuildError("The last complete build held other notebooks than _toc.yml does: run `make book`.")
    first = runs[0]
    if any(run["parameters"] != first["parameters"] or run["hardware"] != first["hardware"] for run in runs):
        raise BuildError(
            "The notebooks were executed with different settings or on different machines: run `make book`."
        )
    return {
        "kind": "run",
        "machine": first["hardware"],
        "date": min(run["started"] for run in runs)[:10],
        "versions": first["versions"],
        "commit": commit(root) if all_fresh(contents, runs) else None,
        "profile": first["parameters"]["PROFILE"],
        "device": first["device"],
        "seed": first["parameters"]["SEED"],
        "features": first["features"],
        "at_once": max(run.get("at_once", 1) for run in runs),
        **({"wall": wall} if (wall := wall_time(runs)) is not None else {}),
        **({"memory": memory} if (memory := max(run.get("memory", 0) for run in runs)) else {}),
        "pages": [page(run) for run in runs],
        "claims": [
            {key: verdict[key] for key in ("id", "verdict", "measured")}
            | {"criterion": criterion_of(verdict)}
            for verdict in verdicts(root)
        ],
        **more,
    }


def wall_time(runs: list[Record]) -> float | None:
    """Seconds from the first notebook's start to the last one's end; None for a build with breaks."""
    starts = [datetime.fromisoformat(run["started"]).timestamp() for run in runs]
    ends = [start + run["seconds"] for start, run in zip(starts, runs, strict=True)]
    total = sum(run["seconds"] for run in runs)
    # Between notebooks pass a few seconds; more means an interruption, or notebooks left as they were.
    return round(span, 1) if (span := max(ends) - min(starts)) < 1.1 * total + 10 * len(runs) else None


def last_build(root: Path) -> list[Record]:
    """What the last complete build remembers of each notebook."""
    try:
        runs = json.loads((root / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"There is no complete book in this folder (no {RUN}): run `make book`.") from error
    if not runs:
        raise BuildError("The book that was built holds no notebook, so there is nothing to record.")
    return list(runs)


def verdicts(root: Path) -> list[Record]:
    """The claims board's rows; none for a book without a board."""
    return (
        list(json.loads((root / DOWNLOAD).read_text(encoding="utf-8"))) if (root / DOWNLOAD).is_file() else []
    )


def all_fresh(contents: list[Chapter], runs: list[Record]) -> bool:
    """Whether every notebook was made from the sources as they are now."""
    keys = (
        (chapter, chapter_key(chapter, run["parameters"], {k: run[k] for k in SURROUNDINGS if k in run}))
        for chapter, run in zip(contents, runs, strict=True)
    )
    return all(is_fresh(chapter, key) for chapter, key in keys)


def page(run: Record) -> Record:
    """One notebook's times: its own, its figures', and its data's, in tenths and hundredths of seconds."""
    timed = [data for data in run["data"] if "core_seconds" in data]
    total = sum(data["core_seconds"] for data in timed)
    on_gpu = sum(data["core_seconds"] for data in timed if data.get("device", "cpu") != "cpu")
    old = sum(data["core_seconds"] * data.get("cached", 0.0) for data in timed)
    return {
        "name": run["chapter"],
        "seconds": round(run["seconds"], 1),
        "figures": {figure["name"]: round(figure["seconds"], 2) for figure in run["figures"]},
        "core_seconds": round(total - on_gpu, 2),
        # The on-chip engine's, as the notebook itself measured; of older runs only what their data say.
        "gpu_seconds": round(run.get("gpu_seconds", on_gpu), 2),
        "cached": round(old / total, 3) if total else 0.0,
    }


if __name__ == "__main__":
    sys.exit(main())
