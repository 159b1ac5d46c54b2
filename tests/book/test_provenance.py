"""Numbers in the "How this page was made" section read as people say them."""

import pytest

from book.provenance import origin, seconds, size


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.01, "under 0.1 s"),
        (0.3, "0.3 s"),
        (0.99, "1.0 s"),
        (59.6, "60 s"),
        (600, "10 min"),
        (9000, "2.5 h"),
    ],
)
def test_durations(value: float, said: str) -> None:
    assert seconds(value) == said


@pytest.mark.parametrize(("count", "said"), [(20, "0.1 kB"), (42_700, "42.7 kB"), (1_234_567, "1.2 MB")])
def test_sizes(count: int, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("cached", "said"),
    [({}, "computed"), ({"cached": 0.25}, "25 % from cache"), ({"cached": 1.0}, "from cache")],
)
def test_where_data_came_from(cached: dict[str, float], said: str) -> None:
    assert origin(cached) == said
