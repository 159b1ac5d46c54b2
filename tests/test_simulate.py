"""What must hold for every engine: one suite, run over all of them."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import SAMPLED_SETS, TRUTH, Outcome, Params, State, initial_state, simulate
from lib.model import step

ENGINES = ["eager", "cpu"]
SIZE = 32


@pytest.fixture(params=ENGINES)
def engine(request) -> str:
    return request.param


def start(batch: int = 2, dtype: torch.dtype = torch.float32, seed: int = 0) -> State:
    return initial_state(batch, size=SIZE, patch=8, seed=seed, dtype=dtype)


def map_state(change, state: State) -> State:
    return State(*(change(x) for x in state))


def test_a_run_is_that_many_steps(engine):
    state = start(dtype=torch.float64)
    run = simulate(TRUTH, state, 37, backend=engine)
    for _ in range(37):
        state = step(TRUTH, state)
    torch.testing.assert_close(run.state, state, atol=1e-13, rtol=0)
    assert run.steps.tolist() == [37, 37]


def test_the_change_is_that_of_the_last_step(engine):
    before = simulate(TRUTH, start(dtype=torch.float64), 99, backend=engine).state
    run = simulate(TRUTH, start(dtype=torch.float64), 100, backend=engine)
    expected = torch.stack([run.u - before.u, run.v - before.v]).abs().amax((0, 2, 3))
    torch.testing.assert_close(run.change, expected, rtol=1e-10, atol=0)


def test_a_run_in_two_halves_is_the_run(engine):
    whole = simulate(TRUTH, start(), 200, backend=engine)
    half = simulate(TRUTH, simulate(TRUTH, start(), 100, backend=engine).state, 100, backend=engine)
    assert torch.equal(whole.v, half.v)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.sampled_from(ENGINES))
def test_translation_by_any_pixel_commutes_with_a_run(down, right, engine):
    def move(x: torch.Tensor) -> torch.Tensor:
        return x.roll((down, right), (1, 2)).contiguous()

    expected = move(simulate(TRUTH, start(), 300, backend=engine).v)
    assert torch.equal(simulate(TRUTH, map_state(move, start()), 300, backend=engine).v, expected)


def test_transposing_commutes_with_a_run(engine):
    def turn(x: torch.Tensor) -> torch.Tensor:
        return x.transpose(1, 2).contiguous()

    assert torch.equal(
        simulate(TRUTH, map_state(turn, start()), 300, backend=engine).v,
        turn(simulate(TRUTH, start(), 300, backend=engine).v),
    )


def test_batch_order_commutes_with_a_run(engine):
    state, params = start(7), Params(*map(torch.tensor, zip(*SAMPLED_SETS, strict=True)))
    order = torch.tensor([3, 1, 6, 0, 2, 5, 4])
    shuffled = Params(*(torch.as_tensor(p)[order] for p in params))
    straight = simulate(params, state, 300, backend=engine)
    mixed = simulate(shuffled, map_state(lambda x: x[order], state), 300, backend=engine)
    assert torch.equal(straight.v[order], mixed.v)


def test_tol_stops_each_sample_after_its_own_first_quiet_step(engine):
    tol = 2e-3
    run = simulate(TRUTH, start(dtype=torch.float64, batch=3), 5000, tol=tol, backend=engine)
    assert (run.steps < 5000).all()
    assert (run.change < tol).all()
    for i, taken in enumerate(run.steps.tolist()):
        one = map_state(lambda x, i=i: x[i : i + 1], start(dtype=torch.float64, batch=3))
        earlier = simulate(TRUTH, one, taken - 1, backend=engine)
        assert earlier.change[0] >= tol
        exact = simulate(TRUTH, one, taken, backend=engine)
        assert torch.equal(exact.v[0], run.v[i])


def test_the_trivial_state_stays_trivial(engine):
    ones = torch.ones(1, SIZE, SIZE)
    run = simulate(TRUTH, State(ones, 0 * ones), 1000, backend=engine)
    assert torch.equal(run.u, ones)
    assert run.outcome.tolist() == [Outcome.TRIVIAL]
    assert int(run.steps[0]) < 1000, "a fixed point cannot change any more, so the run may stop"


def test_stopping_at_a_fixed_point_changes_nothing(engine):
    """v dies at the second sampled set; the run may stop only where no bit would change any more."""
    short = simulate(SAMPLED_SETS[1], start(), 20_000, backend=engine)
    assert (short.steps < 20_000).all()
    again = simulate(SAMPLED_SETS[1], short.state, 1, backend=engine)
    assert torch.equal(again.u, short.u)
    assert torch.equal(again.v, short.v)


def test_a_uniform_field_that_lives_is_uniform_not_trivial(engine):
    # At F = k = 0.05 the homogeneous states are u = (1 ± √(1 − 4 (F + k)² / F)) / 2, v = (F + k) / u.
    u = torch.full((1, SIZE, SIZE), (1 - 0.2**0.5) / 2)
    run = simulate(Params(0.1, 0.1, 0.05, 0.05), State(u, 0.1 / u), 500, backend=engine)
    assert run.outcome.tolist() == [Outcome.UNIFORM]


def test_divergence_is_an_outcome_and_never_a_number(engine):
    both = simulate(TRUTH, State(50 * start().u, 50 * start().v), 300, backend=engine)
    assert both.outcome.tolist() == [Outcome.DIVERGED] * 2
    assert both.u.isnan().all()
    assert both.change.isnan().all()


def test_one_diverged_sample_leaves_the_others_alone(engine):
    state = start(2)
    broken = State(torch.stack([state.u[0], 50 * state.u[1]]), torch.stack([state.v[0], 50 * state.v[1]]))
    run = simulate(TRUTH, broken, 300, backend=engine)
    assert run.outcome[1] == Outcome.DIVERGED
    assert torch.equal(run.v[0], simulate(TRUTH, start(1), 300, backend=engine).v[0])


def test_halving_the_time_step_halves_the_error(engine):
    """Explicit Euler is of first order: against a fine reference the error is proportional to dt."""

    def end(dt: float) -> torch.Tensor:
        return simulate(TRUTH, start(1, torch.float64), round(200 / dt), dt=dt, backend=engine).v

    fine = end(1 / 16)
    ratio = float((end(1.0) - fine).norm() / (end(0.5) - fine).norm())
    assert 1.8 < ratio < 2.6


def test_single_and_double_precision_agree_for_a_thousand_steps(engine):
    state = initial_state(1)
    single = simulate(TRUTH, state, 1000, backend=engine)
    double = simulate(TRUTH, map_state(torch.Tensor.double, state), 1000, backend=engine)
    for x, y in zip(single.state, double.state, strict=True):
        assert float((x - y).abs().max()) < 2e-5


def test_the_engines_agree_for_a_thousand_steps():
    runs = [simulate(TRUTH, initial_state(1), 1000, backend=engine).state for engine in ENGINES]
    for x, y in zip(*runs, strict=True):
        assert float((x - y).abs().max()) < 5e-5


def test_the_number_of_threads_changes_no_bit():
    one, two = (simulate(TRUTH, start(5), 400, backend="cpu", threads=n) for n in (1, 2))
    assert torch.equal(one.u, two.u)
    assert torch.equal(one.v, two.v)
