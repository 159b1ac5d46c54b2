"""Changes on a line are followed to the last place, with few runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.studies.landscapes.bisecting import Crossing, Known, between, crossings, halves, next_places, uneven

DEAD, ALIVE = (0,), (2,)


def followed(line: list[tuple[int, ...]], known: dict, search) -> int:
    """Run what a search asks for until it is over; how many places that were."""
    count = 0
    while asked := next_places(known, search):
        assert not set(asked) & known.keys()
        known |= {x: line[x] for x in asked}
        count += len(asked)
    return count


def test_a_gap_is_halved_until_the_change_stands_between_two_neighbours():
    line = [DEAD] * 11 + [ALIVE] * 6
    known: dict[int, tuple[int, ...]] = {0: DEAD, 16: ALIVE}
    while asked := halves(known, 0, 16):
        known |= {x: line[x] for x in asked}
    assert crossings(known) == [Crossing(10, DEAD, ALIVE)]
    assert len(known) == 6


@given(st.integers(0, 62), st.integers(0, 62))
def test_a_search_finds_its_change_wherever_it_is_and_a_good_guess_takes_two_runs(place: int, guess: int):
    line = [DEAD] * (place + 1) + [ALIVE] * (63 - place)
    known: dict[int, tuple[int, ...]] = {}
    search = between([Crossing(guess, DEAD, ALIVE)], [Crossing(guess, DEAD, ALIVE)], 64, 63)[0]
    count = followed(line, known, search)
    if place == guess:
        assert count == 2
    assert count <= 14
    assert crossings(known) == [Crossing(place, DEAD, ALIVE)]


def test_a_search_without_a_change_ends_at_the_end_of_where_it_looks():
    for line in ([DEAD] * 64, [ALIVE] * 64):
        known: dict[int, tuple[int, ...]] = {}
        search = between([Crossing(30, DEAD, ALIVE)], [Crossing(30, DEAD, ALIVE)], 20, 63)[0]
        assert followed(line, known, search) <= 8
        assert crossings(known) == []
        assert min(known) >= search.low
        assert max(known) <= search.high


def test_a_band_between_two_ends_gives_two_changes():
    line = [ALIVE] * 8 + [DEAD] * 2 + [(1,)] * 7
    known: Known = {0: line[0], 16: line[16]}
    while asked := halves(known, 0, 16):
        known = {**known, **{x: line[x] for x in asked}}
    assert [c.place for c in crossings(known)] == [7, 9]


def test_lines_that_do_not_share_a_cliff_have_none_between_them():
    one, far, unlike = Crossing(10, DEAD, ALIVE), Crossing(40, DEAD, ALIVE), Crossing(10, ALIVE, DEAD)
    assert between([one], [far], 12, 64) == []
    assert between([one], [unlike], 12, 64) == []
    (found,) = between([one], [far, Crossing(14, DEAD, ALIVE)], 12, 64)
    assert (found.guess.place, found.low, found.high) == (12, 0, 27)


def test_a_band_that_begins_between_two_lines_is_looked_for():
    assert len(between([Crossing(10, (1,), ALIVE)], [Crossing(13, DEAD, ALIVE)], 12, 64)) == 1


@pytest.mark.parametrize(("allowed", "asked"), [(5.0, []), (3.0, [4])])
def test_only_losses_further_apart_than_allowed_ask_for_a_point_between(allowed: float, asked: list[int]):
    known = {0: DEAD, 8: DEAD, 12: DEAD, 20: ALIVE, 28: ALIVE}
    losses = {0: 1.0, 8: 5.0, 12: 9.0, 20: 0.0, 28: float("nan")}
    assert uneven(known, losses, allowed, 4) == asked
