"""What tests of figures share."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest

from lib.showing import figures


@pytest.fixture
def book_style() -> Iterator[None]:
    """The book's look, and no figure left open."""
    figures.style()
    yield
    plt.close("all")
