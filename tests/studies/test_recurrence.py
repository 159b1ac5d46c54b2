"""Other systems: what counts as a cliff, a plateau, an end, and that searches and bowls are what they say."""

import numpy as np
import pytest
import torch
import xarray as xr

from lib.models import Grid, Run, simulate
from lib.publishing.criteria import recurrence as criterion
from lib.publishing.sentences import recurrence as told
from lib.studies import recurrence
from lib.studies.recurrence import End, cases, summary
from lib.studies.recurrence.cliffs import CAUSES, ground
from lib.studies.recurrence.data import settled_picture
from lib.studies.recurrence.planes import classified
from lib.studies.recurrence.sizes import SIZES

SMALL = {"size": 20, "settle": 20_000}


def made(loss, end):
    """A plane with these values."""
    return xr.Dataset(
        {"loss": (("second", "first"), np.array(loss)), "end": (("second", "first"), np.array(end))}
    )


def test_a_step_between_two_levels_is_a_row_of_cliffs_with_one_cause():
    loss = np.where(np.arange(6) < 3, 0.0, 1.0) * np.ones((4, 1))
    end = np.where(np.arange(6) < 3, End.SPOTS, End.HOMOGENEOUS) * np.ones((4, 1), int)
    found = ground(made(loss, end))
    assert (found.points, found.cliffs, found.caused) == (24, 4, 1.0)
    assert found.usual == pytest.approx(4 / (4 * 5 + 3 * 6))
    assert found.causes == {CAUSES[0]: 4}
    assert found.plateau == pytest.approx(2 / 6)  # the column at the edge has a steep neighbour
    assert (found.level, found.level_height) == (pytest.approx(2 / 6), 1.0)
    low = ground(made(1 - loss, end))
    assert (low.plateau, low.level_height) == (pytest.approx(2 / 6), 0.0)


def test_a_slope_has_neither_cliff_nor_plateau_and_a_cliff_without_a_change_has_no_cause():
    slope = np.linspace(0, 1, 11) * np.ones((11, 1))
    same = np.full((11, 11), End.STRIPES)
    found = ground(made(slope, same))
    assert (found.cliffs, found.caused, found.plateau) == (0, None, 0.0)
    assert ground(made(slope > 0.5, same)).caused == 0.0


def test_a_run_that_diverged_stands_behind_a_cliff():
    loss, end = np.zeros((3, 3)), np.full((3, 3), End.SPOTS)
    loss[0, 0], loss[2, 2], end[0, 0] = np.nan, 1.0, End.DIVERGED
    found = ground(made(loss, end))
    assert found.cliffs == 4
    assert found.causes == {CAUSES[3]: 2}


def test_runs_that_diverged_are_no_plateau_and_no_cliff_towards_ground_as_high_as_the_range():
    """A blow-up has no loss; what stands for it must not make level ground of two of them side by side."""
    loss, end = np.ones((4, 4)), np.full((4, 4), End.STRIPES)
    loss[:, 3], loss[:2, :2], end[:2, :2] = 0.0, np.nan, End.DIVERGED
    found = ground(made(loss, end))
    assert found.plateau == pytest.approx(4 / 16)  # of eight high points four stand at a drop
    assert (found.cliffs, found.caused, found.causes) == (4, 0.0, {})


def test_ends_are_told_apart():
    case = recurrence.CASES["Schnakenberg"]
    x = torch.arange(16) * 2 * np.pi / 16
    wave = torch.cos(x)[:, None] + torch.cos(x)[None, :]
    stripes = torch.cos(2 * x)[:, None] + torch.zeros(16)
    pictures = torch.stack([wave.exp(), stripes, -wave.exp(), 1e-4 * stripes, stripes, stripes * torch.nan])
    change = torch.tensor([0.0, 0.0, 0.0, 0.0, 0.1, torch.nan])
    run = Run(torch.stack([pictures, pictures], 1), torch.ones(6, dtype=torch.int64), change, "eager")
    expected = [End.SPOTS, End.STRIPES, End.HOLES, End.HOMOGENEOUS, End.MOVING, End.DIVERGED]
    assert classified(case, run).tolist() == expected


@pytest.mark.parametrize("name", recurrence.CASES)
def test_the_time_step_is_short_enough_for_every_value_in_the_ranges(name):
    case = recurrence.CASES[name]
    highest = {n: high for n, (_, high) in case.model.ranges.items()}
    simulate(case.model, highest, cases.start(case, 8, 0), 1, grid=case.grid)
    assert set(case.plane) <= set(case.model.names)
    longer = Grid(case.grid.dx, case.grid.dt * 2)
    with pytest.raises(ValueError, match="amplifies"):
        simulate(case.model, highest, cases.start(case, 8, 0), 1, grid=longer)


