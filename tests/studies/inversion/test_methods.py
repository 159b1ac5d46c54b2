"""Each method on a case where it is known to work."""

import itertools

import numpy as np
import pytest
import torch

from lib.initial_states import initial_state
from lib.model import Params
from lib.simulate import Outcome, simulate
from lib.studies.inversion import METHODS, kalman, resistance
from lib.studies.inversion.attempt import Attempt, attempt
from lib.studies.inversion.benchmark import problem
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.descents import can_run, descend_from_many
from lib.studies.inversion.gauss_newton import refine, standard_errors
from lib.studies.inversion.library import library
from lib.studies.inversion.methods import reverse_surrogate, time_surrogate
from lib.studies.inversion.methods.evolution import minimise
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import (
    FAILED,
    HIGHEST,
    LOWEST,
    NOT_APPLICABLE,
    latin_hypercube,
    to_box,
    to_unit,
)
from lib.studies.inversion.spectra import Spectra
from lib.studies.inversion.statistics import Statistics, described

SMALL = {"size": 32, "steps": 2000}


def on(method: str, scheme: str, limit: float = 60.0, target: str = "maze", **setting: int) -> Attempt:
    """A small attempt; it must not have failed."""
    given = problem(target, scheme, 0, **(SMALL | setting))
    found = attempt(METHODS[method].recover, given.data, limit, 0)
    assert found.reason == ""
    return found


@pytest.mark.parametrize("scheme", ["S1", "S2", "S5"])
@pytest.mark.parametrize("method", list(METHODS))
def test_no_method_fails_because_runs_diverge(method: str, scheme: str, monkeypatch, tmp_path):
    """Every third simulation ends as diverged ones do, short ones too."""
    calls = itertools.count()

    def sometimes(*args, **kwargs):
        run = simulate(*args, **kwargs)
        if next(calls) % 3 != 1:
            return run
        lost = torch.full_like(run.outcome, Outcome.DIVERGED)
        return run._replace(u=run.u * torch.nan, v=run.v * torch.nan, outcome=lost)

    data = problem("maze", scheme, 0, size=32, steps=400).data
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))  # for libraries of such runs
    monkeypatch.setattr("lib.studies.inversion.budget.simulate", sometimes)
    found = attempt(METHODS[method].recover, data, 100.0, 0)
    assert found.ending != FAILED, found.reason


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
def test_least_squares_finds_a_maze_from_v_alone_with_some_samples():
    """A maze is the easiest target: its stripes have one width, and nothing dies nearby. Where a refinement
    ends depends on the sample that it begins with, and more budget does not take it further.
    """
    data = problem("maze", "S1", 0, size=64, steps=10_000).data
    gaps = [gap(attempt(METHODS["squares"].recover, data, 400.0, seed)) for seed in range(3)]
    assert min(gaps) < 0.1
    assert float(np.median(gaps)) < 0.3


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


@pytest.mark.parametrize(
    ("method", "scheme"), [("weak", "S2"), ("horizon", "S2"), ("elimination", "S1"), ("growing", "S5")]
)
def test_whoever_uses_the_equations_is_exact_on_perfect_data(method: str, scheme: str):
    assert gap(on(method, scheme, 400.0, size=64, steps=10_000)) < 1e-2


@pytest.mark.parametrize("method", ["weak", "horizon"])
def test_one_percent_of_noise_ruins_the_plain_fit_and_not_its_cures(method: str):
    noisy = {"scheme": "S3-1", "size": 64, "steps": 10_000}
    assert gap(on("residual", **noisy)) > 0.1
    assert gap(on(method, **noisy)) < 0.02


def test_a_growing_window_without_its_start_does_not_apply():
    data = problem("maze", "S5", 0, **SMALL).data._replace(start=None)
    assert attempt(METHODS["growing"].recover, data, 10.0, 0).ending == NOT_APPLICABLE


@pytest.mark.parametrize("method", ["growing", "horizon"])
def test_a_growing_window_or_horizon_does_not_apply_to_one_settled_v(method: str):
    data = problem("maze", "S1", 0, **SMALL).data
    assert attempt(METHODS[method].recover, data, 10.0, 0).ending == NOT_APPLICABLE


@pytest.mark.parametrize("method", ["evolution", "evolution-statistics", "kalman", "surrogate"])
def test_a_search_by_simulation_stays_in_the_box(method: str):
    found = on(method, "S1", 60.0)
    assert (found.params >= LOWEST).all()
    assert (found.params <= HIGHEST).all()
    assert found.cost < 60.0 + 2 * 16 or method == "surrogate"  # which trains, besides


def test_evolution_finds_the_minimum_of_a_bent_valley():
    """Rosenbrock's function in four dimensions, whose one minimum is at 1 (0.5 in the unit cube)."""

    def evaluate(unit):
        x = 2 * unit
        steep = 100 * (x[:, 1:] - x[:, :-1] ** 2) ** 2
        return [float(value) for value in (steep + (1 - x[:, :-1]) ** 2).sum(axis=1)]

    found = minimise(evaluate, np.full(4, 0.2), np.random.default_rng(0))
    np.testing.assert_allclose(found, 0.5, atol=0.01)


def test_evolution_leaves_the_global_random_numbers_alone():
    np.random.seed(3)  # noqa: NPY002  # the global ones are the point
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    minimise(lambda unit: list(np.square(unit).sum(axis=1)), np.full(2, 0.7), np.random.default_rng(0))
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_the_ensemble_of_a_linear_model_becomes_a_sample_of_the_posterior():
    """y = A θ + noise, θ ~ N(0, I): the posterior has a known mean and covariance."""
    draw = np.random.default_rng(1)
    A, truth = 0.7 * draw.standard_normal((6, 2)), np.array([0.8, -0.5])
    y = A @ truth + draw.standard_normal(6)
    covariance = np.linalg.inv(A.T @ A + np.eye(2))
    members = kalman.move(draw.standard_normal((4000, 2)), lambda p: p @ A.T, y, draw)
    np.testing.assert_allclose(members.mean(axis=0), covariance @ A.T @ y, atol=0.06)
    np.testing.assert_allclose(np.cov(members.T), covariance, atol=0.06)


