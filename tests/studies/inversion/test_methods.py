"""Each method on a case where it is known to work."""

import numpy as np
import pytest
import torch

from lib.studies.inversion import METHODS
from lib.studies.inversion.attempt import Attempt, attempt
from lib.studies.inversion.benchmark import problem
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.gauss_newton import refine, standard_errors
from lib.studies.inversion.library import library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import HIGHEST, LOWEST, latin_hypercube, to_box, to_unit
from lib.studies.inversion.statistics import Statistics, described

SMALL = {"size": 32, "steps": 2000}


def on(method: str, scheme: str, limit: float = 60.0, target: str = "maze", **setting: int) -> Attempt:
    """A small attempt; it must not have failed."""
    given = problem(target, scheme, 0, **(SMALL | setting))
    found = attempt(METHODS[method].recover, given.data, limit, 0)
    assert found.reason == ""
    return found


def gap(found: Attempt, target: str = "maze") -> float:
    """Largest relative error."""
    return float(np.abs(found.params / np.array(problem(target, "S1", 0, **SMALL).truth) - 1).max())


def test_the_box_centre_is_in_the_middle_and_says_how_wide_the_box_is():
    found = on("centre", "S1")
    np.testing.assert_allclose(to_unit(found.params), 0.5)
    np.testing.assert_allclose(found.uncertainty * np.sqrt(12), HIGHEST - LOWEST)


def test_the_residual_fit_is_exact_on_perfect_data():
    assert gap(on("residual", "S2", size=64, steps=10_000)) < 1e-3


@pytest.mark.parametrize("method", ["random", "nearest", "squares", "paper"])
def test_a_search_answers_inside_the_box_or_what_euler_can_run_and_stays_in_its_budget(method: str):
    found = on(method, "S1", 40.0)
    assert (found.params > 0).all()
    assert found.cost < 40.0 + 2 * 16
    assert (np.diff(found.history[:, 0]) >= 0).all()


def test_random_search_never_gets_worse_with_a_larger_budget_by_its_own_loss():
    data = problem("maze", "S1", 0, **SMALL).data
    losses = []
    for limit in (16.0, 64.0):
        budget = Budget(limit, steps=data.steps, size=data.size)
        METHODS["random"].recover(data, budget, 0)
        losses.append(budget.best)
    assert losses[1] <= losses[0]


def test_the_nearest_neighbour_finds_a_target_that_is_in_its_library():
    made = library(60.0, 32, 2000, 0)
    living = int(np.argmax(made.v.std(axis=(1, 2))))
    data = Data("S2", made.v[living : living + 1], made.u[living : living + 1], (), None, 2000)
    found = attempt(METHODS["nearest"].recover, data, 60.0, 0)
    np.testing.assert_array_equal(found.params, made.points[living])


def test_gauss_newton_solves_a_least_squares_problem_with_known_minimum():
    """Rosenbrock's function in two pairs: a curved valley, with its minimum at (0.5, 0.5, 0.5, 0.5)."""

    def residuals(points):
        x = 2 * points
        return np.stack(
            [10 * (x[:, 1] - x[:, 0] ** 2), 1 - x[:, 0], 10 * (x[:, 3] - x[:, 2] ** 2), 1 - x[:, 2]], axis=1
        )

    found = refine(np.array([0.1, 0.9, 0.8, 0.2]), residuals, half_width=1e-5)
    np.testing.assert_allclose(found.unit, 0.5, atol=1e-5)


def test_its_standard_errors_are_those_of_a_linear_fit():
    draw = np.random.default_rng(0)
    A, sigma = draw.standard_normal((400, 4)), 0.01
    y = A @ np.full(4, 0.5) + sigma * draw.standard_normal(400)
    found = refine(np.full(4, 0.3), lambda points: points @ A.T - y)
    expected = sigma * np.sqrt(np.diag(np.linalg.inv(A.T @ A)))
    np.testing.assert_allclose(standard_errors(found), expected, rtol=0.1)


@pytest.mark.slow
def test_least_squares_finds_a_maze_from_v_alone():
    """A maze is the easiest target: its stripes have one width, and nothing dies nearby."""
    found = on("squares", "S1", 400.0, size=64, steps=10_000)
    assert gap(found) < 0.1


def test_levels_and_correlations_do_not_know_where_the_pattern_lies():
    x = torch.as_tensor(problem("maze", "S2", 0, **SMALL).data.v)
    moved = x.roll((5, -3), (1, 2))
    torch.testing.assert_close(described(x), described(moved), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(described(x), described(x.transpose(1, 2).contiguous()), rtol=1e-4, atol=1e-6)


def test_levels_and_correlations_are_not_biased_by_noise_or_missing_cells():
    generator = torch.Generator().manual_seed(0)
    x = torch.as_tensor(problem("maze", "S2", 0, **SMALL).data.v).repeat(200, 1, 1)
    clean = described(x[:1])[0]
    noisy = described(x + 0.05 * torch.randn(x.shape, generator=generator))
    patchy = described(torch.where(torch.rand(x.shape, generator=generator) < 0.3, x, torch.nan))
    for seen in (noisy, patchy):
        scatter = seen.std(dim=0) / len(seen) ** 0.5
        # The mean is taken off with an error of its own: a bias of 1/cells of the variance is allowed.
        assert bool(((seen.mean(dim=0) - clean).abs() < 5 * scatter + 2e-3 * clean.abs().max()).all())


def test_a_diverged_run_has_no_statistics_instead_of_good_ones():
    data = problem("maze", "S2", 0, **SMALL).data
    lost = torch.full((1, 32, 32), torch.nan)
    assert bool(Statistics(data).loss(lost, lost).isnan().all())


def test_one_lost_run_takes_no_other_with_it():
    data = problem("maze", "S2", 0, **SMALL).data
    fields = torch.as_tensor(data.v).repeat(2, 1, 1)
    fields[1] = torch.nan
    assert Statistics(data).loss(fields, fields).isnan().tolist() == [False, True]


def test_a_latin_hypercube_has_one_point_in_every_slice():
    unit = latin_hypercube(10, np.random.default_rng(0))
    for column in unit.T:
        assert sorted(np.floor(10 * column).astype(int)) == list(range(10))
    np.testing.assert_allclose(to_unit(to_box(unit)), unit)
