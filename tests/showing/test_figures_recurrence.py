"""The figures and sentences of other systems show what they are given."""

import numpy as np
import pytest
import xarray as xr

from lib.publishing.sentences import recurrence as told
from lib.showing.figures import recurrence as plots
from lib.studies.horizon.sizes import sizes as horizon_sizes
from lib.studies.recurrence import CASES, Bowl, Ground, sizes
from lib.studies.recurrence.planes import End


def plane(name: str) -> xr.Dataset:
    """A made-up plane of a system, half of it without a pattern, one run diverged."""
    axes = [np.linspace(*CASES[name].model.ranges[p], 4) for p in CASES[name].plane]
    loss, end = np.arange(16.0).reshape(4, 4), np.full((4, 4), End.SPOTS)
    end[:2], end[3, 3], loss[3, 3] = End.HOMOGENEOUS, End.DIVERGED, np.nan
    variables = {
        "loss": (("second", "first"), loss),
        "end": (("second", "first"), end),
        "picture": (("row", "column"), np.eye(5)),
    }
    return xr.Dataset(variables, coords={"first": axes[0], "second": axes[1]})


def test_a_column_for_each_system_and_a_legend_of_the_ends_that_are_met():
    figure = plots.planes({name: plane(name) for name in CASES})
    assert [axis.get_title() for axis in figure.axes[:5]] == list(CASES)
    assert [t.get_text() for t in figure.legends[0].texts] == ["same everywhere", "spots", "diverged"]


def test_parameters_that_are_not_linear_are_dashed():
    cut = xr.Dataset(
        {"loss": (("parameter", "place"), np.ones((2, 5)))},
        coords={"parameter": ["mu", "kappa"], "place": np.linspace(0, 1, 5)},
    )
    figure = plots.bowls({"Gierer-Meinhardt": cut}, {"Gierer-Meinhardt": ("kappa",)})
    assert [line.get_linestyle() for line in figure.axes[0].lines] == ["-", "--"]


def test_the_horizons_show_shares_and_errors():
    search = xr.Dataset(
        {"error": (("horizon", "start"), np.array([[1e-9, 1e-9], [1.0, 1e-9]]))}, coords={"horizon": [1, 10]}
    )
    figure = plots.horizons(dict.fromkeys(CASES, search))
    assert figure.axes[0].lines[0].get_ydata().tolist() == [1.0, 0.5]
    # Every start has its mark: between two ends far apart a median stands where no start is.
    assert [line.get_ydata().tolist() for line in figure.axes[1].lines[:5]] == [[1e-9, 1e-9, 1.0, 1e-9]] * 5
    assert told.breaks({"A": search}) == "At every horizon tried half of them or more find it for A."
    assert "A at $T =$ 10" in told.breaks({"A": search.where(search.horizon < 10, 1.0)})


def test_searches_that_end_near_the_limit_are_said_to_test_how_settled_the_data_are():
    errors = np.array([[1e-6, 1e-6, 1e-6], [9.6e-3, 9.7e-3, 1.0]])
    search = xr.Dataset({"error": (("horizon", "start"), errors)}, coords={"horizon": [1, 10]})
    text = told.limits({"A": search, "B": search.isel(horizon=[0])}, {"A": 1.4e-4, "B": 2e-9})
    assert "A by 0.00014; B by 2" in text
    assert (
        "In A, 2 starts of 3 at $T =$ 10 end between 0.960 % and 0.970 % off, near the limit of 1 %" in text
    )
    assert "In B" not in text


@pytest.mark.parametrize("profile", sizes.SIZES)
def test_the_page_names_what_sets_its_measure_apart_from_the_horizons_own(profile: str):
    here, there = sizes.sizes(profile), horizon_sizes(profile)
    text = told.apart(here, there)
    assert "k in 0.045–0.075 here, 0.02–0.08 there" in text
    assert "F in" not in text  # the same on both pages
    assert f"{here.recur_small} cells along a side here and {there.horizon_size} there" in text


def test_every_form_of_the_sentences_can_be_told():
    steep = Ground(169, 0.25, 12, 0.75, 0.1, {"changes its class": 6, "diverges": 3})
    text = told.causes({"A": steep, "B": Ground(169, 0.0, 0, None, 0.1, {})})
    assert "12 cliffs: the run's end changes at 75" in text
    assert "one changes its class at 6, diverges at 3." in text
    assert "There is no cliff." in text
    low = told.causes({"C": Ground(169, 0.0, 0, None, 0.1, {}, 0.6, 0.12)})
    assert "but it lies low: at 12" in low
    straight = Bowl(4, 0, 1e-15, None, 1e-9, None, None)
    bent = Bowl(4, 1, 1e-15, 0.02, 1e-9, 1, 0.0)
    assert told.nonlinear({"A": straight}) == "All parameters of these systems enter linearly."
    assert "one minimum is left over that parameter, at the truth" in told.nonlinear(
        {"A": straight, "B": bent}
    )
    double = Bowl(4, 1, 1e-15, 0.02, 1e-9, 2, 0.3)
    assert "2 minima, the lowest 30" in told.nonlinear({"B": double})
    with pytest.raises(ValueError, match="not followed"):
        told.nonlinear({"B": Bowl(4, 1, 1e-15, None, 1e-9, None, None)})
