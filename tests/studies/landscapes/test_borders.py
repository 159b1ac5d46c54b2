"""A cliff is a border of the landscape; where the time step fails there is another kind of border."""

import numpy as np
import xarray as xr

from lib import Outcome
from lib.showing.tables import landscapes as tables
from lib.studies.landscapes import borders, flatness, summary

PATTERN, TRIVIAL, FLICKERS, DIVERGED = (
    int(x) for x in (Outcome.PATTERN, Outcome.TRIVIAL, Outcome.FLICKERING, Outcome.DIVERGED)
)


def cut(ends: list[list[int]], losses: list[float]) -> xr.Dataset:
    """Two initial states along Du."""
    values = np.linspace(0.1, 0.2, len(ends))
    return xr.Dataset(
        {"outcome": (("Du", "state"), ends), "spectral": (("Du", "state"), [[x, x] for x in losses])},
        coords={"Du": values},
    )


DEAD, ALIVE, TORN = [TRIVIAL] * 2, [PATTERN] * 2, [PATTERN, TRIVIAL]
FULL = cut([DEAD, DEAD, TORN, ALIVE, ALIVE, [FLICKERS] * 2, [FLICKERS] * 2], [9, 9, 5, 1, 1, 1.1, 9])


def test_flicker_is_told_from_a_cliff_and_counted_by_one_rule_everywhere():
    found = borders.borders(FULL, "Du")
    assert [one.kind for one in found] == [borders.Kind.CLIFF, borders.Kind.FLICKER]
    relief = flatness.relief(FULL)
    assert relief.cliffs == sum(one.kind is borders.Kind.CLIFF for one in found)
    assert relief.left_out == sum(one.kind is not borders.Kind.CLIFF for one in found)
    along = summary.of_cuts({"Du": FULL})
    assert (along.cliffs, along.left_out, along.unresolved) == (1, 1, 2)
    assert [row[3] for row in tables.walls({"Du": FULL}).rows] == ["cliff", "flicker begins"]


def test_diverging_runs_end_the_patterned_region_without_a_cliff():
    broken = cut([DEAD, ALIVE, [DIVERGED] * 2], [9, 1, np.nan])
    assert [one.kind for one in borders.borders(broken, "Du")] == ["cliff", "runs diverge"]


def test_where_states_disagree_is_told_beside_how_finely_a_border_was_sought():
    first = borders.borders(FULL, "Du")[0]
    places = FULL.Du.values
    assert (first.low, first.high) == (places[1], places[2])
    assert (first.agree_low, first.agree_high) == (places[1], places[3])
    rows = tables.walls({"Du": FULL}).rows
    assert rows[0][-1] == "0.116667 … 0.150000"
    assert rows[1][-1] == "nowhere"


def test_a_cut_without_a_border_says_none():
    assert tables.walls({"Du": cut([DEAD] * 3, [9, 9, 9])}).rows[0][2] == "none"
