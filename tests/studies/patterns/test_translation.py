"""No edge: a moved initial state gives the moved result, to the last bit."""

import pytest

from lib import TRUTH, initial_state
from lib.studies.patterns.state_summary import draws, moved
from lib.studies.patterns.translation import compare, moved_back, shifted


@pytest.mark.parametrize("by", [(16, 16), (0, 1), (5, 0)])
def test_the_result_moves_with_the_state(by):
    two = shifted(TRUTH, initial_state(1, size=32, patch=8), by, [300])
    first, back = moved_back(two)
    assert (first == back).all()
    found = compare(two)
    assert found["apart"] == 0
    assert found["spectral"] < 1e-3
    assert (found["windowed"] > 0.01) == any(by), "windows stand still while the pattern moves"


def test_a_shift_by_whole_windows_is_not_counted_among_the_others():
    each = {"apart": 0.0, "spectral": 0.01}
    found = moved({(16, 16): each | {"windowed": 9.0}, (0, 1): each | {"windowed": 5.0}})
    assert (found.windowed, found.aligned, found.shifts) == (5.0, 9.0, 2)


def test_the_mean_of_the_clamped_noise_is_that_of_the_drawn_states():
    state = initial_state(4, size=64)
    outside = state.v[state.v < 0.2].numpy()
    found = draws(state, outside)
    assert found.mean_v == pytest.approx(found.clamped_normal, rel=0.03)
