"""The noise floor and the plateau: values that follow from mathematics, not from a run."""

import math

import numpy as np
import pytest
import torch

from lib import TRUTH, initial_state, losses, simulate
from lib.studies.patterns import noise_floor


@pytest.fixture
def strangers() -> np.ndarray:
    """Independent random pictures with one and the same expected spectrum, far from white."""
    noise = torch.randn(6, 64, 64, generator=torch.Generator().manual_seed(3))
    blur = torch.exp(-8 * torch.hypot(torch.fft.fftfreq(64)[:, None], torch.fft.fftfreq(64)))
    return torch.fft.ifft2(torch.fft.fft2(noise) * blur).real.numpy()


def test_two_random_pictures_of_one_kind_differ_by_pi_squared_thirds(strangers):
    found = noise_floor.pairwise(strangers)
    assert found.size == 15
    # Each of 64² wave numbers contributes with a spread of about 5; half of them are copies.
    assert found.mean() == pytest.approx(math.pi**2 / 3, abs=0.15)


def test_pairwise_and_against_are_the_loss_itself(strangers):
    v = torch.as_tensor(strangers)
    table = noise_floor.against(strangers[:2], strangers[2:], "windowed")
    assert table.shape == (2, 4)
    assert table[1, 3] == pytest.approx(float(losses.windowed_spectral(v[1:2], v[5:6])), rel=1e-5)
    assert noise_floor.pairwise(strangers[:2])[0] == pytest.approx(
        float(losses.spectral(v[:1], v[1:2])), rel=1e-5
    )


def test_a_field_that_is_no_number_has_no_loss(strangers):
    strangers[0] = np.nan
    table = noise_floor.against(strangers[:2], strangers[2:])
    assert np.isnan(table[0]).all()
    assert np.isfinite(table[1]).all()


@pytest.mark.parametrize("floor", [1e-12, 1e-8, 1e-2])
def test_any_uniform_field_has_the_loss_of_the_closed_form(strangers, floor):
    goals = torch.as_tensor(strangers).double()
    for level in (0.0, 0.36):
        direct = losses.spectral(torch.full_like(goals, level), goals, floor=floor, reduction="none")
        np.testing.assert_allclose(noise_floor.plateau_height(strangers, floor), direct, rtol=1e-12)
    assert noise_floor.formula_error(strangers, 0.36, [floor]) < 1e-12


def test_ageing_runs_are_those_of_one_simulation_whatever_the_chunks(tmp_path):
    found = noise_floor.truth_over_time([100, 300], states=3, seed=1, size=32, jobs=1, cache=tmp_path)
    state = initial_state(3, size=32, seed=1)
    np.testing.assert_array_equal(found.v.sel(time=300), simulate(TRUTH, state, 300).v)
    later = simulate(TRUTH, state, 301)
    np.testing.assert_allclose(found.change.sel(time=300), later.change, rtol=1e-3)


def test_a_run_does_not_differ_from_itself_at_the_same_time(tmp_path):
    found = noise_floor.truth_over_time([100, 300], states=2, seed=1, size=32, jobs=1, cache=tmp_path)
    assert (noise_floor.between_times(found, 300, 300) == 0).all()
    assert (noise_floor.between_times(found, 100, 300) > 0).all()


def test_heights_keep_their_axes_apart(tmp_path):
    found = noise_floor.truth_over_time([100, 300], states=3, seed=1, size=32, jobs=1, cache=tmp_path)
    heights = noise_floor.heights(found, [1e-8, 1e-4])
    expected = noise_floor.plateau_height(found.v.sel(time=300).values, 1e-4)
    np.testing.assert_allclose(heights.sel(time=300, epsilon=1e-4), expected)
    assert (heights.sel(epsilon=1e-8) > heights.sel(epsilon=1e-4)).all()
