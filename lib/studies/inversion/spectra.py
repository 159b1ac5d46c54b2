"""The paper's spectral loss against the data: of v, or the mean of both fields' where u is seen."""

import torch
from jaxtyping import Float
from torch import Tensor

from lib import losses
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply

Fields = Float[Tensor, "batch height width"]


class Spectra:
    """The log power spectra of the last frame, and how far simulations are from them.

    Args:
        data: whole pictures.
        floor: under the logarithm; the paper's by default.

    Raises:
        DoesNotApply: where cells are missing: a Fourier transform needs them all.
    """

    def __init__(self, data: Data, floor: float = losses.LOG_FLOOR) -> None:
        if not data.whole:
            raise DoesNotApply("The spectral loss needs whole pictures, and cells are missing.")
        seen = [data.v[-1:]] + ([] if data.u is None else [data.u[-1:]])
        self.fields, self.floor = [torch.as_tensor(x) for x in seen], floor

    def loss(self, v: Fields, u: Fields) -> Float[Tensor, " batch"]:
        """One loss for each simulation; NaN where it diverged."""
        parts = [
            losses.spectral(field, goal, floor=self.floor, reduction="none")
            for field, goal in zip((v, u), self.fields, strict=False)
        ]
        return torch.stack(parts).mean(dim=0)
