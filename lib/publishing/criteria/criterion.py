"""What a verdict is held against, written down before anything is measured."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


class NotMeasured(LookupError):
    """A rule asked for a number that nobody measured."""


class Numbers(Mapping[str, float]):
    """Measured numbers by name; one that is None, "not measured", stops the rule that asks for it."""

    def __init__(self, values: Mapping[str, float | None]) -> None:
        self.values_by_name = dict(values)

    def __getitem__(self, name: str) -> float:
        if name not in self.values_by_name:
            known = ", ".join(sorted(self.values_by_name))
            raise ValueError(
                f"A rule asks for {name!r}, which is not among the numbers measured ({known}): measure it, "
                "or hand it over as None."
            )
        if (value := self.values_by_name[name]) is None:
            raise NotMeasured(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


#: From the numbers of a claim to whether they meet it.
Rule = Callable[[Numbers], bool]


@dataclass(frozen=True)
class Criterion:
    """One row of the table of criteria.

    Args:
        id: the claim, a row of `lib.publishing.claims.STATEMENTS`.
        quantity: what is measured, over what, as a phrase.
        threshold: what it is held against, as a phrase: the rule in words.
        why: why this quantity and this threshold.
        would_change: which outcomes would refute or confirm it, as a sentence written before there was one.
        holds: the rule in numbers; None for an open question, which can only be observed.
        corrected: when the claim holds only with the correction that its finding states; None for never.
    """

    id: str
    quantity: str
    threshold: str
    why: str
    would_change: str
    holds: Rule | None = None
    corrected: Rule | None = None


def table(*rows: Criterion) -> dict[str, Criterion]:
    """Criteria by the claims' ids.

    Raises:
        ValueError: if two rows have one id.
    """
    found = {row.id: row for row in rows}
    if len(found) != len(rows):
        raise ValueError("Two criteria are given for one claim: keep one.")
    return found
