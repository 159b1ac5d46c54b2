"""No letter in a figure is too small to be read beside the text."""

import ast
from pathlib import Path

import matplotlib as mpl
import pytest

from lib.showing import figures
from lib.showing.figures.style import SMALLEST

FIGURES = Path(figures.__file__).parent
#: Arguments that are sizes of letters, in points.
SIZES = {"fontsize", "labelsize", "title_fontsize", "titlesize", "size"}
#: Calls whose `size` is that of a mark.
MARKS = {"truth_star"}


@pytest.mark.parametrize("file", sorted(FIGURES.glob("*.py")), ids=lambda file: file.stem)
def test_no_letters_are_smaller_than_the_smallest(file: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    small = [
        f"line {argument.value.lineno}: {argument.arg}={argument.value.value}"
        for call in calls
        if not (isinstance(call.func, ast.Name) and call.func.id in MARKS)
        for argument in call.keywords
        if argument.arg in SIZES
        and isinstance(argument.value, ast.Constant)
        and argument.value.value < SMALLEST
    ]
    assert not small


def test_the_books_style_keeps_to_it_too() -> None:
    figures.style()
    assert mpl.rcParams["font.size"] >= SMALLEST
    for name in ("axes.titlesize", "axes.labelsize"):
        assert mpl.rcParams[name] >= SMALLEST
    # The others follow the size of all letters.
    for name in ("xtick.labelsize", "ytick.labelsize", "legend.fontsize"):
        assert mpl.rcParams[name] == "medium"
