"""Tables have a cell for every column, whatever was not measured."""

import re

import numpy as np
import pytest
import xarray as xr

from lib.paper import SAMPLED_SETS, TRUTH
from lib.showing.tables import Table, horizon, network, residual
from lib.studies.horizon.recovery import labelled
from lib.studies.horizon.summary import Closing
from lib.studies.residual_fit.summary import Elsewhere
from tests.studies.test_residual_summaries import recoveries

PARAMETERS = ["Du", "Dv", "F", "k"]


def search() -> xr.Dataset:
    return labelled(np.tile(np.array([*TRUTH, 0, 7.0]), (2, 3, 1)), (1, 1000), "squares", "data", "pixels", 1)


def sets() -> xr.Dataset:
    error = np.full((len(SAMPLED_SETS), 4), 1e-6)
    error[0] = np.nan
    columns = {"rank": [4] * len(error), "change": [1e-5] * len(error)}
    return xr.Dataset({"error": (("set", "parameter"), error), **{n: ("set", x) for n, x in columns.items()}})


def second() -> xr.Dataset:
    dims = ("time", "noise", "seed", "parameter")
    variables = {name: (dims, np.full((1, 2, 2, 4), 0.3)) for name in ("one", "two")}
    return xr.Dataset(variables, coords={"time": [40_000], "noise": [0.0, 0.01], "parameter": PARAMETERS})


TABLES = [
    horizon.searches(search(), search().isel(horizon=[0])),
    horizon.controls({"pixels": search()}),
    horizon.closing(Closing(1, 1, 1, 1, 1, 1, 3, (30,), (1,), (2,), (3,))),
    network.recoveries(recoveries(0.1, 0.01, rested=0)),
    residual.elsewhere(sets(), Elsewhere(2, 0, None, None, 1e-6)),
    residual.second_frame(second()),
]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_fills_the_columns_and_no_number_is_a_machines(table: Table):
    assert all(len(row) == len(table.head) for row in table.rows)
    text = table._repr_markdown_()
    assert not re.search(r"\d[eE][+-]\d|\bnan\b|None|[ (]-\d", text), text


def test_what_was_not_tried_is_said_to_be():
    rows = horizon.searches(search(), search().isel(horizon=[0])).rows
    assert rows[1][0] == "1,000"
    assert rows[1][4] == "not tried"


def test_a_set_that_its_data_do_not_determine_is_named_so():
    table = residual.elsewhere(sets(), Elsewhere(2, 0, None, None, 1e-6))
    assert table.rows[0][-1] == "not determined"
    assert table.rows[-1][-1] == "not measured"


def test_trainings_that_were_cut_off_are_counted():
    table = network.recoveries(recoveries(0.1, 0.01, rested=0))
    assert {row[7] for row in table.rows} == {"–", "0 of 2"}
