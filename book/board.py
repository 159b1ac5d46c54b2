"""The claims board: every claim of the paper with its verdict, and where it was measured."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import nbformat
from nbformat import NotebookNode

from book.contents import PUBLISHED, Chapter
from book.errors import BuildError
from book.record import Record, criterion_of, write_json
from lib.publishing.claims import ADMONITIONS, STATEMENTS, Kind
from lib.publishing.glued import MISSING
from lib.publishing.headlines import HEADLINES
from lib.publishing.numbers import Number, typeset

#: The page that frames the board; a book without it has no board.
FRAME = Path("book") / "claims.md"
#: What is generated for it.
TABLE, DOWNLOAD = Path("book/_generated/board.md"), Path("book/_generated/claims.json")

#: How this book was made, and records of how others were.
RUN, RECORDS = Path("book/_generated/run.json"), Path("book/records")

#: Verdicts differ in shape, not only in colour.
SYMBOLS = {Kind.DIFFERS: "✗", Kind.CORRECTED: "≈", Kind.UNTESTED: "?", Kind.OBSERVED: "○", Kind.HOLDS: "✓"}

#: The order of verdicts on the board: what a reader of the paper should know first.
ORDER = (Kind.DIFFERS, Kind.CORRECTED, Kind.UNTESTED, Kind.OBSERVED, Kind.HOLDS)

#: A call that records a verdict, as it stands in a notebook's cell.
RECORDED = re.compile(r"""claims\.(?:record|untested)\(\s*["']([^"']+)["']""")


def write_board(root: Path, contents: list[Chapter]) -> None:
    """Write the board and claims.json from what the chapters recorded.

    Raises:
        BuildError: if a claim has no verdict, or a cell does not show the one it records.
    """
    if not (root / FRAME).is_file():
        return
    verdicts = [verdict for chapter in contents for verdict in recorded(chapter)]
    refuse_gaps({verdict["id"] for verdict in verdicts}, contents)
    verdicts.sort(
        key=lambda verdict: (ORDER.index(Kind(verdict["verdict"])), list(STATEMENTS).index(verdict["id"]))
    )
    write_json(root / DOWNLOAD, verdicts)
    (root / TABLE).write_text("\n".join(board(verdicts, other_runs(root))) + "\n", encoding="utf-8")


def recorded(chapter: Chapter) -> list[Record]:
    """The verdicts that a chapter has published, each with its notebook and cell."""
    notebook = nbformat.read(chapter.published, as_version=4)
    found = []
    for id, cell in claim_cells(chapter, notebook).items():
        verdict = json.loads((chapter.root / PUBLISHED / "claims" / f"{id}.json").read_text(encoding="utf-8"))
        found.append({**verdict, "notebook": f"notebooks/{chapter.name}.py", "cell": cell + 1})
    return found


def claim_cells(chapter: Chapter, notebook: NotebookNode) -> dict[str, int]:
    """Claim → index of the one cell that records and shows it.

    Raises:
        BuildError: naming the cells, if two record the same claim or one does not show what it records.
    """
    cells: dict[str, int] = {}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        for id in dict.fromkeys(RECORDED.findall(cell.source)):
            place = f"cell {number + 1} of notebooks/{chapter.name}.py"
            if id in cells:
                raise BuildError(
                    f"Claim {id!r} is recorded twice, in cell {cells[id] + 1} and in {place}: keep one."
                )
            if f":name: claim-{id}\n" not in shown(cell):
                raise BuildError(
                    f"Claim {id!r} is recorded in {place} but not shown: make it the cell's last value."
                )
            cells[id] = number
    return cells


def verdict_of(id: str, folder: Path) -> str:
    """The verdict that a notebook wrote into its folder."""
    return str(json.loads((folder / "claims" / f"{id}.json").read_text(encoding="utf-8"))["verdict"])


def shown(cell: NotebookNode) -> str:
    """All markdown among a cell's outputs."""
    return "\n".join(output.get("data", {}).get("text/markdown", "") for output in cell.outputs)


def refuse_gaps(found: set[str], contents: list[Chapter]) -> None:
    """Stop if a row of the board would be empty."""
    if missing := [id for id in STATEMENTS if id not in found]:
        raise BuildError(
            f"No verdict was computed for {', '.join(missing)}: one of the {len(contents)} notebooks in "
            "_toc.yml must call claims.record (or claims.untested) for each claim of "
            "lib/publishing/claims.py."
        )


def board(verdicts: list[Record], runs: list[Record]) -> Iterator[str]:
    """The board as MyST markdown: the whole of it in a table, then counts, filter and one entry a claim."""
    yield from table(verdicts, runs)
    yield "## Each claim, with what was found\n"
    yield from filters(Counter(Kind(verdict["verdict"]) for verdict in verdicts))
    for verdict in verdicts:
        yield from entry(verdict)


def table(verdicts: list[Record], runs: list[Record]) -> Iterator[str]:
    """A line a claim: what is claimed, the verdict, one number, what it is counted over, other runs."""
    yield ":::{list-table}\n:header-rows: 1\n:class: board\n"
    yield "* - Claim\n  - Verdict\n  - One number\n  - Over\n  - Elsewhere"
    for verdict in verdicts:
        kind = Kind(verdict["verdict"])
        number, count = headline(verdict)
        yield f"* - {{ref}}`{verdict['statement'].rstrip('.')} <board-{verdict['id']}>`"
        yield f"  - [{SYMBOLS[kind]} {kind}]{{.verdict .{ADMONITIONS[kind]}}}"
        yield f"  - {number or '–'}\n  - {count or '–'}\n  - {elsewhere(verdict, runs)}"
    yield ":::\n"


def headline(verdict: Record) -> tuple[str, str]:
    """The number that a claim's line shows, and what it is counted over.

    A line whose number this run has not measured says so.

    Raises:
        BuildError: if the line names a number that the claim's notebook knows nothing of.
    """
    numbers = verdict["measured"]
    if not numbers:
        return "", ""
    number, count = (phrase_of(verdict["id"], phrase, numbers) for phrase in HEADLINES[verdict["id"]])
    return number, count


def phrase_of(id: str, phrase: str, numbers: Mapping[str, float | None]) -> str:
    """A phrase of a claim's line with its numbers in it."""
    names = {name for _, name, _, _ in Formatter().parse(phrase) if name}
    if unknown := names - set(numbers):
        raise BuildError(
            f"The board's line of the claim {id!r} names {', '.join(sorted(unknown))}, which its notebook "
            f"does not record: name one of {', '.join(numbers)} in lib/publishing/headlines.py."
        )
    known = {name: Number(value) for name in names if (value := numbers[name]) is not None}
    return phrase.format(**known) if len(known) == len(names) else MISSING


def elsewhere(verdict: Record, runs: list[Record]) -> str:
    """Whether the recorded runs with another profile or seed came to the same verdict."""
    said = []
    for run in runs:
        for other in run["claims"]:
            if other["id"] == verdict["id"]:
                if other.get("criterion") != criterion_of(verdict):
                    found = "held against another criterion"
                else:
                    found = "the same" if other["verdict"] == verdict["verdict"] else other["verdict"]
                said.append(f"{found} at {settings(run)}")
    return "; ".join(said) or "not run"


def settings(run: Record) -> str:
    """Profile and seed of a recorded run."""
    return f"{run['profile']}, seed {run['seed']}"


def other_runs(root: Path) -> list[Record]:
    """The recorded runs that were not made with this build's profile and seed."""
    here = json.loads((root / RUN).read_text(encoding="utf-8"))[0]["parameters"]
    found = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((root / RECORDS).glob("run-*.json"))
    ]
    return [run for run in found if (run["profile"], run["seed"]) != (here["PROFILE"], here["SEED"])]


