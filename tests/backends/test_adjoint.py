"""The compiled adjoint: exact, against autograd's tape, finite differences and itself."""

import gc
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.backends import cpu, cpu_adjoint, cpu_run, eager, memory
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import SAMPLED_SETS, TRUTH
from lib.simulate import Outcome, simulate
from tests.backends.vectors import KINDS, compiled_with, vectors  # noqa: F401

f32, f64 = torch.float32, torch.float64


def leaf(x):
    return x.detach().clone().requires_grad_()


def leaves(params, state):
    """The same values, every one asking for its derivative."""
    batch, dtype = state.u.shape[0], state.u.dtype
    full = (torch.as_tensor(p, dtype=dtype).expand(batch) for p in params)
    return Params(*map(leaf, full)), State(*map(leaf, state))


def loss_of(result):
    """A loss with no symmetry: every cell of both fields counts, by another weight."""
    generator = torch.Generator().manual_seed(5)
    weights = torch.randn(2, *result.u.shape, generator=generator).to(result.u.dtype)
    return (weights[0] * result.u).sum() + (weights[1] * result.v.square()).sum()


def gradients(forward, params, state, steps, tol=None, dt=1.0, threads=None):
    """Derivatives of the loss by Du, Dv, F, k, u, v."""
    params, state = leaves(params, state)
    loss_of(forward(params, state, steps, tol, dt, threads)).backward()
    return [x.grad for x in (*params, *state)]


