"""Spots are counted on a periodic grid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lib.studies.patterns.spots import count_spots

DOTS = np.zeros((1, 32, 32), dtype=np.float32)
for row, column in ((0, 0), (10, 20), (20, 6)):
    DOTS[0][np.ix_(range(row, row + 4), range(column, column + 4))] = 0.4


@given(st.integers(0, 31), st.integers(0, 31))
def test_moving_the_picture_moves_no_spot_away(down, across):
    assert count_spots(np.roll(DOTS, (down, across), axis=(1, 2))).tolist() == [3]


def test_an_empty_and_a_full_dish_have_none_and_one():
    assert count_spots(np.stack([np.zeros((8, 8)), np.ones((8, 8))])).tolist() == [0, 1]


def test_cells_that_are_not_numbers_belong_to_no_spot():
    assert count_spots(np.full((1, 8, 8), np.nan)).tolist() == [0]
