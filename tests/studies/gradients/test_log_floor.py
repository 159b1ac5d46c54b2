"""Gradients under other floors of the logarithm."""

import numpy as np
import pytest
import torch

from lib import losses
from lib.coordinates import random_starts, to_params
from lib.paper import SEARCHED
from lib.studies.gradients import gradient_field
from lib.studies.gradients.log_floor import gradient_by_floor


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))


def test_the_papers_floor_gives_the_fields_gradient():
    setting = {"states": 2, "size": 32, "steps": 120, "jobs": 1}
    field = gradient_field({"k": np.array([0.06])}, **setting)
    floors = gradient_by_floor([0.06], [losses.LOG_FLOOR, 1.0], **setting)
    np.testing.assert_allclose(floors.gradient.sel(floor=losses.LOG_FLOOR), field.gradient, rtol=1e-4)
    np.testing.assert_allclose(floors.loss.sel(floor=losses.LOG_FLOOR), field.loss, rtol=1e-5)


def test_a_higher_floor_makes_the_loss_smaller():
    found = gradient_by_floor([0.058, 0.06], [1e-8, 1.0, 100.0], size=32, steps=300, jobs=1)
    assert (found.loss.diff("floor") < 0).all()


def test_random_starts_fill_the_searched_box_and_more_begin_with_fewer():
    starts = random_starts(50, seed=3)
    assert random_starts(5, seed=3) == starts[:5]
    drawn = np.array([[float(p) for p in to_params(row)] for row in torch.tensor(starts)])
    low, high = np.array(list(SEARCHED.values())).T
    assert (drawn >= low - 1e-6).all()
    assert (drawn <= high + 1e-6).all()
    assert (np.ptp(drawn, axis=0) > 0.8 * (high - low)).all()
