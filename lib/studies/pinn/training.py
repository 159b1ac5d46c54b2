"""Training the network and the parameters together, with a record that can be resumed."""

import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from torch import Tensor
from tqdm import tqdm

from lib.model import Params
from lib.running import keys, store
from lib.running.kept import DamagedResult
from lib.studies.pinn.by_hand import Joint
from lib.studies.pinn.network import UNIT, Losses, Network, losses, relative_losses
from lib.studies.pinn.observation import Observation

#: Weight of the residual loss: brings its size at the start to that of the data loss.
WEIGHT = 3e3

#: How many past steps the optimiser remembers: with 20, the same error takes half as many steps again.
MEMORY = 60


#: No training is looked at for rest before so many iterations.
FEWEST = 200

#: A training rests when the last half of it has moved no parameter by more than this, a third of a
#: per cent of the smallest of the truth's.
REST = 1e-4


class Training(NamedTuple):
    """A trained network and how it got there.

    Args:
        network: at the last stage.
        seen: what it was trained on.
        record: a dataset over `stage` (iterations done): losses, the parameters, the norms of the
            gradient's three parts, the cosine between the two that act on the weights, and the fields.
        weight: of the residual loss.
        rested: whether it came to rest by the rule, before its iterations were used up.
    """

    network: Network
    seen: Observation
    record: xr.Dataset
    weight: float
    rested: bool = False

    @property
    def params(self) -> Params:
        """Four numbers."""
        return Params(*(self.network.p * UNIT).tolist())


def train(
    network: Network,
    seen: Observation,
    *,
    iterations: int = 600,
    rest: float | None = None,
    weight: float = WEIGHT,
    checkpoint: Path | str | None = None,
    progress: bool = False,
    objective: Callable[[Network, Observation], Losses] = losses,
) -> Training:
    """Minimise data + weight · residual in the weights and the four parameters at once, by L-BFGS.

    Args:
        network: where to start; changed in place.
        seen: the observations.
        iterations: steps of L-BFGS at most, each a line search on the whole field.
        rest: how little the parameters may move for the training to end earlier (`at_rest`); without it,
            all iterations are made.
        weight: of the residual loss.
        checkpoint: a file to go on from if it exists, rewritten after every stage. The run ends
            in the same bits whether it was interrupted or not. It belongs to this network, these data and
            this setting alone.
        progress: whether to show a bar.
        objective: the two losses; another one for experiments.

    Raises:
        FloatingPointError: if the loss is no longer finite.
        ValueError: if the checkpoint is of another training.
    """
    optimiser = torch.optim.LBFGS(
        [*network.weights(), network.p], history_size=MEMORY, tolerance_grad=0, tolerance_change=0,
        line_search_fn="strong_wolfe",
    )  # fmt: skip
    evaluate = evaluation(network, seen, weight, objective)
    plan, began = stages(iterations), time.perf_counter()
    setting = {"iterations": iterations, "rest": rest, "weight": weight, "objective": objective}
    identity = keys.key(train, (network, seen), setting) if checkpoint else ""
    done, rows = load(checkpoint, identity, network, optimiser)

    with tqdm(total=iterations, desc="network", unit="step", disable=not progress) as bar:
        if not rows:
            rows.append(row(network, seen, weight, objective) | {"stage": 0, "seconds": 0.0})
        bar.update(done)
        earlier = rows[-1]["seconds"]
        for stage in (s for s in plan if s > done):
            if rest is not None and at_rest(rows, rest):
                break
            optimiser.param_groups[0].update(max_iter=stage - done, max_eval=3 * (stage - done) + 2)
            optimiser.step(evaluate)
            check(network, stage)
            seconds = earlier + time.perf_counter() - began
            rows.append(row(network, seen, weight, objective) | {"stage": stage, "seconds": seconds})
            if stalled(rows):
                optimiser.state.clear()
            bar.update(stage - done)
            done = stage
            save(checkpoint, identity, network, optimiser, done, rows)
    return Training(network, seen, assemble(rows), weight, rest is not None and at_rest(rows, rest))


def evaluation(
    network: Network, seen: Observation, weight: float, objective: Callable[[Network, Observation], Losses]
) -> Callable[[], float]:
    """What gives the joint loss and leaves its slopes in every weight's `grad`.

    By formulas written out for the two objectives of this book, by automatic differentiation for any other.
    """
    if objective in (losses, relative_losses):
        return Joint(network, seen, weight, relative=objective is relative_losses).evaluate

    def differentiated() -> float:
        network.zero_grad()
        parts = objective(network, seen)
        total = parts.data + weight * parts.residual
        total.backward()
        return float(total.detach())

    return differentiated


