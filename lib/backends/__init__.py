"""The simulator's engines. Each module here offers the same functions, and one test suite runs over all.

    forward(params, state, steps, tol, dt, threads) -> Result

`params` holds tensors of shape (batch,), already validated and broadcast by `lib.simulate`;
`state` holds contiguous fields of shape (batch, height, width) of the same dtype and device.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

#: How often, in steps, an engine looks whether a run has become a fixed point or has diverged.
CHECK_EVERY = 256


class SlowEngine(UserWarning):
    """A simulation runs on a slower engine than was to be expected here. The build knows this remark."""


class Result(NamedTuple):
    """What an engine returns.

    Args:
        u, v: final fields, (batch, height, width).
        steps: steps really taken, (batch,): fewer than asked for where `tol` was met, where a step
            changed no bit (a fixed point of a deterministic map: every later step changes nothing
            either), or where the run stopped being finite.
        change: max(|Δu|, |Δv|) over the cells in the last step taken, (batch,).
    """

    u: Float[Tensor, "batch height width"]
    v: Float[Tensor, "batch height width"]
    steps: Int[Tensor, " batch"]
    change: Float[Tensor, " batch"]


def as_tensor(value: Any, dtype: torch.dtype | None = None) -> Tensor:
    """A tensor where it is, a number on the processor: whatever torch's default device is."""
    where = value.device if isinstance(value, Tensor) else torch.device("cpu")
    return torch.as_tensor(value, dtype=dtype, device=where)
