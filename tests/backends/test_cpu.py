"""The compiled engine against the readable one, and the symmetries it has to keep to the last bit."""

import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.backends import cpu, cpu_run, eager
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import SAMPLED_SETS, TRUTH
from lib.simulate import simulate
from tests.backends.vectors import KINDS, compiled_with, vectors  # noqa: F401

f32, f64 = torch.float32, torch.float64


def per_entry(params, batch=1, dtype=f32):
    return Params(*(torch.full((batch,), value, dtype=dtype) for value in params))


def small_state(height, width, dtype=f64, batch=1):
    """The middle of the paper's initial state, with a patch that fits."""
    size = max(height, width)
    state = initial_state(batch, size=size, patch=min(height, width) // 2, dtype=dtype)
    top, left = (size - height) // 2, (size - width) // 2
    cut = (slice(None), slice(top, top + height), slice(left, left + width))
    return State(state.u[cut].contiguous(), state.v[cut].contiguous())


def difference(a, b):
    return max((a.u - b.u).abs().max().item(), (a.v - b.v).abs().max().item())


def same_bits(a, b):
    return torch.equal(a.u, b.u) and torch.equal(a.v, b.v)


def mapped(function, state):
    return State(function(state.u).contiguous(), function(state.v).contiguous())


@pytest.mark.parametrize("params", [TRUTH, SAMPLED_SETS[0], SAMPLED_SETS[2]])
def test_float32_agrees_with_eager_over_1000_steps(params):
    state = initial_state(1)
    a, b = (e.forward(per_entry(params), state, 1000, None, 1.0) for e in (cpu, eager))
    assert difference(a, b) < 5e-5


def test_float32_stays_close_to_float64_over_1000_steps():
    single = cpu.forward(per_entry(TRUTH), initial_state(1), 1000, None, 1.0)
    double = cpu.forward(per_entry(TRUTH, dtype=f64), initial_state(1, dtype=f64), 1000, None, 1.0)
    assert difference(single, double) < 2e-5


@pytest.mark.parametrize("dt", [1.0, 0.5, 0.3])
@pytest.mark.parametrize(
    ("height", "width"), [(4, 4), (33, 100), (16, 48), (64, 32), (6, 66), (5, 63), (7, 13), (8, 5)]
)
def test_float64_agrees_with_eager_to_round_off_on_any_grid(height, width, dt):
    """Widths that do and do not fill the lanes; steps that are no multiple of a sweep's four."""
    state = small_state(height, width)
    a, b = (e.forward(per_entry(TRUTH, dtype=f64), state, 263, None, dt) for e in (cpu, eager))
    assert difference(a, b) < 1e-12
    assert torch.allclose(a.change, b.change, rtol=1e-6, atol=1e-15)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (9, 1), (2, 3), (3, 2), (2, 32)])
def test_a_grid_of_a_few_cells_is_its_own_neighbour(height, width):
    noise = torch.rand(2, 1, height, width, generator=torch.Generator().manual_seed(1), dtype=f64)
    state = State(1 - noise[0] / 2, noise[1] / 4)
    for steps in (1, 2, 3, 4, 103):
        a, b = (e.forward(per_entry(TRUTH, dtype=f64), state, steps, None, 1.0) for e in (cpu, eager))
        assert difference(a, b) < 1e-13


@pytest.mark.parametrize(("height", "width"), [(8, 16), (9, 18), (1, 5)])
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 8, 11])
def test_any_number_of_steps_is_that_many_single_steps(steps, height, width):
    state, params = mapped(lambda x: x[:, :height, :width], small_state(16, 20, f32)), per_entry(TRUTH)
    at_once = cpu.forward(params, state, steps, None, 1.0)
    for _ in range(steps):
        last = cpu.forward(params, state, 1, None, 1.0)
        state = State(last.u, last.v)
    assert same_bits(at_once, state)
    assert at_once.change == last.change
    assert at_once.steps == steps


