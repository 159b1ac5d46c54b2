"""The initial state is the paper's, and its bits depend on the seed alone."""

import pytest
import torch

from lib import initial_state


def test_the_patch_is_exact_and_central():
    state = initial_state(3)
    assert (state.u[:, 54:74, 54:74] == 0.5).all()
    assert (state.v[:, 54:74, 54:74] == 0.25).all()
    assert (state.v[:, 53] < 0.2).all()


def test_the_background_has_the_papers_noise():
    state = initial_state(4)
    outside = torch.ones(128, 128, dtype=torch.bool)
    outside[54:74, 54:74] = False
    u, v = state.u[:, outside], state.v[:, outside]
    assert abs(float(u.mean()) - 1) < 1e-3
    assert abs(float(u.std()) - 0.02) < 5e-4
    # Clamping at zero halves v's noise: half of the cells are exactly 0.
    assert abs(float((v == 0).float().mean()) - 0.5) < 0.01
    assert float(v.min()) == 0
    assert float(u.max()) <= 1.5


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    assert torch.equal(initial_state(2, seed=3).v, initial_state(2, seed=3).v)
    assert not torch.equal(initial_state(2, seed=3).v, initial_state(2, seed=4).v)


def test_a_state_does_not_depend_on_how_many_are_drawn():
    assert torch.equal(initial_state(2, size=16, patch=4).u, initial_state(5, size=16, patch=4).u[:2])


def test_double_precision_holds_the_same_draws():
    assert torch.equal(initial_state(1, dtype=torch.float64).u, initial_state(1).u.double())


@pytest.mark.parametrize(
    "arguments", [{"batch": 0}, {"batch": 1, "size": 0}, {"batch": 1, "size": 8, "patch": 9}]
)
def test_impossible_states_are_refused_with_a_sentence(arguments):
    with pytest.raises(ValueError, match=r"at least 1|does not fit"):
        initial_state(**arguments)


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "meta", 3.5, object(), "", torch.device("meta")])
def test_a_device_that_is_none_or_not_here_is_refused(device):
    with pytest.raises(ValueError, match=r"no device|holds no numbers"):
        initial_state(1, size=32, device=device)
