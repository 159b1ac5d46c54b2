"""A landscape's points run again: the same bits under the same scheme, nearly the same under others."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from lib import landscape
from lib.simulate import Outcome
from lib.studies.landscapes.again import again
from lib.studies.scheme import DOUBLE, HALF, PAPER

AXES = {"F": np.array([0.03, 0.035]), "k": np.array([0.055, 0.06, 0.07])}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    """A plane with a pattern in it, and ends without one."""
    folder = tmp_path_factory.mktemp("again")
    return landscape.sweep(AXES, states=2, seed=3, size=32, steps=1500, jobs=1, cache=folder)


def test_under_the_same_scheme_it_is_the_same_landscape(small: xr.Dataset, tmp_path: Path) -> None:
    found = again(small, PAPER, jobs=1, cache=tmp_path)
    assert found.spectral.dims == small.spectral.dims
    for name in ("outcome", "spectral", "windowed", "v"):
        np.testing.assert_array_equal(found[name], small[name])
    assert len(np.unique(found.outcome)) > 1


@pytest.mark.parametrize(("scheme", "most"), [(HALF, 0.2), (DOUBLE, 1e-3)])
def test_under_another_it_is_nearly_the_same_and_not_its_bits(
    small: xr.Dataset, tmp_path: Path, scheme, most: float
) -> None:
    found = again(small, scheme, jobs=1, cache=tmp_path)
    assert (found.outcome == small.outcome).mean() > 0.8
    living = (small.outcome.isel(state=0) == Outcome.PATTERN).values
    apart = np.abs(found.v.values - small.v.values)[living]
    assert 0 < np.median(apart) < most
    assert found.v.dtype == (np.float64 if scheme.double else np.float32)


def test_a_landscape_of_another_step_is_refused(small: xr.Dataset) -> None:
    with pytest.raises(ValueError, match="time step of 0.5"):
        again(small.assign_attrs(dt=0.5), HALF)
