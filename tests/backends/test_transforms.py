"""Derivatives that a compiled engine cannot give are refused in a sentence; the eager engine gives them."""

import pytest
import torch
from torch.autograd import forward_ad, functional

from lib.initial_states import initial_state
from lib.model import Params, State
from lib.models import GRAY_SCOTT
from lib.models import simulate as simulate_model
from lib.paper import TRUTH
from lib.simulate import simulate

STATE = initial_state(1, size=32, patch=8, dtype=torch.float64)
BOTH = torch.stack(list(STATE), 1)
HERE = torch.tensor(Params(0.16, 0.08, 0.035, 0.064), dtype=torch.float64)
DIRECTION = torch.tensor([0, 0, 0, 1.0], dtype=torch.float64)

FIELDS = [torch.ones_like(STATE.u), torch.rand(STATE.u.shape, dtype=torch.float64)]


def loss(backend, power=1):
    """Of four numbers in one tensor; linear in the final field, or not."""

    def of(numbers):
        return simulate(Params(*numbers), STATE, 50, backend=backend).v.pow(power).sum()

    return of


def model_loss(backend, power=1):
    """The same of a model that is a value."""

    def of(numbers):
        params = dict(zip(GRAY_SCOTT.names, numbers, strict=True))
        return simulate_model(GRAY_SCOTT, params, BOTH, 50, backend=backend).fields[:, 1].pow(power).sum()

    return of


ASKED = {
    "hessian": lambda f: functional.hessian(f, HERE),
    "hessian, vectorised": lambda f: functional.hessian(f, HERE, vectorize=True),
    "hvp": lambda f: functional.hvp(f, HERE, DIRECTION),
    "vhp": lambda f: functional.vhp(f, HERE, DIRECTION),
    "jvp": lambda f: functional.jvp(f, HERE, DIRECTION),
    "jacobian, forward": lambda f: functional.jacobian(f, HERE, strategy="forward-mode", vectorize=True),
    "func.grad": lambda f: torch.func.grad(f)(HERE),
    "func.jvp": lambda f: torch.func.jvp(f, (HERE,), (DIRECTION,)),
    "func.jacrev": lambda f: torch.func.jacrev(f)(HERE),
    "func.jacfwd": lambda f: torch.func.jacfwd(f)(HERE),
    "func.hessian": lambda f: torch.func.hessian(f)(HERE),
    "vmap": lambda f: torch.vmap(f)(HERE[None]),
}


@pytest.mark.parametrize(
    ("made", "backend"),
    [(loss, "auto"), (loss, "cpu"), (model_loss, "auto"), (model_loss, "compiled")],
)
@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("name", ASKED)
def test_what_is_not_a_first_reverse_derivative_is_refused_and_never_zero(name, power, made, backend):
    """Also where the loss is linear in the field, so that only the run itself could make it curved."""
    with pytest.raises(NotImplementedError, match="backend='eager'|one after the other"):
        ASKED[name](made(backend, power))


@pytest.mark.parametrize("on", ["params", "fields"])
def test_a_tangent_of_a_models_run_is_refused_and_not_lost(on):
    with forward_ad.dual_level():
        k, fields = torch.tensor(0.064, dtype=torch.float64), BOTH
        if on == "params":
            k = forward_ad.make_dual(k, torch.ones_like(k))
        else:
            fields = forward_ad.make_dual(fields, torch.ones_like(fields))
        with pytest.raises(NotImplementedError, match="backend='eager'"):
            simulate_model(GRAY_SCOTT, {"k": k}, {"u": fields[:, 0], "v": fields[:, 1]}, 10)


def test_a_vectorised_backward_pass_through_a_model_is_refused():
    fields = BOTH.clone().requires_grad_()
    end = simulate_model(GRAY_SCOTT, None, fields, 10).fields
    with pytest.raises(NotImplementedError, match="one after the other"):
        torch.autograd.grad(end, fields, torch.stack([BOTH, BOTH]), is_grads_batched=True)


@pytest.mark.parametrize("on", ["params", "state"])
def test_a_tangent_is_refused_and_not_lost(on):
    with forward_ad.dual_level():
        k, u = torch.tensor(0.064, dtype=torch.float64), STATE.u
        if on == "params":
            k = forward_ad.make_dual(k, torch.ones_like(k))
        else:
            u = forward_ad.make_dual(u, torch.ones_like(u))
        with pytest.raises(NotImplementedError, match="backend='eager'"):
            simulate(TRUTH._replace(k=k), State(u, STATE.v), 10)


def test_a_second_derivative_by_the_initial_field_is_refused():
    u = STATE.u.clone().requires_grad_()
    run = simulate(TRUTH, State(u, STATE.v), 10)
    (first,) = torch.autograd.grad(run.v.sum(), u, create_graph=True)
    with pytest.raises(NotImplementedError, match="no second derivatives"):
        first.sum().backward()


def test_a_vectorised_backward_pass_is_refused():
    numbers = HERE.clone().requires_grad_()
    v = simulate(Params(*numbers), STATE, 10).v
    with pytest.raises(NotImplementedError, match="one after the other"):
        torch.autograd.grad(v, numbers, torch.stack(FIELDS), is_grads_batched=True)


def test_a_graph_of_the_backward_pass_does_no_harm_where_only_first_derivatives_are_asked():
    numbers = HERE.clone().requires_grad_()
    (plain,) = torch.autograd.grad(loss("cpu", 2)(numbers), numbers)
    (kept,) = torch.autograd.grad(loss("cpu", 2)(numbers), numbers, create_graph=True)
    assert torch.equal(plain, kept)
    assert torch.equal(functional.jacobian(loss("cpu", 2), HERE), plain)


@pytest.mark.parametrize("of", [loss, model_loss])
def test_the_eager_engine_has_these_derivatives(of):
    """Its Hessian is symmetric and its tangent agrees with its gradient and with a difference."""
    f = of("eager")
    hessian, gradient = functional.hessian(f, HERE), functional.jacobian(f, HERE)
    assert torch.allclose(hessian, hessian.T, rtol=1e-9)
    assert hessian.abs().min() > 1
    with forward_ad.dual_level():
        tangent = forward_ad.unpack_dual(f(forward_ad.make_dual(HERE, DIRECTION))).tangent
    assert tangent.item() == pytest.approx((gradient @ DIRECTION).item(), rel=1e-9)
    assert torch.allclose(torch.func.grad(f)(HERE), gradient, rtol=1e-12)
    difference = (f(HERE + 1e-6 * DIRECTION) - f(HERE - 1e-6 * DIRECTION)) / 2e-6
    assert tangent.item() == pytest.approx(difference.item(), rel=1e-5)
    assert torch.allclose(functional.jacobian(of("auto"), HERE), gradient, rtol=1e-9)
