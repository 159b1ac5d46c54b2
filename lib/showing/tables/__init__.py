"""Tables of the pages: results as rows that a reader can read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table in markdown. Shown by Jupyter.

    Args:
        head: one entry a column.
        rows: the same number of entries each.
        left: columns that are aligned to the left; the others hold numbers.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1

    def _repr_markdown_(self) -> str:
        aligned = [":--" if i < self.left else "--:" for i in range(len(self.head))]
        return "\n".join(line(cells) for cells in (self.head, aligned, *self.rows))


def line(cells: Iterable[str]) -> str:
    """One row."""
    return f"| {' | '.join(cells)} |"
