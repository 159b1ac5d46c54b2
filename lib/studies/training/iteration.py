"""One iteration of the paper's optimiser (Section 2.2, and the original code's commit 940260c).

Draw initial states and targets; take loss and gradient through every step of the runs; then look for
a learning rate whose step passes the acceptance test on the next iteration's batch.
"""

import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib import losses
from lib.coordinates import Unconstrained, to_params, unchanged
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.simulate import Outcome, Run, simulate
from lib.studies.training import acceptance
from lib.studies.training.acceptance import Refusal, Safeguards
from lib.studies.training.targets import POOL, SETTLED
from lib.studies.training.trace import Ending, Signal


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a run trains; the defaults are the paper's first run segment.

    Args:
        loss: "spectral" or "windowed".
        rate: base learning rate, at which every iteration starts anew.
        weight_decay: pull of each step towards zero in unconstrained parameters; in the code, not in the
            paper's text.
        batch: initial states, each with its own random target, in an iteration.
        size, steps, tol: grid; a simulation runs until its change in one step is below tol, at most `steps`.
        settle: steps taken after that. The published text has none; the original code had 1,000 of them
            when it trained (commits 940260c to 152a409, `unroll_K`).
        shrink, grow, tries: the rates tried: base·shrinkⁱ, then base·growⁱ, i = 0 … tries − 1.
        safeguards: which of them are on.
        pool, pool_tol: number of targets, and when a target counts as settled.
        backend: engine, as in `simulate`.
    """

    loss: str = "spectral"
    rate: float = 1.2e-2
    weight_decay: float = 5e-4
    batch: int = 8
    size: int = 128
    steps: int = 40_000
    tol: float = 5e-5
    settle: int = 0
    shrink: float = 0.1
    grow: float = 1.2
    tries: int = 4
    safeguards: Safeguards = Safeguards()
    pool: int = POOL
    pool_tol: float = SETTLED
    backend: str = "auto"


#: The first run segment of the paper's training.
FIRST_SEGMENT = Recipe()


class Batch(NamedTuple):
    """Initial states and the targets they are held against, each (batch, size, size)."""

    state: State
    target: Float[Tensor, "batch size size"]


class Evaluation(NamedTuple):
    """Losses (batch,), their mean's gradient by the unconstrained parameters (4,), and the run."""

    losses: Float[Tensor, " batch"]
    gradient: Unconstrained
    run: Run


def iterate(
    unconstrained: Unconstrained, number: int, recipe: Recipe, seed: int, pool: np.ndarray
) -> tuple[dict[str, Any], Ending]:
    """One iteration: its row of the trace, and how the run stands after it."""
    begin = time.perf_counter()
    found = evaluate(unconstrained, draw(number, recipe, seed, pool), recipe)
    ahead = draw(number + 1, recipe, seed, pool)
    tried = search(unconstrained, found.gradient, ahead.state, recipe)
    taken = next((rate for rate, reasons in tried if not reasons), None)
    if taken is None and not recipe.safeguards.retries:
        taken = tried[0][0]
    after = unconstrained if taken is None else step(unconstrained, found.gradient, taken, recipe)
    ending = Ending.ABORTED if taken is None else Ending.OPEN
    if not acceptance.possible(parameters(after, recipe)):
        ending = Ending.LOST
    attempts = 2 * recipe.tries - len(tried)
    row = {
        "loss": found.losses.mean().item(),
        "losses": found.losses.numpy(),
        "unconstrained": unconstrained.numpy(),
        "params": torch.stack([torch.as_tensor(p) for p in parameters(unconstrained, recipe)]).numpy(),
        "gradient": found.gradient.numpy(),
        "signal": int(signal(found)),
        "outcome": found.run.outcome.numpy(),
        "steps": found.run.steps.numpy(),
        "converged": (found.run.change < recipe.tol).numpy(),
        "rate": np.nan if taken is None else taken,
        "tries": len(tried),
        "tried": np.array([rate for rate, _ in tried] + [np.nan] * attempts),
        "refusal": np.array([int(reasons) for _, reasons in tried] + [-1] * attempts),
        "next_unconstrained": after.numpy(),
        "seconds": time.perf_counter() - begin,
    }
    return row, ending


