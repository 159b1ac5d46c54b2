"""The equations as code: symmetries and conservation that must hold whatever the parameters."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from lib import SAMPLED_SETS, TRUTH, Params, State
from lib.model import laplacian, residual, step


def random_state(seed: int, size: int = 12) -> State:
    generator = torch.Generator().manual_seed(seed)
    u, v = torch.rand(2, 1, size, size, generator=generator, dtype=torch.float64)
    return State(u, v)


def test_the_laplacian_conserves_mass():
    assert abs(float(laplacian(random_state(0).u).sum())) < 1e-12


def test_the_laplacian_of_a_wave_is_its_eigenvalue_times_the_wave():
    n = 16
    x = torch.arange(n, dtype=torch.float64)
    wave = torch.cos(2 * torch.pi * 3 * x / n)[None, :, None].expand(1, n, n)
    eigenvalue = 2 * torch.cos(torch.tensor(2 * torch.pi * 3 / n, dtype=torch.float64)) - 2
    torch.testing.assert_close(laplacian(wave), eigenvalue * wave)


@given(st.integers(0, 2**31), st.integers(0, 11), st.integers(0, 11))
def test_a_step_commutes_with_translation_and_transpose_bit_for_bit(seed, down, right):
    state = random_state(seed)
    after = step(TRUTH, state)
    moved = step(TRUTH, State(*(x.roll((down, right), (1, 2)) for x in state)))
    turned = step(TRUTH, State(*(x.transpose(1, 2) for x in state)))
    for x, y, z in zip(after, moved, turned, strict=True):
        assert torch.equal(x.roll((down, right), (1, 2)), y)
        assert torch.equal(x.transpose(1, 2), z)


def test_the_trivial_state_is_steady():
    ones = torch.ones(1, 8, 8)
    rate = residual(TRUTH, State(ones, 0 * ones))
    assert float(rate.u.abs().max()) == 0
    assert float(rate.v.abs().max()) == 0


def test_mass_changes_only_by_feed_and_kill():
    state = random_state(1)
    rate = residual(TRUTH, state)
    expected = (TRUTH.F * (1 - state.u) - (TRUTH.F + TRUTH.k) * state.v).sum()
    torch.testing.assert_close((rate.u + rate.v).sum(), expected)


def test_one_parameter_set_per_sample_equals_one_run_each():
    state = State(*(x.repeat(2, 1, 1) for x in random_state(2)))
    both = step(
        Params(*(torch.tensor(p, dtype=torch.float64) for p in zip(*SAMPLED_SETS[2:4], strict=True))), state
    )
    for i, params in enumerate(SAMPLED_SETS[2:4]):
        alone = step(params, state)
        assert torch.equal(both.u[i], alone.u[i])
