"""Homogeneous curves, steady branches, cliffs and the time step, each computed in two ways."""

import numpy as np
import pytest
import torch

from lib import TRUTH, Outcome, State, simulate
from lib.linearisation import jacobian, laplacian_matrix, pack, rate_by, rates, side, tile, unpack
from lib.model import residual
from lib.studies.bifurcation import (
    EDGES,
    Evidence,
    bisect,
    cause,
    end_of,
    homogeneous,
    patched_state,
    timestep,
)
from lib.studies.bifurcation.cliff_causes import curves_on_line
from lib.studies.bifurcation.cliff_location import find_bracket
from lib.studies.bifurcation.continuation import Point, turning
from lib.studies.bifurcation.measurements import steady_pattern
from lib.studies.bifurcation.newton import STEADY, NoConvergence, settle
from lib.studies.bifurcation.parameter_sweeps import carry, pattern_at_rest, uniform_continuation
from lib.studies.bifurcation.stability import leading, stiffest


@pytest.fixture(scope="module")
def resting() -> np.ndarray:
    """A pattern at rest at the truth, in a dish of 32 × 32 cells."""
    return pack(simulate(TRUTH, patched_state(size=32), 60_000, threads=1).state)


@pytest.fixture(scope="module")
def steady(resting: np.ndarray) -> np.ndarray:
    """The same, to round-off."""
    return settle(TRUTH, resting).y


def test_a_pattern_that_comes_to_rest_slowly_is_run_on_until_newton_finds_it() -> None:
    start = pattern_at_rest(32, 3, 60_000)
    with pytest.raises(NoConvergence, match="settled further"):
        settle(TRUTH, start)
    found = settle(TRUTH, steady_pattern(32, 3, 60_000))
    assert found.iterations < 3
    assert found.residual < STEADY
    assert float(unpack(found.y, torch.float64).v.std()) > 0.01


@pytest.mark.parametrize("along", [1, 2], ids=["rows", "columns"])
def test_stripes_are_settled_whichever_way_they_run(along: int) -> None:
    """They can be shifted in one direction only; the shift in the other changes nothing to hold it by."""
    u = torch.ones(1, 32, 32)
    v = torch.zeros(1, 32, 32)
    v[:, 8:14], u[:, 8:14] = 0.25, 0.5
    params = TRUTH._replace(k=0.06)  # at the truth stripes die out
    run = simulate(params, State(u, v), 60_000, threads=1).state
    stripes = run if along == 1 else State(*(x.transpose(1, 2).contiguous() for x in run))
    assert float(stripes.v.std(dim=along).mean()) > 0.01
    found = settle(params, pack(stripes))
    assert found.residual < 1e-11
    assert found.drift < 1e-6
    fields = found.y.reshape(2, 32, 32)
    assert np.ptp(fields, axis=3 - along).max() < 1e-9
    assert np.abs(found.y - pack(stripes)).max() < 1e-2


def test_what_is_no_pattern_is_told(resting: np.ndarray) -> None:
    with pytest.raises(ValueError, match="the same everywhere"):
        settle(TRUTH, np.full_like(resting, 0.5))
    with pytest.raises(ValueError, match="not finite"):
        settle(TRUTH, np.append(resting[:-1], np.nan))


# Homogeneous states --------------------------------------------------------------------------------


@pytest.mark.parametrize("F", [0.02, 0.035, 0.05])
def test_two_more_states_exist_below_the_saddle_node_only(F: float) -> None:
    k = float(homogeneous.saddle_node_k(F))
    assert len(homogeneous.states(F, k - 1e-6)) == 3
    assert len(homogeneous.states(F, k + 1e-6)) == 1
    assert min(abs(F - x) for x in homogeneous.saddle_node_F(k)) < 1e-12


def test_homogeneous_states_are_steady() -> None:
    params = TRUTH._replace(k=0.055)
    for u, v in homogeneous.states(0.035, 0.055):
        field = torch.ones(1, 4, 4, dtype=torch.float64)
        assert max(float(r.abs().max()) for r in residual(params, State(u * field, v * field))) < 1e-15


