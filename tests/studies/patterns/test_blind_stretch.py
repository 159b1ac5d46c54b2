"""The stretch that a picture cannot tell from the truth, and the edge that one odd state can set."""

import numpy as np
import pytest
import xarray as xr

from lib.simulate import Outcome
from lib.studies.patterns import blind_stretch

K = np.array([0.062, 0.063, 0.064, 0.065, 0.066])


def cut(scores: list[float], ends: list[Outcome]) -> xr.Dataset:
    variables = {"independent": (("k", "target"), np.array(scores)[:, None])}
    return xr.Dataset(variables | {"outcome": (("k", "state"), np.array(ends)[:, None])}, coords={"k": K})


def stretch(scores: list[float], ends: list[Outcome]) -> tuple[float, float]:
    return blind_stretch.blind_stretch(cut(scores, ends), "independent", "k", 5.0)


def test_the_blind_stretch_ends_at_the_first_value_above_the_ceiling():
    assert stretch([2, 9, 3, 3, 4], [Outcome.PATTERN] * 5) == (0.064, 0.066)


def test_the_blind_stretch_ends_where_the_run_flickers():
    ends = [Outcome.PATTERN, Outcome.PATTERN, Outcome.FLICKERING, Outcome.PATTERN, Outcome.PATTERN]
    assert stretch([2, 2, 3, 3, 4], ends) == (0.065, 0.066)


def test_one_odd_state_sets_the_edge_and_the_other_edge_is_without_it():
    first, second = np.triu_indices(12, 1)
    losses = np.where((first == 10) | (second == 10), 30.0, 4.0)
    assert blind_stretch.typical(losses, 12).argmax() == 10
    assert blind_stretch.without_the_odd(losses, 12).size == 55
    assert blind_stretch.upper_edges(losses, 12) == pytest.approx((30.0, 4.0))
    assert blind_stretch.upper_edges(np.array([4.0]), 2)[1] is None
