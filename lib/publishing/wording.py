"""Words for numbers: significant digits, per cent, counts with their nouns, and what was not measured."""

import math
import re

from lib.publishing.glued import MISSING
from lib.publishing.numbers import Number

#: From where on nobody reads a relative error in per cent.
TIMES = 10

#: Shares closer than this to none or to all are round-off, and none or all.
NOTHING = 1e-7


class Quantity(Number):
    """A typeset number that knows one more format: "#run" is a count with its noun, 1 run or 3 runs.

    A space stands before %; what is ten times the value or more is told so.
    """

    def __format__(self, form: str) -> str:
        if form.startswith("#"):
            return counted(round(self), form[1:])
        if form.endswith("%") and abs(self) >= TIMES:
            return in_times(self)
        if form.endswith("%") and (finer := between(float(self), super().__format__(form))):
            return finer
        return super().__format__(form).replace("%", "\u00a0%")


def between(x: float, text: str) -> str:
    """A share that is neither none nor all, in as many digits as show it; empty where `text` shows it."""
    if re.search(r"\b100(\.0+)?%", text) and NOTHING < 1 - abs(x) < 1:
        digits = math.ceil(-math.log10(100 * (1 - abs(x))) - 1e-6)
        return f"{format(Number(100 * x), f'.{digits}f')}\u00a0%"
    if not re.search("[1-9]", text) and abs(x) > NOTHING:
        return f"{format(Number(100 * x), '2r')}\u00a0%"
    return ""


def said(x: float | None, form: str = "2r") -> str:
    """A number as people read it; None is said to be missing."""
    return MISSING if x is None else format(Number(x), form)


def percent(x: float | None, digits: int = 2) -> str:
    """A share as so many significant digits and a per cent sign; an error from ten on in times."""
    if x is None:
        return MISSING
    if abs(x) >= TIMES:
        return in_times(x)
    return f"{format(Number(100 * x), f'{digits}r')} %"


def fold(x: float | None) -> str:
    """A relative error: in per cent, and as "25 times the value" where it is larger than the value itself."""
    return in_times(x) if x is not None and x >= 1 else percent(x)


def in_times(x: float) -> str:
    """A relative error as a multiple: 25 times the value."""
    return f"{said(x)} times the value"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 start, 3 starts."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(value: float | None, count: int, of: str) -> str:
    """A share with what it is of: 31 % of 120 runs."""
    return f"a share {said(value)}" if value is None else f"{whole(value)} of {count:,} {of}"


def whole(value: float | None) -> str:
    """A share in whole per cent."""
    return said(value) if value is None else format(Quantity(value), ".0%")