@pytest.mark.parametrize("F", [0.02, 0.035, 0.05])
def test_at_the_hopf_curve_a_pair_of_eigenvalues_crosses_the_axis(F: float) -> None:
    k = homogeneous.hopf_k(F)
    assert k is not None
    found = [homogeneous.uniform_oscillation(TRUTH._replace(F=F, k=k + d)) for d in (-1e-5, 0, 1e-5)]
    assert all(x is not None and x.imag > 0.01 for x in found)
    below, here, above = (x.real for x in found if x is not None)
    assert below < 0 < above
    assert abs(here) < 1e-12
    again = homogeneous.hopf_F(k)
    assert again == pytest.approx(F, abs=1e-9)


@pytest.mark.parametrize("dt", [0.5, 1.0])
def test_at_the_maps_hopf_curve_its_multipliers_have_modulus_one(dt: float) -> None:
    k = homogeneous.hopf_k(0.035, dt)
    assert k is not None
    pair = homogeneous.uniform_oscillation(TRUTH._replace(k=k))
    assert pair is not None
    assert abs(1 + dt * pair) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("F", [0.02, 0.035, 0.05])
def test_past_the_turing_curve_a_wave_of_the_lattice_grows(F: float) -> None:
    k = homogeneous.turing_k(0.16, 0.08, F, 64)
    assert k is not None
    fastest = []
    for kill in (k - 1e-6, k + 1e-6):
        _, _, (u, v) = homogeneous.states(F, kill)
        params = TRUTH._replace(F=F, k=kill)
        eigenvalues = homogeneous.growth(params, u, v, 64)[1:]
        fastest.append(eigenvalues.real[np.abs(eigenvalues.imag) < 1e-12].max())
    assert fastest[0] < 0 < fastest[1]


def test_lattice_modes_are_the_laplacians_eigenvalues() -> None:
    dense = np.unique(np.round(-np.linalg.eigvalsh(laplacian_matrix(8).toarray()), 10))
    np.testing.assert_allclose(dense, homogeneous.wave_numbers(8), atol=1e-9)


def test_no_homogeneous_bifurcation_lies_on_lines_at_the_truths_kill_rate() -> None:
    assert TRUTH.k > homogeneous.CUSP_K
    assert all(not any(curves_on_line(name).values()) for name in ("Du", "Dv", "F"))
    assert all(curves_on_line("k").values())


# Steady patterns -----------------------------------------------------------------------------------


def test_jacobian_matches_finite_differences() -> None:
    y = np.random.default_rng(0).uniform(0.1, 0.6, 2 * 6 * 6)
    direction = np.random.default_rng(1).normal(size=y.size)
    found = (rates(TRUTH, y + 1e-6 * direction) - rates(TRUTH, y - 1e-6 * direction)) / 2e-6
    np.testing.assert_allclose(jacobian(TRUTH, y) @ direction, found, atol=1e-9)


@pytest.mark.parametrize("name", TRUTH._fields)
def test_derivative_by_a_parameter_matches_finite_differences(name: str) -> None:
    y, value = np.random.default_rng(0).uniform(0.1, 0.6, 2 * 6 * 6), getattr(TRUTH, name)
    ends = [rates(TRUTH._replace(**{name: value + d}), y) for d in (-1e-6, 1e-6)]
    np.testing.assert_allclose(rate_by(name, y), (ends[1] - ends[0]) / 2e-6, atol=1e-9)


