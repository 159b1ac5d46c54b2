"""Forward runs on the GPU: launches of some thousand steps each, states kept on request."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lib.backends import CHECK_EVERY, Result, as_tensor
from lib.backends.cuda_device import Kernels
from lib.model import Params, State

#: Steps between two looks at how far the simulations are: a few milliseconds, after which Ctrl-C is heard.
CHUNK = 16 * CHECK_EVERY


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
    #: at, proven, finished, the bits of the change, and steps skipped.
    progress: Int[Tensor, "batch 5"]

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
    most = steps if isinstance(steps, int) else int(steps.max())
    batch, n = _prepare(params, state, steps, dt), 0
    while n < most:
        stop = min(n - n % CHUNK + CHUNK, most)
        if trail:
            stop = min(stop, n - n % trail.every + trail.every)
            if n % trail.every == 0:
                trail.states.append(batch.fields.clone())
        _advance(kernels, batch, n, stop, tol, scale, cycle=0 if trail else CHUNK)
        n = stop
        if n % CHUNK == 0 and n < most and batch.finished():
            break
    if trail:
        trail.states.append(batch.fields.clone())
    # Not divided: on a GPU torch multiplies by the reciprocal, and on a processor it does not.
    back = 1 / scale
    u, v = (field * back for field in batch.fields.unbind(dim=1))
    change = batch.progress[:, 3].contiguous().view(torch.float32) * back
    return Result(u, v, (batch.progress[:, 0] + batch.progress[:, 4]).long(), change)


def _prepare(params: Params, state: State, steps: int | Int[Tensor, " batch"], dt: float) -> _Batch:
    """Copies that the kernels may overwrite.

    Small things are made on the processor and travel in one copy: of a short call they were most of the time.
    """
    device, size = state.u.device, state.u.shape[0]
    # In √dt·u and √dt·v, a step of length dt is a step of length 1 with dt·Du, dt·Dv, dt·F, dt·k.
    fields = torch.stack([state.u.detach(), state.v.detach()], dim=1)
    if dt != 1:
        fields *= math.sqrt(dt)
    progress = torch.zeros(size, 5, dtype=torch.int32, device="cpu")
    progress[:, 3] = torch.tensor(math.nan, dtype=torch.float32, device="cpu").view(torch.int32).item()
    asked = as_tensor(steps).to(torch.int32).expand(size)
    own = [step_coefficients(params, size, dt, nearest(params, device)), asked, progress]
    coefficients, asked, progress = _sent(own, device)
    progress[:, 2] = asked == 0
    return _Batch(fields, coefficients, asked, progress)


def nearest(params: Params, device: torch.device) -> torch.device:
    """Where to make coefficients: on the processor, if all parameters are there, and travel together."""
    return torch.device("cpu") if all(_is_here(p) for p in params) else device


def coefficients_on(device: torch.device, params: Params, batch: int, dt: float) -> Float[Tensor, "batch 8"]:
    """Those of `step_coefficients` there."""
    return step_coefficients(params, batch, dt, nearest(params, device)).to(device)


def _is_here(tensor: Tensor | float) -> bool:
    """Whether it is on the processor."""
    return as_tensor(tensor).device.type == "cpu"


def _sent(tensors: list[Tensor], device: torch.device) -> list[Tensor]:
    """Copies on the device of tensors with 32-bit elements; those of the processor travel together."""
    travel = [x for x in tensors if _is_here(x)]
    bits = torch.cat([x.contiguous().view(torch.int32).flatten() for x in travel]).to(device)
    arrived = iter(bits.split([x.numel() for x in travel]))
    return [
        next(arrived).view(x.dtype).view(x.shape)
        if _is_here(x)
        else x.clone(memory_format=torch.contiguous_format)
        for x in tensors
    ]


def _advance(
    kernels: Kernels, batch: _Batch, n: int, stop: int, tol: float | None, scale: float, cycle: int
) -> None:
    """Take all that are not finished from step n to step `stop`.

    Without tol, a launch of `cycle` steps that brings back the bits it began with is taken for all later ones
    but the last; 0 where each is to be computed. With tol nothing is skipped: who meets it stops anyway.
    """
    blocks, run = len(batch.asked), (batch.fields, batch.coefficients, batch.asked)
    if tol is None:
        whole = cycle if stop - n == cycle else 0
        kernels.launch("advance", blocks, *run, n, stop, CHECK_EVERY, whole, batch.progress)
    else:
        kernels.launch("watch", blocks, *run, n, stop, float(tol * scale), batch.progress)
        kernels.launch("measure", blocks, *run, stop, float(tol * scale), batch.progress)


def step_coefficients(
    params: Params, batch: int, dt: float, device: torch.device
) -> Float[Tensor, "batch 8"]:
    """Du, Dv, feed, a = 1 − 4 Du − F, c = 1 − 4 Dv − F − k, what float32 rounds away of a and of c, and
    the concentration 1, in the scaled fields.
    """
    together = torch.stack([torch.as_tensor(p, device=device).detach().expand(batch) for p in params])
    given = together.double() * dt
    one, rounded = math.sqrt(dt), (4 * given[:2]).float().double()
    a_c = 1 - rounded - given[2:].cumsum(dim=0)
    rest = a_c - a_c.float().double()
    found = torch.cat([given[:2], given[2:3] * one, a_c, rest, torch.full_like(given[:1], one)])
    return found.float().T.contiguous()


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
