"""Does the loss's logarithm make the gradient rough, or do the dynamics? The gradient under other floors.

The spectral loss compares log(P + ε). A larger ε silences the faint wave numbers, whose logarithm is
steepest, and leaves the dynamics as they are.
"""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr

from lib import losses
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.running.kept import arguments, kept, kept_result
from lib.running.threads import single_thread
from lib.simulate import simulate
from lib.studies.gradients.gradient_field import target_fields
from lib.studies.training.trace import PARAMETERS


def gradient_by_floor(
    k: Sequence[float], floors: Sequence[float], *, states: int = 1, seed: int = 0, size: int = 128,
    steps: int = 40_000, jobs: int = -1,
) -> xr.Dataset:  # fmt: skip
    """Spectral loss and its gradient along k for several floors ε, from shared initial states.

    Args:
        k: kill rates; the other parameters are the truth's.
        floors: values of ε; the paper's is `losses.LOG_FLOOR`.
        states, seed, size, steps: as in `gradients.gradient_field`.
        jobs: processes.

    Returns:
        Dataset over (k, floor, state): `loss` and `gradient` with a last dimension `parameter`.
    """
    calls = (arguments(float(value), tuple(floors), states, seed, size, steps) for value in k)
    loss, gradient = zip(*kept(one_point, calls, jobs), strict=True)
    variables = {
        "loss": (("k", "floor", "state"), np.stack(loss)),
        "gradient": (("k", "floor", "state", "parameter"), np.stack(gradient)),
    }
    return xr.Dataset(variables, coords={"k": list(k), "floor": list(floors), "parameter": PARAMETERS})


def one_point(
    k: float, floors: tuple[float, ...], states: int, seed: int, size: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Losses (floors, states) and gradients (floors, states, 4); one forward run serves all floors."""
    tensors = [torch.full((states,), float(p), requires_grad=True) for p in TRUTH._replace(k=k)]
    target = torch.from_numpy(kept_result(target_fields, states, seed, size, steps))
    found, gradients = [], []
    with single_thread():
        run = simulate(Params(*tensors), initial_state(states, size=size, seed=seed), steps, threads=1)
        for floor in floors:
            loss = losses.spectral(run.v, target, floor=floor, reduction="none")
            gradient = torch.autograd.grad(loss.sum(), tensors, retain_graph=True)
            found.append(loss.detach().numpy())
            gradients.append(torch.stack(gradient, dim=1).numpy())
    return np.stack(found), np.stack(gradients)