def test_newton_finds_a_steady_pattern_to_round_off(steady: np.ndarray) -> None:
    assert np.abs(rates(TRUTH, steady)).max() < 1e-7
    assert steady[steady.size // 2 :].std() > 0.05
    assert side(steady) == 32
    assert torch.equal(unpack(steady).u, torch.as_tensor(steady[: 32 * 32]).reshape(1, 32, 32))


def test_a_tiled_pattern_is_steady_in_the_larger_dish(steady: np.ndarray) -> None:
    assert np.abs(rates(TRUTH, tile(steady, 2))).max() < 1e-7


def test_newton_says_so_where_there_is_nothing_to_find() -> None:
    with pytest.raises(ValueError, match="no pattern"):
        settle(TRUTH, np.full(2 * 16 * 16, 0.3))
    with pytest.raises(NoConvergence, match="Begin from a pattern"):
        settle(TRUTH, np.random.default_rng(0).uniform(0, 1, 2 * 16 * 16), iterations=3)


def test_leading_eigenvalues_match_a_dense_solver() -> None:
    y = pack(simulate(TRUTH, patched_state(8, size=16), 40_000, threads=1).state)
    dense = np.linalg.eigvals(jacobian(TRUTH, y).toarray())
    assert stiffest(TRUTH, y) == pytest.approx(dense.real.min(), rel=1e-6)
    found = leading(TRUTH, y, modes=6).values
    assert all(np.abs(dense - x).min() < 1e-6 for x in found)


def test_turning_finds_the_top_of_a_parabola() -> None:
    points = [Point(1 - s * s, np.zeros(2)) for s in (-0.2, -0.1, 0.05)]
    far = [Point(p.value, np.full(2, s)) for p, s in zip(points, (-0.2, -0.1, 0.05), strict=True)]
    assert turning(far, 1e6) == pytest.approx(1.0, abs=1e-3)


# Cliffs --------------------------------------------------------------------------------------------


def test_bisection_finds_a_known_step() -> None:
    inside, outside = bisect(lambda x: x < 0.123456, 0.0, 1.0, 1e-5)
    assert inside < 0.123456 <= outside
    assert outside - inside <= 1e-5


@pytest.mark.parametrize("near", [None, 0.0671, 0.0689, 0.0725])
def test_the_search_for_a_bracket_holds_the_step_whatever_the_guess(near: float | None) -> None:
    edge = EDGES[-1]
    found = find_bracket(lambda k: k < 0.0683, edge, near)
    assert found is not None
    assert found[0] < 0.0683 <= found[1]


def test_a_search_without_an_end_gives_up_at_the_limit() -> None:
    assert find_bracket(lambda k: True, EDGES[-1], None) is None


@pytest.mark.parametrize(
    ("half_step", "carried", "curves", "expected"),
    [
        (float("nan"), 0.07, {}, "time step"),
        (0.0665, 0.07, {}, "time step"),
        (0.0654, 0.0725, {}, "basin of the patch"),
        (0.0654, 0.0656, {"Hopf": 0.0652}, "homogeneous bifurcation (Hopf)"),
        (0.0654, 0.0656, {"Hopf": 0.05}, "end of the pattern"),
        (0.0654, 0.06, {}, "unexplained"),
    ],
)
def test_the_rule_names_each_cause(half_step: float, carried: float, curves: dict, expected: str) -> None:
    assert cause(EDGES[-1], Evidence((0.0654, 0.0655), half_step, carried, curves)) == expected


# Carried patterns ----------------------------------------------------------------------------------


def test_a_carried_pattern_lives_where_the_patch_dies(resting: np.ndarray) -> None:
    beyond = TRUTH._replace(k=0.069)
    from_patch = simulate(beyond, patched_state(20, size=32), 10_000, threads=1)
    out, _ = carry("k", [0.066, 0.067, 0.068, 0.069, 0.08], resting, 4000)
    assert int(from_patch.outcome) == Outcome.TRIVIAL
    assert end_of(out) == (0.069, 0.08)


def test_uniform_continuation_reaches_what_carrying_reaches(resting: np.ndarray) -> None:
    axes = {"F": np.array([0.035]), "k": np.array([0.065, 0.067, 0.069, 0.080, 0.081])}
    found = uniform_continuation(axes, resting, 4000)
    assert (found == Outcome.PATTERN).tolist() == [[True, True, True, False, False]]
    assert found[0, -1] == -1  # never tried: no living neighbour


# Time step -----------------------------------------------------------------------------------------


def test_a_homogeneous_state_flips_where_the_formula_says() -> None:
    params = TRUTH._replace(k=0.055)
    _, _, (u, v) = homogeneous.states(0.035, 0.055)
    Du = timestep.flip_Du(float(params.Dv), 0.035, 0.055, v)
    matrix = homogeneous.linearised_kinetics(params._replace(Du=Du), u, v, np.array([8.0]))[0]
    assert np.linalg.eigvals(matrix).real.min() == pytest.approx(-2, abs=1e-12)
    assert timestep.flip_Du(0.08, 0.035, 0.055, 0.0) == pytest.approx((2 - 0.035) / 8)


def test_the_rule_of_thumb_is_stricter_than_the_eigenvalue(steady: np.ndarray) -> None:
    found = timestep.stiffness(TRUTH, steady)
    top = steady[steady.size // 2 :].max()
    assert 8 * TRUTH.Du + TRUTH.F < found < timestep.bound(float(TRUTH.Du), float(TRUTH.F), float(top))
