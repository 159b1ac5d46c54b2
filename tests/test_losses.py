"""The losses: zero on equal statistics, blind to position, exact on fields one can compute by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import losses
from lib.features import Features, at_hand, build
from lib.losses import LOG_FLOOR, gram_matrix, log_power, windowed_log_power


def fields(seed: int, batch: int = 2, size: int = 32) -> torch.Tensor:
    return torch.rand(batch, size, size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("loss", [losses.spectral, losses.windowed_spectral, losses.gram])
def test_every_loss_is_zero_at_its_target_and_positive_elsewhere(loss):
    v = fields(0)
    assert float(loss(v, v)) == 0
    assert float(loss(v, fields(1))) > 0
    assert loss(v, fields(1), reduction="none").shape == (2,)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 31), st.integers(0, 31))
def test_the_spectral_loss_does_not_see_a_translation(down, right):
    v, target = fields(0).double(), fields(1).double()
    moved = losses.spectral(v.roll((down, right), (1, 2)), target)
    torch.testing.assert_close(moved, losses.spectral(v, target), rtol=1e-9, atol=1e-9)


def test_the_windowed_loss_sees_a_translation_within_a_window_only():
    v, target = fields(0), fields(1)
    swapped = losses.windowed_spectral(v.roll(16, 2), target.roll(16, 2))
    torch.testing.assert_close(swapped, losses.windowed_spectral(v, target))
    assert abs(float(losses.windowed_spectral(v.roll(3, 2), v))) > 0.1


def test_a_wave_has_its_power_at_its_wave_number():
    n = 32
    wave = torch.cos(2 * math.pi * 5 * torch.arange(n, dtype=torch.float64) / n)[None, None].expand(1, n, n)
    power = log_power(wave).exp() - LOG_FLOOR
    expected = torch.zeros(n, n, dtype=torch.float64)
    expected[0, 5] = expected[0, n - 5] = (n * n / 2) ** 2
    torch.testing.assert_close(power[0], expected, rtol=1e-9, atol=1e-9)


def test_a_uniform_field_has_log_floor_everywhere():
    flat = torch.full((1, 32, 32), 0.25)
    torch.testing.assert_close(log_power(flat), torch.full((1, 32, 32), math.log(LOG_FLOOR)))


def test_the_spectral_loss_agrees_with_a_plain_numpy_reading_of_the_formula():
    v, target = fields(0).double(), fields(1).double()
    total = []
    for x, y in zip(v.numpy(), target.numpy(), strict=True):
        a, b = (np.log(np.abs(np.fft.fftshift(np.fft.fft2(z - z.mean()))) ** 2 + 1e-8) for z in (x, y))
        total.append(((a - b) ** 2).mean())
    assert float(losses.spectral(v, target)) == pytest.approx(np.mean(total), rel=1e-10)


def test_the_windowed_spectrum_agrees_with_a_loop_over_windows():
    v = fields(3, batch=1).double()
    found = windowed_log_power(v)[0]
    centred = (v - v.mean())[0].numpy()
    for i, j in np.ndindex(2, 2):
        block = np.fft.fft2(centred[16 * i : 16 * i + 16, 16 * j : 16 * j + 16])
        np.testing.assert_allclose(found[i, j].numpy(), np.log(np.abs(block) ** 2 + 1e-8), rtol=1e-9)


def test_the_network_is_the_first_18_layers_of_the_published_one():
    layers = build(0)
    assert len(layers) == 18
    assert sum(p.numel() for p in layers.parameters()) == 2_325_568
    assert layers(torch.zeros(1, 3, 32, 32)).shape == (1, 256, 8, 8)


def test_random_filters_say_so_and_repeat_with_their_seed(tmp_path):
    one, two = at_hand(tmp_path, 1), at_hand(tmp_path, 2)
    assert one.label == "random filters"
    v = fields(0)
    assert torch.equal(gram_matrix(v, one), gram_matrix(v, Features(build(1), "again")))
    assert not torch.equal(gram_matrix(v, one), gram_matrix(v, two))


@pytest.mark.parametrize("loss", [losses.spectral, losses.windowed_spectral, losses.gram])
@pytest.mark.parametrize("kinds", [("f8", "f8"), ("f4", "f8"), ("f8", "f4")])
def test_losses_of_doubles_agree_with_those_of_singles(loss, kinds):
    """NumPy's fields are doubles unless somebody says otherwise."""
    pair = [fields(seed).numpy() for seed in (0, 1)]
    found = loss(*(field.astype(kind) for field, kind in zip(pair, kinds, strict=True)))
    assert found.dtype == torch.float64
    assert float(found) == pytest.approx(float(loss(*pair)), rel=1e-4)


