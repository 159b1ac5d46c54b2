"""The flanks of the patterned region against curves: on flanks whose distances one knows."""

import numpy as np
import pytest
import xarray as xr

from lib import Outcome
from lib.paper import TRUTH
from lib.studies.bifurcation import homogeneous, plane_edges
from lib.studies.bifurcation.cliff_location import Start, locate, outcome
from lib.studies.bifurcation.plane_edges import HIGH, LOW, flank, guesses
from lib.studies.scheme import DOUBLE, HALF, PAPER


def edges(distances: list[float], spread: float = 0.0) -> xr.Dataset:
    F = np.linspace(0.03, 0.05, len(distances))
    low = 0.056 + np.array(distances)[:, None] + np.array([-spread / 2, spread / 2])
    return xr.Dataset(
        {"low": (("F", "seed"), low), "Hopf": ("F", np.full(len(F), 0.056))}, coords={"F": F, "seed": [0, 1]}
    )


def test_a_flank_on_its_curve_follows_it_and_one_beside_it_does_not():
    on = flank(edges([0.0, 0.0005, -0.0009, 0.0002]), "low", "Hopf")
    assert (on.share, on.rows) == (1, 4)
    assert on.largest == pytest.approx(0.0009)
    beside = flank(edges([0.002] * 4), "low", "Hopf")
    assert (beside.share, beside.until) == (0, None)


def test_a_flank_that_leaves_its_curve_follows_it_so_far():
    found = flank(edges([0.0, 0.0005, 0.003, 0.0], spread=2e-4), "low", "Hopf")
    assert found.share == 0.75
    assert found.until == pytest.approx(0.03 + 0.02 / 3)
    assert found.until_largest == pytest.approx(0.0005)
    assert found.spread == pytest.approx(2e-4)


def test_a_row_without_the_edge_or_without_the_curve_does_not_count():
    made = edges([0.0, 0.0, 0.0])
    made.low[0] = np.nan
    made["Hopf"][1] = np.nan
    assert flank(made, "low", "Hopf").rows == 1
    assert flank(made.isel(F=[0, 1]), "low", "Hopf").share is None


def test_edges_at_the_border_of_the_plane_are_none():
    kills = np.array([0.05, 0.052, 0.054, 0.056])
    assert guesses(np.array([False, True, True, False]), kills) == [
        (LOW, pytest.approx(0.051)),
        (HIGH, pytest.approx(0.055)),
    ]
    assert guesses(np.array([True, True, True, True]), kills) == []
    assert guesses(np.zeros(4, bool), kills) == []


def test_the_curves_are_those_in_closed_form():
    found = plane_edges.curves(np.array([0.035]))
    assert found["saddle-node"][1][0] == pytest.approx(float(homogeneous.saddle_node_k(0.035)))
    assert found["Hopf"][1][0] == pytest.approx(homogeneous.hopf_k(0.035))
    assert found["Hopf"][1][0] - found["Hopf, dt = 1"][1][0] == pytest.approx(3.3e-4, abs=2e-5)


def test_an_edge_is_bisected_at_its_own_feed_rate():
    around, start = TRUTH._replace(F=0.04), Start(size=32, steps=4000)
    place = locate(HIGH, start, 0.066, around, 1e-4)
    assert abs(place.outside - place.inside) <= 1e-4
    assert outcome(around._replace(k=place.inside), start) == Outcome.PATTERN
    assert outcome(around._replace(k=place.outside), start) != Outcome.PATTERN
    elsewhere = locate(HIGH, start, 0.066, TRUTH, 1e-4)
    assert abs(place.place - elsewhere.place) > 1e-4, "the edge moves with F"


@pytest.mark.parametrize("scheme", [HALF, DOUBLE])
def test_an_edge_under_another_scheme_lies_nearby(scheme):
    around, start = TRUTH._replace(F=0.04), Start(size=32, steps=4000)
    places = [locate(HIGH, start._replace(scheme=s), 0.066, around, 1e-4).place for s in (PAPER, scheme)]
    assert places[1] == pytest.approx(places[0], abs=1e-3)
