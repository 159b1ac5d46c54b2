"""Numbers in prose are set as people write them."""

import pytest

from lib.publishing.numbers import Number, typeset


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("grows by 1.4e+05 on its way", "grows by 1.4\u00a0·\u00a010⁵ on its way"),
        ("below 1e-03, or -2e-3", "below 10⁻³, or −2\u00a0·\u00a010⁻³"),
        ("at -0.50 and -.5", "at −0.50 and −.5"),
        ("-0.00% and -0", "0.00% and 0"),
        (
            "a 2-D plane, 1996-02-03, F-k, float32, page 3-4",
            "a 2-D plane, 1996-02-03, F-k, float32, page 3-4",
        ),
        ("commit 89e5a and 3e8 apart", "commit 89e5a and 3\u00a0·\u00a010⁸ apart"),
        ("-0.05", "−0.05"),
    ],
)
def test_a_sentence_keeps_its_words_and_sets_its_numbers(written: str, read: str) -> None:
    assert typeset(written) == read


@pytest.mark.parametrize(
    ("x", "form", "read"),
    [
        (138293.94, "2r", "140,000"),
        (1.3829394e9, "2r", "1.4\u00a0·\u00a010⁹"),
        (0.0005876, "2r", "0.00059"),
        (5.876e-7, "1r", "6\u00a0·\u00a010⁻⁷"),
        (0.0, "3r", "0"),
        (-41.04, "3r", "−41.0"),
        (0.1234, ".0%", "12%"),
        (1e-9, ".1e", "1.0\u00a0·\u00a010⁻⁹"),
        (9.996, "3r", "10.0"),
    ],
)
def test_significant_digits(x: float, form: str, read: str) -> None:
    assert format(Number(x), form) == read
