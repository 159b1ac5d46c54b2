"""The page of the library shows what the code says, and all of it."""

import inspect
import re
from collections.abc import Callable

import pytest

from lib import initial_state, landscape, losses, residual, simulate
from lib.publishing.api import documented
from lib.residual import denoise, elimination

PUBLIC = (
    simulate, initial_state, losses.spectral, residual.fit, denoise.fit, elimination.fit_v,
    landscape.sweep, landscape.evaluate, landscape.sweep_model, residual.report, residual.Fit,
)  # fmt: skip


@pytest.mark.parametrize("function", PUBLIC, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_every_argument_is_in_the_signature_and_most_are_explained(function: Callable[..., object]) -> None:
    text = documented(function)
    block, _, rest = text.partition("```\n\n")
    for name in inspect.signature(function).parameters:
        assert re.search(rf"\b{name}\b", block if not inspect.isclass(function) else rest)
    # Nothing of the docstring's prose is lost on the way.
    words = re.findall(r"[a-z]{5,}", inspect.getdoc(function) or "")
    assert not [word for word in words if word not in text]
    assert "Args:" not in text


def test_parts_become_lists_of_definitions() -> None:
    def halved(x: float, *, floor: float = 0.0, names: dict[str, int] | None = None) -> float:
        """Half of a number.

        Args:
            x: the number,
                of any sign.
            floor, names: bounds.

        Raises:
            ValueError: for none.
        """
        return max(x / 2, floor, len(names or {}))

    text = documented(halved)
    for line in (
        "    x: float,",
        "    *,",
        "    floor: float=0.0,",
        "    names: dict[str, int] | None=None,",
    ):
        assert f"\n{line}\n" in text
    assert "```python\nhalved(\n" in text
    assert "\n) -> float\n```" in text
    assert "`x`\n: the number, of any sign." in text
    assert "`floor`, `names`\n: bounds." in text
    assert "**Raises**\n\n`ValueError`\n: for none." in text


def test_what_has_no_docstring_is_refused() -> None:
    with pytest.raises(ValueError, match="no docstring"):
        documented(lambda x: x)
