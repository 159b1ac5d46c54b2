"""Ensemble Kalman inversion: an ensemble moved by its own covariances, no derivative anywhere.

With members θ_j, their outputs G_j, data y with noise covariance R = I, and a temperature α each time,

    θ_j ← θ_j + C_θG (C_GG + α I)⁻¹ (y + √α ξ_j − G_j),      ξ_j ~ N(0, I),   Σ 1/α = 1.

For a linear G and a normal prior the ensemble ends as a sample of the posterior (Iglesias, Law and Stuart,
2013, doi:10.1088/0266-5611/29/4/045001). The temperatures are those of Iglesias and Yang (2021,
doi:10.1088/1361-6420/abd29b).
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

Members = Float[np.ndarray, "members dimensions"]
Outputs = Float[np.ndarray, "members features"]


def move(
    members: Members,
    outputs: Callable[[Members], Outputs],
    data: Float[np.ndarray, " features"],
    draw: np.random.Generator,
    seen: Callable[[Members, Outputs], None] = lambda members, outputs: None,
) -> Members:
    """The ensemble after all the data have been taken in.

    Args:
        members: a sample of the prior.
        outputs: of many members, in units of the data's standard deviation; NaN rows are runs that were lost,
            and are put at the mean of the others.
        data: y, in the same units.
        draw: random numbers.
        seen: called with every ensemble that was simulated and its outputs.
    """
    taken = 0.0
    while taken < 1 - 1e-9:
        G = outputs(members)
        seen(members, G)
        members, G = living(members, G)
        share = min(step_size(G - data), 1 - taken)
        taken += share
        members = updated(members, G, data, 1 / share, draw)
    return members


def living(members: Members, outputs: Outputs) -> tuple[Members, Outputs]:
    """The members whose outputs are finite; lost ones are redrawn as copies of others.

    Raises:
        ArithmeticError: if fewer than two are left.
    """
    finite = np.isfinite(outputs).all(axis=1)
    fine = np.flatnonzero(finite)
    if len(fine) < 2:
        raise ArithmeticError("All runs of the ensemble but one were lost: nothing is left to move.")
    chosen = np.where(finite, np.arange(len(outputs)), np.resize(fine, len(outputs)))
    return members[chosen], outputs[chosen]


def step_size(gaps: Outputs) -> float:
    """1/α: as much of the data as the ensemble can take at once (Iglesias and Yang, equation 14)."""
    misfit = 0.5 * np.square(gaps).sum(axis=1)
    features = gaps.shape[1]
    by_mean, by_spread = features / (2 * misfit.mean()), np.sqrt(features / (2 * max(misfit.var(), 1e-300)))
    return float(max(by_mean, by_spread))


def updated(
    members: Members, outputs: Outputs, data: np.ndarray, alpha: float, draw: np.random.Generator
) -> Members:
    """One step of the ensemble."""
    apart, answer = members - members.mean(axis=0), outputs - outputs.mean(axis=0)
    count = len(members) - 1
    cross, own = apart.T @ answer / count, answer.T @ answer / count
    gaps = data + np.sqrt(alpha) * draw.standard_normal(outputs.shape) - outputs
    return members + np.linalg.solve(own + alpha * np.eye(outputs.shape[1]), gaps.T).T @ cross.T
