"""The reverse surrogate by a convolutional network on raw pictures, beside the kernel on features.

Schnörr and Schnörr (arXiv 2108.08542) find kernels better on small training sets and networks on large ones.
Three convolutions on a torus, mean and maximum over the picture, one linear layer to the four parameters.
Pictures are shifted, turned over and mirrored while it learns: what that changes says nothing.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from lib.running.kept import kept_result
from lib.running.threads import single_thread
from lib.simulate import Outcome
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.library import library
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply, Recovery, at_once

#: Share of the budget for the library. Learning takes the rest, and stops where it is spent.
SHARE = 0.6

#: Channels of the convolutions, each of which halves the picture.
CHANNELS = (8, 16, 32)

#: Pictures in a step, steps, and the rate they begin with; the share held out says what the answer misses by.
BATCH, LEARNED, RATE, HELD_OUT = 32, 400, 3e-3, 0.15

Pictures = Float[Tensor, "batch height width"]


class Reader(nn.Module):
    """From pictures (batch, height, width) to outputs (batch, columns) in the units it was taught."""

    def __init__(self, pictures: Pictures, outputs: Float[Tensor, "batch columns"]) -> None:
        super().__init__()
        self.level, self.contrast = pictures.mean(), pictures.std().clamp(min=1e-6)
        self.mean, self.spread = outputs.mean(dim=0), outputs.std(dim=0).clamp(min=1e-9)
        widths = [1, *CHANNELS]
        layers: list[nn.Module] = []
        for first, second in zip(widths, widths[1:], strict=False):
            layers += [nn.Conv2d(first, second, 5, 2, 2, padding_mode="circular"), nn.ReLU()]
        self.seen = nn.Sequential(*layers)
        self.read = nn.Linear(2 * CHANNELS[-1], outputs.shape[1])

    def forward(self, pictures: Pictures) -> Float[Tensor, "batch columns"]:
        """What the pictures say."""
        return self.mean + self.spread * self.read(self.embedded(pictures))

    def embedded(self, pictures: Pictures) -> Float[Tensor, "batch channels"]:
        """Mean and maximum of the last maps: what it has learned to look at, wherever it lies."""
        maps = self.seen(((pictures - self.level) / self.contrast)[:, None])
        return torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1)


class Taught(NamedTuple):
    """The network, what it misses on pictures held out, and what library and learning cost."""

    reader: Reader
    missed: Float[np.ndarray, " columns"]
    cost: float


def recover(data: Data, budget: Budget, seed: int, *, share: float = SHARE, steps: int = LEARNED) -> Recovery:
    """What the network says of v's last frame; uncertain by what it misses on pictures held out.

    Raises:
        DoesNotApply: where cells are missing.
    """
    if not data.whole:
        raise DoesNotApply("A convolution needs every cell, and some are missing.")
    found = taught(budget.limit, data.size, data.steps, seed, share, steps)
    budget.charge(found.cost)
    with torch.no_grad():
        answer = found.reader(torch.as_tensor(data.v[-1:]))[0].double().numpy()
    return at_once(budget, answer, found.missed)


def taught(
    limit: float, size: int, steps: int, seed: int, share: float = SHARE, updates: int = LEARNED
) -> Taught:
    """Learned or loaded; the data have no part in it."""
    return Taught(*kept_result(learned, limit, size, steps, seed, share, updates))


def learned(limit: float, size: int, steps: int, seed: int, share: float, updates: int) -> tuple:
    """The fields of `Taught`, from the patterns of the library."""
    made = library(limit, size, steps, seed).worth(share * limit)
    alive = made.outcome == Outcome.PATTERN
    each = prices.CONVOLUTIONS * max(1, min(BATCH, int(alive.sum()))) / steps  # forward equivalents
    updates = max(1, min(updates, int((limit - made.cost) / each)))
    with single_thread():
        reader, missed = fitted(made.v[alive], made.points[alive], seed, updates)
    return reader, missed, made.cost + updates * each


def fitted(
    pictures: Float[np.ndarray, "pictures height width"],
    outputs: Float[np.ndarray, "pictures columns"],
    seed: int,
    steps: int,
) -> tuple[Reader, Float[np.ndarray, " columns"]]:
    """A network, and the root mean square of what it misses on pictures held out.

    Raises:
        ArithmeticError: for fewer than eight pictures.
    """
    if len(pictures) < 8:
        raise ArithmeticError(
            f"A network cannot be taught with {len(pictures)} pictures: eight are the least. Give it a "
            "larger budget, or a box with more patterns."
        )
    x, y = (torch.as_tensor(part).float() for part in (pictures, outputs))
    kept = max(2, round(HELD_OUT * len(x)))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        order = torch.randperm(len(x))
        judged, taught = order[:kept], order[kept:]
        reader = Reader(x[taught], y[taught])
        optimiser = torch.optim.AdamW(reader.parameters(), RATE)
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for _ in range(steps):
            chosen = taught[torch.randint(len(taught), (min(BATCH, len(taught)),))]
            gap = (reader(moved(x[chosen])) - y[chosen]) / reader.spread
            optimiser.zero_grad()
            gap.square().mean().backward()
            optimiser.step()
            falling.step()
        with torch.no_grad():
            missed = (reader(x[judged]) - y[judged]).square().mean(dim=0).sqrt()
    return reader.requires_grad_(False), missed.double().numpy()


def moved(pictures: Pictures) -> Pictures:
    """The same patterns elsewhere, and with luck mirrored or turned over."""
    down, across, turned, mirrored = torch.randint(0, 1 << 16, (4,)).tolist()
    shifted = pictures.roll((down % pictures.shape[1], across % pictures.shape[2]), (1, 2))
    shifted = shifted.transpose(1, 2) if turned % 2 and pictures.shape[1] == pictures.shape[2] else shifted
    return shifted.flip(2) if mirrored % 2 else shifted
