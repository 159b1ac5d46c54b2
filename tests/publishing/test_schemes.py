"""Every claim says once whether it was measured under another scheme, and records are counted."""

from collections import Counter

import pytest

from lib.publishing import schemes
from lib.publishing.claims import STATEMENTS
from lib.publishing.schemes import DOUBLED, HALVED, Scheme, kind, other_schemes


def test_every_claim_has_exactly_one_statement():
    named = Counter([*schemes.OF_THE_ALGORITHM, *schemes.BOTH_ON_PAGE, *schemes.ONCE])
    assert named == Counter(list(STATEMENTS))
    assert schemes.NOTES.keys() <= named.keys()


@pytest.mark.parametrize(
    ("id", "recorded", "said"),
    [
        ("confined", [], Scheme.OBJECT),
        ("confined", [HALVED], Scheme.OBJECT),
        ("hopf-stop", [], Scheme.BOTH),
        ("cuts", [], Scheme.NOT),
        ("cuts", [HALVED], Scheme.HALF),
        ("cuts", [DOUBLED], Scheme.DOUBLE),
        ("traversable", [HALVED, DOUBLED], Scheme.BOTH),
    ],
)
def test_records_of_other_schemes_are_counted(id: str, recorded: list[str], said: Scheme):
    assert kind(id, recorded) == said


def test_a_note_stands_behind_the_statement():
    assert other_schemes("bifurcations").startswith(f"{Scheme.NOT}; the cliffs on the four lines")
    assert other_schemes("planes") == Scheme.NOT


def test_a_claim_without_a_statement_is_named():
    with pytest.raises(ValueError, match="schemes.py"):
        kind("another")
