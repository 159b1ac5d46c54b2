"""The numbers that are read off training runs, on runs made by hand."""

import numpy as np
import pytest
import torch

from lib import losses
from lib.coordinates import to_unconstrained
from lib.paper import SAMPLED_SETS, TRUTH
from lib.simulate import Outcome
from lib.studies.training import trace_statistics
from lib.studies.training.recorded_trajectory import approach
from tests.studies.training.traces import trace


def test_drops_are_counted_with_their_length_and_whether_they_climb_back():
    loss = np.array([[260, 20, 10, 262, 30], [260, 261, 15, np.nan, np.nan]])
    found = trace_statistics.excursions(loss, 100)
    assert found == [(0, 1, 2, 10, True), (0, 4, 1, 30, False), (1, 2, 1, 15, False)]


def test_a_trend_is_found_and_noise_is_not_taken_for_one():
    draw = np.random.default_rng(0)
    noise = 260 + draw.normal(size=200)
    found = trace_statistics.trends(np.stack([noise, noise - 0.05 * np.arange(200)]))
    assert found.p[0] > 0.05
    assert found.p[1] < 1e-6
    assert found.tau[1] < -0.5


def test_a_rising_loss_is_no_downward_trend():
    found = trace_statistics.trends(np.stack([np.arange(40.0), -np.arange(40.0)]))
    assert found.p[0] > 0.99
    assert found.p[1] < 1e-6
    assert found.tau.values.tolist() == [1, -1]


def test_a_run_too_short_for_a_trend_says_nothing():
    assert trace_statistics.trends(np.array([[3.0, 2.0, 1.0, np.nan]])).p.isnull().all()


def test_slopes_are_per_hundred_iterations():
    found = trace_statistics.trends((260 - 0.05 * np.arange(200.0))[None])
    assert float(found.slope[0]) == pytest.approx(-5, abs=0.01)


def test_the_plateaus_height_is_the_loss_of_a_uniform_field():
    pool = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(0))
    heights = trace_statistics.plateau_losses(pool.numpy())
    uniform = losses.spectral(torch.full((3, 16, 16), 0.25), pool, reduction="none")
    np.testing.assert_allclose(heights, uniform, rtol=1e-5)


def test_the_expected_band_narrows_with_the_batch():
    heights = np.random.default_rng(1).normal(260, 6, 300)
    low, high = trace_statistics.expected_band(heights, 8)
    wider = trace_statistics.expected_band(heights, 2)
    assert wider[0] < low < 260 < high < wider[1]


def test_travel_adds_up_steps_and_measures_the_net_way():
    run = trace(
        [
            {"unconstrained": [0, 0, 0, 0], "next_unconstrained": [3, 4, 0, 0]},
            {"unconstrained": [3, 4, 0, 0], "next_unconstrained": [0.0] * 4},
        ]
    )
    moved = trace_statistics.travel(run)
    assert float(moved.path[0]) == pytest.approx(10)
    assert float(moved.net[0]) == pytest.approx(0)
    assert float(moved.largest[0]) == pytest.approx(5)


def test_a_runs_fate_names_its_end():
    run = trace([{}, {"loss": 12.0, "outcome": [Outcome.PATTERN] * 2, "tries": 8}])
    assert trace_statistics.outcome_of(run.isel(run=0), half=130) == (2, "aborted", 4.5, 12.0, "pattern")


def test_only_runs_that_end_at_the_truth_have_converged_to_it():
    away = [p * 1.2 for p in TRUTH]
    assert trace_statistics.at_the_truth(trace([{"params": away}, {}])) == 1
    assert trace_statistics.at_the_truth(trace([{}, {"params": away}])) == 0


def test_polarised_values_leave_the_middle_empty():
    assert trace_statistics.gap([0.01, 0.05, 0.95, 1.0], 0.1, 0.8) == 0
    assert trace_statistics.gap([0.05, 0.5], 0.1, 0.8) == 0.5


def test_an_approach_is_measured_along_the_recorded_way():
    begin, end = to_unconstrained(SAMPLED_SETS[1]), to_unconstrained(SAMPLED_SETS[2])
    halfway = ((begin + end) / 2).tolist()
    run = trace(
        [
            {"unconstrained": begin.tolist(), "next_unconstrained": halfway},
            {"unconstrained": halfway, "next_unconstrained": halfway, "loss": 7.0},
        ]
    )
    found = approach(run, SAMPLED_SETS[1], SAMPLED_SETS[2])
    assert found.left == pytest.approx(0.5, abs=1e-5)
    assert found.covered == pytest.approx(0.5, abs=1e-5)
    assert found.cosine == pytest.approx(1, abs=1e-5)
    assert (found.at, found.loss) == (1, 7.0)
