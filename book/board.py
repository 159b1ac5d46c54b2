"""The claims board: every claim of the paper with its verdict, and where it was measured."""

import json
from pathlib import Path

import nbformat

from book.board_text import ORDER, about_seeds, board
from book.claim_cells import claim_cells
from book.contents import PUBLISHED, Chapter
from book.draws import Draws, draws, label
from book.errors import BuildError
from book.record import Record, write_json
from lib.publishing.claims import STATEMENTS

#: The page that frames the board; a book without it has no board.
FRAME = Path("book") / "claims.md"
#: What is generated for it.
TABLE, DOWNLOAD = Path("book/_generated/board.md"), Path("book/_generated/claims.json")

#: How this book was made, and records of how others were.
RUN, RECORDS = Path("book/_generated/run.json"), Path("book/records")


def write_board(root: Path, contents: list[Chapter]) -> None:
    """Write the board and claims.json from what the chapters recorded.

    Raises:
        BuildError: if a claim has no verdict, or a cell does not show the one it records.
    """
    if not (root / FRAME).is_file():
        return
    verdicts = [verdict for chapter in contents for verdict in recorded(chapter)]
    refuse_gaps({verdict["id"] for verdict in verdicts}, contents)
    here, seeds = parameters_of(root), records(root, "seeds")
    for verdict in verdicts:
        verdict["seeds"] = over_seeds(draws(verdict, here["PROFILE"], here["SEED"], seeds))
    verdicts.sort(key=lambda verdict: (ORDER.index(label(verdict)), list(STATEMENTS).index(verdict["id"])))
    write_json(root / DOWNLOAD, verdicts)
    lines = [*about_seeds(verdicts, here["PROFILE"], seeds), *board(verdicts, other_runs(root))]
    (root / TABLE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def parameters_of(root: Path) -> Record:
    """Profile, device and seed of this build."""
    return dict(json.loads((root / RUN).read_text(encoding="utf-8"))[0]["parameters"])


def recorded(chapter: Chapter) -> list[Record]:
    """The verdicts that a chapter has published, each with its notebook and cell."""
    notebook = nbformat.read(chapter.published, as_version=4)
    found = []
    for id, cell in claim_cells(chapter, notebook).items():
        verdict = json.loads((chapter.root / PUBLISHED / "claims" / f"{id}.json").read_text(encoding="utf-8"))
        found.append({**verdict, "notebook": f"notebooks/{chapter.name}.py", "cell": cell + 1})
    return found


def refuse_gaps(found: set[str], contents: list[Chapter]) -> None:
    """Stop if a row of the board would be empty."""
    if missing := [id for id in STATEMENTS if id not in found]:
        raise BuildError(
            f"No verdict was computed for {', '.join(missing)}: one of the {len(contents)} notebooks in "
            "_toc.yml must call claims.record (or claims.untested) for each claim of "
            "lib/publishing/claims.py."
        )


def over_seeds(found: Draws) -> Record:
    """What `claims.json` says of a claim over seeds."""
    ranges = {name: list(ends) for name, ends in found.ranges.items()}
    return {"flips": found.flips, "said": found.sentence(), "ranges": ranges}


def other_runs(root: Path) -> list[Record]:
    """The recorded runs with another profile or seed than this build's, and claims with other filters."""
    here = parameters_of(root)
    found = records(root, "run")
    others = [run for run in found if (run["profile"], run["seed"]) != (here["PROFILE"], here["SEED"])]
    return others + [claim for claim in records(root, "claim") if claim.get("features") != features_of(root)]


def features_of(root: Path) -> str:
    """The filters of the Gram loss in this build."""
    return str(json.loads((root / RUN).read_text(encoding="utf-8"))[0].get("features", ""))


def records(root: Path, kind: str) -> list[Record]:
    """The records of a kind, each with its file's name; the page of runs looks whether they are well made."""
    found = sorted((root / RECORDS).glob(f"{kind}-*.json"))
    return [{**json.loads(path.read_text(encoding="utf-8")), "file": path.name} for path in found]
