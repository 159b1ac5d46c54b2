"""Can a network repair an ill-posed parameter loss? Small plain steps, with and without one (Section 6.3).

From many starts around the truth, on both sides of the cliff, the parameters move by

    residual:           residual of the network's (u, v) at p
    spectral:           spectral loss between the simulation at p and the network's v
    spectral, bare:     spectral loss between the simulation at p and the data's v, no network at all

with the exact gradient through every step of the simulation. With a network its weights are trained along:
they hold to the data and may bend towards whatever the second term wants. Steps are plain gradient steps of
bounded length, far below the distance to the cliff; nothing has momentum, so nothing coasts or jumps.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor
from tqdm import tqdm

from lib import losses as pattern_losses
from lib import residual
from lib.coordinates import to_params, to_unconstrained
from lib.folders import Folder
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.simulate import Outcome, Run, simulate
from lib.studies.pinn.network import Network, architecture_for, losses
from lib.studies.pinn.observation import Observation, observe
from lib.studies.pinn.training import REST, WEIGHT, train

#: The three ways, and the weight that the second term has beside the data's. The spectral loss's plateau
#: (about 250) then counts like an untrained data loss.
WEIGHTS = {"residual": WEIGHT, "spectral": 1 / 250, "spectral, bare": 1 / 250}

#: Longest step in the paper's unconstrained coordinates. The cliff in k is some .013 away from the truth.
STEP = 5e-4

#: How far from the truth the starts lie, in the same coordinates: 1.5 % of k, 5 % of Du.
FAR = 0.05

#: Plain gradient steps, each with a line search, that the weights take between two steps of the parameters.
WEIGHT_STEPS = 5

#: Rate of the weights' first step, and how often it may be halved in a search.
FIRST_RATE, HALVINGS = 1e-3, 20

#: Starts whose simulations share one call.
PIECE = 6

#: Values of k at which the nearest cliff is looked for.
CLIFF = np.arange(float(TRUTH.k) + 1e-4, 0.0682, 1e-4)


class Starts(NamedTuple):
    """Where the descents begin.

    Args:
        places: unconstrained coordinates, (starts, 4).
        outcomes: how a simulation ends there, (starts,): which side of the cliff it is.
    """

    places: Float[np.ndarray, "starts 4"]
    outcomes: np.ndarray


def contest(
    state: State, *, steps: int, starts: int, rounds: int, fitting: int, seed: int = 0,
    jobs: int = -1, cache: Folder = None,
) -> xr.Dataset:  # fmt: skip
    """Descend from every start in all three ways.

    Args:
        state: the data: the truth's pattern from the initial state of `seed`, (1, size, size).
        steps: length of the simulations.
        starts: how many, half of them where a pattern forms and half where none does, if both are found.
        rounds: steps of the parameters.
        fitting: iterations at most for which the network is trained beforehand, on data and residual as
            everywhere: a network that shows the data but not their Laplacian would handicap the residual.
        seed: of starts, network and initial state; simulations start from the data's own initial state,
            which is more than one would know.
        jobs: processes.
        cache: where results are kept.

    Returns:
        Dataset over (kind, start, round): `place` with a dimension `parameter` (unconstrained), `loss` (the
        second term), `slope` (norm of the gradient of its logarithm, by the unconstrained coordinates; NaN
        where that gradient is no number, and nothing moves on);
        `outcome` over start. Its attribute `step` is the longest step.
    """
    size = state.u.shape[-1]
    begun = kept_result(both_sides, starts, size, steps, seed, cache=cache)
    network = Network(size, architecture=architecture_for(size), seed=seed)
    with single_thread():
        train(network, observe(state, seed=seed), iterations=fitting, rest=REST)
    plan = [(kind, at) for kind in WEIGHTS for at in range(0, len(begun.places), PIECE)]
    calls = [
        arguments(kind, network, state, begun.places[at : at + PIECE], steps, rounds, seed)
        for kind, at in plan
    ]
    found = list(
        tqdm(kept(descend, calls, jobs, threads=1, cache=cache), total=len(plan), desc="repair", unit="piece")
    )
    ways = {kind: [f for f, (k, _) in zip(found, plan, strict=True) if k == kind] for kind in WEIGHTS}
    joined = {
        name: np.stack([np.concatenate([piece[name] for piece in pieces]) for pieces in ways.values()])
        for name in ("place", "loss", "slope")
    }
    dims = ("kind", "start", "round")
    variables = {name: ((*dims, "parameter") if name == "place" else dims, x) for name, x in joined.items()}
    dataset = xr.Dataset(variables, coords={"kind": list(WEIGHTS), "parameter": list(Params._fields)})
    dataset["outcome"] = ("start", begun.outcomes)
    return dataset.assign_attrs(step=STEP)


def both_sides(count: int, size: int, steps: int, seed: int) -> Starts:
    """Starts at one distance from the truth in random directions: half with a pattern, half without."""
    draw = np.random.default_rng(seed).standard_normal((6 * count, 4))
    places = to_unconstrained(TRUTH).numpy() + FAR * draw / np.linalg.norm(draw, axis=1, keepdims=True)
    outcomes = run_at(torch.as_tensor(places, dtype=torch.float32), size, steps, seed).outcome.numpy()
    patterned = np.flatnonzero(outcomes == Outcome.PATTERN)
    others = np.flatnonzero(np.isin(outcomes, (Outcome.TRIVIAL, Outcome.UNIFORM)))
    chosen = np.concatenate([patterned[: count - min(len(others), count // 2)], others[: count // 2]])
    return Starts(places[chosen], outcomes[chosen])


def run_at(places: Float[Tensor, "starts 4"], size: int, steps: int, seed: int) -> Run:
    """Simulations at unconstrained coordinates from one initial state, differentiable."""
    begin = initial_state(1, size=size, seed=seed)
    return simulate(to_params(places), State(*(x.repeat(len(places), 1, 1) for x in begin)), steps)


def cliff_distance(size: int, steps: int, seed: int) -> float | None:
    """Unconstrained distance in k from the truth to where the patch dies; None if it lives all along."""
    sets = np.tile(np.array(TRUTH), (len(CLIFF), 1))
    sets[:, 3] = CLIFF
    places = to_unconstrained(sets)
    outcomes = run_at(places.float(), size, steps, seed).outcome.numpy()
    dead = np.flatnonzero(outcomes == Outcome.TRIVIAL)
    return float(places[dead[0], 3] - to_unconstrained(TRUTH)[3]) if len(dead) else None


def descend(
    kind: str, fitted: Network, state: State, places: np.ndarray, steps: int, rounds: int, seed: int
) -> dict[str, np.ndarray]:
    """One piece of the starts in one way: places, losses and slopes, each (starts, rounds + 1, …)."""
    with single_thread():
        seen = observe(state, seed=seed)
        networks = [] if kind == "spectral, bare" else [deepcopy(fitted) for _ in places]
        at, rates = torch.as_tensor(places, dtype=torch.float32), [FIRST_RATE] * len(networks)
        rows: list[dict[str, np.ndarray]] = []
        for turn in range(rounds + 1):
            shown = outputs(networks, state, len(at))
            leaf = at.clone().requires_grad_()
            reached = None if kind == "residual" else run_at(leaf, state.u.shape[-1], steps, seed).v
            second = second_term(leaf, reached, shown)
            gradient = torch.autograd.grad(second.log().sum(), leaf)[0]
            slope = gradient.norm(dim=1, keepdim=True)
            known = slope.isfinite()
            slope = slope.where(known, torch.nan)
            rows.append({"place": at.numpy(), "loss": second.detach().numpy(), "slope": slope[:, 0].numpy()})
            if turn < rounds:
                ends = None if reached is None else reached.detach()
                for i, network in enumerate(networks):
                    end = None if ends is None else ends[i : i + 1]
                    rates[i] = follow(network, seen, at[i], end, WEIGHTS[kind], rates[i])
                at = torch.where(known, at - STEP * gradient / slope.clamp(min=1.0), at)
    return {name: np.stack([row[name] for row in rows], axis=1) for name in rows[0]}


def outputs(networks: Sequence[Network], state: State, count: int) -> State:
    """What the networks show; without any, the data, (starts, size, size)."""
    if not networks:
        return State(*(x.repeat(count, 1, 1) for x in state))
    with torch.no_grad():
        shown = [network() for network in networks]
    return State(torch.cat([s.u for s in shown]), torch.cat([s.v for s in shown]))


def second_term(places: Tensor, reached: Tensor | None, shown: State) -> Float[Tensor, " starts"]:
    """The term that sees the parameters, for every start: spectral where something was simulated."""
    if reached is None:
        return residual.loss(to_params(places), shown, reduction="none")
    return pattern_losses.spectral(reached, shown.v, reduction="none")


def follow(
    network: Network, seen: Observation, place: Tensor, reached: Tensor | None, weight: float, rate: float
) -> float:
    """Let the weights descend on their joint loss, parameters and simulation held where they are.

    Returns:
        The rate of the last step, from which the next ones go on.
    """

    def joint() -> Tensor:
        output = network()
        second = second_term(place[None], reached, output)[0]
        return losses(network, seen, output).data + weight * second

    weights = network.weights()
    for _ in range(WEIGHT_STEPS):
        before = joint()
        slopes = torch.autograd.grad(before, weights, allow_unused=True)
        rate = searched(weights, slopes, joint, float(before.detach()), 2 * rate)
    return rate


def searched(
    weights: list[torch.nn.Parameter], slopes: Sequence[Tensor | None], joint: Callable[[], Tensor],
    before: float, rate: float,
) -> float:  # fmt: skip
    """Step down the slope, halving the rate until the loss falls as promised; back where it never does."""
    square = sum(float(g.square().sum()) for g in slopes if g is not None)
    origin = [w.detach().clone() for w in weights]
    with torch.no_grad():
        for _ in range(HALVINGS):
            for w, at, g in zip(weights, origin, slopes, strict=True):
                w.copy_(at if g is None else at - rate * g)
            if float(joint()) <= before - 1e-4 * rate * square:
                return rate
            rate /= 2
        for w, at in zip(weights, origin, strict=True):
            w.copy_(at)
    return rate
