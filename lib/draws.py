"""Random numbers from a seed: the same bits on every machine, whatever torch's settings are.

Always on the CPU and in float32. torch.set_default_dtype must not reach them: a double-precision draw is
another draw altogether, not the same one with more digits.
"""

from typing import Any

import torch
from torch import Tensor

from lib.inputs import seed_of


def generator(seed: Any) -> torch.Generator:
    """A source of draws.

    Raises:
        ValueError: for a seed that is no whole number from 0 to 2³² − 1.
    """
    return torch.Generator("cpu").manual_seed(seed_of(seed))


def normal(shape: tuple[int, ...], source: torch.Generator) -> Tensor:
    """Independent draws of N(0, 1), float32."""
    return torch.randn(shape, generator=source, dtype=torch.float32, device="cpu")


def uniform(shape: tuple[int, ...], source: torch.Generator) -> Tensor:
    """Independent draws from [0, 1), float32."""
    return torch.rand(shape, generator=source, dtype=torch.float32, device="cpu")
