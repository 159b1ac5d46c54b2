"""A line closes around the truth alone: not around another pit, and not around what nobody knows."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from lib.paper import TRUTH
from lib.showing.figures import horizon
from lib.showing.figures.pits import alone, pit

Y, X = np.mgrid[-1:1:21j, -1:1:21j]
BOWL = X**2 + Y**2
CENTRE = (10, 10)


def test_in_a_bowl_it_closes_just_below_the_rim() -> None:
    level, inside = pit(BOWL, *CENTRE) or pytest.fail("A bowl has a pit.")
    assert 0.9 < level < 1  # the lowest place of the rim has 1
    assert inside[CENTRE]
    assert not inside[0].any()


@pytest.mark.parametrize(
    "ground",
    [X + 2, np.full((21, 21), np.nan), np.ones((21, 21)), -BOWL],
    ids=["slope", "nothing", "plateau", "hill"],
)
def test_where_nothing_closes_there_is_none(ground: np.ndarray) -> None:
    assert pit(ground, *CENTRE) is None


def test_a_deeper_pit_beside_it_is_left_out() -> None:
    """The lowest point of the map lies elsewhere; the line belongs to the place that was asked about."""
    ground = np.minimum(4 * ((X + 0.5) ** 2 + Y**2), 4 * ((X - 0.5) ** 2 + Y**2) - 0.5)
    level, inside = pit(ground, 10, 5) or pytest.fail("It has a pit of its own.")
    assert inside[10, 5]
    assert not inside[10, 15]
    assert level < ground[10, 9] < 0.65  # the pass between the two
    filled = alone(ground, inside, level)
    assert ((filled <= level) == inside).all()


def test_it_opens_where_the_loss_is_not_known() -> None:
    ground = BOWL.copy()
    ground[10, 14] = np.nan  # 0.4 from the centre
    level, inside = pit(ground, *CENTRE) or pytest.fail("It closes below the hole.")
    assert level < 0.16
    assert not inside[9:12, 13:16].any()
    assert pit(np.where(BOWL == 0, np.nan, BOWL), *CENTRE) is None


def test_a_line_that_touches_the_pit_at_a_corner_only_is_not_drawn(book_style: None) -> None:
    """Cells that touch at a corner are one pit, and yet the level line may run between them."""
    F, k = np.linspace(0.03, 0.05, 9), np.linspace(0.055, 0.075, 9)
    row, column = (int(np.abs(axis - truth).argmin()) for axis, truth in ((F, TRUTH.F), (k, TRUTH.k)))
    F, k = F + TRUTH.F - F[row], k + TRUTH.k - k[column]
    ground = np.ones((9, 9))
    ground[row, column], ground[row + 1, column + 1] = 0.0, 0.4
    axis = Figure().subplots()
    lines = axis.contour(k, F, ground, levels=[0.5])
    assert len(lines.get_paths()[0].to_polygons()) == 2
    horizon.only_around(lines, (TRUTH.k, TRUTH.F))
    (kept,) = lines.get_paths()[0].to_polygons()
    assert np.abs(kept.mean(axis=0) - (TRUTH.k, TRUTH.F)).max() < 1e-3
    horizon.only_around(lines, (float(k[0]), float(F[0])))
    assert not lines.get_paths()[0].to_polygons()


def test_the_map_draws_it_around_the_star(book_style: None) -> None:
    F, k = np.linspace(0.02, 0.05, 21), np.linspace(0.055, 0.075, 21)
    middle = [int(np.abs(axis - truth).argmin()) for axis, truth in ((F, TRUTH.F), (k, TRUTH.k))]
    y, x = np.mgrid[0:21, 0:21]
    bowl = (y - middle[0]) ** 2 + (x - middle[1]) ** 2
    loss = xr.DataArray(bowl.astype(float), dims=("F", "k"), coords={"F": F, "k": k})
    found = horizon.around_truth(loss)
    assert found is not None
    assert found[1][tuple(middle)]
    assert horizon.around_truth(loss["F"] + 0 * loss) is None
