"""An audit of the acceptance rule: how often it lets the optimiser stay at a place, and what it misses."""

from collections.abc import Mapping

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib import losses
from lib.coordinates import random_starts, to_params
from lib.initial_states import initial_state
from lib.model import Params
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import Run
from lib.studies.patterns.spots import count_spots
from lib.studies.training.acceptance import Refusal, attempt, refusals
from lib.studies.training.iteration import Recipe

#: Simulations in one piece of work.
PIECE = 8

#: The losses that a recipe can have.
LOSSES = ("spectral", "windowed")

#: Standard normal quantile of a 95 % interval.
Z = 1.959964


def audit(
    places: Mapping[str, Params],
    samples: Mapping[str, int],
    pool: np.ndarray,
    *,
    recipe: Recipe,
    seed: int = 0,
    jobs: int = -1,
) -> xr.Dataset:
    """Run many initial states at each place exactly as the training does, and see which converge.

    Args:
        places: parameters by name.
        samples: simulations at each place, by the same names; multiples of the recipe's batch.
        pool: targets for the loss.
        recipe: tolerance, steps, batch and loss.
        seed: of the initial states, the same ones at every place.
        jobs: processes.

    Returns:
        Dataset over `place`: `converged`, the share p of simulations; `share`, the share pᵇ of
        batches that are accepted, with a 95 % interval `low` … `high` (Wilson's for p, to the power b);
        `batches`, the share of the batches really drawn; `steps`, `spots`: medians; `loss`: the mean, as
        in a batch, with the quartiles of single simulations `loss_lower` and `loss_upper`.
    """
    setting = {"size": recipe.size, "steps": recipe.steps, "tol": recipe.tol, "settle": recipe.settle,
               "targets": len(pool)}  # fmt: skip
    pieces = [(name, first) for name in places for first in range(0, samples[name], PIECE)]
    calls = (arguments(tuple(places[name]), seed + first, pool=pool, **setting) for name, first in pieces)
    found = kept(training_ends, calls, jobs)
    results = list(tqdm(found, total=len(pieces), desc="acceptance", unit="batch"))
    rows = []
    for name in places:
        mine = [result for (owner, _), result in zip(pieces, results, strict=True) if owner == name]
        ends = {key: np.concatenate([m[key] for m in mine]) for key in mine[0]}
        rows.append(shares(ends | {"loss": ends[recipe.loss]}, recipe.batch))
    return xr.Dataset(
        {key: ("place", [row[key] for row in rows]) for key in rows[0]}, coords={"place": list(places)}
    )


def training_ends(
    params: tuple[float, ...], seed: int, size: int, steps: int, tol: float, settle: int, targets: int,
    pool: np.ndarray,
) -> dict[str, np.ndarray]:  # fmt: skip
    """How PIECE runs end, stopped as in training, and both losses against random targets.

    Both, so that an audit under the other loss finds the same runs made.
    """
    state = initial_state(PIECE, size=size, seed=1_000 + seed)
    with single_thread():
        trial = attempt(Params(*params), state, steps, tol, settle=settle)
        assert trial is not None
        run: Run = trial.run
        chosen = np.random.default_rng(seed).integers(targets, size=PIECE)
        found = {
            name: losses.distance(describe(run.v), describe(torch.from_numpy(pool[chosen])), "none").numpy()
            for name in LOSSES
            for describe in (losses.descriptor(name),)
        }
    return found | {
        "converged": trial.converged.numpy(),
        "steps": run.steps.numpy(),
        "spots": count_spots(run.v.numpy()),
    }


def escapes(
    count: int, *, size: int = 64, steps: int = 1024, seed: int = 0, jobs: int = -1
) -> dict[str, int]:
    """What looking at v's range from time to time misses, against looking after every single step.

    Args:
        count: random parameter sets, drawn like random starts (`lib.coordinates.SEARCHED`).
        size, steps: grid and steps of each run.
        seed: of the sets and the initial states.
        jobs: processes.

    Returns:
        Number of sets whose v `left` [0, 1] at some step; of these, those `refused` all the same, by a look
        or because the run ended in numbers that are not finite; and those that were `missed`.
    """
    calls = (
        arguments(tuple(unconstrained), size, steps, seed) for unconstrained in random_starts(count, seed)
    )
    found = np.array(list(kept(leaves, calls, jobs))).reshape(-1, 2)
    left, refused = found.T
    return {
        "left": int(left.sum()),
        "refused": int((left & refused).sum()),
        "missed": int((left & ~refused).sum()),
    }


def leaves(unconstrained: tuple[float, ...], size: int, steps: int, seed: int) -> tuple[bool, bool]:
    """Whether v leaves [0, 1] at any step, and whether the training's own test refuses the run."""
    params, state = to_params(torch.tensor(unconstrained)), initial_state(1, size=size, seed=seed)
    never = 1e-12
    with single_thread():
        closely = refusals(attempt(params, state, steps, never, look=1))
        usually = refusals(attempt(params, state, steps, never))
    test = Refusal.OUT_OF_RANGE | Refusal.NOT_FINITE
    return bool(closely & test), bool(usually & test)


def shares(ends: dict[str, np.ndarray], batch: int) -> dict[str, float]:
    """The numbers of one place."""
    converged = ends["converged"]
    low, high = wilson(int(converged.sum()), len(converged))
    whole = converged[: len(converged) // batch * batch].reshape(-1, batch)
    return {
        "converged": float(converged.mean()),
        "share": float(converged.mean() ** batch),
        "low": low**batch,
        "high": high**batch,
        "batches": float(whole.all(axis=1).mean()),
        "steps": float(np.median(ends["steps"])),
        "spots": float(np.median(ends["spots"])),
        "loss": float(np.mean(ends["loss"])),
        "loss_lower": float(np.quantile(ends["loss"], 0.25)),
        "loss_upper": float(np.quantile(ends["loss"], 0.75)),
    }


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a probability."""
    p = successes / trials
    middle = (p + Z**2 / (2 * trials)) / (1 + Z**2 / trials)
    half = Z / (1 + Z**2 / trials) * np.sqrt(p * (1 - p) / trials + Z**2 / (4 * trials**2))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))
