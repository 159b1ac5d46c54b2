"""The ranking's numbers are those of the scores, and its pictures those of the answers."""

import numpy as np
import pytest

from lib.paper import TRUTH
from lib.showing.widgets import Ranking
from lib.studies.inversion import METHODS, SCHEMES, pictures, scores, standings
from lib.studies.inversion.attempt import Attempt, without_answer
from lib.studies.inversion.benchmark import labelled
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.recovery import FINISHED, NOT_APPLICABLE, NOT_RUN

SMALL = {"size": 32, "steps": 200}
NAMES = ["centre", "random", "residual", "weak"]
CHOSEN = {name: METHODS[name] for name in NAMES}


def answered(error: float, early: float) -> Attempt:
    """One that was `early` off after a twentieth of the budget of 100, and ends `error` off."""
    rows = np.array([[5.0, *(np.array(TRUTH) * (1 + early))], [80.0, *(np.array(TRUTH) * (1 + error))]])
    return Attempt(rows[-1, 1:], np.full(4, np.nan), rows, 80.0, 1.0, FINISHED, "")


def refused(ending: str) -> Attempt:
    return without_answer(ending, "", Budget(1, steps=1, size=1), 0.0)


@pytest.fixture
def found():
    done = [
        answered(0.08, 0.2), answered(0.2, 0.3), answered(0.04, 0.04), answered(0.005, 0.3),
        refused(NOT_APPLICABLE), refused(NOT_APPLICABLE), refused(NOT_RUN), refused(NOT_RUN),
    ]  # fmt: skip
    return labelled(done, 100.0, CHOSEN, ["S1"], ["truth"], [0, 1])


def test_at_the_end_a_ranking_is_the_score(found):
    table = standings.standings(found)
    for within in standings.WITHIN:
        last = table.solved.sel(within=within).isel(look=-1)
        np.testing.assert_array_equal(last.values, scores.success(found, within).values)
    np.testing.assert_allclose(table.error.isel(look=-1).values, scores.median_error(found).values)
    assert table.attrs["problems"] == 2


def test_earlier_it_knows_only_what_was_answered_by_then(found):
    solved = standings.standings(found).solved.sel(scheme="S1", within=0.05)
    assert solved.sel(approach="random").values.tolist() == [0, 0.5, 0.5, 1.0]
    assert solved.sel(approach="centre").values.tolist() == [0, 0, 0, 0]


def test_each_picture_is_grown_once_and_belongs_to_its_answer(found):
    shown = standings.gallery(found, **SMALL)
    tile = shown.tile.sel(scheme="S1")
    assert tile.sel(approach="residual").values.tolist() == [-1] * 4
    # Two answers of the centre and one of the search that never changes, after the truth.
    assert len(shown.fields) == 4
    assert len(set(tile.sel(approach="random").values[1:].tolist())) == 1
    last = found.params.sel(approach="centre", scheme="S1").isel(target=0, seed=0).values
    alone = pictures.grown([last.tolist()], **SMALL)[0, 0]
    np.testing.assert_array_equal(shown.fields[int(tile.sel(approach="centre").isel(look=-1))], alone)


def test_noise_is_a_level_of_the_data_it_was_added_to():
    kinds = dict(standings.kinds_of_data(["S1", "S2", "S3-1", "S3-0.1", "S5"]))
    assert kinds["settled u and v"] == [(0.0, "S2"), (0.001, "S3-0.1"), (0.01, "S3-1")]
    assert kinds["settled v"] == [(0.0, "S1")]
    assert all(not s.noise or s.without_noise in SCHEMES for s in SCHEMES.values())


def test_the_widget_tells_who_does_not_apply_from_who_was_not_run(found):
    widget = Ranking(
        standings.standings(found), standings.gallery(found, **SMALL),
        names={name: (name, "rival") for name in NAMES}, kinds=standings.kinds_of_data(["S1"]),
        left_out=scores.not_run(found), limit=100.0, target="truth",
    )  # fmt: skip
    last = widget.rows["S1"][-1]
    assert [row["solved"] for row in last] == [[0.0, 0.0, 0.5], [0.5, 1.0, 1.0], None, None]
    assert [row["run"] for row in last] == [True, True, True, False]
    assert widget.budgets == [1.0, 10.0, 30.0, 100.0]


def test_a_kind_of_data_without_standings_is_refused(found):
    with pytest.raises(ValueError, match="no standings for S2"):
        Ranking(
            standings.standings(found), standings.gallery(found, **SMALL), names={n: (n, "") for n in NAMES},
            kinds=standings.kinds_of_data(["S1", "S2"]), left_out=scores.not_run(found), limit=1.0, target="",
        )  # fmt: skip
