"""Section 2's numbers, and its sentences for every outcome."""

import numpy as np
import pytest
import xarray as xr

from lib.publishing.sentences import setup as told
from lib.simulate import Outcome
from lib.studies.setup.precision import MARKS, WAYS, precision
from lib.studies.setup.summary import SetupSummary, summarise

DRIFTS = xr.Dataset(
    {"difference": (("way", "steps"), np.array([[1e-7, 1e-6], [2e-7, 2e-6], [1e-7, 3e-6]]))},
    coords={"way": list(WAYS), "steps": [1000, 3000]},
)


def found(seventh: list[float], drifts: xr.Dataset = DRIFTS, end: Outcome = Outcome.PATTERN) -> SetupSummary:
    windowed = np.full((7, 2), 200.0)
    windowed[6] = seventh
    ends = np.full((7, 2), end)
    variables = {"spectral": windowed, "windowed": windowed, "outcome": ends}
    sets = xr.Dataset({name: (("point", "state"), values) for name, values in variables.items()})
    return summarise(sets, np.arange(7.0), drifts, updates=16_384 * 40_000)


def test_single_precision_drifts_more_the_longer_a_run_is():
    drifts = precision(size=32, steps=1000)
    assert drifts.steps.values.tolist() == [mark for mark in MARKS if mark <= 1000]
    exact = drifts.difference.sel(way=WAYS[0])
    assert 0 < float(exact[0]) < 1e-5
    assert float(exact[-1]) > float(exact[0])


def test_a_mean_over_two_kinds_of_picture_is_taken_apart():
    both = found([220.0, 20.0])
    assert (both.few, both.few_loss, both.full_loss) == (1, 220, 20)
    assert "not one picture but two" in told.two_pictures(both)
    alike = found([220.0, 220.0])
    assert alike.full_loss is None
    assert "end alike" in told.two_pictures(alike)


@pytest.mark.parametrize(("end", "trouble"), [(Outcome.PATTERN, False), (Outcome.TRIVIAL, True)])
def test_lost_patterns_are_only_spoken_of_where_there_are_some(end, trouble):
    said = told.ends(found([220.0, 20.0], end=end))
    assert told.WORDS[end] in said
    assert ("without a pattern" in said) == trouble


def test_neither_engine_is_called_better_only_where_neither_is():
    far = DRIFTS.copy(deep=True)
    far.difference[2] = 1e-2
    assert "neither is the better" in told.drift(found([220.0, 20.0]))
    assert "neither" not in told.drift(found([220.0, 20.0], far))


def test_the_early_time_is_at_most_a_thousand_steps():
    summary = found([220.0, 20.0])
    assert (summary.early_steps, summary.early) == (1000, 1e-7)
    assert (summary.late_steps, summary.late) == (3000, 1e-6)


def test_what_is_of_the_first_state_alone_is_said_to_be():
    summary = found([220.0, 20.0])
    assert "first state against others" in told.table(summary)
    for said in (told.in_one_minute(summary), told.losses_of_the_sets(summary)):
        assert "run from the first initial state" in said


def test_the_page_uses_no_computer_notation():
    for said in (told.in_one_minute(found([220.0, 20.0])), told.table(found([220.0, 20.0]))):
        assert "e-0" not in said
        assert "nan" not in said
