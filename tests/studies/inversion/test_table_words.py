"""Tables in words: every column has a title, and no error is told in thousands of per cent."""

import pytest

from lib.studies.inversion import gierer_meinhardt, tables, tuning
from lib.studies.inversion.embedding import Discerned

FOUND = Discerned("filters", told=0.9, downhill=0.5, living=None, flat=0.1, steps=96, between=0)


@pytest.mark.parametrize(
    ("error", "words"),
    [(1e-6, "0.0001 %"), (0.021, "2.1 %"), (0.99, "99 %"), (0.999, "100 %"),
     (1.16, "116 %"), (1.996, "2 times"), (2.5, "2.5 times"), (31.0, "31 times")],
)  # fmt: skip
def test_an_error_is_told_in_per_cent_or_in_times(error: float, words: str) -> None:
    assert tables.off(error) == words


def test_every_column_has_a_title() -> None:
    for table in (
        tables.embeddings([FOUND]),
        tables.trials(tuning.recorded()),
        tables.known_ground(gierer_meinhardt.recorded()),
    ):
        assert all(len(title.strip()) > 3 for title in table.splitlines()[0].strip("|").split("|"))


def test_shares_of_an_embedding_say_of_how_many() -> None:
    row = tables.embeddings([FOUND]).splitlines()[-1]
    assert f"90 % of {tables.triples()}" in row
    assert "50 % of 96" in row
    assert "no such step" in row
