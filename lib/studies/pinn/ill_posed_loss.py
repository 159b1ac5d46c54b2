"""Can a network repair an ill-posed parameter loss? The same network, once with each kind (Section 6.3).

A network that already shows the data is trained on together with the parameters, by the same
optimiser for the same number of steps, towards

    residual:  L_data(θ) + weight · |residual of the network's (u, v) at p|²
    spectral:  L_data(θ) + weight · spectral loss between the simulation at p and the network's v

with the exact gradient through every step of the simulation. Only the second term differs.
"""

from collections.abc import Mapping

import numpy as np
import torch
import xarray as xr
from torch import Tensor
from tqdm import tqdm

from lib import losses as pattern_losses
from lib.folders import Folder
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import Outcome, simulate
from lib.studies.pinn.network import UNIT, Network, losses
from lib.studies.pinn.observation import observe
from lib.studies.pinn.training import WEIGHT, train

#: Weights the spectral loss so that its plateau (about 250) counts like an untrained data loss.
SPECTRAL_WEIGHT = 1 / 250

#: First steps of the optimiser, for the weights and for the parameters in units of UNIT.
RATE_WEIGHTS, RATE_PARAMS = 1e-4, 0.05

#: Where parameters are kept: diffusion below the explicit step's limit, rates as searched in the paper.
LOWEST, HIGHEST = (0.01, 0.01, 0.001, 0.001), (0.249, 0.249, 0.1, 0.1)

#: Three places to start: the paper's, on the plateau; past the cliff in k; inside the patterned region.
STARTS = {
    "the paper's start": Params(0.1269, 0.1269, 0.05, 0.05),
    "just past a cliff": TRUTH._replace(k=0.067),
    "among patterns": Params(0.165, 0.078, 0.038, 0.0645),
}


def contest(
    state: State, *, steps: int, rounds: int, fitting: int, starts: Mapping[str, Params] = STARTS,
    seed: int = 0,
    jobs: int = -1, cache: Folder = None,
) -> xr.Dataset:  # fmt: skip
    """Train from every start with both losses.

    Args:
        state: the data: the truth's pattern from the initial state of `seed`, (1, size, size).
        steps: length of the simulation inside the spectral loss.
        rounds: steps of the joint training.
        fitting: iterations that the network is fitted to the data for beforehand.
        starts: parameters to start from, by name.
        seed: of network and initial state; the simulation starts from the data's own initial state,
            which is more than one would know.
        jobs: processes.
        cache: where results are kept.

    Returns:
        Dataset over (start, kind, round): `params` (with a dimension `parameter`), `loss` (the second
        term, unweighted), `slope` (norm of its gradient in the parameters), `outcome` of the
        simulation at the parameters (−1 for the residual, which simulates nothing).
    """
    with single_thread():
        network = Network(state.u.shape[-1], seed=seed)
        train(network, observe(state, seed=seed), iterations=fitting, weight=0.0)
    weights = {name: w.numpy() for name, w in network.state_dict().items()}
    plan = [(start, kind) for start in starts for kind in ("spectral", "residual")]
    calls = [arguments(weights, state, starts[s], kind, steps, rounds, seed) for s, kind in plan]
    found = list(
        tqdm(kept(joint_training, calls, jobs, threads=1, cache=cache), total=len(calls), desc="repair")
    )
    dims = ("start", "kind", "round")
    shape = (len(starts), 2)
    variables = {}
    for name, example in found[0].items():
        values = np.stack([f[name] for f in found]).reshape(*shape, *example.shape)
        variables[name] = ((*dims, "parameter") if name == "params" else dims, values)
    coords = {"start": list(starts), "kind": ["spectral", "residual"], "parameter": list(Params._fields)}
    return xr.Dataset(variables, coords=coords)


def joint_training(
    weights: dict[str, np.ndarray], state: State, start: Params, kind: str, steps: int, rounds: int,
    seed: int,
) -> dict[str, np.ndarray]:  # fmt: skip
    """One run: losses, slopes, outcomes and parameters, each (rounds + 1, …)."""
    with single_thread():
        size = state.u.shape[-1]
        network = Network(size, start=start, seed=seed)
        fitted = {name: torch.tensor(w) for name, w in weights.items() if name != "p"}
        network.load_state_dict(fitted, strict=False)
        seen, begin = observe(state, seed=seed), initial_state(1, size=size, seed=seed)
        optimiser = torch.optim.Adam([
            {"params": network.weights(), "lr": RATE_WEIGHTS}, {"params": [network.p], "lr": RATE_PARAMS},
        ])  # fmt: skip
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, rounds)
        rows = []
        for _ in range(rounds):
            output = network()
            second, outcome = parameter_loss(kind, network, output, begin, steps)
            weight = WEIGHT if kind == "residual" else SPECTRAL_WEIGHT
            optimiser.zero_grad()
            (losses(network, seen, output).data + weight * second).backward()
            rows.append(described(network, second, outcome))
            if usable(network):
                optimiser.step()
            keep_inside(network)
            schedule.step()
        rows.append(described(network, *parameter_loss(kind, network, network(), begin, steps)))
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def parameter_loss(
    kind: str, network: Network, output: State, begin: State, steps: int
) -> tuple[Tensor, int]:
    """The second term and, where it simulates, how the simulation ended."""
    if kind == "residual":
        # Only the residual is used here; the observation it does not depend on is the output itself.
        return losses(network, observe(State(*(x.detach() for x in output))), output).residual, -1
    run = simulate(network.params, begin, steps)
    return pattern_losses.spectral(run.v, output.v), int(run.outcome[0])


def described(network: Network, second: Tensor, outcome: int) -> dict[str, np.ndarray]:
    """What is recorded of a round."""
    slope = 0.0 if network.p.grad is None else float(network.p.grad.norm())
    params = (network.p * UNIT).detach().numpy().astype(float)
    numbers = {"loss": float(second.detach()), "slope": slope, "outcome": outcome}
    return {"params": params, **{name: np.array(x) for name, x in numbers.items()}}


def usable(network: Network) -> bool:
    """Whether every gradient is a number: it is not where the simulation diverged."""
    return all(w.grad is None or bool(w.grad.isfinite().all()) for w in network.parameters())


def keep_inside(network: Network) -> None:
    """Put parameters that left the searched box back on its border."""
    with torch.no_grad():
        low, high = (torch.tensor(x) / UNIT for x in (LOWEST, HIGHEST))
        network.p.copy_(network.p.clamp(low, high))


def distances(dataset: xr.Dataset) -> xr.DataArray:
    """Largest relative error of the four parameters after every round."""
    return np.abs(dataset.params / xr.DataArray(np.array(TRUTH, dtype=float), dims="parameter") - 1).max(
        "parameter"
    )


def patterned_share(dataset: xr.Dataset) -> xr.DataArray:
    """Share of the rounds in which the simulation made a pattern, for each start."""
    return (dataset.outcome.sel(kind="spectral") == Outcome.PATTERN).mean("round")
