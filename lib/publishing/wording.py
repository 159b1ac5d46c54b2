"""Numbers in sentences: minus signs, powers of ten in words a reader knows, shares with what they are of."""

from numbers import Real

#: What stands in a sentence where a number was not measured.
MISSING = "not measured"


class Missing:
    """Stands for a number that was not measured in the sentence that would name it, whatever its format."""

    def __format__(self, form: str) -> str:
        return MISSING


class Quantity(float):
    """A number with formats for people.

    "p", as in ".2p": so many digits, and a power of ten where it is far from 1. "#run": a count
    with its noun, 1 run or 3 runs. All others are Python's, but hyphens become minus signs, a space stands
    before %, and nothing is ever "−0".
    """

    def __format__(self, form: str) -> str:
        if form.startswith("#"):
            return times(round(self), form[1:])
        if form.endswith("p"):
            return power(float(self), int(form[1:-1]) if form[1:-1] else 2)
        said = super().__format__(form)
        if not any(digit in said for digit in "123456789"):
            said = said.lstrip("-")
        return said.replace("-", "−").replace("%", " %")


def power(value: float, digits: int = 2) -> str:
    """A number with so many significant digits: 0.042, 130, $4.2 \\cdot 10^{-6}$."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if -3 <= int(exponent) <= 4:
        return f"{float(f'{value:.{digits - 1}e}'):,.{max(0, digits - 1 - int(exponent))}f}".replace("-", "−")
    return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$"


def said(value: Real | float | None, form: str = ".2p") -> str:
    """A number in a sentence, or that it was not measured."""
    return MISSING if value is None else format(Quantity(value), form)


def share(value: float | None, count: int, of: str) -> str:
    """A share with what it is of: "31 % of 120 runs"."""
    return f"{said(value, '.0%')} of {count:,} {of}" if value is not None else f"a share {MISSING}"


def times(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 run, 3 runs."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
