"""Numbers in findings and sentences: counts with their nouns, shares with what they are of."""

from lib.publishing.numbers import Number
from lib.publishing.sentences import counted, said


class Quantity(Number):
    """A typeset number that knows one more format: "#run" is a count with its noun, 1 run or 3 runs.

    A space stands before %.
    """

    def __format__(self, form: str) -> str:
        if form.startswith("#"):
            return counted(round(self), form[1:])
        return super().__format__(form).replace("%", "\u00a0%")


def share(value: float | None, count: int, of: str) -> str:
    """A share with what it is of: 31 % of 120 runs."""
    return f"a share {said(value)}" if value is None else f"{whole(value)} of {count:,} {of}"


def whole(value: float | None) -> str:
    """A share in whole per cent."""
    return said(value) if value is None else format(Quantity(value), ".0%")