def draw(number: int, recipe: Recipe, seed: int, pool: np.ndarray) -> Batch:
    """The batch of one iteration: a function of seed and number, so that a run can go on anywhere."""
    words = np.random.SeedSequence((seed, number)).generate_state(2, np.uint64)
    # The generator of initial states has seeds of 32 bits.
    state = initial_state(recipe.batch, size=recipe.size, seed=int(words[0] >> 1) % 2**32)
    chosen = np.random.default_rng(int(words[1])).integers(len(pool), size=recipe.batch)
    return Batch(state, torch.from_numpy(pool[chosen]))


def evaluate(unconstrained: Unconstrained, batch: Batch, recipe: Recipe) -> Evaluation:
    """Loss and exact gradient at unconstrained parameters on one batch; NaN where a run diverged."""
    unconstrained = unconstrained.detach().requires_grad_()
    params, backend = parameters(unconstrained, recipe), recipe.backend
    run = simulate(params, batch.state, recipe.steps, tol=recipe.tol, backend=backend, threads=1)
    end = run
    lost = bool((run.outcome == Outcome.DIVERGED).any())
    if recipe.settle and not lost:
        end = simulate(params, run.state, recipe.settle, backend=backend, threads=1)
        lost = bool((end.outcome == Outcome.DIVERGED).any())
    if lost:
        return Evaluation(torch.full((recipe.batch,), torch.nan), torch.full((4,), torch.nan), detached(run))
    describe = losses.descriptor(recipe.loss)
    found = losses.distance(describe(end.v), describe(batch.target), "none")
    (gradient,) = torch.autograd.grad(found.mean(), unconstrained)
    ended = run._replace(u=end.u, v=end.v, outcome=end.outcome)
    return Evaluation(found.detach(), gradient, detached(ended))


def detached(run: Run) -> Run:
    """The run without its graph."""
    return run._replace(u=run.u.detach(), v=run.v.detach(), change=run.change.detach())


def search(
    unconstrained: Unconstrained, gradient: Unconstrained, state: State, recipe: Recipe
) -> list[tuple[float, Refusal]]:
    """Try learning rates until a step is accepted: each rate with the reasons against it, in order.

    As in the original, the second series starts at the base rate again, which was refused already;
    that forward run is not repeated here, since it would end the same.
    """
    known: dict[float, Refusal] = {}
    tried = []
    for rate in rates(recipe):
        if rate not in known:
            params = parameters(step(unconstrained, gradient, rate, recipe), recipe)
            trial = acceptance.attempt(params, state, recipe.steps, recipe.tol, settle=recipe.settle)
            known[rate] = acceptance.refusals(trial, recipe.safeguards)
        tried.append((rate, known[rate]))
        if not known[rate]:
            break
    return tried


def rates(recipe: Recipe) -> list[float]:
    """The learning rates of one iteration in the order they are tried."""
    if not recipe.safeguards.retries:
        return [recipe.rate]
    return [recipe.rate * factor**i for factor in (recipe.shrink, recipe.grow) for i in range(recipe.tries)]


def step(unconstrained: Unconstrained, gradient: Unconstrained, rate: float, recipe: Recipe) -> Unconstrained:
    """One step of gradient descent with weight decay."""
    return unconstrained - rate * (gradient + recipe.weight_decay * unconstrained)


def parameters(unconstrained: Unconstrained, recipe: Recipe) -> Params:
    """The parameters that unconstrained ones stand for under this recipe."""
    return to_params(unconstrained) if recipe.safeguards.ranges else unchanged(unconstrained)


def signal(found: Evaluation) -> Signal:
    """What the gradient says; a zero is told apart by its cause."""
    if not bool(found.gradient.isfinite().all() and found.losses.isfinite().all()):
        return Signal.NOT_FINITE
    if bool(found.gradient.any()):
        return Signal.PRESENT
    return Signal.DEAD if bool((found.run.outcome == Outcome.TRIVIAL).all()) else Signal.FLAT