def test_the_truth_has_no_loss_and_the_plane_is_the_same_in_pieces():
    case = recurrence.CASES["Schnakenberg"]
    found = recurrence.plane("Schnakenberg", size=16, steps=300, points=4)
    assert found.loss.dims == ("second", "first")
    assert found["first"].values[[0, -1]].tolist() == list(case.model.ranges["a"])
    assert found.picture.shape == (16, 16)
    assert (found.loss > 0).all()


def test_the_bowls_minimum_is_the_truth_and_least_squares_finds_it_at_one_step():
    name = "Gierer-Meinhardt"
    picture = settled_picture(name, SMALL["size"], SMALL["settle"])
    assert picture.std() > 0.1
    assert 0 < recurrence.drift(name, SMALL["size"], SMALL["settle"]) < 1e-4
    along = recurrence.cuts(name, **SMALL)
    bowl = recurrence.bowl(name, along, **SMALL)
    assert (bowl.linear, bowl.others) == (4, 1)
    assert bowl.third < 1e-12 < bowl.bent
    assert bowl.error < 1e-2
    search = recurrence.recover(name, (1, 5), starts=1, trials=25, **SMALL)
    assert float(search.error.max()) < 1e-2


def test_the_summary_counts_systems():
    flat = recurrence.Ground(100, 0.3, 20, 0.95, 0.2, {})
    none = recurrence.Ground(100, 0.0, 0, None, 0.2, {})
    bowl = recurrence.Bowl(4, 0, 1e-15, None, 1e-6, None, None)
    errors = np.array([[1e-9, 1e-9], [1e-9, 0.5], [0.5, 0.5]])
    search = xr.Dataset({"error": (("horizon", "start"), errors)}, coords={"horizon": [1, 10, 100]})
    found = summary.recurrence({"a": flat, "b": none}, {"a": bowl, "b": bowl}, {"a": search, "b": search})
    assert (found.systems, found.plateaus, found.cliffed, found.cliffs) == (2, 1, 1, 20)
    assert (found.caused_least, found.minima, found.profile_error) == (0.95, None, None)
    assert found.lift_least == pytest.approx(4.75)
    assert (found.first_least, found.broken, found.last_horizon) == (1.0, 2, 100)
    assert (found.others, found.plateaus_others, found.cliffed_others, found.broken_others) == (2, 1, 1, 2)
    own = summary.recurrence(
        {"Gray-Scott": flat, "b": none}, {"b": bowl}, {"Gray-Scott": search, "b": search.isel(horizon=[0, 1])}
    )
    assert (own.plateaus, own.others, own.plateaus_others, own.broken_others) == (1, 1, 0, 0)
    assert "0 of 1 have a plateau" in told.minute(own)
    assert "Gray–Scott itself has a plateau and cliffs, and least squares loses most" in told.minute(own)
    text = told.minute(summary.recurrence({"Gray-Scott": none, "b": flat}, {"b": bowl}, {"b": search}))
    assert "1 of 1 have a plateau" in text
    assert "has no plateau and too few cliffs, and least squares does not lose" in text
    assert summary.breaks_at(search) == 100
    assert summary.breaks_at(search.isel(horizon=[0, 1])) is None


def test_every_profile_looks_at_one_step_first():
    assert all(s.recur_horizons[0] == 1 for s in SIZES.values())


def flat(points: int) -> recurrence.Ground:
    """A plane of 169 points with so many on its plateau."""
    return recurrence.Ground(169, points / 169, 0, None, 0.0)


def test_the_page_says_on_which_system_the_plateaus_verdict_rests_and_how_near_it_is():
    grounds = {"a": flat(46), "b": flat(17), "c": flat(50), "d": flat(0), "e": flat(30)}
    assert summary.deciding(grounds) == "b"
    assert summary.ENOUGH == criterion.ENOUGH
    one = told.nearness("b", [flat(17)])
    assert "It rests on b, on whose plateau lie 17 of 169 points, where 17 are needed." in one
    assert "could decide otherwise" in one
    assert "at 3 seeds 17, 16, 18 of 169" in told.nearness("b", [flat(17), flat(16), flat(18)])
    assert "depends on the seed" in told.nearness("b", [flat(17), flat(16), flat(18)])
    assert told.nearness("b", [flat(40)]).endswith("needed.")


def test_what_one_bowl_lacks_is_not_told_of_all():
    assert summary.most([1, 3]) == 3
    assert summary.most([0.1, None]) is None
    assert summary.most([]) is None
