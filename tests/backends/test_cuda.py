"""The on-chip GPU engine: its kernels on a GPU where there is one, and emulated on the CPU everywhere."""

import sys
import warnings

import pytest
import torch

from lib import simulate
from lib.backends import CHECK_EVERY, cpu, cuda, cuda_adjoint, cuda_run, eager
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import SAMPLED_SETS, TRUTH
from lib.simulate import choose_engine
from tests.backends.emulated import Emulated
from tests.backends.test_adjoint import gradients, leaves, loss_of, relative_errors

PLACES = [
    "emulated",
    pytest.param("gpu", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")),
]


class Engine:
    """The engine under test, which takes and gives CPU tensors wherever it computes."""

    def __init__(self, device):
        self.device = device

    def there(self, tensors):
        return type(tensors)(*(torch.as_tensor(x).to(self.device) for x in tensors))

    def forward(self, params, state, *rest):
        return self.back(cuda.forward(self.there(params), self.there(state), *rest))

    def differentiable_forward(self, params, state, *rest):
        return self.back(cuda.differentiable_forward(self.there(params), self.there(state), *rest))

    def back(self, result):
        return type(result)(*(x.cpu() for x in result))


@pytest.fixture(params=PLACES)
def engine(request, monkeypatch):
    if request.param == "gpu":
        return Engine("cuda")
    monkeypatch.setattr(cuda, "kernels_for", lambda state: Emulated(state.u.shape[-1]))
    return Engine("cpu")


def skip_where_too_large(engine, size):
    """An older GPU has no clusters, and leaves 256 × 256 cells to the eager engine."""
    if engine.device == "cuda" and (
        reason := cuda.supports(size, size, torch.float32, torch.device("cuda", 0))
    ):
        pytest.skip(reason)


def per_entry(params, batch=1, dtype=torch.float32):
    return Params(*(torch.full((batch,), value, dtype=dtype) for value in params))


def start(batch=1, size=64):
    return initial_state(batch, size=size, patch=20)


def difference(a, b):
    return max((a.u - b.u).abs().max().item(), (a.v - b.v).abs().max().item())


def same_bits(a, b):
    return torch.equal(a.u, b.u) and torch.equal(a.v, b.v)


@pytest.mark.parametrize(("size", "params"), [(128, TRUTH), (64, SAMPLED_SETS[0]), (64, SAMPLED_SETS[2])])
def test_it_agrees_with_eager_over_2000_steps_within_round_off(engine, size, params):
    """It is no further from double precision than the plain formula in single precision is."""
    state = start(size=size)
    own, readable = (e.forward(per_entry(params), state, 2000, None, 1.0) for e in (engine, eager))
    exact = Params(*(p.double() for p in per_entry(params))), State(*(x.double() for x in state))
    double = cpu.forward(*exact, 2000, None, 1.0)
    assert difference(own, double) < 1e-5 + 2 * difference(readable, double)
    assert difference(own, readable) < 1e-4


@pytest.mark.parametrize("size", [64, 128, 256])
def test_a_few_steps_agree_to_the_last_digits(engine, size):
    skip_where_too_large(engine, size)
    state = start(2, size)
    for steps in (1, 2, 3, 8):
        own, readable = (e.forward(per_entry(TRUTH, 2), state, steps, None, 1.0) for e in (engine, eager))
        assert difference(own, readable) < 1e-6
        assert own.steps.tolist() == [steps] * 2
        assert torch.allclose(own.change, readable.change, atol=1e-6)


@pytest.mark.parametrize("steps", [255, 256, 257, 2049])
def test_any_number_of_steps_is_that_many_in_two_runs(engine, steps):
    state, params = start(), per_entry(TRUTH)
    whole = engine.forward(params, state, steps, None, 1.0)
    half = engine.forward(params, state, steps // 2, None, 1.0)
    rest = engine.forward(params, State(half.u, half.v), steps - steps // 2, None, 1.0)
    assert same_bits(whole, rest)
    assert whole.change == rest.change


def test_translation_and_transposing_commute_with_a_run(engine):
    state, params = start(), per_entry(TRUTH)
    run = engine.forward(params, state, 300, None, 1.0)
    for change in (lambda x: x.roll((5, -23), (1, 2)), lambda x: x.transpose(1, 2)):
        moved = State(*(change(x).contiguous() for x in state))
        assert same_bits(engine.forward(params, moved, 300, None, 1.0), State(change(run.u), change(run.v)))


@pytest.mark.parametrize("tol", [2e-3, 1e-3, 5e-4])
def test_tol_stops_after_the_first_step_below_it(engine, tol, monkeypatch):
    """… whichever launch it falls into, and the fields are those of that step."""
    state, params = start(3), per_entry(TRUTH, 3)
    run = engine.forward(params, state, 3000, tol, 1.0)
    assert (run.steps < 3000).all()
    assert (run.steps - cpu.forward(params, state, 3000, tol, 1.0).steps).abs().max() <= 1
    monkeypatch.setattr(cuda_run, "CHUNK", 50)
    again = engine.forward(params, state, 3000, tol, 1.0)
    assert same_bits(run, again)
    assert torch.equal(run.steps, again.steps)
    one, last = State(state.u[:1], state.v[:1]), int(run.steps[0])
    earlier, exact = (engine.forward(per_entry(TRUTH), one, n, None, 1.0) for n in (last - 1, last))
    assert exact.change[0] == run.change[0] < tol <= earlier.change[0]
    assert torch.equal(exact.v[0], run.v[0])


@pytest.mark.parametrize(("size", "row"), [(64, 0), (256, 0), (256, 191)])
def test_every_step_above_tol_is_seen_even_where_nothing_watched_moves(engine, size, row):
    """A single cell that decays, at a place where no cell is watched, keeps the run going, in any part."""
    skip_where_too_large(engine, size)
    u, v = torch.ones(1, size, size), torch.zeros(1, size, size)
    v[0, row, 0] = 0.2
    params = per_entry(Params(1e-9, 1e-9, 0.035, 0.065))
    own, readable = (e.forward(params, State(u, v), 500, 1e-4, 1.0) for e in (engine, eager))
    assert own.steps == readable.steps
    assert 10 < own.steps < 500


@pytest.mark.parametrize("size", [64, 256])
def test_with_tol_the_first_step_that_is_not_finite_ends_the_run(engine, size):
    skip_where_too_large(engine, size)
    state = State(50 * start(size=size).u, 50 * start(size=size).v)
    own, readable = (e.forward(per_entry(TRUTH), state, 300, 1e-6, 1.0) for e in (engine, eager))
    assert own.steps == readable.steps < 300
    assert not own.change.isfinite()


def test_without_tol_divergence_and_fixed_points_are_noticed_at_the_next_look(engine):
    wild = engine.forward(per_entry(TRUTH), State(50 * start().u, 50 * start().v), 4000, None, 1.0)
    assert wild.steps == CHECK_EVERY
    assert not wild.change.isfinite()
    trivial = State(torch.ones(1, 64, 64), torch.zeros(1, 64, 64))
    for params in SAMPLED_SETS:
        run = engine.forward(per_entry(params), trivial, 1000, None, 1.0)
        assert same_bits(run, trivial)
        assert run.steps == CHECK_EVERY
        assert run.change == 0


def test_simulations_of_one_batch_do_not_know_of_each_other(engine):
    params = Params(*(torch.tensor([p[i] for p in SAMPLED_SETS[:3]]) for i in range(4)))
    state = start(3)
    batch = engine.forward(params, state, 600, 1e-3, 1.0)
    for i in range(3):
        own = State(state.u[i : i + 1], state.v[i : i + 1])
        alone = engine.forward(Params(*(p[i : i + 1] for p in params)), own, 600, 1e-3, 1.0)
        assert torch.equal(alone.v[0], batch.v[i])
        assert alone.steps == batch.steps[i]


def test_a_last_bit_that_flips_for_ever_is_skipped_without_changing_the_result(engine, monkeypatch):
    """Skipped chunks are counted; a run in which none may be skipped says the same."""
    state, params = start(), per_entry(SAMPLED_SETS[0])
    monkeypatch.setattr(cuda_run, "CHUNK", 512)
    skipping = engine.forward(params, state, 6001, None, 1.0)
    advance = cuda_run._advance
    monkeypatch.setattr(cuda_run, "_advance", lambda *given, cycle: advance(*given, cycle=0))
    patient = engine.forward(params, state, 6001, None, 1.0)
    assert same_bits(skipping, patient)
    assert torch.equal(skipping.steps, patient.steps)


def test_half_a_time_step_agrees_with_eager(engine):
    own, readable = (e.forward(per_entry(TRUTH), start(), 400, None, 0.5) for e in (engine, eager))
    assert difference(own, readable) < 2e-5


@pytest.mark.parametrize(
    ("steps", "tol", "dt"), [(1, None, 1.0), (8, None, 0.5), (301, None, 1.0), (900, 1e-3, 1.0)]
)
def test_the_gradient_equals_that_in_double_precision(engine, steps, tol, dt):
    """By four parameters and both initial fields; the adjoint's round-off grows with the steps."""
    state = start(2)
    own = gradients(engine.differentiable_forward, TRUTH, state, steps, tol, dt)
    exact = State(*(x.double() for x in state))
    reference = gradients(cpu.differentiable_forward, TRUTH, exact, steps, tol, dt)
    assert max(relative_errors(own, reference)) < 2e-5 + 2e-7 * steps


@pytest.mark.parametrize(("size", "steps"), [(128, 100), (256, 21)])
def test_the_gradient_of_larger_grids_equals_that_of_eager(engine, size, steps):
    skip_where_too_large(engine, size)
    state = start(1, size)
    own = gradients(engine.differentiable_forward, TRUTH, state, steps)
    assert max(relative_errors(own, gradients(eager.forward, TRUTH, state, steps))) < 5e-5


def test_a_cell_is_felt_across_the_borders_of_the_four_parts_and_around(engine):
    """What one cell of a 256 × 256 grid does to its neighbours does not depend on where it lies."""
    skip_where_too_large(engine, 256)
    u, v = torch.ones(1, 256, 256), torch.zeros(1, 256, 256)
    v[0, 30, 100] = 0.5
    inside = engine.forward(per_entry(TRUTH), State(u, v), 12, None, 1.0)
    for rows in (33, 98, 161, 226):
        moved = engine.forward(per_entry(TRUTH), State(u, v.roll(rows, 1)), 12, None, 1.0)
        assert same_bits(moved, State(inside.u.roll(rows, 1), inside.v.roll(rows, 1)))


def test_less_memory_gives_the_same_gradient(engine, monkeypatch):
    state = start(3)
    plenty = gradients(engine.differentiable_forward, TRUTH, state, 120)
    roomy = cuda.kernels_for

    class Scarce:
        def __init__(self, kernels):
            self.launch, self.device, self.concurrent = kernels.launch, kernels.device, 3

        def free_bytes(self):
            return 0

    monkeypatch.setattr(cuda, "kernels_for", lambda state: Scarce(roomy(state)))
    monkeypatch.setattr(Scarce, "free_bytes", lambda self: 1_000_000)
    with pytest.raises(MemoryError, match="halve the batch"):
        gradients(engine.differentiable_forward, TRUTH, state, 4000)
    monkeypatch.setattr(Scarce, "free_bytes", lambda self: 2_200_000)
    assert all(map(torch.equal, plenty, gradients(engine.differentiable_forward, TRUTH, state, 120)))


def test_fewer_rows_ahead_give_the_same_gradient(monkeypatch):
    """GPUs with little shared memory read four rows ahead instead of eight."""
    both = []
    for ring in (4, 8):
        monkeypatch.setattr(cuda, "kernels_for", lambda state, ring=ring: Emulated(64, ring))
        both.append(gradients(cuda.differentiable_forward, TRUTH, start(), 25))
    assert all(map(torch.equal, *both))


def test_a_diverged_run_that_the_loss_leaves_out_has_a_zero_gradient(engine):
    state = start(2)
    state = State(state.u * torch.tensor([50.0, 1.0])[:, None, None], state.v)
    params, fields = leaves(TRUTH, state)
    engine.differentiable_forward(params, fields, 300, None, 1.0).v[1].sum().backward()
    assert all(not x.grad[0].any() and x.grad[1].isfinite().all() for x in (*params, *fields))


def test_a_diverged_run_has_no_gradient(engine):
    """Its loss is not a number, so neither is its derivative; the other one of the batch keeps its own."""
    state = start(2)
    state = State(state.u * torch.tensor([50.0, 1.0])[:, None, None], state.v)
    params, fields = leaves(TRUTH, state)
    loss_of(engine.differentiable_forward(params, fields, 300, None, 1.0)).backward()
    assert all(x.grad[0].isnan().all() and x.grad[1].isfinite().all() for x in (*params, *fields))


def test_what_is_not_a_first_derivative_is_refused_and_never_zero(engine):
    """Also where the loss is linear in the field, so that only the run itself could make it curved."""
    params, fields = leaves(TRUTH, start())
    run = engine.differentiable_forward(params, fields, 10, None, 1.0)
    first = torch.autograd.grad(run.v.sum(), [*params, *fields], create_graph=True)
    for derivative in first:
        with pytest.raises(NotImplementedError, match="no second derivatives"):
            derivative.sum().backward(retain_graph=True)
    run = engine.differentiable_forward(params, fields, 10, None, 1.0)
    both = torch.stack([torch.ones_like(run.v)] * 2)
    with pytest.raises(NotImplementedError, match="one after the other"):
        torch.autograd.grad(run.v, [*params], both, is_grads_batched=True)


def test_a_run_left_off_at_a_fixed_point_still_counts_every_step(engine):
    """At u = 1, v = 0 the adjoint of u is multiplied by 1 − F in every step, asked for or not taken."""
    steps, trivial = 700, State(torch.ones(1, 64, 64), torch.zeros(1, 64, 64))
    params, fields = leaves(TRUTH, trivial)
    result = engine.differentiable_forward(params, fields, steps, None, 1.0)
    assert result.steps == CHECK_EVERY
    result.u.sum().backward()
    assert torch.allclose(fields.u.grad, torch.full_like(fields.u, (1 - TRUTH.F) ** steps), rtol=1e-4)


@pytest.mark.parametrize("exponent", [-90, 90])
def test_the_size_of_the_loss_only_scales_the_gradient(engine, exponent):
    params, state = leaves(TRUTH, start())
    result = engine.differentiable_forward(params, state, 60, None, 1.0)
    plain = torch.autograd.grad(result.v.sum(), [*state], retain_graph=True)
    scaled = torch.autograd.grad(result.v.sum() * 2.0**exponent, [*state])
    assert all(torch.equal(a * 2.0**exponent, b) for a, b in zip(plain, scaled, strict=True))


def test_norms_on_the_way_back_are_those_of_the_cpu_engine(engine):
    state, steps = start(2), torch.tensor([100, 65])
    grad = torch.zeros_like(state.u), torch.ones_like(state.v)
    there = [x.to(engine.device) for x in (steps, *grad)]
    times, norms = cuda.adjoint_norms(
        engine.there(per_entry(TRUTH, 2)), engine.there(state), there[0], 1.0, *there[1:], every=20
    )
    expected = cpu.adjoint_norms(per_entry(TRUTH, 2), state, steps, 1.0, *grad, every=20)
    assert torch.equal(times, expected[0])
    assert torch.allclose(norms.cpu(), expected[1], rtol=1e-5, equal_nan=True)


def test_what_it_cannot_run_it_says_in_a_sentence(monkeypatch):
    gpu = torch.device("cuda", 0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "needs a CUDA GPU" in cuda.supports(128, 128, torch.float32, torch.device("cpu"))
    assert "on meta" in cuda.supports(128, 128, torch.float32, torch.device("meta"))
    assert "float32" in cuda.supports(128, 128, torch.float64, gpu)
    assert "64 × 64, 128 × 128, 256 × 256" in cuda.supports(96, 128, torch.float32, gpu)


def test_the_engine_by_name_refuses_to_run_without_a_gpu_with_the_remedy(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="needs a CUDA GPU, and torch sees none here. Use backend='auto'"):
        simulate(TRUTH, start(), 1, backend="cuda")


def test_where_it_cannot_run_the_eager_engine_does_and_it_is_said_once(monkeypatch):
    monkeypatch.setattr(cuda, "supports", lambda height, width, dtype, device: "It cannot.")
    u = torch.empty(1, 64, 64, device="meta")
    monkeypatch.setattr(sys.modules["lib.simulate"], "on_gpu", lambda state: True)
    with pytest.warns(UserWarning, match=r"It cannot\. The eager engine runs"):
        assert choose_engine("auto", State(u, u)) is eager
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choose_engine("auto", State(u, u)) is eager


def test_a_full_gpu_is_said_with_the_remedy(monkeypatch):
    def full(state):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(cuda, "kernels_for", full)
    for run in (cuda.forward, cuda.differentiable_forward):
        with pytest.raises(MemoryError, match="no memory left for 3 simulations at once: halve the batch"):
            run(per_entry(TRUTH, 3), start(3), 10, None, 1.0)


def test_a_gpu_that_is_full_on_the_way_back_is_said_too(engine, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError

    params, state = leaves(TRUTH, start(2))
    run = engine.differentiable_forward(params, state, 10, None, 1.0)
    monkeypatch.setattr(cuda_adjoint, "pull_back", full)
    with pytest.raises(MemoryError, match="no memory left for 2 simulations"):
        run.v.sum().backward()


def test_a_gpu_that_is_too_old_is_said_by_name(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Old Card")
    answer = cuda.supports(128, 128, torch.float32, torch.device("cuda", 0))
    assert "Old Card has 7.5" in answer
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 6))
    answer = cuda.supports(256, 256, torch.float32, torch.device("cuda", 0))
    assert "9.0 or newer for 256 × 256 cells" in answer