def cut(state, height, width):
    """The middle of a larger state."""
    top, left = ((n - m) // 2 for n, m in zip(state.u.shape[-2:], (height, width), strict=True))
    return State(*(x[:, top : top + height, left : left + width].contiguous() for x in state))


def relative_errors(a, b):
    """Of vectors; one below 1e-3, next to others of about 1, is taken as that large."""
    return [((x - y).norm() / y.norm().clamp(min=1e-3)).item() for x, y in zip(a, b, strict=True)]


@pytest.fixture
def state():
    """Two small states, in double precision, with a patch that grows."""
    return initial_state(2, size=32, patch=12, dtype=f64)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("steps", [1, 6])
def test_gradcheck(steps, shared):
    """By all four parameters, one set for the batch or one per entry, and by the initial state."""
    u, v = cut(initial_state(2, size=16, patch=3, dtype=f64), 4, 8)
    factor = torch.tensor(1.0) if shared else torch.tensor([1.0, 1.1])
    params = [p * factor.double() for p in TRUTH]

    def run(Du, Dv, F, k, u, v):
        per_entry = Params(*(p.expand(2) for p in (Du, Dv, F, k)))
        return cpu.differentiable_forward(per_entry, State(u, v), steps, None, 1.0)[:2]

    assert torch.autograd.gradcheck(run, [leaf(x) for x in (*params, u, v)])


@settings(max_examples=15, deadline=None)
@given(
    height=st.sampled_from([1, 2, 5, 7, 12]),
    width=st.sampled_from([3, 4, 13, 16, 32]),
    steps=st.integers(1, 110),
    dt=st.sampled_from([1.0, 0.5]),
)
def test_it_equals_autograd_through_the_eager_engine(height, width, steps, dt):
    """Odd numbers of steps leave sweeps and segments unfinished; some widths leave lanes over."""
    state = cut(initial_state(2, size=48, patch=8, dtype=f64), height, width)
    own = gradients(cpu.differentiable_forward, TRUTH, state, steps, dt=dt)
    tape = gradients(eager.forward, TRUTH, state, steps, dt=dt)
    assert max(relative_errors(own, tape)) < 1e-10


@pytest.mark.parametrize(("size", "params"), [(32, TRUTH), (128, TRUTH), (128, SAMPLED_SETS[2])])
def test_it_equals_finite_differences_over_2000_steps(size, params):
    state = initial_state(1, size=size, dtype=f64)
    own = gradients(cpu.differentiable_forward, params, state, 2000)
    for name, gradient in zip(Params._fields, own[:4], strict=True):
        shift = 1e-7
        both = []
        for sign in (1, -1):
            moved = params._replace(**{name: getattr(params, name) + sign * shift})
            full = Params(*(torch.full((1,), p, dtype=f64) for p in moved))
            both.append(loss_of(cpu.forward(full, state, 2000, None, 1.0)))
        difference = (both[0] - both[1]) / (2 * shift)
        assert gradient.item() == pytest.approx(difference.item(), rel=2e-4)


def test_float32_agrees_with_float64_to_four_digits_over_1000_steps():
    """The states differ by about 1e-6 by then, and the adjoint adds as much again."""
    state = initial_state(2, size=64, patch=20)
    single = gradients(cpu.differentiable_forward, TRUTH, state, 1000)
    double = gradients(cpu.differentiable_forward, TRUTH, State(*(x.double() for x in state)), 1000)
    assert max(relative_errors(single, double)) < 2e-4


def test_with_tol_it_goes_through_the_steps_taken_by_each_simulation(state):
    tol = 1.05e-3
    params = Params(*(torch.tensor([a, b], dtype=f64) for a, b in zip(TRUTH, SAMPLED_SETS[2], strict=True)))
    own = gradients(cpu.differentiable_forward, params, state, 400, tol)
    tape = gradients(eager.forward, params, state, 400, tol)
    taken = cpu.forward(params, state, 400, tol, 1.0).steps
    assert taken[0] != taken[1]
    assert taken.min() < 400
    assert max(relative_errors(own, tape)) < 1e-10


def test_the_number_of_threads_changes_no_bit_and_neither_does_repeating():
    state = initial_state(3, size=32, patch=12)
    first = gradients(cpu.differentiable_forward, TRUTH, state, 500, threads=1)
    for threads in (1, 2, 3):
        again = gradients(cpu.differentiable_forward, TRUTH, state, 500, threads=threads)
        assert all(map(torch.equal, first, again))


def test_less_memory_gives_the_same_bits(state, monkeypatch):
    plenty = gradients(cpu.differentiable_forward, TRUTH, state, 700)
    monkeypatch.setattr(cpu_adjoint, "MEMORY", 150_000)
    assert cpu_adjoint.room_for_states(state, 700).every > 2 * cpu_adjoint.SEGMENT
    scarce = gradients(cpu.differentiable_forward, TRUTH, state, 700)
    assert all(map(torch.equal, plenty, scarce))


def test_a_run_left_off_at_a_fixed_point_still_counts_every_step():
    """At u = 1, v = 0 the adjoint of u is multiplied by 1 − F in every step, asked for or not taken."""
    steps, F = 700, torch.tensor([0.035], dtype=f64)
    u, v = leaf(torch.ones(1, 8, 8, dtype=f64)), torch.zeros(1, 8, 8, dtype=f64)
    params = Params(
        torch.tensor([0.16]).double(), torch.tensor([0.08]).double(), F, torch.tensor([0.065]).double()
    )
    result = cpu.differentiable_forward(params, State(u, v), steps, None, 1.0)
    assert result.steps == 256
    result.u.sum().backward()
    assert torch.allclose(u.grad, torch.full_like(u, (1 - F.item()) ** steps), rtol=1e-10)


@pytest.mark.parametrize("start", [1.0 - n * 2.0**-12 for n in range(8)])
def test_it_does_not_matter_when_a_fixed_point_is_noticed(start, monkeypatch):
    """Looked for every 4 steps it is found at any of a sweep's four, looked for every 256 at the last."""
    state = State(torch.full((1, 4, 4), start), torch.zeros(1, 4, 4))
    late = gradients(cpu.differentiable_forward, TRUTH, state, 900)
    monkeypatch.setattr(cpu_run, "CHECK_EVERY", 4)
    early = gradients(cpu.differentiable_forward, TRUTH, state, 900)
    assert all(map(torch.equal, late, early))


def test_a_run_whose_last_bit_flips_for_ever_has_the_gradient_of_two_halves():
    """The states of this run are skipped from where they repeat; in the halves they repeat elsewhere."""
    params, state = leaves(SAMPLED_SETS[0], initial_state(1))
    whole = cpu.differentiable_forward(params, state, 3000, None, 1.0)
    expected = torch.autograd.grad(loss_of(whole), [*params, *state])
    half = cpu.differentiable_forward(params, state, 1501, None, 1.0)
    rest = cpu.differentiable_forward(params, State(half.u, half.v), 1499, None, 1.0)
    halves = torch.autograd.grad(loss_of(rest), [*params, *state])
    assert torch.equal(whole.v, rest.v)
    assert max(relative_errors(halves[2:4], expected[2:4])) < 1e-5  # those by Du and Dv are near 0 here


def test_where_everything_died_out_the_gradient_is_zero():
    params, state = leaves(SAMPLED_SETS[1], initial_state(1))
    result = cpu.differentiable_forward(params, state, 10_000, None, 1.0)
    result.v.sum().backward()
    assert result.v.max() < 1e-30
    assert all(p.grad.abs().max() < 1e-20 for p in (*params, *state))


def test_a_diverged_run_that_the_loss_leaves_out_has_a_zero_gradient():
    """… and the other simulation of the batch the one it has alone."""
    both = Params(*(torch.tensor(pair) for pair in zip((0.25, 0.08, 0.035, 0.065), TRUTH, strict=True)))
    state = initial_state(1)
    params, states = leaves(both, State(*(x.repeat(2, 1, 1) for x in state)))
    result = cpu.differentiable_forward(params, states, 3000, None, 1.0)
    assert not result.change[0].isfinite()
    result.v[1].sum().backward()
    alone, start = leaves(TRUTH, state)
    cpu.differentiable_forward(alone, start, 3000, None, 1.0).v.sum().backward()
    for mixed, single in zip((*params, *states), (*alone, *start), strict=True):
        assert not mixed.grad[0].any()
        assert torch.equal(mixed.grad[1], single.grad[0])


@pytest.mark.parametrize("backend", ["cpu", "eager"])
def test_a_diverged_run_has_no_gradient_alone_or_in_a_batch(backend):
    """Its loss is not a number, so neither is its derivative: 0 would say that nothing changes it."""
    state = initial_state(2, size=16, patch=5)
    state.v[0] *= 100
    for batch in (1, 2):
        params, start = leaves(TRUTH, State(*(x[:batch] for x in state)))
        run = simulate(params, start, 300, backend=backend)
        assert run.outcome[0] == Outcome.DIVERGED
        run.v.square().sum().backward()
        for x in (*params, *start):
            assert x.grad[0].isnan().all()
            assert x.grad[1:].isfinite().all()
    shared = [torch.tensor(p, requires_grad=True) for p in TRUTH]
    simulate(Params(*shared), state, 300, backend=backend).v.square().mean().backward()
    assert all(p.grad.isnan() for p in shared)


@pytest.mark.parametrize("exponent", [-90, 90])
def test_the_size_of_the_loss_only_scales_the_gradient(exponent):
    """In float32 a small adjoint would be lost to flushed denormals, a large one to infinity."""
    params, state = leaves(TRUTH, initial_state(1, size=32, patch=12))
    result = cpu.differentiable_forward(params, state, 300, None, 1.0)
    plain = torch.autograd.grad(result.v.sum(), [*state], retain_graph=True)
    scaled = torch.autograd.grad(result.v.sum() * 2.0**exponent, [*state])
    assert all(torch.equal(a * 2.0**exponent, b) for a, b in zip(plain, scaled, strict=True))


def test_norms_on_the_way_back_end_in_the_norm_of_the_gradient_by_the_initial_state(state):
    params = Params(*(torch.full((2,), p, dtype=f64) for p in TRUTH))
    steps, grad = torch.tensor([200, 130]), State(torch.zeros_like(state.u), torch.ones_like(state.v))
    times, norms = cpu.adjoint_norms(params, state, steps, 1.0, *grad, every=40)
    whole = cpu.adjoint(params, state, steps, 1.0, *grad)
    assert times.tolist() == [0, 40, 80, 120, 160, 200]
    assert norms[1].isfinite().tolist() == [True] * 4 + [False] * 2
    assert norms[0, -1].item() == pytest.approx(32.0)
    at_start = (whole.state.u.square() + whole.state.v.square()).sum(dim=(1, 2)).sqrt()
    assert torch.allclose(norms[:, 0], at_start, rtol=1e-12)
    middle = cpu.forward(params, state, 80, None, 1.0)
    later = cpu.adjoint(params, State(middle.u, middle.v), steps - 80, 1.0, *grad).state
    assert torch.allclose(
        norms[:, 2], (later.u.square() + later.v.square()).sum(dim=(1, 2)).sqrt(), rtol=1e-10
    )


def test_norms_need_an_interval_that_is_a_multiple_of_four(state):
    params = Params(*(torch.full((2,), p, dtype=f64) for p in TRUTH))
    with pytest.raises(ValueError, match="take a multiple of 4"):
        cpu.adjoint_norms(params, state, torch.tensor([8, 8]), 1.0, state.u, state.v, every=6)


@pytest.mark.parametrize("width", [48, 50])
@pytest.mark.parametrize("dtype", [f32, f64])
def test_gradients_of_vectors_of_every_length_that_fuse_are_the_same_bits(vectors, width, dtype):  # noqa: F811
    start = cut(initial_state(1, size=64, patch=20, dtype=dtype), 40, width)
    own = gradients(cpu.differentiable_forward, TRUTH, start, 203)
    with compiled_with(KINDS[4, True]):
        other = gradients(cpu.differentiable_forward, TRUTH, start, 203)
    if vectors[1]:
        assert all(map(torch.equal, own, other))
    assert max(relative_errors(own, other)) < (1e-4 if dtype == f32 else 1e-12)


def test_runs_whose_gradient_is_still_to_come_keep_their_states(state):
    """Memory is used again, but not before autograd has let go of it."""
    params, start = leaves(TRUTH, state)
    first = cpu.differentiable_forward(params, start, 300, None, 1.0)
    cpu.differentiable_forward(params, start, 310, None, 1.0).u.sum().backward()
    kept = torch.autograd.grad(loss_of(first), [*start], retain_graph=True)
    cpu.differentiable_forward(params, start, 290, None, 1.0).u.sum().backward()
    assert all(map(torch.equal, kept, torch.autograd.grad(loss_of(first), [*start])))
    with pytest.raises(RuntimeError, match="second time"):
        first.u.sum().backward()


def test_states_go_with_the_backward_pass_and_not_only_with_the_result(state, monkeypatch):
    gone = []
    monkeypatch.setattr(memory, "_give_back", gone.append)
    params, start = leaves(TRUTH, state)
    result = cpu.differentiable_forward(params, start, 300, None, 1.0)
    loss = loss_of(result)
    gc.collect()
    assert not gone
    loss.backward()
    gc.collect()
    assert len(gone) == 1
    assert result.u.requires_grad  # it is still here


def test_memory_comes_back_when_its_tensor_goes_and_is_lent_again():
    memory._spare.clear()  # a larger piece of an earlier test
    tensor = memory.borrow(10_000_000)
    tensor[:8] = 7
    address, view = tensor.data_ptr(), tensor[:1000].view(torch.float64)
    del tensor
    gc.collect()
    assert memory.borrow(100).data_ptr() != address
    assert math.isclose(view[0].item(), torch.full((8,), 7, dtype=torch.uint8).view(torch.float64).item())
    del view
    gc.collect()
    assert memory.borrow(100).data_ptr() == address
