"""What Section 5.1 counts: carried ends beside released ones, different patches, and what a window cuts."""

import numpy as np
import pytest
import xarray as xr

from lib import TRUTH, Outcome
from lib.publishing.sentences import cliffs as says
from lib.showing.tables import cliffs as tables
from lib.studies.bifurcation import summary
from lib.studies.bifurcation.cliff_causes import Evidence, Outline
from lib.studies.bifurcation.cliff_location import EDGES
from lib.studies.bifurcation.continuation import Branch
from lib.studies.bifurcation.experiments import strength_label
from lib.studies.bifurcation.stability import Instability

NONE = float("nan")


def way(
    values: list[float], spots: list[int], ends: list[int] | None = None
) -> tuple[xr.Dataset, xr.Dataset]:
    """A pattern carried out, and back."""
    ends = ends or [int(Outcome.PATTERN)] * len(values)
    out = xr.Dataset({"spots": ("value", spots), "outcome": ("value", ends)}, coords={"value": values})
    return out, out


def outline(fold: float, lost: float) -> Outline:
    return Outline(Branch("k", np.zeros(1), np.zeros((1, 2)), fold), Instability(lost, 0.01j))


def test_carried_ends_are_collected_in_every_direction_and_not_only_where_a_released_pattern_left():
    k = float(TRUTH.k)
    outlines = {("k", 1): outline(NONE, 1.1 * k), ("k", -1): outline(0.9 * k, NONE)}
    lines = {("k", 1): way([k, 1.1 * k, 1.12 * k], [80, 80, 0]), ("k", -1): way([k, 0.8 * k], [80, 160])}
    found = summary.ends(outlines, {("k", 1): 1.1 * k, ("k", -1): NONE}, lines)
    assert (found.directions, found.carried_directions) == (1, 2)
    assert found.released == pytest.approx(0)
    assert found.carried == pytest.approx(0.01, abs=1e-6)
    assert "in 2 directions" in says.ends(found)
    assert "differ more" in says.ends(found)
    none = summary.ends(outlines, dict.fromkeys(outlines, NONE), lines)
    assert "In no direction" in says.ends(none)
    assert "in 2 directions" in says.ends(none)


def test_the_papers_patch_counts_once():
    side = xr.Dataset({"place": ("side", [0.0645, 0.0654, NONE])}, coords={"side": [10, 20, 80]})
    labels = [strength_label(0.5, 0.2), strength_label(0.5, 0.25)]
    strength = xr.Dataset({"place": ("patch", [0.0626, 0.0654])}, coords={"patch": labels})
    assert sorted(summary.cliffs_of_patches(side, strength)) == [0.0626, 0.0645, 0.0654]
    alone = side.isel(side=[0])
    assert sorted(summary.cliffs_of_patches(alone, strength)) == [0.0626, 0.0645, 0.0654]


def test_a_window_that_cuts_a_region_is_said_to():
    grown = np.zeros((3, 3), int)
    grown[1, 1] = Outcome.PATTERN
    carried = grown.copy()
    plane = xr.Dataset({"patch": (("F", "k"), grown), "carried": (("F", "k"), carried)})
    assert summary.on_border(plane) == 0
    carried[0, 1] = Outcome.PATTERN
    assert (summary.on_border(plane), summary.larger(plane)) == (1, 2)
    plane["carried"] = (("F", "k"), np.zeros((3, 3), int))
    assert summary.larger(plane) == 0, "what only the patch reaches is not carried"


def test_the_table_tells_how_few_spots_count_as_a_pattern():
    edge = EDGES[4]
    lines = {("F", -1): way([0.035, 0.03, 0.025], [86, 2, 0], [2, 2, 0])}
    facts = Evidence((0.0327, 0.0327), 0.0325, 0.0275, {})
    row = tables.places({edge.label: (edge, facts, "basin of the patch")}, lines).rows[0]
    assert row[5] == "2 (86)"
    assert row[2] == "below 0.00001"


def test_a_pattern_that_returns_everywhere_returns_up_to_a_fold_only_where_there_is_one():
    keys = [("k", 1), ("k", -1)]
    outlines = dict(zip(keys, (outline(NONE, 0.07), outline(0.06, NONE)), strict=True))
    lines = dict.fromkeys(keys, way([0.065], [80]))
    rows = tables.branches(outlines, dict.fromkeys(keys, NONE), lines).rows
    assert [row[4] for row in rows] == ["returns as far as followed", "returns up to the fold"]
