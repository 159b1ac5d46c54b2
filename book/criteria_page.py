"""The table of criteria as a page: what each claim is held against, and what would have changed a verdict."""

from collections.abc import Iterator
from pathlib import Path

from lib.publishing.claims import STATEMENTS
from lib.publishing.criteria import CRITERIA, Criterion

#: The page that frames it; a book without it has none.
FRAME = Path("book") / "criteria.md"
#: What is generated for it.
TABLE = Path("book") / "_generated" / "criteria.md"


def write_criteria(root: Path) -> None:
    """Write every criterion, in the order of the sections."""
    if (root / FRAME).is_file():
        text = "\n".join(line for id in STATEMENTS for line in row(id, CRITERIA[id]))
        (root / TABLE).parent.mkdir(parents=True, exist_ok=True)
        (root / TABLE).write_text(text + "\n", encoding="utf-8")


def row(id: str, criterion: Criterion) -> Iterator[str]:
    """One claim: statement and id, and under them the four columns of its criterion."""
    section, statement = STATEMENTS[id]
    yield f"(criterion-{id})=\n"
    yield f"**{statement}** `{id}` · Section {section} · {{ref}}`its verdict <board-{id}>`\n"
    columns = {
        "Measured": criterion.quantity,
        "Held against": criterion.threshold,
        "Why": criterion.why,
        "What would have changed the verdict": criterion.would_change,
    }
    for name, phrase in columns.items():
        said = phrase[0].upper() + phrase[1:]
        yield f"{name}\n: {said if said.endswith(('.', '!', '?')) else said + '.'}\n"
