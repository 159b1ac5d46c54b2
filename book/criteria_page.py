"""The table of criteria as a page: what each claim is held against, and which outcomes would decide it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from book.runs.keep import kept
from lib.publishing.claims import STATEMENTS
from lib.publishing.criteria import CRITERIA, Criterion
from lib.publishing.schemes import other_schemes

#: The page that frames it; a book without it has none.
FRAME = Path("book") / "criteria.md"
#: What is generated for it.
TABLE = Path("book") / "_generated" / "criteria.md"


def write_criteria(root: Path) -> None:
    """Write every criterion, in the order of the sections."""
    if (root / FRAME).is_file():
        recorded = schemes_recorded(root)
        text = "\n".join(line for id in STATEMENTS for line in row(id, CRITERIA[id], recorded.get(id, ())))
        (root / TABLE).parent.mkdir(parents=True, exist_ok=True)
        (root / TABLE).write_text(text + "\n", encoding="utf-8")


def schemes_recorded(root: Path) -> Mapping[str, set[str]]:
    """Claim → the other schemes under which records beside the sources have measured it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for record in kept(root, "claim"):
        for claim in record["claims"]:
            if "scheme" in record:
                found[claim["id"]].add(record["scheme"])
    return found


def row(id: str, criterion: Criterion, recorded: Collection[str] = ()) -> Iterator[str]:
    """One claim: statement and id, and under them its criterion, and what other schemes it was given."""
    section, statement = STATEMENTS[id]
    yield f"(criterion-{id})=\n"
    yield f"**{statement}** `{id}` · Section {section} · {{ref}}`its verdict <board-{id}>`\n"
    columns = {
        "Measured": criterion.quantity,
        "Held against": criterion.threshold,
        "Why": criterion.why,
        "What would refute or confirm it": criterion.would_change,
        "Another scheme": other_schemes(id, recorded),
    }
    for name, phrase in columns.items():
        said = phrase[0].upper() + phrase[1:]
        yield f"{name}\n: {said if said.endswith(('.', '!', '?')) else said + '.'}\n"
