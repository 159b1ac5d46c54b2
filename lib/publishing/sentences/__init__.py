"""Sentences of the pages that depend on what a run measured: both forms, chosen by the numbers."""

from lib.publishing.numbers import Number

#: What stands where nothing was measured.
MISSING = "not measured"


def said(x: float | None, form: str = "2r") -> str:
    """A number as people read it; None is said to be missing."""
    return MISSING if x is None else format(Number(x), form)


def percent(x: float | None, digits: int = 2) -> str:
    """A share as so many significant digits and a per cent sign."""
    return MISSING if x is None else f"{format(Number(100 * x), f'{digits}r')} %"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 start, 3 starts."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