def at_rest(rows: Sequence[dict], within: float) -> bool:
    """Whether the last half of all iterations has moved no parameter by more than `within`.

    Half of them, since a training that creeps moves by the same amount in every doubling: no fixed number
    of iterations would tell it from one that has come to an end.
    """
    now = rows[-1]
    if now["stage"] < FEWEST:
        return False
    late = [row["params"] for row in rows if 2 * row["stage"] >= now["stage"]]
    return bool(np.abs(np.stack(late) - now["params"]).max() < within)


def stalled(rows: Sequence[dict]) -> bool:
    """Whether a whole stage has left the loss where it was.

    In single precision a line search can fail along a direction that its memory of past steps proposes, long
    before the slope is gone. Without that memory the next stage begins with steepest descent. Where nothing
    is left to gain it changes nothing.
    """
    before, now = (row["data"] + row["residual"] for row in rows[-2:])
    return bool(abs(now - before) <= 1e-6 * before)


def stages(iterations: int) -> list[int]:
    """When the record is written: 1, 2, 5, 10, 20, 50, 100, then every 50, and at the end."""
    early = [s for s in (1, 2, 5, 10, 20, 50) if s < iterations]
    return [*early, *range(100, iterations, 50), iterations]


def row(
    network: Network, seen: Observation, weight: float, objective: Callable[[Network, Observation], Losses]
) -> dict:
    """Everything recorded at one stage; the gradient's three parts are those of the paper's equation 8."""
    parts = objective(network, seen)
    of_data = flat_gradient(parts.data, network.weights())
    of_residual = weight * flat_gradient(parts.residual, network.weights())
    of_params = weight * flat_gradient(parts.residual, [network.p])
    with torch.no_grad():
        output = network()
    cosine = torch.nn.functional.cosine_similarity(of_data, of_residual, dim=0)
    return {
        "data": float(parts.data.detach()), "residual": weight * float(parts.residual.detach()),
        "params": np.array([float(x) for x in (network.p * UNIT).detach()]),
        "data_gradient": float(of_data.norm()), "residual_gradient": float(of_residual.norm()),
        "params_gradient": float(of_params.norm()), "cosine": float(cosine),
        "u": output.u[0].numpy(), "v": output.v[0].numpy(),
    }  # fmt: skip


def flat_gradient(value: Tensor, by: list[torch.nn.Parameter]) -> Tensor:
    """One vector; zeros where nothing depends on a tensor."""
    gradients = torch.autograd.grad(value, by, retain_graph=True, allow_unused=True)
    pairs = zip(gradients, by, strict=True)
    return torch.cat([torch.zeros_like(w).ravel() if g is None else g.ravel() for g, w in pairs])


def assemble(rows: list[dict]) -> xr.Dataset:
    """The record as a dataset over the stages."""
    dims = {
        "params": ("stage", "parameter"),
        "u": ("stage", "row", "column"),
        "v": ("stage", "row", "column"),
    }
    names = [name for name in rows[0] if name != "stage"]
    variables = {name: (dims.get(name, ("stage",)), np.stack([r[name] for r in rows])) for name in names}
    return xr.Dataset(
        variables, coords={"stage": [r["stage"] for r in rows], "parameter": list(Params._fields)}
    )


def check(network: Network, stage: int) -> None:
    """Stop where the weights are no longer numbers."""
    if not all(bool(w.isfinite().all()) for w in network.parameters()):
        raise FloatingPointError(
            f"The network's weights stopped being finite by iteration {stage}: lower the residual's weight, "
            "or look for huge values among the observations."
        )


def save(
    path: Path | str | None, identity: str, network: Network, optimiser: torch.optim.Optimizer, done: int,
    rows: list[dict],
) -> None:  # fmt: skip
    """Write the whole state of the run, whole or not at all, with a checksum."""
    if path is not None:
        state = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
        store.write(Path(path), state | {"identity": identity, "done": done, "rows": rows})


def load(
    path: Path | str | None, identity: str, network: Network, optimiser: torch.optim.Optimizer
) -> tuple[int, list[dict]]:
    """Iterations done and rows recorded so far, with network and optimiser as they were then."""
    if path is None or not Path(path).exists():
        return 0, []
    try:
        found = store.read(Path(path))
    except store.Damaged as error:
        warnings.warn(f"{error} The training begins anew.", DamagedResult, stacklevel=3)
        return 0, []
    if found["identity"] != identity:
        raise ValueError(
            f"The checkpoint {path} belongs to another training: other data, another network, setting or "
            "code. Name another file, or delete this one."
        )
    network.load_state_dict(found["network"])
    optimiser.load_state_dict(found["optimiser"])
    return found["done"], found["rows"]