def test_lost_members_are_replaced_by_living_ones_and_all_lost_is_an_error():
    members = np.arange(8.0).reshape(4, 2)
    outputs = members.copy()
    outputs[1] = np.nan
    kept, found = kalman.living(members, outputs)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(kept[[0, 2, 3]], members[[0, 2, 3]])
    with pytest.raises(ArithmeticError, match="nothing is left"):
        kalman.living(members, np.full((4, 2), np.nan))


def test_resistances_in_a_row_add_up_and_side_by_side_their_inverses_do():
    """A ring of n equal conductances: between neighbours 1 and n − 1 stand side by side, R = (n − 1)/n."""
    ring = resistance.conductances(np.ones((8, 1), bool)).toarray() / 1.0
    # Along the axis of length one a cell is its own neighbour, which conducts nothing.
    K = np.linalg.inv(ring[:7, :7])
    assert K[0, 0] == pytest.approx(7 / 8)
    assert K[0, 0] + K[1, 1] - 2 * K[0, 1] == pytest.approx(7 / 8)


def test_it_is_far_from_one_phase_to_the_other():
    stripes = np.zeros((16, 16), bool)
    stripes[:, :8] = True
    one, two = resistance.distances(np.ones((16, 16), bool)), resistance.distances(stripes)
    assert two.max() > 5 * one.max()
    assert two.min() < 2 * one.min()


def test_pieces_are_counted_across_the_edges_of_the_torus():
    inside = np.zeros((8, 8), bool)
    inside[[0, 7], 2] = True  # one piece through the edge
    inside[4, [0, 7]] = True  # likewise
    inside[4, 4] = True
    assert resistance.pieces(inside) == 3


def test_the_features_hardly_know_where_the_pattern_lies():
    v = problem("maze", "S2", 0, size=64, steps=4000).data.v[0].astype(float)
    one, moved = resistance.features(v), resistance.features(np.roll(v, (8, 20), (0, 1)))
    np.testing.assert_allclose(one[-2:], moved[-2:], rtol=1e-6)
    assert np.abs(one[:-2] - moved[:-2]).sum() < 0.5


def test_kernel_regression_learns_a_smooth_function_and_knows_what_it_misses():
    draw = np.random.default_rng(0)
    x = draw.uniform(-1, 1, (200, 2))
    y = np.column_stack([np.sin(2 * x[:, 0]), x[:, 1], x[:, 0] * x[:, 1], np.full(200, 0.3) + 0.1 * x[:, 0]])
    found = reverse_surrogate.fitted(x, y)
    asked = np.array([0.3, -0.2])
    expected = [np.sin(0.6), -0.2, -0.06, 0.33]
    np.testing.assert_allclose(found(asked), expected, atol=0.03)
    assert (found.left_out < 0.1).all()


def test_too_few_patterns_are_an_error_with_a_sentence():
    with pytest.raises(ArithmeticError, match="fewer than eight"):
        reverse_surrogate.fitted(np.zeros((3, 2)), np.zeros((3, 4)))


def test_the_surrogate_predicts_simulations_it_has_not_seen():
    """Held out: a quarter of the lessons. Half of their variance must be explained, death included."""
    lessons = time_surrogate.simulated(80.0, 32, 2000, 0)
    count = 3 * len(lessons.inputs) // 4
    network = time_surrogate.fitted(
        time_surrogate.Lessons(lessons.inputs[:count], lessons.outputs[:count], 0.0), seed=0
    )
    asked = torch.as_tensor(lessons.inputs[count:]).float()
    missed = network(asked).numpy() - lessons.outputs[count:]
    assert np.square(missed / network.scale.numpy()).mean() < 0.5


def test_the_log_level_has_a_slope_where_everything_dies_and_the_papers_loss_has_none():
    data = problem("maze", "S1", 0, **SMALL).data
    dying = torch.tensor([0.2, 0.1, 0.02, 0.0799], requires_grad=True)
    start = initial_state(1, size=32)
    run = simulate(Params(*dying[:, None].unbind(0)), start, 2000, threads=1)
    by_end = torch.autograd.grad(Spectra(data).loss(run.v, run.u).sum(), dying)[0]
    early = simulate(Params(*dying[:, None].unbind(0)), start, 100, threads=1)
    by_level = torch.autograd.grad(early.v.mean().log(), dying)[0]
    assert float(by_end.abs().max()) == 0
    # v falls as e^-(F+k)t: log v changes by at least half of -t for each unit of k.
    assert float(by_level[3]) < -50


def test_a_descent_lowers_the_loss_it_is_given():
    budget = Budget(200.0, **SMALL)
    descend_from_many(lambda p, stage: sum((x - 0.05) ** 2 for x in p).sum() + 0 * charged(budget), budget, 0)
    assert np.abs(np.array(budget.history[-1][1:]) - 0.05).max() < 0.01


def charged(budget: Budget) -> float:
    """One forward equivalent for every look at the loss."""
    budget.refuse_beyond_limit()
    budget.charge(1)
    return 0.0


def test_a_step_that_would_make_a_parameter_zero_cannot_be_run():
    assert can_run(torch.tensor([-2.0, -2.0, 0.0, 0.0], dtype=torch.float64))
    assert not can_run(torch.tensor([-400.0, -2.0, 0.0, 0.0], dtype=torch.float64))
