"""What is learned once and asked for many pictures: densities, their calibration, and convolutions."""

import numpy as np
import pytest
import torch

from lib.studies.inversion import calibration, density
from lib.studies.inversion.methods import reverse_network


@pytest.fixture(scope="module")
def linear():
    """x = A θ + noise, θ ~ N(0, I): the posterior is normal, with known mean and covariance."""
    draw = np.random.default_rng(0)
    A = draw.standard_normal((3, 2))
    theta = draw.standard_normal((3000, 2))
    x = theta @ A.T + 0.5 * draw.standard_normal((3000, 3))
    learned = density.fitted(x[:2500], theta[:2500], seed=0, steps=600, components=2)
    return A, x[2500:], theta[2500:], learned


def test_the_posterior_of_a_linear_model_is_found(linear):
    A, x, _, learned = linear
    covariance = np.linalg.inv(A.T @ A / 0.25 + np.eye(2))
    draws = learned.sample(torch.as_tensor(x[:200]).float(), 1000).numpy()
    means = x[:200] @ (covariance @ A.T / 0.25).T
    spread = np.sqrt(np.diag(covariance))
    assert np.sqrt(np.square((draws.mean(axis=0) - means) / spread).mean()) < 0.35
    np.testing.assert_allclose(draws.std(axis=0).mean(axis=0), spread, rtol=0.15)


def test_its_intervals_hold_the_truth_as_often_as_they_say(linear):
    _, x, theta, learned = linear
    draws = learned.sample(torch.as_tensor(x).float(), 400).numpy()
    ranks = calibration.ranks(draws, theta)
    for level in (0.5, 0.9):
        assert np.abs(calibration.coverage(ranks, level) - level).max() < 0.07


def test_calibration_sees_posteriors_that_are_too_narrow_or_beside_the_truth():
    draw = np.random.default_rng(0)
    truth, draws = draw.standard_normal((500, 1)), draw.standard_normal((400, 500, 1))
    assert calibration.doubt(calibration.ranks(draws, truth))[0] > 0.01
    for wrong in (0.4 * draws, draws + 0.5):
        ranks = calibration.ranks(wrong, truth)
        assert calibration.doubt(ranks)[0] < 1e-6
        assert calibration.coverage(ranks, 0.9)[0] < 0.89


def test_the_density_leaves_the_processes_random_numbers_alone(linear):
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    linear[3].sample(torch.zeros(1, 3), 5)
    assert torch.equal(torch.rand(3), expected)


def waves(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Waves across or down a field of 32 cells, of 2 to 8 periods and some amplitude, anywhere."""
    draw = np.random.default_rng(seed)
    periods, amplitudes = draw.integers(2, 9, count), draw.uniform(0.5, 1.5, count)
    at = 2 * np.pi * np.arange(32) / 32
    lines = np.sin(periods[:, None] * at + 2 * np.pi * draw.random((count, 1))) * amplitudes[:, None]
    fields = np.repeat(lines[:, None], 32, axis=1)
    fields[::2] = fields[::2].transpose(0, 2, 1)
    return fields.astype(np.float32), np.column_stack([periods, amplitudes])


def test_convolutions_read_wave_number_and_amplitude_of_waves_they_have_not_seen():
    fields, told = waves(300, 0)
    reader, missed = reverse_network.fitted(fields, told, seed=0, steps=200)
    asked, truth = waves(100, 1)
    gaps = (reader(torch.as_tensor(asked)).numpy() - truth).std(axis=0)
    assert (gaps < 0.35 * truth.std(axis=0)).all()
    assert (missed < 0.5 * truth.std(axis=0)).all()


@pytest.mark.parametrize("learn", [density.fitted, reverse_network.fitted])
def test_too_few_pictures_are_an_error_with_a_sentence(learn):
    more = {"steps": 1, "seed": 0} | ({"components": 1} if learn is density.fitted else {})
    with pytest.raises(ArithmeticError, match="eight are the least"):
        learn(np.zeros((5, 8) if learn is density.fitted else (5, 8, 8)), np.zeros((5, 4)), **more)