@settings(max_examples=20, deadline=None)
@given(
    down=st.integers(0, 19),
    right=st.integers(0, 31),
    steps=st.integers(1, 60),
    dtype=st.sampled_from([f32, f64]),
    seed=st.integers(0, 99),
    width=st.sampled_from([32, 31, 26]),
)
def test_translation_by_any_pixel_commutes_with_the_simulation(down, right, steps, dtype, seed, width):
    square = initial_state(1, size=32, patch=10, seed=seed, dtype=dtype)
    state = mapped(lambda x: x[:, :20, :width], square)

    def shift(x):
        return x.roll((down, right), (1, 2))

    params = per_entry(TRUTH, dtype=dtype)
    moved = cpu.forward(params, mapped(shift, state), steps, None, 1.0)
    assert same_bits(moved, mapped(shift, State(*cpu.forward(params, state, steps, None, 1.0)[:2])))


@settings(max_examples=15, deadline=None)
@given(
    height=st.sampled_from([4, 8, 13, 16, 20]),
    width=st.sampled_from([4, 11, 16, 32]),
    steps=st.integers(1, 40),
    dtype=st.sampled_from([f32, f64]),
)
def test_transposing_commutes_with_the_simulation(height, width, steps, dtype):
    state, params = small_state(height, width, dtype), per_entry(TRUTH, dtype=dtype)

    def transpose(x):
        return x.transpose(1, 2)

    across = cpu.forward(params, mapped(transpose, state), steps, None, 1.0)
    assert same_bits(across, mapped(transpose, State(*cpu.forward(params, state, steps, None, 1.0)[:2])))


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(5)), threads=st.integers(1, 4))
def test_batch_order_and_number_of_threads_change_no_bit(order, threads):
    state = initial_state(5, size=32, patch=10)
    params = Params(*(torch.tensor([p[i] for p in SAMPLED_SETS[:5]]) for i in range(4)))
    reference = cpu.forward(params, state, 300, 1e-3, 1.0, threads=1)
    shuffled = Params(*(p[order] for p in params)), mapped(lambda x: x[order], state)
    run = cpu.forward(*shuffled, 300, 1e-3, 1.0, threads=threads)
    assert same_bits(run, mapped(lambda x: x[order], State(reference.u, reference.v)))
    assert torch.equal(run.steps, reference.steps[order])
    assert torch.equal(run.change, reference.change[order])


@pytest.mark.parametrize("params", [TRUTH, Params(0.16, 0.08, 0.035, 0.07), Params(0.16, 0.08, 0.035, 0.06)])
@pytest.mark.parametrize("tol", [1e-3, 1e-4, 1e-5])
def test_tol_stops_at_the_step_at_which_eager_stops(params, tol):
    state = initial_state(3, size=32, patch=8, dtype=f64)
    a, b = (e.forward(per_entry(params, 3, f64), state, 1500, tol, 1.0) for e in (cpu, eager))
    assert torch.equal(a.steps, b.steps)
    assert difference(a, b) < 1e-11
    assert torch.allclose(a.change, b.change, rtol=1e-6)


def test_tol_in_float32_stops_near_the_step_of_float64():
    single = cpu.forward(per_entry(TRUTH), initial_state(1, size=32, patch=8), 5000, 1e-3, 1.0)
    state = initial_state(1, size=32, patch=8, dtype=f64)
    double = cpu.forward(per_entry(TRUTH, dtype=f64), state, 5000, 1e-3, 1.0)
    assert abs(int(single.steps) - int(double.steps)) <= 1
    assert single.change < 1e-3


def test_the_change_at_the_stop_is_below_tol_and_the_one_before_is_not():
    params, state, tol = per_entry(TRUTH), initial_state(1, size=64, patch=20), 2e-3
    run = cpu.forward(params, state, 5000, tol, 1.0)
    before = cpu.forward(params, state, int(run.steps) - 1, None, 1.0)
    assert run.steps < 5000
    assert run.change < tol <= before.change


def test_the_trivial_state_stays_trivial_to_the_last_bit():
    state = State(torch.ones(1, 16, 16), torch.zeros(1, 16, 16))
    run = cpu.forward(per_entry(TRUTH), state, 10_000, None, 1.0)
    assert same_bits(run, state)
    assert run.steps == 256
    assert run.change == 0


