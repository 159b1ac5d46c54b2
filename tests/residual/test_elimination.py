"""Elimination of u: the completed field solves its equation, the adjoint is exact, v alone is enough."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.initial_states import initial_state
from lib.model import Params, State, laplacian
from lib.paper import TRUTH
from lib.residual import elimination
from lib.simulate import simulate
from tests.residual import foreign


@pytest.fixture(scope="module")
def settled() -> State:
    return simulate(TRUTH, initial_state(1, size=64), 40_000).state


def field(seed: int, height: int = 10, width: int = 12) -> torch.Tensor:
    return 0.3 * torch.rand(height, width, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.floats(0.01, 2), st.floats(0.001, 0.5))
def test_the_completed_field_is_steady(seed, Du, F):
    v = field(seed)
    u = elimination.complete(v, torch.tensor(Du, dtype=torch.float64), torch.tensor(F, dtype=torch.float64))
    rate = Du * laplacian(u[None])[0] - u * v**2 + F * (1 - u)
    assert rate.abs().max() < 1e-9 * F
    assert (u > 0).all()
    assert (u <= 1 + 1e-9).all()


def test_the_adjoint_is_exact_in_v_and_all_parameters():
    v = field(0).requires_grad_()
    p = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (0.15, 0.09, 0.04, 0.06)]
    assert torch.autograd.gradcheck(lambda v, *p: 1e4 * elimination.loss(Params(*p), v), (v, *p))


def test_the_jacobian_of_the_projected_problem_matches_finite_differences(settled):
    problem = elimination.Projected(settled.v[0].double().numpy(), width=1.0)
    x, h = np.log([0.12, 0.05]), 1e-6
    exact = problem.jacobian(x)
    for j in range(2):
        shift = h * np.eye(2)[j]
        differences = (problem.residual(x + shift) - problem.residual(x - shift)) / (2 * h)
        np.testing.assert_allclose(exact[:, j], differences, atol=1e-8)


def test_forward_sensitivities_and_adjoint_agree(settled):
    v = settled.v[0].double()
    p = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (0.15, 0.09, 0.04, 0.06)]
    by_adjoint = torch.stack(torch.autograd.grad(elimination.loss(Params(*p), v), p))
    problem = elimination.Projected(v.numpy())
    problem.evaluate(np.log([0.15, 0.04]))
    square = v.numpy() ** 2
    r = problem.u * square + 0.09 * elimination.lattice_laplacian(v.numpy()) - 0.1 * v.numpy()
    columns = [
        problem.by_Du * square,
        elimination.lattice_laplacian(v.numpy()),
        problem.by_F * square - v.numpy(),
        -v.numpy(),
    ]
    by_sensitivity = torch.tensor([2 * np.mean(r * c) for c in columns])
    torch.testing.assert_close(by_sensitivity, by_adjoint, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("start", [Params(0.127, 0.127, 0.05, 0.05), Params(0.02, 0.1, 0.005, 0.1)])
def test_v_alone_gives_all_four_parameters_from_anywhere(settled, start):
    found = elimination.fit_v(settled.v[0], start=start)
    assert found.converged
    for value, truth in zip(found.params, TRUTH, strict=True):
        assert value == pytest.approx(truth, rel=2e-3)
    assert (found.u - settled.u[0]).abs().max() < 2e-3
    assert all(0 < e < 1e-2 for e in found.standard_errors)


def test_the_solver_takes_no_more_iterations_on_a_larger_grid():
    taken = []
    for size in (32, 128):
        v = field(1, size, size).numpy()
        solver = elimination.Solver(v**2, 0.16, 0.035)
        solver(np.full(v.shape, 0.035))
        taken.append(solver.iterations)
    assert taken[1] <= taken[0] + 3


def test_the_weak_form_makes_v_alone_bear_noise(settled):
    noise = torch.randn(64, 64, generator=torch.Generator().manual_seed(0))
    v = settled.v[0] + 1e-3 * noise
    plain, weak = elimination.fit_v(v), elimination.fit_v(v, width=1.0, noise=1e-3)
    assert abs(plain.params.Du / 0.16 - 1) > 0.05
    assert abs(weak.params.Du / 0.16 - 1) < 0.05


@pytest.mark.parametrize(
    ("v", "words"),
    [
        (torch.full((16, 16), 0.2), "uniform"),
        (torch.full((16, 16), torch.nan), "not finite"),
        (torch.ones(1, 16, 16), "whole image"),
    ],
)
def test_images_that_say_nothing_are_refused_with_a_sentence(v, words):
    with pytest.raises(ValueError, match=words):
        elimination.fit_v(v)


def name(found: elimination.Elimination) -> str:
    """The first doubt."""
    return found.doubts[0].name if found.doubts else ""


def test_a_whole_picture_of_v_is_not_doubted(settled):
    assert not elimination.fit_v(settled.v[0]).doubts


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        (lambda v: v[3:50, 5:60], "edges"),
        (lambda v: v + 1e-3 * torch.randn(64, 64, generator=torch.Generator().manual_seed(1)), "noise"),
        (lambda v: 4 * v, "range"),
        (lambda v: 0.5 * (v + v.roll(1, 0)), "unsettled"),
        (lambda v: 0.2 - 0.1 * torch.outer(*[(torch.arange(64) * torch.pi / 8).sin()] * 2), "bound"),
    ],
)
def test_v_that_is_not_what_the_fit_assumes_is_doubted(settled, change, doubt):
    found = elimination.fit_v(change(settled.v[0]))
    assert name(found) == doubt
    assert found.converged == (found.params.Du > 2e-3)
    assert found.doubts[0].sentence in str(found)


def test_a_search_that_ends_at_a_bound_has_not_converged(settled):
    noise = 1e-2 * torch.randn(64, 64, generator=torch.Generator().manual_seed(2))
    found = elimination.fit_v(settled.v[0] + noise)
    assert found.params.Du == pytest.approx(1e-3)
    assert not found.converged
    assert found.doubts


def test_of_a_piece_the_cells_within_give_the_parameters(settled):
    v = settled.v[0, 3:50, 5:60]
    found = elimination.fit_v(v, boundary="open", dx=0.5)
    assert not found.doubts
    for value, truth, unit in zip(found.params, TRUTH, (0.25, 0.25, 1, 1), strict=True):
        assert value == pytest.approx(truth * unit, rel=5e-3)
    with pytest.raises(ValueError, match="too small"):
        elimination.fit_v(v[:20], boundary="open")
    with pytest.raises(ValueError, match="no boundary 'walls'"):
        elimination.fit_v(v, boundary="walls")


def test_between_walls_u_is_mirrored_at_them():
    walls = foreign.made("neumann")
    found = elimination.fit_v(walls[1], boundary="no-flux")
    assert not found.doubts
    assert np.abs(found.u.numpy() - walls[0]).max() < 2e-3
    np.testing.assert_allclose(found.params, foreign.TRUTH, rtol=5e-3)
    assert name(elimination.fit_v(walls[1])) == "edges"


def number(value: float) -> torch.Tensor:
    """A parameter in double precision."""
    return torch.tensor(value, dtype=torch.float64)


def test_second_derivatives_of_the_completed_field_are_those_of_differences():
    """Also of what is linear in u, where only the solution itself is curved."""
    v = field(0)

    def slope(Du):
        return torch.autograd.functional.jacobian(
            lambda Du: elimination.complete(v, Du, number(0.035)).sum(), number(Du)
        )

    second = torch.autograd.functional.hessian(
        lambda Du: elimination.complete(v, Du, number(0.035)).sum(), number(0.16)
    )
    assert second.item() == pytest.approx((slope(0.16 + 1e-4) - slope(0.16 - 1e-4)).item() / 2e-4, rel=1e-5)


def test_second_derivatives_in_all_arguments_are_exact():
    v = field(0, 3, 4).requires_grad_()
    p = [number(x).requires_grad_() for x in (0.15, 0.09, 0.04, 0.06)]
    given = (v, p[0], p[2])
    assert torch.autograd.gradgradcheck(lambda *x: elimination.complete(*x).square(), given, atol=1e-4)
    assert torch.autograd.gradgradcheck(lambda v, *p: 1e2 * elimination.loss(Params(*p), v), (v, *p))


V = field(0)


@pytest.mark.parametrize(
    ("v", "Du", "F", "sentence"),
    [
        (torch.ones(4, 4, dtype=torch.int64), 0.1, 0.04, "make it float32 or float64"),
        (V.half(), 0.1, 0.04, "make it float32 or float64"),
        (V[None], 0.1, 0.04, "give one field"),
        (V * torch.nan, 0.1, 0.04, "NaN or infinite"),
        ("v", 0.1, 0.04, "array or tensor"),
        (V, -0.1, 0.04, "Du is -0.1 and F is 0.04"),
        (V, 0.1, 0.0, "Du is 0.1 and F is 0"),
        (V, torch.ones(2), 0.04, "give one finite number"),
        (V, 0.1, float("inf"), "F is inf: give one finite number"),
    ],
)
def test_what_has_no_completion_is_refused(v, Du, F, sentence):
    with pytest.raises(ValueError, match=sentence):
        elimination.complete(v, Du, F)
    with pytest.raises(ValueError, match=sentence):
        elimination.loss(Params(Du, 0.05, F, 0.06), v)


def test_arrays_and_named_parameters_are_as_good():
    shuffled = {name: getattr(TRUTH, name) for name in ("k", "F", "Dv", "Du")}
    assert elimination.loss(shuffled, V.numpy()) == elimination.loss(TRUTH, V)
    torch.testing.assert_close(elimination.complete(V.numpy(), 0, 1), 1 / (1 + V**2))


@pytest.mark.parametrize("transform", [torch.func.grad, torch.func.jacfwd, torch.vmap])
def test_transforms_of_a_completion_are_refused_in_a_sentence(transform):
    x = torch.full((1,), 0.16, dtype=torch.float64) if transform is torch.vmap else number(0.16)
    with pytest.raises(NotImplementedError, match=r"take them with loss.backward"):
        transform(lambda Du: elimination.complete(V, Du, 0.04).sum())(x)
    with pytest.raises(NotImplementedError, match=r"completion.loss cannot be looked into"):
        transform(lambda Du: elimination.loss(TRUTH._replace(Du=Du), V))(x)
