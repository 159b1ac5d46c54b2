"""The readable engine: a loop over `model.step` in plain torch, any size, dtype and device.

It is the oracle of the others, and autograd differentiates through it.
"""

import torch

from lib.backends import CHECK_EVERY, Result
from lib.model import Params, State, step


def forward(
    params: Params, state: State, steps: int, tol: float | None, dt: float, threads: int | None = None
) -> Result:
    """Run every simulation for `steps` steps, or until its change in one step falls below `tol`.

    Arguments are described in `lib.simulate.simulate`; `threads` is torch's own business here.
    """
    batch = state.u.shape[0]
    running = torch.ones(batch, dtype=torch.bool, device=state.u.device)
    taken = torch.zeros(batch, dtype=torch.int64, device=state.u.device)
    change = torch.full((batch,), float("nan"), dtype=state.u.dtype, device=state.u.device)
    for n in range(1, steps + 1):
        after = step(params, state, dt)
        taken = taken + running
        if tol is not None or n % CHECK_EVERY == 0 or n == steps:
            change = torch.where(running, largest_change(state, after), change)
            finished = (change == 0) | ~change.isfinite()
            if tol is not None:
                finished |= change < tol
        else:
            finished = torch.zeros_like(running)
        state = after if bool(running.all()) else select(running, after, state)
        running = running & ~finished
        if not bool(running.any()):
            break
    return Result(state.u, state.v, taken, change)


def largest_change(before: State, after: State) -> torch.Tensor:
    """max(|Δu|, |Δv|) of one step, (batch,); NaN where either state is not finite."""
    with torch.no_grad():
        differences = torch.stack([after.u - before.u, after.v - before.v])
        return differences.abs().amax(dim=(0, 2, 3))


def select(mask: torch.Tensor, chosen: State, other: State) -> State:
    """Fields of `chosen` where the mask (batch,) holds, of `other` elsewhere."""
    field_mask = mask[:, None, None]
    return State(torch.where(field_mask, chosen.u, other.u), torch.where(field_mask, chosen.v, other.v))
