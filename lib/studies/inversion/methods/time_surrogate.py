"""Remedy (b): a surrogate with time as an input, trained on simulations, then descended with time set free.

A small network maps (Du, Dv, F, k, log t) to the levels and correlations of u and v at that time. From many
starts, parameters and time move together down the surrogate's loss; time is drawn towards the end meanwhile.
The best places are then simulated, and the answer is the one that is closest in truth. Network and
simulations do not depend on the data; they are paid for in full with every target here.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from lib.initial_states import initial_state
from lib.model import State
from lib.running.kept import kept_result
from lib.running.threads import single_thread
from lib.studies.inversion import prices
from lib.studies.inversion.budget import TOGETHER, Budget, spend
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded, latin_hypercube, to_box
from lib.studies.inversion.statistics import Statistics, described

#: Share of the budget for the simulations that are learned from; training and checking take the rest.
SHARE = 0.4

#: When they are looked at, as shares of a run; their logarithms, mapped to 0 … 1, are the network's time.
MOMENTS = (0.02, 0.07, 0.25, 1.0)

#: Width of the two hidden layers, training steps, samples in each, and the rate they begin with.
WIDTH, TRAINED, BATCH, RATE = 96, 1500, 512, 3e-3

#: Starts of the descent, its steps and its rate; how many of its ends are simulated.
STARTS, STEPS, DESCENT_RATE, CHECKED = 128, 300, 0.03, 2 * TOGETHER


class Lessons(NamedTuple):
    """Inputs (samples, 5) in the unit cube, outputs (samples, features), and forward equivalents spent."""

    inputs: Float[np.ndarray, "samples 5"]
    outputs: Float[np.ndarray, "samples features"]
    cost: float


class Surrogate(nn.Module):
    """Two hidden layers between standardised features and the unit cube."""

    def __init__(self, centre: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.centre, self.scale = centre, scale
        self.layers = nn.Sequential(
            nn.Linear(5, WIDTH), nn.Tanh(), nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, len(centre))
        )

    def forward(self, x: Float[Tensor, "batch 5"]) -> Float[Tensor, "batch features"]:
        return self.centre + self.scale * self.layers(x)


def recover(
    data: Data, budget: Budget, seed: int, *, share: float = SHARE, taught: int = TRAINED
) -> Recovery:
    """Learn, descend, check."""
    network, cost = kept_result(trained, budget.limit, data.size, data.steps, seed, share, taught)
    budget.charge(cost)
    budget.work(prices.SURROGATE * taught + prices.DESCENT * STEPS)
    goal, draw = Statistics(data), np.random.default_rng([seed, 0x5A7])
    places = descended(network, goal, torch.as_tensor(draw.random((STARTS, 5))).float())
    budget.answer(to_box(places[0]))
    start = initial_state(1, size=data.size, seed=int(draw.integers(2**31)))

    def check() -> None:
        for first in range(0, CHECKED, TOGETHER):
            points = to_box(places[first : first + TOGETHER])
            run = budget.simulate(points, start)
            for point, loss in zip(points, goal.loss(run.v, run.u), strict=True):
                budget.note(point, float(loss))

    with torch.no_grad():
        return concluded(budget, spend(budget, check))


def trained(
    limit: float, size: int, steps: int, seed: int, share: float, taught: int
) -> tuple[Surrogate, float]:
    """The network, and what its lessons cost."""
    lessons = simulated(share * limit, size, steps, seed)
    with single_thread():
        return fitted(lessons, seed, taught), lessons.cost


def fitted(lessons: Lessons, seed: int, taught: int = TRAINED) -> Surrogate:
    """Adam with a rate that falls to zero, on mean squares of standardised features."""
    x, y = (torch.as_tensor(part).float() for part in (lessons.inputs, lessons.outputs))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Surrogate(y.mean(dim=0), y.std(dim=0).clamp(min=1e-6))
        optimiser = torch.optim.Adam(network.parameters(), RATE)
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, taught)
        for _ in range(taught):
            chosen = torch.randint(len(x), (min(BATCH, len(x)),))
            loss = ((network(x[chosen]) - y[chosen]) / network.scale).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            falling.step()
    return network.requires_grad_(False)


def simulated(limit: float, size: int, steps: int, seed: int) -> Lessons:
    """Latin hypercubes of one batch each, looked at on the way; what diverged teaches nothing."""
    budget = Budget(limit, steps=steps, size=size)
    draw = np.random.default_rng([seed, 0x7157])
    times = [max(1, round(share * steps)) for share in MOMENTS]
    clock = (np.log(times) - np.log(times[0])) / (np.log(times[-1]) - np.log(times[0]))
    inputs, outputs = [], []

    def search() -> None:
        while True:
            unit, now = latin_hypercube(TOGETHER, draw), 0
            state = initial_state(TOGETHER, size=size, seed=int(draw.integers(2**31)))
            for moment, at in zip(times, clock, strict=True):
                run = budget.simulate(to_box(unit), state, moment - now)
                now, state = moment, State(run.u.nan_to_num(0), run.v.nan_to_num(0))
                found = torch.cat([described(run.v), described(run.u)], dim=1)
                fine = found.isfinite().all(dim=1).numpy()
                inputs.append(np.column_stack([unit, np.full(TOGETHER, at)])[fine])
                outputs.append(found.numpy()[fine])

    with torch.no_grad():
        spend(budget, search)
    return Lessons(np.concatenate(inputs), np.concatenate(outputs), budget.spent)


def descended(
    network: Surrogate, goal: Statistics, x: Float[Tensor, "starts 5"]
) -> Float[np.ndarray, "starts 4"]:
    """Ends of all descents in the unit cube of parameters, the best by the surrogate first."""
    free = x.logit(eps=1e-3).requires_grad_()
    optimiser = torch.optim.Adam([free], DESCENT_RATE)
    for step in range(STEPS):
        inside = free.sigmoid()
        # At first time is free; by half of the steps the surrogate is asked about the end only.
        towards = min(1.0, 2 * step / STEPS)
        clock = inside[:, 4:] + towards * (1 - inside[:, 4:])
        loss = predicted(network, goal, torch.cat([inside[:, :4], clock], dim=1))
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
    with torch.no_grad():
        inside = free.sigmoid()
        ends = torch.cat([inside[:, :4], torch.ones(len(inside), 1)], dim=1)
        order = predicted(network, goal, ends).argsort()
        return inside[order, :4].double().numpy()


def predicted(network: Surrogate, goal: Statistics, x: Float[Tensor, "batch 5"]) -> Float[Tensor, " batch"]:
    """The surrogate's mean square of differences from the data."""
    halves = network(x).chunk(2, dim=1)
    return goal.compared(halves[: len(goal.goal)]).square().mean(dim=1)
