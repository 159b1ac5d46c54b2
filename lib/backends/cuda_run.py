"""Forward runs on the GPU: launches of some thousand steps each, states kept on request."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lib.backends import CHECK_EVERY, Result
from lib.backends.cuda_device import Kernels
from lib.model import Params, State

#: Steps between two looks at how far the simulations are: a few milliseconds, after which Ctrl-C is heard.
CHUNK = 8 * CHECK_EVERY


class Trail(NamedTuple):
    """States of forward runs: number i is that after i · every steps, (batch, 2, height, width).

    A run that is finished stays at its last state, in all later ones and in those that are missing.
    """

    states: list[Float[Tensor, "batch 2 height width"]]
    every: int


class _Batch(NamedTuple):
    """What the kernels work on: u, v and all that belongs to a simulation, one after the other."""

    fields: Float[Tensor, "batch 2 height width"]
    coefficients: Float[Tensor, "batch 8"]
    asked: Int[Tensor, " batch"]
    #: at, proven, finished, and the bits of the change.
    progress: Int[Tensor, "batch 4"]

    def finished(self) -> bool:
        """Whether all are; waits for the GPU."""
        return bool(self.progress[:, 2].all())


def march(
    kernels: Kernels,
    params: Params,
    state: State,
    steps: int | Int[Tensor, " batch"],
    tol: float | None,
    dt: float,
    trail: Trail | None = None,
) -> Result:
    """Run every simulation forward; arguments as in `lib.simulate.simulate`, except:

    Args:
        kernels: where to run.
        steps: may differ between the simulations, (batch,).
        trail: where to keep states on the way, if anywhere; empty.
    """
    scale = math.sqrt(dt)
    batch = _prepare(params, state, steps, dt)
    most, n, skipped = int(batch.asked.max()), 0, torch.zeros_like(batch.asked, dtype=torch.int64)
    before = batch.fields.clone()
    while n < most:
        stop = min(n - n % CHUNK + CHUNK, most)
        if trail:
            stop = min(stop, n - n % trail.every + trail.every)
            if n % trail.every == 0:
                trail.states.append(batch.fields.clone())
        _advance(kernels, batch, n, stop, tol, scale)
        n = stop
        if n % CHUNK == 0:
            if trail is None:
                skipped += _skip_cycles(batch, before, n)
                before.copy_(batch.fields)
            if batch.finished():
                break
    if trail:
        trail.states.append(batch.fields.clone())
    u, v = (batch.fields / scale).unbind(dim=1)
    change = batch.progress[:, 3].contiguous().view(torch.float32) / scale
    return Result(u.contiguous(), v.contiguous(), batch.progress[:, 0].long() + skipped, change)


def _prepare(params: Params, state: State, steps: int | Int[Tensor, " batch"], dt: float) -> _Batch:
    """Copies that the kernels may overwrite."""
    device, size = state.u.device, state.u.shape[0]
    # In √dt·u and √dt·v, a step of length dt is a step of length 1 with dt·Du, dt·Dv, dt·F, dt·k.
    fields = torch.stack([state.u.detach(), state.v.detach()], dim=1) * math.sqrt(dt)
    asked = torch.as_tensor(steps, dtype=torch.int32, device=device).expand(size).contiguous()
    progress = torch.zeros(size, 4, dtype=torch.int32, device=device)
    progress[:, 2] = asked == 0
    progress[:, 3] = torch.tensor(math.nan).view(torch.int32).item()
    return _Batch(fields.contiguous(), step_coefficients(params, size, dt, device), asked, progress)


def _advance(kernels: Kernels, batch: _Batch, n: int, stop: int, tol: float | None, scale: float) -> None:
    """Take all that are not finished from step n to step `stop`."""
    blocks, run = len(batch.asked), (batch.fields, batch.coefficients, batch.asked)
    if tol is None:
        kernels.launch("advance", blocks, *run, n, stop, CHECK_EVERY, batch.progress)
    else:
        kernels.launch("watch", blocks, *run, n, stop, float(tol * scale), batch.progress)
        kernels.launch("measure", blocks, *run, stop, float(tol * scale), batch.progress)


def _skip_cycles(batch: _Batch, before: Tensor, n: int) -> Int[Tensor, " batch"]:
    """Whole chunks that need not be computed, in steps: a chunk brought back the bits it began with.

    A settled state often ends in a last bit that flips to and fro. One chunk is left to be computed.
    """
    same = (batch.fields.view(torch.int32) == before.view(torch.int32)).all(dim=(1, 2, 3))
    idle = torch.where(same & (batch.progress[:, 2] == 0), (batch.asked - n - 1) // CHUNK * CHUNK, 0)
    batch.asked.sub_(idle)
    return idle.long()


def step_coefficients(
    params: Params, batch: int, dt: float, device: torch.device
) -> Float[Tensor, "batch 8"]:
    """Du, Dv, feed, a = 1 − 4 Du − F, c = 1 − 4 Dv − F − k, what float32 rounds away of a and of c, and
    the concentration 1, in the scaled fields.
    """
    given = (torch.as_tensor(p, device=device).detach().double() * dt for p in params)
    Du, Dv, F, k = (p.expand(batch) for p in given)
    rounded = 4 * Du.float().double(), 4 * Dv.float().double()
    a, c = 1 - rounded[0] - F, 1 - rounded[1] - (F + k)
    one = torch.full_like(Du, math.sqrt(dt))
    rest = (x - x.float().double() for x in (a, c))
    return torch.stack([Du, Dv, F * one, a, c, *rest, one], dim=1).float().contiguous()


@contextmanager
def memory_in_words(state: State) -> Iterator[None]:
    """Turn torch's report of a full GPU into a sentence."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise MemoryError(
            f"The GPU has no memory left for {state.u.shape[0]} simulations at once: halve the batch, or "
            "free memory on the GPU."
        ) from error