def filters(counts: Counter[Kind]) -> Iterator[str]:
    """Buttons that hide the other verdicts; style sheets do the rest, so they work without scripts."""
    yield '<fieldset class="claim-filter"><legend>Show</legend>'
    choices = [("all", "all", counts.total())] + [
        (ADMONITIONS[kind], str(kind), counts[kind]) for kind in ORDER
    ]
    for value, label, count in choices:
        checked = " checked" if value == "all" else ""
        yield (
            f'<label><input type="radio" name="verdict" id="show-{value}"{checked}> {label} '
            f'<span class="count">{count}</span></label>'
        )
    yield "</fieldset>\n"


def entry(verdict: Record) -> Iterator[str]:
    """One claim: statement, verdict, what was found, and the way to the cell."""
    kind = Kind(verdict["verdict"])
    numbers = ", ".join(
        f"{name} = {MISSING if value is None else format(Number(value), '4r')}"
        for name, value in verdict["measured"].items()
    )
    yield f":::{{admonition}} {verdict['statement']}\n:class: claim {ADMONITIONS[kind]}"
    yield f":name: board-{verdict['id']}\n"
    yield f"**{SYMBOLS[kind]} {kind}** · the paper, Section {verdict['section']}\n"
    yield f"{typeset(verdict['finding'])}\n"
    if verdict["tolerance"]:
        yield f"Held against: {verdict['tolerance']}."
    for sentence in (verdict.get("would_change"), verdict.get("draw")):
        if sentence:
            yield sentence
    place = f"cell {verdict['cell']} of `{verdict['notebook']}`, as `{verdict['id']}`"
    yield f"{{ref}}`Where it was measured <claim-{verdict['id']}>` ({place})\n"
    if numbers:
        yield f"```{{dropdown}} The numbers\n{numbers}\n```"
    yield ":::\n"
