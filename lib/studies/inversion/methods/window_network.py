"""Networks through time on a growing pattern: the whole time at once, or one window after the other.

Krishnapriyan et al. (2021, arXiv 2109.01050) train a network in short windows, each from where the one before
has ended, and find errors far smaller than with one network for the whole time. Here each window reaches from
one frame to the next. It begins with what the last network shows there (first with the known start), and its
end is held to the frame of v. The parameters go on from window to window.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lib.model import State
from lib.studies.inversion.budget import Budget, spend
from lib.studies.inversion.networks import follow, frame, observation, shown_by
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply, Recovery, concluded
from lib.studies.pinn.network import Network, architecture_for
from lib.studies.pinn.observation import Observation
from lib.studies.pinn.training import WEIGHT


def windows(data: Data, budget: Budget, seed: int, *, weight: float = 0.1 * WEIGHT) -> Recovery:
    """One network after the other, each with an equal share of the budget."""
    start, ends = begun(data), data.times

    def search() -> None:
        state, now, p = start, 0, None
        for number, (end, v) in enumerate(zip(ends, data.v, strict=True), start=1):
            network = made(data.size, [now, (now + end) // 2, end], seed)
            if p is not None:
                network.p.data.copy_(p)
            last = number == len(ends)
            until = float("inf") if last else number * budget.limit / len(ends)
            follow(network, seen_at([None, v], state), budget, until=until, weight=weight)
            state, now, p = shown_by(network), end, network.p.detach().clone()

    return concluded(budget, spend(budget, search))


def whole(data: Data, budget: Budget, seed: int, *, weight: float = WEIGHT) -> Recovery:
    """One network for all frames, with all of the budget."""
    start = begun(data)
    network = made(data.size, [0, *data.times], seed)

    def search() -> None:
        follow(network, seen_at(list(data.v), start), budget, until=float("inf"), weight=weight)

    return concluded(budget, spend(budget, search))


def begun(data: Data) -> State:
    """The initial state, (height, width) each.

    Raises:
        DoesNotApply: where it is not known or v was seen at one time only.
    """
    if data.start is None or len(data.times) < 2:
        raise DoesNotApply("A network through time needs the initial state and frames at several times.")
    return State(*(frame(x) for x in data.start))


def made(size: int, moments: Sequence[int], seed: int) -> Network:
    """A network from −1 to 1 over these moments, asked at each and one step later."""
    begin, length = moments[0], max(1, moments[-1] - moments[0])
    scaled = 2 * (np.array(moments) - begin) / length - 1
    times = tuple(float(t) for t in np.stack([scaled, scaled + 2 / length], axis=1).ravel())
    return Network(size, times, architecture_for(size), seed=seed)


def seen_at(frames: Sequence[np.ndarray | None], start: State) -> Observation:
    """u and v at the beginning, then v wherever there is a frame."""
    nothing = torch.full_like(start.v, torch.nan)
    v = [start.v, *(nothing if x is None else frame(x) for x in frames)]
    u: list[Tensor] = [start.u, *[nothing] * len(frames)]
    return observation(torch.stack(u), torch.stack(v))
