"""The numbers that describe a landscape, on landscapes one can read off by eye."""

import numpy as np
import pytest
import xarray as xr

from lib import Outcome
from lib.studies.landscapes import flatness


def cut(losses: list[float], alive: list[bool], **more: list[float]) -> xr.Dataset:
    outcome = [[Outcome.PATTERN if a else Outcome.TRIVIAL] for a in alive]
    variables = {"spectral": losses, **more}
    return xr.Dataset(
        {"outcome": (("k", "state"), outcome)}
        | {name: (("k", "state"), [[x] for x in values]) for name, values in variables.items()},
        coords={"k": np.arange(len(alive), dtype=float)},
    )


MESA = cut([100, 100, 100, 10, 0, 10], [False, False, False, True, True, True])


def test_a_mesa_is_flat_on_top_and_falls_in_one_step():
    found = flatness.relief(MESA)
    assert found.flat_off == 1
    assert found.flat_on == 0
    assert found.drop == pytest.approx(0.9)
    assert found.cliffs == 1


def test_a_slope_is_not_a_mesa():
    slope = cut([100, 80, 60, 40, 20, 0], [False] * 3 + [True] * 3)
    found = flatness.relief(slope)
    assert found.flat_off == 0
    assert found.drop == pytest.approx(0.2)


def test_points_without_a_loss_are_left_out():
    holed = cut([np.nan, 100, 100, 10, 0, 10], [False] * 3 + [True] * 3)
    assert flatness.relief(holed).flat_off == 1


def test_a_loss_agrees_with_its_own_monotone_function_and_not_with_its_opposite():
    values = [250.0, 249.0, 251.0, 10.0, 3.0, 7.0]
    both = cut(values, [False] * 3 + [True] * 3, same=[x * 2 + 1 for x in values], other=[-x for x in values])
    assert flatness.agreement(both, "spectral", "same") == (1, pytest.approx(1), pytest.approx(1))
    assert flatness.agreement(both, "spectral", "other") == (0, pytest.approx(-1), pytest.approx(-1))


def test_placement_reads_the_plateau_against_the_highest_value():
    rough = cut([50, 50, 50, 100, 0, 100], [False] * 3 + [True] * 3)
    found = flatness.placement(rough, "spectral")
    assert found.plateau == 0.5
    assert found.ridges == pytest.approx(2 / 3)
    assert found.roughness == 1


def test_pictures_on_one_side_are_nearer_than_across_the_edge():
    generator = np.random.default_rng(0)
    spots = generator.random((16, 16), dtype=np.float32)
    pictures = np.stack(
        [[spots, spots + 0.01 * generator.random((16, 16), dtype=np.float32)], [spots, 0 * spots]]
    )
    outcome = np.array([[[2], [2]], [[2], [0]]])
    plane = xr.Dataset(
        {"outcome": (("F", "k", "state"), outcome), "v": (("F", "k", "row", "column"), pictures)}
    )
    inside, across = flatness.neighbour_distances(plane)
    assert len(inside) == 2
    assert len(across) == 2
    assert inside.max() < across.min() / 10
