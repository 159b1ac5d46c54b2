"""The numbers that describe a landscape, on landscapes one can read off by eye."""

import numpy as np
import pytest
import xarray as xr

from lib import Outcome
from lib.studies.landscapes import flatness


def cut(losses: list[float], alive: list[bool], places: list[float] | None = None) -> xr.Dataset:
    outcome = [[Outcome.PATTERN if a else Outcome.TRIVIAL] for a in alive]
    return xr.Dataset(
        {"outcome": (("k", "state"), outcome), "spectral": (("k", "state"), [[x] for x in losses])},
        coords={"k": np.arange(len(alive), dtype=float) if places is None else places},
    )


def sampled(points: int, shape) -> xr.Dataset:
    """A landscape over 0 … 1: a plateau up to one half, patterns behind it, with `shape`'s loss there."""
    x = np.linspace(0, 1, points)
    return cut(np.where(x < 0.5, 1.0, shape(x)).tolist(), (x >= 0.5).tolist(), x.tolist())


@pytest.mark.parametrize("points", [40, 200])
def test_a_mesa_is_flat_on_both_sides_and_falls_in_one_step_at_any_sampling(points):
    found = flatness.relief(sampled(points, lambda x: 0 * x))
    assert found == (1, 1, pytest.approx(1), 1, 0)


@pytest.mark.parametrize("points", [14, 40, 200, 1000])
def test_a_straight_ramp_is_not_flat_however_closely_it_is_sampled(points):
    ramp = cut(
        np.linspace(100, 0, points).tolist(), [False] * (points // 2) + [True] * (points - points // 2)
    )
    found = flatness.relief(ramp)
    assert found.flat_off == found.flat_on == 0
    # No cliff either: within a window a ramp falls by the window's width.
    assert found.drop == pytest.approx(max(flatness.WINDOW, 1 / (points - 1)), rel=1e-6)


@pytest.mark.parametrize("points", [61, 241])
def test_the_share_of_flat_ground_is_one_of_length_and_not_of_points(points):
    # Among patterns the loss stays at 0.05 for half of the ground, then climbs with slope 2.
    shape = sampled(points, lambda x: 0.05 + 2 * np.maximum(0, x - 0.75))
    assert flatness.relief(shape).flat_on == pytest.approx(0.5, abs=0.15)
    # All samples of the first quarter taken away: fewer points, the same ground.
    sparse = shape.isel(k=[0, *range(points // 4, points)])
    assert flatness.relief(sparse).flat_off == 1
    assert flatness.relief(sparse).flat_on == flatness.relief(shape).flat_on


def test_points_without_a_loss_and_points_where_states_disagree_are_on_neither_side():
    holed = cut([np.nan, 100, 100, 100, 10, 0, 10], [False] * 4 + [True] * 3)
    assert flatness.relief(holed).flat_off == 1
    torn = holed.copy()
    two = xr.concat([torn, torn], "state")
    two["outcome"] = two.outcome.copy()
    two.outcome[{"k": 3, "state": 0}] = Outcome.PATTERN
    two.spectral[{"k": 3}] = 60  # between both sides, as the states disagree there
    assert flatness.relief(two).flat_off == 1


def test_a_landscape_without_patterns_has_neither_patterned_ground_nor_cliffs():
    found = flatness.relief(cut([1.0, 1.0, 0.0, 1.0], [False] * 4))
    assert (found.flat_on, found.drop, found.cliffs) == (None, None, 0)


def test_a_plane_is_read_along_both_axes():
    outcome = np.array([[0, 0, 2], [0, 2, 2]])[..., None]
    loss = np.array([[1.0, 1, 0], [1, 0, 0]])[..., None]
    dims = ("F", "k", "state")
    plane = xr.Dataset(
        {"outcome": (dims, outcome), "spectral": (dims, loss)}, coords={"F": [0.0, 1], "k": [0.0, 1, 2]}
    )
    assert flatness.relief(plane) == (1, 1, 1, 3, 0)
