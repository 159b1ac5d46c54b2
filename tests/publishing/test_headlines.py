"""The board's lines: a share stands beside the number of things that it is of."""

import re

import pytest

from lib.publishing.headlines import HEADLINES


@pytest.mark.parametrize("id", HEADLINES)
def test_a_share_on_the_board_says_how_many_it_is_of(id: str) -> None:
    line = HEADLINES[id]
    if "%" in line.number:
        assert re.search(r"\{\w+:[^}]*\} \w+", line.over), f"{id}: {line.number}"
