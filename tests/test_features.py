"""Fetching the pretrained weights: checked, trimmed, or refused with nothing left behind."""

import hashlib

import pytest
import torch

from lib import features


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
