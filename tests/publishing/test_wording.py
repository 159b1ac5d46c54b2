"""Numbers in sentences can be read by people."""

import pytest

from lib.publishing.wording import MISSING, Quantity, power, said, share, times


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0423, "0.042"),
        (130.4, "130"),
        (12_345.0, "12,000"),
        (-0.5, "−0.50"),
        (4.2e-6, r"$4.2 \cdot 10^{-6}$"),
        (0.0, "0"),
        (0.0999, "0.10"),
    ],
)
def test_no_e_notation_and_two_significant_digits(value, text):
    assert power(value) == text


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (-0.001, ".0%", "0 %"),
        (-0.25, ".2f", "−0.25"),
        (0.314, ".0%", "31 %"),
        (1789, ",.0f", "1,789"),
        (1, "#run", "1 run"),
        (3, "#run", "3 runs"),
    ],
)
def test_minus_is_a_minus_sign_and_nothing_is_minus_zero(value, form, text):
    assert format(Quantity(value), form) == text


def test_what_was_not_measured_says_so():
    assert said(None) == MISSING
    assert MISSING in share(None, 3, "runs")


def test_a_share_says_what_it_is_of():
    assert share(0.25, 1200, "runs") == "25 % of 1,200 runs"
    assert times(1, "run") == "1 run"
    assert times(2, "stay among patterns", "stays among patterns") == "2 stays among patterns"