def test_a_last_bit_that_flips_for_ever_is_skipped_without_changing_the_result():
    """This run settles into a cycle of two states, which stepping on one step at a time confirms."""
    params, state = per_entry(SAMPLED_SETS[0]), initial_state(1)
    start = time.process_time()
    run = cpu.forward(params, state, 1_000_003, None, 1.0)
    assert time.process_time() - start < 1
    assert run.steps == 1_000_003
    short = cpu.forward(params, state, 4_003, None, 1.0)
    once = cpu.forward(params, State(short.u, short.v), 1, None, 1.0)
    twice = cpu.forward(params, State(once.u, once.v), 1, None, 1.0)
    assert same_bits(run, short)
    assert same_bits(twice, short)
    assert not same_bits(once, short)
    assert run.change == short.change > 0


def test_a_dying_v_does_not_slow_the_run_down():
    """v decays through the denormal numbers in the second run, whose u never settles in this time."""
    living, dying = initial_state(1), initial_state(1)
    dying = State(dying.u, dying.v * 1e-36)
    seconds = {}
    for name, state in (("living", living), ("dying", dying)):
        times = []
        for _ in range(5):
            start = time.process_time()
            cpu.forward(per_entry(TRUTH), state, 255, None, 1.0, threads=1)
            times.append(time.process_time() - start)
        seconds[name] = min(times)
    assert seconds["dying"] < 1.5 * seconds["living"]


def test_flushing_denormals_is_undone_afterwards():
    cpu.forward(per_entry(TRUTH), small_state(8, 8, f32), 4, None, 1.0, threads=1)
    assert (torch.tensor([1e-39]) * 1).item() > 0


@pytest.mark.parametrize("width", [128, 122])
@pytest.mark.parametrize("tol", [None, 1e-6])
def test_a_diverging_run_stops_and_its_change_is_not_finite(tol, width):
    """A change can overflow one step before the fields do; it is the change that tells."""
    state = mapped(lambda x: x[..., :width], initial_state(1))
    run = cpu.forward(per_entry(Params(0.25, 0.08, 0.035, 0.065)), state, 40_000, tol, 1.0)
    assert not run.change.isfinite().any()
    assert run.steps < 10_000


def test_inputs_are_left_as_they_were():
    state = small_state(8, 8)
    before = mapped(torch.clone, state)
    cpu.forward(per_entry(TRUTH, dtype=f64), state, 10, None, 0.5)
    assert same_bits(state, before)


def test_what_it_cannot_run_it_says_in_a_sentence():
    assert cpu.supports(8, 8, torch.float16).endswith(".")
    assert cpu.supports(8, 10, f32) is None


@pytest.mark.parametrize("width", [64, 66, 100])
@pytest.mark.parametrize("dtype", [f32, f64])
def test_vectors_of_every_length_that_fuse_give_the_same_bits(vectors, width, dtype):  # noqa: F811
    state = small_state(40, width, dtype)
    own = cpu.forward(per_entry(TRUTH, dtype=dtype), state, 301, 1e-9, 1.0)
    with compiled_with(KINDS[4, True]):
        other = cpu.forward(per_entry(TRUTH, dtype=dtype), state, 301, 1e-9, 1.0)
    if vectors[1]:
        assert same_bits(own, other)
        assert own.change == other.change
    assert difference(own, other) < (1e-5 if dtype == f32 else 1e-13)


def test_width_66_does_not_fall_to_another_engine_and_costs_little_more_than_64():
    seconds = {}
    for width in (64, 66):
        state, times = small_state(64, width, f32), []
        assert simulate(TRUTH, state, 4).engine == "cpu"
        for _ in range(5):
            start = time.process_time()
            cpu.forward(per_entry(TRUTH), state, 4000, None, 1.0, threads=1)
            times.append(time.process_time() - start)
        seconds[width] = min(times)
    assert seconds[66] < 4 * seconds[64]


def test_a_run_in_inference_mode_is_the_same_run():
    state = initial_state(3, size=32, patch=10)
    expected = simulate(TRUTH, state, 50, threads=2)
    with torch.inference_mode():
        inside = simulate(TRUTH, initial_state(3, size=32, patch=10), 50, threads=2)
        again = simulate(TRUTH, inside.state, 1, threads=2)
    assert same_bits(inside, expected)
    assert same_bits(again, simulate(TRUTH, expected.state, 1))


def test_an_error_in_one_simulation_reaches_the_caller():
    def fail(item, cancelled):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cpu_run.spread(fail, range(3), threads=2)
