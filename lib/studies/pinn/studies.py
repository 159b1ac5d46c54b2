"""The networks that Section 6 looks into: one steady frame, and short windows of a run in time."""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr

from lib import residual
from lib.history import history
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, checkpoint, kept
from lib.running.threads import single_thread
from lib.studies.pinn.network import Network, architecture_for
from lib.studies.pinn.observation import Observation, observe
from lib.studies.pinn.training import REST, Training, train

#: Frames at which a window is observed and its residual evaluated.
FRAMES = 4


def single_frame(
    state: State,
    *,
    activations: Sequence[str] = ("siren", "tanh"),
    iterations: int,
    seed: int = 0,
    jobs: int = -1,
) -> dict[str, Training]:
    """Networks on one frame, all of u and v seen, the parameters trained beside them.

    Args:
        state: one steady state, (1, size, size).
        activations: one network for each.
        iterations: at most; a training ends where it rests.
        seed: of the networks.
        jobs: processes.
    """
    seen = observe(state, seed=seed)
    size = state.u.shape[-1]
    networks = [Network(size, architecture=architecture_for(size, a), seed=seed) for a in activations]
    found = trained(networks, [seen] * len(networks), iterations, jobs)
    return dict(zip(activations, found, strict=True))


def windows(
    lengths: Sequence[int], *, begin: int, size: int, iterations: int, seed: int = 0, jobs: int = -1
) -> dict[int, Training]:
    """Networks on space-time windows of a run at the truth that is still growing.

    Each window is observed at a few times, spread over its length; the residual compares the
    network's frame at t + 1 with the model's step from its frame at t.

    Args:
        lengths: in steps; 0 for a single frame that is taken to be steady, for comparison.
        begin: where the windows begin, in steps from the initial state.
        size: cells along each side.
        iterations: at most; a training ends where it rests.
        seed: of the run and the networks.
        jobs: processes.
    """
    networks, observations = [], []
    for length in lengths:
        now, times = window_times(length, begin)
        frames = history(TRUTH, initial_state(1, size=size, seed=seed), now)
        state = State(*(torch.as_tensor(frames[name].values[:, 0]) for name in ("u", "v")))
        observations.append(observe(state, seed=seed))
        networks.append(Network(size, times, architecture_for(size), seed=seed))
    return dict(zip(lengths, trained(networks, observations, iterations, jobs), strict=True))


def window_label(length: int) -> str:
    """What a window is called in tables and figures."""
    return f"window of {length:,}" if length else "young frame"


def window_times(length: int, begin: int) -> tuple[list[int], tuple[float, ...]]:
    """Steps at which a window is observed, and the network's times: each followed by that of the next step.

    The network's time runs from −1 to 1 over the window, whatever its length.
    """
    if length == 0:
        return [begin], (0.0,)
    now = np.linspace(begin, begin + length, FRAMES).round().astype(int)
    scaled = 2 * (now - begin) / length - 1
    return now.tolist(), tuple(float(t) for t in np.stack([scaled, scaled + 2 / length], axis=1).ravel())


def trained(
    networks: Sequence[Network],
    observations: Sequence[Observation],
    iterations: int,
    jobs: int,
) -> list[Training]:
    """Train side by side; what was trained before from the same network on the same data is loaded."""
    calls = [
        arguments(network, seen, iterations) for network, seen in zip(networks, observations, strict=True)
    ]
    return list(kept(train_alone, calls, jobs, threads=1))


def train_alone(network: Network, seen: Observation, iterations: int) -> Training:
    """One training on one thread, which goes on from where an earlier one was stopped."""
    with single_thread():
        path = checkpoint(train, network, seen, iterations=iterations, rest=REST)
        return train(network, seen, iterations=iterations, rest=REST, checkpoint=path)


def bowls_along(training: Training) -> xr.Dataset:
    """The paraboloid of the network's output at every recorded stage.

    Returns:
        Dataset over `stage`: `minimum` (stage, parameter), `lowest`, the residual loss there, `condition`,
        `hessian` (stage, 4, 4) and its four `eigenvalues`.
    """
    record = training.record
    found = residual.fit(record.u.values, record.v.values)
    output = State(*(torch.as_tensor(record[name].values).double() for name in ("u", "v")))
    lowest = residual.loss(Params(*(p.double() for p in found.params)), output, reduction="none")
    minimum = np.stack([np.asarray(p) for p in found.params], axis=1)
    eigenvalues = torch.linalg.eigvalsh(found.quadratic.hessian).numpy()
    return xr.Dataset(
        {
            "minimum": (("stage", "parameter"), minimum),
            "lowest": (("stage",), lowest.numpy()),
            "condition": (("stage",), found.condition.numpy()),
            "hessian": (("stage", "first", "second"), found.quadratic.hessian.numpy()),
            "eigenvalues": (("stage", "direction"), eigenvalues),
        },
        coords={"stage": record.stage, "parameter": list(Params._fields)},
    )