def test_losses_are_differentiable():
    v = fields(0, batch=1, size=16).double().requires_grad_()
    target = fields(1, batch=1, size=16).double()
    assert torch.autograd.gradcheck(lambda x: losses.spectral(x, target), (v,), atol=1e-4)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: losses.spectral(fields(0), fields(0)[0]), "must be"),
        (lambda: losses.spectral(fields(0, 3), fields(0, 2)), "give one each"),
        (lambda: losses.spectral(fields(0), fields(0), reduction="sum"), "choose 'mean' or 'none'"),
        (lambda: losses.windowed_spectral(fields(0), fields(0), window=7), "choose a divisor"),
        (lambda: losses.spectral(fields(0), fields(1), floor=1e300), "drowns every wave"),
        (lambda: losses.descriptor("vgg"), "choose one of spectral, windowed, gram"),
    ],
)
def test_misuse_is_answered_with_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("features", ["vgg", 0, [], lambda x: x, lambda x: None, lambda x: x[:1, None]])
def test_features_are_a_map_to_feature_images(features):
    with pytest.raises(ValueError, match=r"a map from fields|must be a tensor"):
        losses.gram(fields(0), fields(1), features=features)


@pytest.mark.parametrize("loss", [losses.spectral, losses.windowed_spectral])
@pytest.mark.parametrize("scale", [1e19, 1e30, 1e34])
def test_losses_of_huge_singles_are_those_of_doubles(loss, scale):
    """Their powers leave single precision, and their loss must not leave with them."""
    v, target = fields(0) * scale, fields(1) * scale
    right = loss(v.double(), target.double(), reduction="none")
    found = loss(v.requires_grad_(), target, reduction="none")
    torch.testing.assert_close(found, right.float())
    found.sum().backward()
    assert bool(v.grad.isfinite().all())


def test_a_huge_field_spoils_no_other_and_a_lost_one_stays_lost():
    v, target = fields(0, 3), fields(1, 1)
    each = losses.spectral(v, target, reduction="none")
    huge = v[1:2] * 1e30
    found = losses.spectral(torch.cat([v[:1], huge, v[2:] * math.nan]), target, reduction="none")
    assert float(found[0]) == pytest.approx(float(each[0]), rel=1e-6)
    assert float(found[1]) == pytest.approx(float(losses.spectral(huge.double(), target.double())), rel=1e-6)
    assert math.isnan(found[2])


@pytest.mark.parametrize(
    ("loss", "scale"),
    [(losses.spectral, 1e200), (losses.windowed_spectral, 1e200), (losses.gram, 1e200), (losses.gram, 1e30)],
)
def test_losses_beyond_all_numbers_are_refused(loss, scale):
    pair = [fields(seed).double() * scale for seed in (0, 1)]
    pair = pair if scale > 1e38 else [x.float() for x in pair]
    with pytest.raises(ValueError, match="divide by the field's scale"):
        loss(*pair)


@pytest.mark.parametrize("loss", [losses.spectral, losses.windowed_spectral, losses.gram])
@pytest.mark.parametrize("scale", [1.0, 1e25])
def test_inside_vmap_losses_are_those_outside(loss, scale):
    """Also of fields whose powers leave single precision; beyond its own type it is infinite, never wrong."""
    v, target = scale * torch.stack([fields(0), fields(2)]), scale * fields(1)
    found = torch.vmap(lambda x: loss(x, target))(v)
    right = torch.stack([loss(x.double(), target.double()) for x in v]).float()
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, right, rtol=1e-6, atol=0)
    assert bool(found.isfinite().all()) == (loss is not losses.gram or scale == 1)


def test_inside_vmap_a_map_of_ones_own_keeps_its_precision():
    """It may have filters in single precision alone."""
    network = torch.nn.Conv2d(1, 2, 3).requires_grad_(False)
    v, target = torch.stack([fields(0), fields(2)]), fields(1)

    def loss(x):
        return losses.gram(x, target, features=lambda x: network(x[:, None]))

    torch.testing.assert_close(torch.vmap(loss)(v), torch.stack([*map(loss, v)]))
