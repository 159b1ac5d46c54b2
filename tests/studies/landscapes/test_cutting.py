"""Adaptive cuts: full runs, crowded at the cliffs, and what is measured on them does not depend on that."""

import numpy as np
import pytest
import xarray as xr

from lib import grid
from lib.paper import CUT_RANGES, TRUTH
from lib.showing.tables import landscapes as listed
from lib.studies.landscapes import flatness, summary, sweep
from lib.studies.landscapes.cutting import cut_all

SETTING = {"states": 2, "size": 32, "steps": 1200, "jobs": 1}
RANGES = {name: CUT_RANGES[name] for name in ("F", "k")}

#: The cliffs are known to one part in so many.
PARTS = 14 * 2**6


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, xr.Dataset]:
    return cut_all(RANGES, levels=6, cache=tmp_path_factory.mktemp("cache"), **SETTING)


@pytest.fixture(scope="module")
def uniform(tmp_path_factory: pytest.TempPathFactory) -> dict[str, xr.Dataset]:
    cache = tmp_path_factory.mktemp("cache")
    axes = {name: grid.axes_over({name: ends}, [57]) for name, ends in RANGES.items()}
    return {name: sweep.sweep(axis, cache=cache, **SETTING) for name, axis in axes.items()}


@pytest.mark.parametrize("name", RANGES)
def test_every_point_is_the_full_run_of_a_sweep_bit_for_bit(cuts, name: str, tmp_path):
    cut = cuts[name]
    assert (np.diff(cut[name].values) > 0).all()
    same = sweep.sweep({name: cut[name].values}, cache=tmp_path, **SETTING)
    for variable in ("spectral", "windowed", "outcome", "steps", "v"):
        assert cut[variable].dims == same[variable].dims
        np.testing.assert_array_equal(cut[variable].values, same[variable].values)
    assert float(cut.spectral.sel({name: getattr(TRUTH, name)}).max()) == 0


def test_cliffs_are_known_to_one_place_and_lie_where_a_uniform_cut_has_them(cuts, uniform):
    seen = 0
    for name, cut in cuts.items():
        width = float(np.ptp(cut[name].values))
        places = flatness.cliffs(cut, name)
        for low, high in flatness.sides_of_cliffs(cut, name):
            # The truth's own place may lie a little off its row.
            assert high - low <= 1.5 * width / PARTS
        expected = flatness.cliffs(uniform[name], name)
        assert len(places) == len(expected)
        np.testing.assert_allclose(places, expected, atol=width / 56)
        seen += len(places)
    assert seen > 0
    assert all(row[2] != "none" for row in listed.walls(cuts).rows)


def test_they_take_fewer_steps_than_uniform_cuts_that_know_a_cliff_far_less_well(cuts, uniform):
    spent, even = (sum(int(cut.steps.sum()) for cut in each.values()) for each in (cuts, uniform))
    assert spent < even


def test_slopes_and_drops_are_those_of_uniform_cuts(cuts, uniform):
    found, even = summary.of_cuts(cuts), summary.of_cuts(uniform)
    assert (found.axes, found.cliffs) == (even.axes, even.cliffs)
    assert found.drop == pytest.approx(even.drop, abs=0.1)
    # Off the pattern these small fields have but a tenth of the axes to measure on.
    assert found.flat_off == pytest.approx(even.flat_off, abs=0.25)
    assert found.flat_on == pytest.approx(even.flat_on, abs=0.1)


def test_costs_are_shared_out_by_steps(cuts):
    shares = [cut.attrs["core_seconds"] / int(cut.steps.sum()) for cut in cuts.values()]
    assert shares[0] == pytest.approx(shares[1])


@pytest.mark.parametrize("wrong", [{"coarse": 0}, {"levels": -1}])
def test_what_is_no_cut_is_refused(wrong: dict):
    with pytest.raises(ValueError, match="A cut has at least one gap"):
        cut_all(RANGES, **wrong)
