"""What a profile would take is counted from what was run."""

from dataclasses import replace

import numpy as np
import pytest

from lib.studies.inversion import METHODS, expense
from lib.studies.inversion.attempt import Attempt, without_answer
from lib.studies.inversion.benchmark import labelled
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.recovery import FINISHED, NOT_APPLICABLE, NOT_RUN
from lib.studies.inversion.sizes import sizes

NAMES = ["centre", "random", "residual"]


def took(seconds: float) -> Attempt:
    nothing = np.full(4, 0.1)
    return Attempt(nothing, nothing, np.empty((0, 5)), 1.0, seconds, FINISHED, "")


def none(ending: str) -> Attempt:
    return without_answer(ending, "", Budget(1, steps=1, size=1), 9.0)


@pytest.fixture
def found():
    """Three methods on S1 and S2, one problem: 2 s and not run; 4 s and 6 s; does not apply and 1 s."""
    done = [took(2), none(NOT_RUN), took(4), took(6), none(NOT_APPLICABLE), took(1)]
    return labelled(done, 10.0, {n: METHODS[n] for n in NAMES}, ["S1", "S2"], ["truth"], [0])


def test_hours_count_what_ran_grown_by_budget_steps_and_cells(found):
    ran = replace(sizes("smoke"), inversion_size=32, inversion_steps=100, inversion_budget=10.0)
    asked = replace(
        ran, inversion_size=64, inversion_steps=300, inversion_budget=50.0, inversion_seeds=2,
        inversion_targets=("truth", "maze"), inversion_schemes=("S1", "S2", "S7"), inversion_left_out=(),
    )  # fmt: skip
    assert expense.growth(ran, asked) == 60
    # A method that was not run on S2 costs there what it did on S1; S7 costs what S2 does.
    each = (2 + 4 + 0) + 2 * (2 + 6 + 1)
    assert expense.hours(found, ran, asked, cores=1) == pytest.approx(60 * 4 * each / 3600)
    assert expense.hours(found, ran, replace(asked, inversion_schemes=("S4-10",))) is None
    fewer = replace(asked, inversion_left_out=(("random", "S7"),))
    assert expense.hours(found, ran, fewer, cores=2) == pytest.approx(60 * 4 * (each - 6) / 7200)
