"""Counts carry their nouns, shares what they are of, and what was not measured says so."""

import pytest

from lib.publishing.glued import MISSING
from lib.publishing.wording import Quantity, fold, share, whole


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1, "#run", "1 run"),
        (3, "#drop", "3 drops"),
        (0.314, ".0%", "31\u00a0%"),
        (-1e-9, ".0%", "0\u00a0%"),
        (-0.001, ".0%", "−0.10\u00a0%"),
        (0.00137, ".0%", "0.14\u00a0%"),
        (0.0, ".1%", "0.0\u00a0%"),
        (0.00004, ".1%", "0.0040\u00a0%"),
        (0.997, ".0%", "99.7\u00a0%"),
        (-0.9999, ".0%", "−99.99\u00a0%"),
        (0.99996, ".1%", "99.996\u00a0%"),
        (1.0, ".0%", "100\u00a0%"),
        (1.001, ".0%", "100\u00a0%"),
        (4.2e-6, "2r", "4.2\u00a0·\u00a010⁻⁶"),
        (1789, ",.0f", "1,789"),
    ],
)
def test_numbers_are_set_for_people(value, form, text):
    assert format(Quantity(value), form) == text


def test_a_share_says_what_it_is_of_or_that_there_is_none():
    assert share(0.25, 1200, "runs") == "25\u00a0% of 1,200 runs"
    assert MISSING in share(None, 3, "runs")
    assert whole(None) == MISSING


def test_what_is_larger_than_the_value_itself_is_told_in_times():
    assert fold(0.021) == "2.1 %"
    assert fold(25.19) == "25 times the value"
    assert fold(None) == MISSING
