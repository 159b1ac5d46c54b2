"""Fetching the pretrained weights: checked, trimmed, or refused with nothing left behind."""

import hashlib

import pytest
import torch

from lib import features, losses


@pytest.fixture
def published(tmp_path):
    """A file laid out like the published weights, with the layers behind relu3_4 too."""
    state = {f"features.{name}": x + 1 for name, x in features.build(5).state_dict().items()}
    state["classifier.6.bias"] = torch.zeros(1000)
    file = tmp_path / "vgg19.pth"
    torch.save(state, file)
    return file.as_uri(), hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def test_the_kept_layers_are_the_published_ones(published, tmp_path):
    url, digest = published
    kept = features.fetch(tmp_path / "weights", url, digest)
    assert kept.stat().st_size < 10e6
    loaded = features.at_hand(tmp_path / "weights")
    assert loaded.label == "pretrained VGG-19"
    torch.testing.assert_close(loaded.layers[0].weight, features.build(5)[0].weight + 1)


def test_a_file_with_the_wrong_hash_is_refused_and_nothing_is_kept(published, tmp_path):
    with pytest.raises(RuntimeError, match="run `make weights` again"):
        features.fetch(tmp_path / "weights", published[0], "00000000")
    assert list((tmp_path / "weights").iterdir()) == []


def test_no_connection_is_a_sentence(tmp_path):
    with pytest.raises(RuntimeError, match="Check the connection"):
        features.fetch(tmp_path / "weights", (tmp_path / "missing.pth").as_uri())
    assert list((tmp_path / "weights").iterdir()) == []


@pytest.fixture
def fresh():
    """As in a process that has asked for no filters yet."""
    features.at_hand.cache_clear()
    features.copied.cache_clear()
    yield
    features.at_hand.cache_clear()
    features.copied.cache_clear()


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_filters_first_asked_for_in_inference_mode_serve_derivatives_later(fresh, kind):
    v, target = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(0)).to(kind)
    with torch.inference_mode():
        before = losses.gram(v, target)
    after = losses.gram(v.clone().requires_grad_(), target)
    after.backward()
    assert torch.equal(before, after.detach())


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_filters_of_ones_own_that_were_made_in_inference_mode_serve_derivatives_too(kind):
    with torch.inference_mode():
        network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3))
    v = torch.rand(1, 16, 16, generator=torch.Generator().manual_seed(0)).to(kind).requires_grad_()
    losses.gram(v, v.detach().roll(1, 1) ** 2, features=features.Features(network, "own")).backward()
    assert bool(v.grad.any())


def test_fields_elsewhere_move_no_filters(fresh):
    """The filters are the whole process's: a call on another device must not take them along."""
    network = features.at_hand()
    assert network(torch.zeros(1, 16, 16, device="meta")).device.type == "meta"
    assert all(x.device.type == "cpu" for x in network.parameters())
    assert network(torch.zeros(1, 16, 16)).device.type == "cpu"
