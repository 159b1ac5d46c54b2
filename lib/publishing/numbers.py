"""Numbers as people read them: powers of ten instead of 1e-03, a minus sign instead of a hyphen."""

import re

#: A number in Python's scientific notation, such as -1.4e+05.
SCIENTIFIC = re.compile(r"(?<![\w.])([-−]?\d+(?:\.\d+)?)[eE]([-+−]?\d+)(?!\w)")
#: A hyphen that means minus: in front of a digit, and not inside a word, a range or a date.
HYPHEN = re.compile(r"(?<![\w.)\]}–-])-(?=\.?\d)")
#: A zero with a sign.
SIGNED_ZERO = re.compile(r"(?<![\w.])[-−](0(?:\.0+)?)(?![\d.]*[1-9eE·])")

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def typeset(text: str) -> str:
    """A sentence with its numbers set: 1.4e+05 becomes 1.4 · 10⁵, -3 becomes −3, -0.0 becomes 0.0."""
    return HYPHEN.sub("−", SIGNED_ZERO.sub(r"\1", SCIENTIFIC.sub(power, text)))


def power(found: re.Match[str]) -> str:
    """One number in scientific notation, set with a power of ten."""
    mantissa, exponent = found[1], int(found[2].replace("−", "-"))
    if exponent == 0:
        return mantissa
    ten = f"10{str(exponent).translate(SUPERSCRIPTS)}"
    return (
        ten if mantissa == "1" else f"−{ten}" if mantissa in ("-1", "−1") else f"{mantissa}\u00a0·\u00a0{ten}"
    )


class Number(float):
    """A number whose formats are typeset, and which knows one more: `3r` is three significant digits."""

    def __format__(self, form: str) -> str:
        return rounded(self, int(form[:-1])) if form.endswith("r") else typeset(super().__format__(form))


def rounded(x: float, digits: int) -> str:
    """Significant digits, with thousands apart, and a power of ten where a number is very large or small.

    Args:
        x: any finite number.
        digits: how many digits are meant.
    """
    if x == 0:
        return "0"
    x = float(x)  # or a `Number` would be formatted by this very function
    scientific = f"{x:.{digits - 1}e}"
    exponent = int(scientific.split("e")[1])
    if -4 <= exponent < 6:
        return typeset(f"{float(scientific):,.{max(digits - 1 - exponent, 0)}f}")
    return typeset(scientific)
